/* hexdump: bytes as hexadecimal numbers and as text, 16 to a line; lines like the one before are shown as one *. -n: that many bytes at
 * most, -s: from that offset on. (-C, the form that others need to be asked for, is the only one.) */
#include <ctype.h>
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { WIDTH = 16 };

static unsigned long offset, left = ULONG_MAX;

static void print_line(const unsigned char *b, size_t n)
{
	printf("%08lx ", offset);
	for (size_t i = 0; i < WIDTH; i++) {
		if (i % 8 == 0)
			putchar(' ');
		if (i < n)
			printf("%02x ", b[i]);
		else
			printf("   ");
	}
	printf(" |");
	for (size_t i = 0; i < n; i++)
		putchar(isprint(b[i]) ? b[i] : '.');
	printf("|\n");
}

static void dump(FILE *f)
{
	unsigned char line[WIDTH], before[WIDTH];
	bool have_before = false, starred = false;
	for (;;) {
		size_t n = fread(line, 1, left < WIDTH ? left : WIDTH, f);
		if (!n)
			break;
		bool same = have_before && n == WIDTH && !memcmp(line, before, WIDTH);
		if (!same)
			print_line(line, n);
		else if (!starred)
			puts("*");
		starred = same;
		memcpy(before, line, WIDTH);
		have_before = true;
		offset += n;
		left -= n;
	}
}

static int dump_file(FILE *f, const char *name, unsigned long skip)
{
	while (skip && fgetc(f) != EOF)
		skip--;
	dump(f);
	if (ferror(f))
		warn("%s", name);
	return ferror(f);
}

static unsigned long number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 0);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
	return n;
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int c; (c = getopt(argc, argv, "Cn:s:")) != -1;)
		switch (c) {
		case 'C': break;
		case 'n': left = number(optarg); break;
		case 's': offset = number(optarg); break;
		default: usage("[-C] [-n BYTES] [-s OFFSET] [FILE]");
		}
	if (argc - optind > 1)
		usage("[-C] [-n BYTES] [-s OFFSET] [FILE]");
	FILE *f = optind < argc ? fopen(argv[optind], "r") : stdin;
	if (!f)
		err(1, "%s", argv[optind]);
	failed = dump_file(f, optind < argc ? argv[optind] : "standard input", offset);
	printf("%08lx\n", offset);
	return failed;
}
