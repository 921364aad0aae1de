/* rev [FILE ...]: lines with their characters in reverse order; those of UTF-8 stay whole. */
#include <commands.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void print_reversed(const char *s, size_t n)
{
	while (n) {
		size_t start = n - 1;
		while (start && (s[start] & 0xc0) == 0x80)
			start--;
		fwrite(s + start, 1, n - start, stdout);
		n = start;
	}
}

static bool reverse(FILE *f, const char *name)
{
	(void)name;
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
		size_t len = (size_t)n - (line[n - 1] == '\n');
		print_reversed(line, len);
		if (len < (size_t)n)
			putchar('\n');
	}
	free(line);
	return !ferror(f);
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1)
		usage("[FILE ...]");
	return command_each_file(argc, argv, reverse);
}
