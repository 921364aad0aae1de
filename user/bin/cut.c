/* cut: parts of each line: its bytes (-b, -c) or fields (-f), which tabs or -d separate. LIST: 1,3-5,7-. -s: not lines without the separator. */
#include <commands.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "-b LIST | -c LIST | -f LIST [-d C] [-s] [FILE ...]"
enum { RANGES = 64 };

static struct { unsigned long first, last; } ranges[RANGES];
static size_t count;
static char separator = '\t';
static bool fields, only_separated;

static void parse(char *list)
{
	char *save, *end;
	for (char *p = strtok_r(list, ",", &save); p; p = strtok_r(NULL, ",", &save)) {
		if (count == RANGES)
			errx(2, "the list is too long");
		unsigned long first = *p == '-' ? 1 : strtoul(p, &end, 10);
		if (*p == '-')
			end = p;
		unsigned long last = first;
		if (*end == '-')
			last = end[1] ? strtoul(end + 1, &end, 10) : (end++, ~0ul);
		if (!first || *end || last < first)
			errx(2, "%s: not a list of numbers from 1", p);
		ranges[count].first = first;
		ranges[count++].last = last;
	}
}

static bool is_wanted(unsigned long n)
{
	for (size_t i = 0; i < count; i++)
		if (n >= ranges[i].first && n <= ranges[i].last)
			return true;
	return false;
}

static void cut_bytes(const char *line)
{
	for (unsigned long n = 1; *line; line++, n++)
		if (is_wanted(n))
			putchar(*line);
	putchar('\n');
}

static void cut_fields(const char *line)
{
	bool some = false;
	if (!strchr(line, separator)) {
		if (!only_separated)
			puts(line);
		return;
	}
	for (unsigned long n = 1; line; n++) {
		const char *end = strchr(line, separator);
		if (is_wanted(n)) {
			if (some)
				putchar(separator);
			fwrite(line, 1, end ? (size_t)(end - line) : strlen(line), stdout);
			some = true;
		}
		line = end ? end + 1 : NULL;
	}
	putchar('\n');
}

static bool cut(FILE *f, const char *name)
{
	(void)name;
	char *line = NULL;
	size_t room = 0;
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0;) {
		if (n && line[n - 1] == '\n')
			line[n - 1] = 0;
		if (fields)
			cut_fields(line);
		else
			cut_bytes(line);
	}
	free(line);
	return !ferror(f);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "b:c:f:d:s")) != -1;)
		switch (c) {
		case 'b': case 'c': parse(optarg); break;
		case 'f': parse(optarg); fields = true; break;
		case 'd':
			if (!optarg[0] || optarg[1])
				errx(2, "-d: a separator is one byte");
			separator = *optarg;
			break;
		case 's': only_separated = true; break;
		default: usage(SYNOPSIS);
		}
	if (!count)
		usage(SYNOPSIS);
	return command_each_file(argc, argv, cut);
}
