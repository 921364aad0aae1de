/* sort: lines in order. -n: by the number that they begin with; -r: the other way round; -f: letters of either case are equal; -b: without the
 * blanks before; -u: of equal ones the first; -s: equal ones stay as they come. -k FIRST[,LAST]: by these fields, counted from 1, each perhaps with
 * .BYTE and with nrfb for itself; again for what is equal then; -t C: what separates fields (otherwise, the empty place before blanks).
 * -c: only check, status 1 if they are not in order; -o FILE: write there. */
#include <commands.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sort.h"

#define SYNOPSIS "[-bcfnrsu] [-k FIRST[,LAST]] [-t C] [-o OUTPUT] [FILE ...]"
struct line { char *text; size_t number; };

static size_t count, room;
static struct line *lines;
static bool unique, stable;

/* What is equal by its keys is in the order of its bytes, or of its coming. */
static int compare(const void *pa, const void *pb)
{
	const struct line *a = pa, *b = pb;
	int d = compare_keys(a->text, b->text);
	if (!d && !stable && !unique)
		d = how.reverse ? strcmp(b->text, a->text) : strcmp(a->text, b->text);
	return d ? d : a->number < b->number ? -1 : a->number > b->number;
}

/* ---- lines ---- */

static bool read_lines(FILE *f, const char *name)
{
	(void)name;
	char *line = NULL;
	size_t bytes = 0;
	for (ssize_t n; (n = getline(&line, &bytes, f)) >= 0;) {
		if (n && line[n - 1] == '\n')
			line[n - 1] = 0;
		if (count == room) {
			room = room ? room * 2 : 256;
			lines = realloc(lines, room * sizeof *lines);
		}
		char *copy = lines ? strdup(line) : NULL;
		if (!copy)
			err(2, "line %zu", count + 1);
		lines[count] = (struct line){ copy, count };
		count++;
	}
	free(line);
	return !ferror(f);
}

static int check(void)
{
	for (size_t i = 1; i < count; i++) {
		int d = compare_keys(lines[i - 1].text, lines[i].text);
		if (!d && !stable && !unique)
			d = how.reverse ? strcmp(lines[i].text, lines[i - 1].text) : strcmp(lines[i - 1].text, lines[i].text);
		if (d > 0 || (unique && !d)) {
			warnx("line %zu is not in order: %s", i + 1, lines[i].text);
			return 1;
		}
	}
	return 0;
}

static int print(const char *output)
{
	FILE *f = output ? fopen(output, "w") : stdout;
	if (!f)
		err(2, "%s", output);
	for (size_t i = 0; i < count; i++)
		if (!unique || !i || compare_keys(lines[i - 1].text, lines[i].text))
			fprintf(f, "%s\n", lines[i].text);
	return fflush(f) ? 2 : 0;
}

int main(int argc, char **argv)
{
	bool only_check = false;
	const char *output = NULL;
	for (int c; (c = getopt(argc, argv, "bcfmnrsuk:t:o:")) != -1;)
		switch (c) {
		case 'c': only_check = true; break;
		case 'm': break;	/* they are in order: then to sort them is to merge them */
		case 's': stable = true; break;
		case 'u': unique = true; break;
		case 'k': add_key(optarg); break;
		case 't': separator = *optarg; break;
		case 'o': output = optarg; break;
		default:
			if (!set_how(&how, (char)c))
				usage(SYNOPSIS);
		}
	if (command_each_file(argc, argv, read_lines))
		return 2;
	if (only_check)
		return check();
	if (count)
		qsort(lines, count, sizeof *lines, compare);
	return print(output);
}
