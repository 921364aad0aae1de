/* uniq: of equal lines that follow one another only the first. -c: with their number; -d: only those that are repeated; -u: only those that
 * are not; -i: letters of either case are equal; -f N, -s N: do not compare the first N fields, bytes. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-cdiu] [-f FIELDS] [-s BYTES] [INPUT [OUTPUT]]"

static bool counts, repeated, single, any_case;
static unsigned long skip_fields, skip_bytes;

static const char *compared(const char *s)
{
	for (unsigned long n = skip_fields; n; n--) {
		while (isspace((unsigned char)*s))
			s++;
		while (*s && !isspace((unsigned char)*s))
			s++;
	}
	for (unsigned long n = skip_bytes; n && *s; n--)
		s++;
	return s;
}

static bool are_equal(const char *a, const char *b)
{
	return !(any_case ? strcasecmp : strcmp)(compared(a), compared(b));
}

static void print(FILE *out, const char *line, unsigned long n)
{
	if ((repeated && n < 2) || (single && n > 1))
		return;
	if (counts)
		fprintf(out, "%7lu ", n);
	fprintf(out, "%s\n", line);
}

static void pass(FILE *in, FILE *out)
{
	char *line = NULL, *first = NULL;
	size_t room = 0, first_room = 0;
	unsigned long n = 0;
	for (ssize_t len; (len = getline(&line, &room, in)) >= 0;) {
		if (len && line[len - 1] == '\n')
			line[len - 1] = 0;
		if (n && are_equal(first, line)) {
			n++;
			continue;
		}
		if (n)
			print(out, first, n);
		char *old = first;
		size_t old_room = first_room;
		first = line, first_room = room;
		line = old, room = old_room;
		n = 1;
	}
	if (n)
		print(out, first, n);
	free(line);
	free(first);
}

static FILE *open_or_end(const char *name, const char *mode)
{
	FILE *f = fopen(name, mode);
	if (!f)
		err(1, "%s", name);
	return f;
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "cdiuf:s:")) != -1;)
		switch (c) {
		case 'c': counts = true; break;
		case 'd': repeated = true; break;
		case 'i': any_case = true; break;
		case 'u': single = true; break;
		case 'f': skip_fields = strtoul(optarg, NULL, 10); break;
		case 's': skip_bytes = strtoul(optarg, NULL, 10); break;
		default: usage(SYNOPSIS);
		}
	if (argc - optind > 2)
		usage(SYNOPSIS);
	FILE *in = optind < argc && strcmp(argv[optind], "-") ? open_or_end(argv[optind], "r") : stdin;
	FILE *out = optind + 1 < argc ? open_or_end(argv[optind + 1], "w") : stdout;
	pass(in, out);
	return ferror(in) || fflush(out);
}
