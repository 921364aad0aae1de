/* basename: the last part of a path, without SUFFIX. -a: of each path; -s SUFFIX: likewise, without that suffix. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "PATH [SUFFIX] | [-a] [-s SUFFIX] PATH ..."

static void print(char *path, const char *suffix)
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		path[--n] = 0;
	char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
	size_t len = strlen(name), cut = suffix ? strlen(suffix) : 0;
	if (cut && cut < len && !strcmp(name + len - cut, suffix))
		name[len - cut] = 0;
	puts(name);
}

int main(int argc, char **argv)
{
	bool all = false;
	const char *suffix = NULL;
	for (int c; (c = getopt(argc, argv, "as:")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		all = true;
		suffix = c == 's' ? optarg : suffix;
	}
	int n = argc - optind;
	if (!n || (!all && n > 2))
		usage(SYNOPSIS);
	if (!all)
		print(argv[optind], n > 1 ? argv[optind + 1] : NULL);
	for (int i = optind; all && i < argc; i++)
		print(argv[i], suffix);
	return 0;
}
