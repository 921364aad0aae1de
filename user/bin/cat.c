/* cat: files, or standard input, one after the other to standard output. -n: with line numbers. */
#include <commands.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static char buf[32768];
static bool number_lines;

static void write_all(const char *s, ssize_t n)
{
	for (ssize_t done = 0, w; done < n; done += w)
		if ((w = write(1, s + done, (size_t)(n - done))) < 0)
			err(1, "standard output");
}

static void write_numbered(const char *s, ssize_t n)
{
	static unsigned long line;
	static bool inside;
	for (ssize_t i = 0; i < n; i++) {
		if (!inside)
			printf("%6lu\t", ++line);
		putchar(s[i]);
		inside = s[i] != '\n';
	}
	if (fflush(stdout))
		err(1, "standard output");
}

/* What arrives goes out at once. */
static bool copy(FILE *f, const char *name)
{
	(void)name;
	ssize_t n;
	while ((n = read(fileno(f), buf, sizeof buf)) > 0) {
		if (number_lines)
			write_numbered(buf, n);
		else
			write_all(buf, n);
	}
	return n == 0;
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "nu")) != -1; number_lines |= c == 'n')
		if (c == '?')
			usage("[-n] [FILE ...]");
	return command_each_file(argc, argv, copy);
}
