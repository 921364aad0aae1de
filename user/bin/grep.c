/* grep: lines in which a pattern occurs. Patterns: . any character, * any number of what stands before it, + at least one, ? at most
 * one, ^ and $ the line's ends, [...] and [^...] sets, \ takes the meaning off.
 * -v: lines without it; -i: letters of either case; -n: with line numbers; -c: only how many; -q: only the status; -F: plain text. */
#include <ctype.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool invert, ignore_case, numbers, count_only, quiet, plain;

/* ---- matching, by backtracking ---- */

static char fold(char c) { return ignore_case ? (char)tolower(c) : c; }

/* The end of the element at p: a character, \c, or a set. */
static const char *element_end(const char *p)
{
	if (*p == '\\' && p[1])
		return p + 2;
	if (*p != '[')
		return p + 1;
	const char *q = p + 1 + (p[1] == '^');
	for (q += *q == ']'; *q && *q != ']'; q++)
		;
	return *q ? q + 1 : p + 1;
}

static bool in_set(const char *p, const char *end, char c)
{
	bool negate = *p == '^', hit = false;
	for (p += negate; p < end; p++) {
		if (p + 2 < end && p[1] == '-') {
			hit |= fold(c) >= fold(p[0]) && fold(c) <= fold(p[2]);
			p += 2;
		} else {
			hit |= fold(c) == fold(*p);
		}
	}
	return hit != negate;
}

static bool element_matches(const char *p, const char *end, char c)
{
	if (!c)
		return false;
	if (*p == '[' && end > p + 1)
		return in_set(p + 1, end - 1, c);
	if (*p == '\\' && end > p + 1)
		return fold(p[1]) == fold(c);
	return *p == '.' || fold(*p) == fold(c);
}

static bool match_here(const char *p, const char *s);

/* As many as there are, then fewer. */
static bool match_repeated(const char *p, const char *end, const char *s)
{
	const char *t = s + (*end == '+');
	const char *last = s;
	while (element_matches(p, end, *last) && !(*end == '?' && last > s))
		last++;
	for (; last >= t; last--)
		if (match_here(end + 1, last))
			return true;
	return false;
}

static bool match_here(const char *p, const char *s)
{
	for (;;) {
		if (!*p)
			return true;
		if (*p == '$' && !p[1])
			return !*s;
		const char *end = element_end(p);
		if (*end == '*' || *end == '+' || *end == '?')
			return match_repeated(p, end, s);
		if (!element_matches(p, end, *s))
			return false;
		p = end;
		s++;
	}
}

static bool match_plain(const char *p, const char *s)
{
	while (*p && fold(*p) == fold(*s))
		p++, s++;
	return !*p;
}

static bool line_matches(const char *pattern, const char *s)
{
	if (!plain && *pattern == '^')
		return match_here(pattern + 1, s);
	for (;; s++) {
		if (plain ? match_plain(pattern, s) : match_here(pattern, s))
			return true;
		if (!*s)
			return false;
	}
}

/* ---- files ---- */

/* How many lines were chosen. */
static size_t search(FILE *f, const char *name, const char *pattern)
{
	char *line = NULL;
	size_t room = 0, hits = 0, number = 0;
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0;) {
		number++;
		if (line[n - 1] == '\n')
			line[n - 1] = 0;
		if (line_matches(pattern, line) == invert)
			continue;
		hits++;
		if (quiet)
			break;
		if (count_only)
			continue;
		printf("%s%s", name ? name : "", name ? ":" : "");
		if (numbers)
			printf("%zu:", number);
		puts(line);
	}
	if (count_only && !quiet)
		printf("%s%s%zu\n", name ? name : "", name ? ":" : "", hits);
	free(line);
	return hits;
}

static void parse_options(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "vincqEF")) != -1;)
		switch (c) {
		case 'v': invert = true; break;
		case 'i': ignore_case = true; break;
		case 'n': numbers = true; break;
		case 'c': count_only = true; break;
		case 'q': quiet = true; break;
		case 'F': plain = true; break;
		case 'E': break;
		default: usage("[-vincqF] PATTERN [FILE ...]");
		}
	if (optind == argc)
		usage("[-vincqF] PATTERN [FILE ...]");
}

int main(int argc, char **argv)
{
	parse_options(argc, argv);
	const char *pattern = argv[optind++];
	size_t hits = 0;
	int failed = 0;
	if (optind == argc)
		hits = search(stdin, NULL, pattern);
	bool named = argc - optind > 1;
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		if (f)
			hits += search(f, named ? argv[i] : NULL, pattern);
		if (!f || ferror(f)) {
			warn("%s", argv[i]);
			failed = 1;
		}
		if (f)
			fclose(f);
	}
	return failed ? 2 : !hits;
}
