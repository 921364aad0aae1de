/* realpath FILE ...: the absolute names of files, without symbolic links, "." and "..". Status 1: one is not there, and it says so. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYNOPSIS "FILE ..."

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++) {
		if (realpath(argv[i], path)) {
			puts(path);
		} else {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return fflush(stdout) || failed;
}
