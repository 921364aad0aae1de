/* env [NAME=VALUE...] [COMMAND [ARGUMENT...]]: run a command in a changed environment, or print it. */
#include <unistd.h>
#include "util.h"

int main(int argc, char **argv)
{
	(void)argc;
	for (argv++; *argv; argv++) {
		char *eq = strchr(*argv, '=');
		if (!eq)
			break;
		*eq = 0;
		setenv(*argv, eq + 1, 1);
	}
	if (!*argv) {
		for (char **e = environ; *e; e++)
			puts(*e);
		return 0;
	}
	execvp(*argv, argv);
	return complain("env", *argv) + 126;
}
