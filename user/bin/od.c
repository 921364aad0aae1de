/* od [OPTION ...] [FILE ...]: bytes as numbers, 16 to a line, octal pairs if nothing else is asked for; lines like the one before are one *.
 * -t: how: o, d, u or x and the bytes of a number (1, 2, 4, 8), or c for characters, as -b -c -d -o -x are short for some; -A: the offsets
 * as d, o, x or n for none; -j: so many bytes are skipped; -N: so many shown; -v: every line. (hexdump has the form with text beside it.) */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-bcdovx] [-A d|o|x|n] [-j SKIP] [-N BYTES] [-t TYPE] [FILE ...]"

static char radix = 'o', type = 'o';
static size_t size = 2;

static void print_char(unsigned char c)
{
	static const char escapes[] = "\a\b\t\n\v\f\r", letters[] = "abtnvfr";
	const char *escape = c ? strchr(escapes, c) : NULL;
	if (!c || escape)
		printf("  \\%c", c ? letters[escape - escapes] : '0');
	else if (isprint(c))
		printf("   %c", c);
	else
		printf(" %03o", c);
}

static long long signed_of(unsigned long long n)
{
	unsigned unused = 64 - 8 * (unsigned)size;
	return (long long)(n << unused) >> unused;
}

/* A number of size bytes, the lowest first; those behind the end are 0. */
static void print_number(const unsigned char *p, size_t have)
{
	static const int octal[] = { [1] = 3, [2] = 6, [4] = 11, [8] = 22 }, decimal[] = { [1] = 4, [2] = 6, [4] = 11, [8] = 20 },
			 natural[] = { [1] = 3, [2] = 5, [4] = 10, [8] = 20 };
	unsigned long long n = 0;
	for (size_t i = 0; i < size && i < have; i++)
		n |= (unsigned long long)p[i] << 8 * i;
	switch (type) {
	case 'o': printf(" %0*llo", octal[size], n); break;
	case 'x': printf(" %0*llx", (int)size * 2, n); break;
	case 'u': printf(" %*llu", natural[size], n); break;
	default: printf(" %*lld", decimal[size], signed_of(n)); break;
	}
}

static void print_line(unsigned long offset, const unsigned char *line, size_t n)
{
	if (radix != 'n')
		printf(radix == 'o' ? "%07lo" : radix == 'd' ? "%07lu" : "%06lx", offset);
	for (size_t i = 0; i < n; i += type == 'c' ? 1 : size)
		if (type == 'c')
			print_char(line[i]);
		else
			print_number(line + i, n - i);
	if (n || radix != 'n')
		putchar('\n');
}

static unsigned long number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 0);
	if (!isdigit((unsigned char)*s) || *end)
		errx(1, "%s: not a number", s);
	return n;
}

static void set_type(const char *s)
{
	type = *s;
	size = s[0] && isdigit((unsigned char)s[1]) ? (size_t)(s[1] - '0') : type == 'c' ? 1 : 4;
	bool whole = s[0] && (!s[1] || (isdigit((unsigned char)s[1]) && !s[2]));
	if (!whole || !strchr("oduxc", type) || (size != 1 && size != 2 && size != 4 && size != 8))
		errx(1, "%s: not a type: one of o d u x and 1 2 4 8, or c", s);
}

int main(int argc, char **argv)
{
	struct dump dump = { .print = print_line, .left = ULONG_MAX };
	for (int c; (c = getopt(argc, argv, "A:bcdj:N:ot:vx")) != -1;)
		switch (c) {
		case 'A': radix = *optarg; break;
		case 'b': set_type("o1"); break;
		case 'c': set_type("c"); break;
		case 'd': set_type("u2"); break;
		case 'j': dump.skip = number(optarg); break;
		case 'N': dump.left = number(optarg); break;
		case 'o': set_type("o2"); break;
		case 't': set_type(optarg); break;
		case 'v': dump.every = true; break;
		case 'x': set_type("x2"); break;
		default: usage(SYNOPSIS);
		}
	if (!strchr("doxn", radix) || !radix)
		usage(SYNOPSIS);
	return command_dump(argc, argv, &dump);
}
