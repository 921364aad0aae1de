/* seq: numbers from FIRST (1) to LAST by STEP (1). */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
	return n;
}

int main(int argc, char **argv)
{
	if (argc < 2 || argc > 4)
		usage("[FIRST [STEP]] LAST");
	long first = argc > 2 ? number(argv[1]) : 1, step = argc > 3 ? number(argv[2]) : 1, last = number(argv[argc - 1]);
	if (!step)
		errx(2, "the step is 0");
	for (long i = first; step > 0 ? i <= last : i >= last;) {
		printf("%ld\n", i);
		if (__builtin_add_overflow(i, step, &i))
			break;
	}
	return fflush(stdout) != 0;
}
