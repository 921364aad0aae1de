/* fold [-bs] [-w WIDTH] [FILE ...]: break lines longer than WIDTH columns, 80 if not said. -s: behind a blank, if there is one; -b: count bytes, so
 * that tabs, backspaces and carriage returns are like any other. */
#include <commands.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYNOPSIS "[-bs] [-w WIDTH] [FILE ...]"

static bool bytes, at_blanks;
static size_t width = 80;

static size_t column_after(size_t column, char c)
{
	if (bytes)
		return column + 1;
	return c == '\t' ? (column | 7) + 1 : c == '\b' ? column - (column > 0) : c == '\r' ? 0 : column + 1;
}

/* Where s breaks: the bytes that still fit; at least one. */
static size_t piece(const char *s, size_t n)
{
	size_t column = 0, blank = 0;
	for (size_t i = 0; i < n; i++) {
		column = column_after(column, s[i]);
		if (column > width)
			return at_blanks && blank ? blank : i ? i : 1;
		if (s[i] == ' ' || s[i] == '\t')
			blank = i + 1;
	}
	return n;
}

static void fold_line(const char *s, size_t n)
{
	while (n) {
		size_t part = piece(s, n);
		fwrite(s, 1, part, stdout);
		s += part;
		n -= part;
		if (n)
			putchar('\n');
	}
}

static bool fold(FILE *f, const char *name)
{
	(void)name;
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
		size_t len = (size_t)n - (line[n - 1] == '\n');
		fold_line(line, len);
		if (len < (size_t)n)
			putchar('\n');
	}
	free(line);
	return !ferror(f);
}

static size_t number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);
	if (*s < '0' || *s > '9' || *end || !n)
		errx(1, "%s: not a width", s);
	return n;
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "bsw:")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		bytes |= c == 'b';
		at_blanks |= c == 's';
		width = c == 'w' ? number(optarg) : width;
	}
	return command_each_file(argc, argv, fold);
}
