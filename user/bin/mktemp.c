/* mktemp [-d] [TEMPLATE]: make an empty file with a name that nobody has, and say it. -d: a folder; TEMPLATE: ends in XXXXXX, which letters take the
 * place of; without it, in the folder that TMPDIR names, or in /tmp. */
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-d] [TEMPLATE]"

int main(int argc, char **argv)
{
	char name[PATH_MAX];
	bool folder = false;
	for (int c; (c = getopt(argc, argv, "d")) != -1; folder = true)
		if (c == '?')
			usage(SYNOPSIS);
	if (argc - optind > 1)
		usage(SYNOPSIS);
	const char *in = getenv("TMPDIR");
	int n = optind < argc ? snprintf(name, sizeof name, "%s", argv[optind]) : snprintf(name, sizeof name, "%s/tmp.XXXXXX", in && *in ? in : "/tmp");
	if (n < 6 || (size_t)n >= sizeof name || strcmp(name + n - 6, "XXXXXX"))
		errx(1, "%s: does not end in XXXXXX", optind < argc ? argv[optind] : in);
	if (folder ? !mkdtemp(name) : mkstemp(name) < 0)
		err(1, "%s", name);
	puts(name);
	return fflush(stdout) != 0;
}
