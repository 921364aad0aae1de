/* tail: the last lines, 10 or -n, or the last -c bytes; +N: from line or byte N on. It keeps no more than those. -f: and then what is added to
 * the file, until Ctrl-C. -q: no names above the files, -v: always. */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-n LINES | -c BYTES | -LINES] [-fqv] [FILE ...]"

static unsigned long count = 10;
static bool bytes, from_start, follows, with_names;
static const char *last;
static int shown;

static void show_rest(FILE *f)
{
	for (int c; (c = getc(f)) != EOF;)
		putchar(c);
}

/* Skip what is before line or byte count. */
static void show_from(FILE *f)
{
	for (unsigned long left = count ? count - 1 : 0; left;) {
		int c = getc(f);
		if (c == EOF)
			return;
		left -= bytes || c == '\n';
	}
	show_rest(f);
}

static void show_bytes(FILE *f)
{
	char *ring = malloc(count + 1);
	unsigned long n = 0;
	if (!ring)
		err(1, "%lu bytes", count);
	for (int c; (c = getc(f)) != EOF; n++)
		ring[n % (count + 1)] = (char)c;
	for (unsigned long i = n > count ? n - count : 0; i < n; i++)
		putchar(ring[i % (count + 1)]);
	free(ring);
}

/* lines is a ring of count + 1. */
static void show_lines(FILE *f)
{
	char **lines = calloc(count + 1, sizeof *lines);
	size_t *rooms = calloc(count + 1, sizeof *rooms);
	unsigned long n = 0;
	if (!lines || !rooms)
		err(1, "%lu lines", count);
	while (getline(&lines[n % (count + 1)], &rooms[n % (count + 1)], f) >= 0)
		n++;
	for (unsigned long i = n > count ? n - count : 0; i < n; i++)
		fputs(lines[i % (count + 1)], stdout);
	for (unsigned long i = 0; i <= count; i++)
		free(lines[i]);
	free(lines);
	free(rooms);
}

static void follow(FILE *f)
{
	char buf[512];
	fflush(stdout);
	for (;;) {
		ssize_t n = read(fileno(f), buf, sizeof buf);
		if (n < 0)
			err(1, "read");
		if (!n)
			usleep(200000);
		else if (write(1, buf, (size_t)n) < 0)
			err(1, "write");
	}
}

static bool show_file(FILE *f, const char *name)
{
	if (with_names)
		printf("%s==> %s <==\n", shown ? "\n" : "", f == stdin ? "standard input" : name);
	shown++;
	if (from_start)
		show_from(f);
	else if (bytes)
		show_bytes(f);
	else
		show_lines(f);
	if (follows && (!last || name == last))
		follow(f);
	return !ferror(f);
}

static void set_count(const char *s)
{
	char *end;
	from_start = *s == '+';
	s += *s == '+' || *s == '-';
	count = strtoul(s, &end, 10);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
}

int main(int argc, char **argv)
{
	int names = -1;
	if (argc > 1 && (argv[1][0] == '-' || argv[1][0] == '+') && isdigit(argv[1][1])) {
		set_count(argv[1]);
		optind = 2;
	}
	for (int c; (c = getopt(argc, argv, "n:c:fqv")) != -1;)
		switch (c) {
		case 'n': case 'c': set_count(optarg); bytes = c == 'c'; break;
		case 'f': follows = true; break;
		case 'q': names = 0; break;
		case 'v': names = 1; break;
		default: usage(SYNOPSIS);
		}
	last = optind < argc ? argv[argc - 1] : NULL;
	with_names = names < 0 ? argc - optind > 1 : names;
	return command_each_file(argc, argv, show_file);
}
