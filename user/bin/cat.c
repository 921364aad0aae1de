/* cat: files, or standard input, one after the other to standard output. -n: with line numbers, -b: of lines that are not empty; -s: several empty
 * lines are one; -v: control bytes as ^X and M-X; -e, -t: and line ends as $, tabs as ^I; -E, -T: only these; -A: all of it. */
#include <commands.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static char buf[32768];
static bool number_lines, number_full, squeeze, visible, ends, tabs;

static void write_all(const char *s, ssize_t n)
{
	for (ssize_t done = 0, w; done < n; done += w)
		if ((w = write(1, s + done, (size_t)(n - done))) < 0)
			err(1, "standard output");
}

static void put(unsigned char c)
{
	if (c == '\n' && ends)
		putchar('$');
	if (visible && c >= 0x80) {
		printf("M-");
		c &= 0x7f;
		if (c == '\n' || c == '\t') {
			printf("^%c", c ^ 0x40);
			return;
		}
	}
	if (c == '\n' || (c == '\t' && !tabs) || (!visible && c != '\t'))
		putchar(c);
	else if (c < ' ' || c == 0x7f)
		printf("^%c", c ^ 0x40);
	else
		putchar(c);
}

static void write_changed(const char *s, ssize_t n)
{
	static unsigned long line, empty;
	static bool inside;
	for (ssize_t i = 0; i < n; i++) {
		empty = !inside && s[i] == '\n' ? empty + 1 : 0;
		if (squeeze && empty > 1)
			continue;
		if (!inside && (number_full ? s[i] != '\n' : number_lines))
			printf("%6lu\t", ++line);
		put((unsigned char)s[i]);
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
		if (number_lines || number_full || squeeze || visible || ends || tabs)
			write_changed(buf, n);
		else
			write_all(buf, n);
	}
	return n == 0;
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "nubsvetETA")) != -1;)
		switch (c) {
		case 'n': number_lines = true; break;
		case 'b': number_full = true; break;
		case 's': squeeze = true; break;
		case 'v': visible = true; break;
		case 'e': visible = ends = true; break;
		case 't': visible = tabs = true; break;
		case 'E': ends = true; break;
		case 'T': tabs = true; break;
		case 'A': visible = ends = tabs = true; break;
		case 'u': break;
		default: usage("[-AETbenstuv] [FILE ...]");
		}
	return command_each_file(argc, argv, copy);
}
