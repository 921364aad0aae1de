/* readlink [-fn] LINK ...: where symbolic links lead. -f: to the end, as an absolute name; -n: no newline behind the last. Status 1: one is no link. */
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYNOPSIS "[-fn] LINK ..."

/* False: it leads nowhere, or is no link. */
static bool print_target(const char *path, bool whole, bool newline)
{
	char to[PATH_MAX];
	ssize_t n = whole ? 0 : readlink(path, to, sizeof to - 1);
	if (n < 0 || (whole && !realpath(path, to)))
		return false;
	if (!whole)
		to[n] = 0;
	fputs(to, stdout);
	if (newline)
		putchar('\n');
	return true;
}

int main(int argc, char **argv)
{
	bool whole = false, newline = true, ok = true;
	for (int c; (c = getopt(argc, argv, "fn")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		whole |= c == 'f';
		newline &= c != 'n';
	}
	if (optind == argc)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++)
		ok &= print_target(argv[i], whole, newline || i < argc - 1);
	return fflush(stdout) || !ok;
}
