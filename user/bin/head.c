/* head: the first lines, 10 or -n; or the first -c bytes. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long count = 10;
static bool bytes;

static void show(FILE *f)
{
	unsigned long left = count;
	for (int c; left && (c = getc(f)) != EOF; putchar(c))
		if (bytes || c == '\n')
			left--;
}

static unsigned long number(const char *s)
{
	char *end;
	unsigned long n = strtoul(s, &end, 10);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
	return n;
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int c; (c = getopt(argc, argv, "n:c:")) != -1; bytes = c == 'c') {
		if (c == '?')
			usage("[-n LINES | -c BYTES] [FILE ...]");
		count = number(optarg);
	}
	if (optind == argc)
		show(stdin);
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		if (!f) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		show(f);
		failed |= ferror(f);
		fclose(f);
	}
	return failed;
}
