/* hexdump [FILE...]: offset, 16 bytes in hexadecimal, and as text. */
#include <ctype.h>
#include "util.h"

static void print_row(size_t at, const unsigned char *b, size_t n)
{
	printf("%08zx ", at);
	for (size_t i = 0; i < 16; i++) {
		printf(i == 8 ? "  " : " ");
		printf(i < n ? "%02x" : "  ", i < n ? b[i] : 0);
	}
	printf("  |");
	for (size_t i = 0; i < n; i++)
		putchar(isprint(b[i]) ? b[i] : '.');
	printf("|\n");
}

static void dump(FILE *f)
{
	unsigned char row[16];
	size_t at = 0, n;
	while ((n = fread(row, 1, sizeof row, f)) > 0) {
		print_row(at, row, n);
		at += n;
	}
	printf("%08zx\n", at);
}

int main(int argc, char **argv)
{
	struct options opt;
	int status = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv)
		dump(stdin);
	for (; *argv; argv++) {
		FILE *f = fopen(*argv, "r");
		if (!f) {
			status = complain("hexdump", *argv);
			continue;
		}
		dump(f);
		fclose(f);
	}
	return status;
}
