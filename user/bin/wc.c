/* wc [-lwc] [FILE...]: count lines, words, bytes. */
#include <ctype.h>
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

struct counts { size_t lines, words, bytes; };
static struct options opt;

static int count(int fd, const char *name, struct counts *c)
{
	static char buf[16384];
	int in_word = 0;
	ssize_t n;
	while ((n = read(fd, buf, sizeof buf)) > 0) {
		c->bytes += (size_t)n;
		for (ssize_t i = 0; i < n; i++) {
			c->lines += buf[i] == '\n';
			c->words += !isspace(buf[i]) && !in_word;
			in_word = !isspace(buf[i]);
		}
	}
	return n < 0 ? complain("wc", name) : 0;
}

static void print(const struct counts *c, const char *name)
{
	int all = !opt.seen['l'] && !opt.seen['w'] && !opt.seen['c'];
	if (all || opt.seen['l'])
		printf("%zu ", c->lines);
	if (all || opt.seen['w'])
		printf("%zu ", c->words);
	if (all || opt.seen['c'])
		printf("%zu ", c->bytes);
	printf("%s\n", name);
}

int main(int argc, char **argv)
{
	struct counts total = { 0 };
	int status = 0, files = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv) {
		status = count(0, "standard input", &total);
		print(&total, "");
		return status;
	}
	for (; *argv; argv++, files++) {
		struct counts c = { 0 };
		int fd = open(*argv, O_RDONLY);
		if (fd < 0) {
			status = complain("wc", *argv);
			continue;
		}
		status |= count(fd, *argv, &c);
		close(fd);
		print(&c, *argv);
		total.lines += c.lines, total.words += c.words, total.bytes += c.bytes;
	}
	if (files > 1)
		print(&total, "total");
	return status;
}
