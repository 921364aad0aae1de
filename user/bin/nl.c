/* nl [OPTION ...] [FILE ...]: lines with numbers before those that are not empty. -b a: before all, -b n: before none; -v: the first number, -i: how
 * much is added, -w: its width, -s: what stands behind it, -n: ln to the left, rn to the right, rz with zeros. (Pages have no headers here.) */
#include <commands.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-b a|t|n] [-i STEP] [-n ln|rn|rz] [-s TEXT] [-v FIRST] [-w WIDTH] [FILE ...]"

static char which = 't';
static long at = 1, by = 1;
static int width = 6;
static const char *behind = "\t", *format = "rn";

static void print_number(void)
{
	if (!strcmp(format, "ln"))
		printf("%-*ld", width, at);
	else if (!strcmp(format, "rz"))
		printf("%0*ld", width, at);
	else
		printf("%*ld", width, at);
	fputs(behind, stdout);
	at += by;
}

static bool number_lines(FILE *f, const char *name)
{
	(void)name;
	char *line = NULL;
	size_t room = 0;
	bool whole = true;
	for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
		if (which == 'a' || (which == 't' && *line != '\n'))
			print_number();
		else
			printf("%*s", width + (int)strlen(behind), "");
		fwrite(line, 1, (size_t)n, stdout);
		whole = line[n - 1] == '\n';
	}
	if (!whole)
		putchar('\n');
	free(line);
	return !ferror(f);
}

static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end)
		errx(1, "%s: not a number", s);
	return n;
}

static void take_option(int c)
{
	switch (c) {
	case 'b': which = *optarg; break;
	case 'i': by = number(optarg); break;
	case 'n': format = optarg; break;
	case 's': behind = optarg; break;
	case 'v': at = number(optarg); break;
	case 'w': width = (int)number(optarg); break;
	default: usage(SYNOPSIS);
	}
	if (!strchr("atn", which) || width < 1 || width > 100 || (strcmp(format, "ln") && strcmp(format, "rn") && strcmp(format, "rz")))
		usage(SYNOPSIS);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "b:i:n:s:v:w:")) != -1;)
		take_option(c);
	return command_each_file(argc, argv, number_lines);
}
