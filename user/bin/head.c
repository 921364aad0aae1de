/* head: the first lines, 10 or -n; or the first -c bytes. A number with a minus: all but so many at the end. -q: no names above the files, -v:
 * always. */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-n LINES | -c BYTES | -LINES] [-qv] [FILE ...]"

static unsigned long count = 10;
static bool bytes, but_last, with_names;
static int shown;

/* Copy until so many lines or bytes are through. */
static void show_first(FILE *f, unsigned long left)
{
	for (int c; left && (c = getc(f)) != EOF; putchar(c))
		if (bytes || c == '\n')
			left--;
}

/* All but the last count: a piece is only printed when count more have come. */
static void show_but_last(FILE *f)
{
	char **ring = calloc(count + 1, sizeof *ring), byte[2] = "";
	size_t *rooms = calloc(count + 1, sizeof *rooms);
	if (!ring || !rooms)
		err(1, "%lu lines", count);
	for (unsigned long n = 0;; n++) {
		unsigned long i = n % (count + 1);
		int c = bytes ? getc(f) : 0;
		byte[0] = (char)c;
		if (bytes && c != EOF)
			ring[i] = realloc(ring[i], 2), memcpy(ring[i], byte, 2);
		if (bytes ? c == EOF : getline(&ring[i], &rooms[i], f) < 0)
			break;
		if (n >= count)
			fwrite(ring[(n - count) % (count + 1)], 1, bytes ? 1 : strlen(ring[(n - count) % (count + 1)]), stdout);
	}
	for (unsigned long i = 0; i <= count; i++)
		free(ring[i]);
	free(ring);
	free(rooms);
}

static void set_count(const char *s)
{
	char *end;
	but_last = *s == '-';
	count = strtoul(s + but_last, &end, 10);
	if (!s[but_last] || *end)
		errx(2, "%s: not a number", s);
}

static bool show_file(FILE *f, const char *name)
{
	if (with_names)
		printf("%s==> %s <==\n", shown ? "\n" : "", f == stdin ? "standard input" : name);
	shown++;
	if (but_last)
		show_but_last(f);
	else
		show_first(f, count);
	return !ferror(f);
}

int main(int argc, char **argv)
{
	int names = -1;
	if (argc > 1 && argv[1][0] == '-' && isdigit(argv[1][1])) {
		set_count(argv[1] + 1);
		optind = 2;
	}
	for (int c; (c = getopt(argc, argv, "n:c:qv")) != -1;)
		switch (c) {
		case 'n': case 'c': set_count(optarg); bytes = c == 'c'; break;
		case 'q': names = 0; break;
		case 'v': names = 1; break;
		default: usage(SYNOPSIS);
		}
	with_names = names < 0 ? argc - optind > 1 : names;
	return command_each_file(argc, argv, show_file);
}
