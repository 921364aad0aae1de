/* hexdump: bytes as hexadecimal numbers and as text, 16 to a line; lines like the one before are shown as one *. -n: that many bytes at
 * most, -s: from that offset on. (-C, the form that others need to be asked for, is the only one.) */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_line(unsigned long offset, const unsigned char *b, size_t n)
{
	printf(n ? "%08lx " : "%08lx\n", offset);
	if (!n)
		return;
	for (size_t i = 0; i < DUMP_WIDTH; i++) {
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
	struct dump dump = { .print = print_line, .left = ULONG_MAX };
	for (int c; (c = getopt(argc, argv, "Cn:s:")) != -1;)
		switch (c) {
		case 'C': break;
		case 'n': dump.left = number(optarg); break;
		case 's': dump.skip = number(optarg); break;
		default: usage("[-C] [-n BYTES] [-s OFFSET] [FILE ...]");
		}
	return command_dump(argc, argv, &dump);
}
