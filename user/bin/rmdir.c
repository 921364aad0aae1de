/* rmdir: remove empty folders; -p: then those above them that the name has. */
#include <commands.h>
#include <err.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

/* The name loses its last part. False: it has no other. */
static bool go_up(char *path)
{
	size_t n = strlen(path);
	while (n && path[n - 1] == '/')
		n--;
	while (n && path[n - 1] != '/')
		n--;
	while (n && path[n - 1] == '/')
		n--;
	path[n] = 0;
	return n;
}

int main(int argc, char **argv)
{
	int failed = 0;
	bool parents = false;
	for (int c; (c = getopt(argc, argv, "p")) != -1; parents = true)
		if (c == '?')
			usage("[-p] FOLDER ...");
	if (optind == argc)
		usage("[-p] FOLDER ...");
	for (int i = optind; i < argc; i++)
		do {
			if (rmdir(argv[i]) == 0)
				continue;
			warn("%s", argv[i]);
			failed = 1;
			break;
		} while (parents && go_up(argv[i]));
	return failed;
}
