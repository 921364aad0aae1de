/* cmp: compare two files. -s: only the status; -l: every byte that differs. Status 0: equal, 1: they differ (and where), 2: one could not be read. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static FILE *open_or_end(const char *name)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "r") : stdin;
	if (!f)
		err(2, "%s", name);
	return f;
}

int main(int argc, char **argv)
{
	bool silent = false, every = false, differ = false;
	for (int c; (c = getopt(argc, argv, "sl")) != -1;) {
		if (c == '?')
			usage("[-l | -s] FILE FILE");
		silent |= c == 's';
		every |= c == 'l';
	}
	if (argc - optind != 2)
		usage("[-l | -s] FILE FILE");
	const char *name_a = argv[optind], *name_b = argv[optind + 1];
	FILE *a = open_or_end(name_a), *b = open_or_end(name_b);
	unsigned long at = 1, line = 1;
	int c, d;
	while (((c = getc(a)) == (d = getc(b)) || (every && c != EOF && d != EOF)) && c != EOF) {
		if (c != d && !silent)
			printf("%lu %3o %3o\n", at, (unsigned)c, (unsigned)d);
		differ |= c != d;
		at++;
		line += c == '\n';
	}
	if (ferror(a) || ferror(b))
		err(2, "%s", ferror(a) ? name_a : name_b);
	if (c == d)
		return differ;
	if (!silent && (c == EOF || d == EOF))
		fprintf(stderr, "cmp: end of %s after byte %lu\n", c == EOF ? name_a : name_b, at - 1);
	else if (!silent)
		printf("%s %s differ: char %lu, line %lu\n", name_a, name_b, at, line);
	return 1;
}
