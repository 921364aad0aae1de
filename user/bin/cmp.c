/* cmp: compare two files. Status 0: equal, 1: they differ (and where), 2: one could not be read. */
#include <err.h>
#include <stdio.h>
#include <string.h>

static FILE *open_or_end(const char *name)
{
	FILE *f = strcmp(name, "-") ? fopen(name, "r") : stdin;
	if (!f)
		err(2, "%s", name);
	return f;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		usage("FILE FILE");
	FILE *a = open_or_end(argv[1]), *b = open_or_end(argv[2]);
	unsigned long at = 1, line = 1;
	int c, d;
	while ((c = getc(a)) == (d = getc(b)) && c != EOF) {
		at++;
		line += c == '\n';
	}
	if (ferror(a) || ferror(b))
		err(2, "%s", ferror(a) ? argv[1] : argv[2]);
	if (c == d)
		return 0;
	if (c == EOF || d == EOF)
		printf("cmp: end of %s after byte %lu\n", c == EOF ? argv[1] : argv[2], at - 1);
	else
		printf("%s %s differ: byte %lu, line %lu\n", argv[1], argv[2], at, line);
	return 1;
}
