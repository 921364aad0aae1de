/* wc: count lines (-l), words (-w), bytes (-c); all three if none is asked for. */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

struct counts { unsigned long lines, words, bytes; };

static char buf[32768];
static struct counts total;
static bool named, want_lines, want_words, want_bytes;

static ssize_t count(int fd, struct counts *c)
{
	ssize_t n;
	bool in_word = false;
	while ((n = read(fd, buf, sizeof buf)) > 0) {
		c->bytes += (unsigned long)n;
		for (ssize_t i = 0; i < n; i++) {
			c->lines += buf[i] == '\n';
			bool blank = isspace(buf[i]);
			c->words += !blank && !in_word;
			in_word = !blank;
		}
	}
	return n;
}

static void print(const struct counts *c, const char *name)
{
	const char *sep = "";
	if (want_lines)
		printf("%s%lu", sep, c->lines), sep = " ";
	if (want_words)
		printf("%s%lu", sep, c->words), sep = " ";
	if (want_bytes)
		printf("%s%lu", sep, c->bytes);
	printf("%s%s\n", name ? " " : "", name ? name : "");
}

static bool count_file(FILE *f, const char *name)
{
	struct counts c = { 0 };
	bool done = count(fileno(f), &c) == 0;
	if (done)
		print(&c, named ? name : NULL);
	total.lines += c.lines;
	total.words += c.words;
	total.bytes += c.bytes;
	return done;
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "lwc")) != -1;)
		switch (c) {
		case 'l': want_lines = true; break;
		case 'w': want_words = true; break;
		case 'c': want_bytes = true; break;
		default: usage("[-lwc] [FILE ...]");
		}
	if (!want_lines && !want_words && !want_bytes)
		want_lines = want_words = want_bytes = true;
	named = optind < argc;
	int failed = command_each_file(argc, argv, count_file);
	if (argc - optind > 1)
		print(&total, "total");
	return failed;
}
