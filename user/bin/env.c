/* env [-i] [-u NAME] [NAME=VALUE ...] [COMMAND [ARGUMENT ...]]: print the environment; or run a command with NAME=VALUE added to it (-i: to an empty
 * one; -u: without NAME). */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static char *empty[] = { NULL };
	int i = 1;
	for (; i < argc && argv[i][0] == '-'; i++) {
		if (!strcmp(argv[i], "-i") || !strcmp(argv[i], "-"))
			environ = empty;
		else if (!strcmp(argv[i], "-u") && argv[i + 1])
			unsetenv(argv[++i]);
		else
			usage("[-i] [-u NAME] [NAME=VALUE ...] [COMMAND [ARGUMENT ...]]");
	}
	for (char *eq; i < argc && (eq = strchr(argv[i], '=')); i++) {
		*eq = 0;
		if (setenv(argv[i], eq + 1, 1) < 0)
			err(125, "%s", argv[i]);
	}
	if (i < argc) {
		execvp(argv[i], argv + i);
		err(errno == ENOENT ? 127 : 126, "%s", argv[i]);
	}
	for (char **e = environ; *e; e++)
		puts(*e);
	return 0;
}
