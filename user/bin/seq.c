/* seq: numbers from FIRST (1) to LAST by STEP (1), a line each. -s TEXT: between them, in place of newlines; -w: all as wide as the widest, with
 * zeros. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SYNOPSIS "[-w] [-s TEXT] [FIRST [STEP]] LAST"

static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
	return n;
}

static int width_of(long n)
{
	char digits[24];
	return snprintf(digits, sizeof digits, "%ld", n);
}

/* Options end at a negative number. */
static int parse_options(int argc, char **argv, const char **between, bool *wide)
{
	while (optind < argc && !(argv[optind][0] == '-' && isdigit(argv[optind][1]))) {
		int c = getopt(argc, argv, "s:w");
		if (c == -1)
			break;
		if (c == '?')
			usage(SYNOPSIS);
		*wide |= c == 'w';
		*between = c == 's' ? optarg : *between;
	}
	return optind;
}

int main(int argc, char **argv)
{
	const char *between = "\n";
	bool wide = false, some = false;
	int at = parse_options(argc, argv, &between, &wide), n = argc - at;
	if (n < 1 || n > 3)
		usage(SYNOPSIS);
	long first = n > 1 ? number(argv[at]) : 1, step = n > 2 ? number(argv[at + 1]) : 1, last = number(argv[argc - 1]);
	if (!step)
		errx(2, "the step is 0");
	int width = !wide ? 0 : width_of(first) > width_of(last) ? width_of(first) : width_of(last);
	for (long i = first; step > 0 ? i <= last : i >= last;) {
		printf("%s%0*ld", some ? between : "", width, i);
		some = true;
		if (__builtin_add_overflow(i, step, &i))
			break;
	}
	if (some)
		putchar('\n');
	return fflush(stdout) != 0;
}
