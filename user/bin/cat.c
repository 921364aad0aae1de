/* cat: files, or standard input, one after the other to standard output. -n: with line numbers. */
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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
static int copy(int fd, const char *name)
{
	ssize_t n;
	while ((n = read(fd, buf, sizeof buf)) > 0) {
		if (number_lines)
			write_numbered(buf, n);
		else
			write_all(buf, n);
	}
	if (n < 0)
		warn("%s", name);
	return n < 0;
}

static int copy_file(const char *name)
{
	if (!strcmp(name, "-"))
		return copy(0, "standard input");
	int fd = open(name, O_RDONLY);
	if (fd < 0) {
		warn("%s", name);
		return 1;
	}
	int failed = copy(fd, name);
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int c; (c = getopt(argc, argv, "nu")) != -1; number_lines |= c == 'n')
		if (c == '?')
			usage("[-n] [FILE ...]");
	for (int i = optind; i < argc; i++)
		failed |= copy_file(argv[i]);
	return optind == argc ? copy(0, "standard input") : failed;
}
