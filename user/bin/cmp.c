/* cmp FILE1 FILE2: are they the same? Status 0 or 1. */
#include "util.h"

int main(int argc, char **argv)
{
	if (argc != 3)
		return usage("cmp FILE1 FILE2");
	FILE *a = fopen(argv[1], "r"), *b = fopen(argv[2], "r");
	if (!a || !b)
		return complain("cmp", argv[a ? 2 : 1]) + 1;
	for (size_t at = 1, line = 1;; at++) {
		int c = fgetc(a), d = fgetc(b);
		if (c != d) {
			if (c == EOF || d == EOF)
				printf("cmp: end of file in %s after byte %zu\n", argv[c == EOF ? 1 : 2], at - 1);
			else
				printf("%s %s differ: byte %zu, line %zu\n", argv[1], argv[2], at, line);
			return 1;
		}
		if (c == EOF)
			return 0;
		line += c == '\n';
	}
}
