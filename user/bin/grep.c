/* grep [-invc] PATTERN [FILE...]: lines that match. In a pattern: . * ^ $ [set] and \ before any of them. */
#include <ctype.h>
#include <stdbool.h>
#include "util.h"

static struct options opt;

static int fold(int c) { return opt.seen['i'] ? tolower(c) : c; }

static bool match_here(const char *p, const char *s);

/* The end of the one-character pattern at p. */
static const char *one_end(const char *p)
{
	if (*p == '\\' && p[1])
		return p + 2;
	if (*p != '[')
		return p + 1;
	const char *q = p + 1 + (p[1] == '^');
	q += *q == ']';
	while (*q && *q != ']')
		q++;
	return *q ? q + 1 : p + 1;
}

static bool in_set(const char *p, const char *end, int c)
{
	bool negate = *p == '^', hit = false;
	for (p += negate; p < end; p++) {
		if (p[1] == '-' && p + 2 < end) {
			hit |= c >= fold(*p) && c <= fold(p[2]);
			p += 2;
		} else {
			hit |= c == fold(*p);
		}
	}
	return hit != negate;
}

static bool match_one(const char *p, const char *end, char c)
{
	if (!c)
		return false;
	if (*p == '\\' && end == p + 2)
		return fold(p[1]) == fold(c);
	if (*p == '[' && end > p + 1)
		return in_set(p + 1, end - 1, fold(c));
	return *p == '.' || fold(*p) == fold(c);
}

static bool match_star(const char *one, const char *end, const char *s)
{
	for (;; s++) {
		if (match_here(end + 1, s))
			return true;
		if (!match_one(one, end, *s))
			return false;
	}
}

static bool match_here(const char *p, const char *s)
{
	for (; *p; s++) {
		const char *end = one_end(p);
		if (*end == '*')
			return match_star(p, end, s);
		if (*p == '$' && !p[1])
			return !*s;
		if (!match_one(p, end, *s))
			return false;
		p = end;
	}
	return true;
}

static bool match(const char *p, const char *s)
{
	if (*p == '^')
		return match_here(p + 1, s);
	for (;; s++) {
		if (match_here(p, s))
			return true;
		if (!*s)
			return false;
	}
}

static size_t search(FILE *f, const char *pattern, const char *prefix)
{
	char *line = NULL;
	size_t room = 0, hits = 0, number = 0;
	while (getline(&line, &room, f) >= 0) {
		line[strcspn(line, "\n")] = 0;
		number++;
		if (match(pattern, line) == (bool)opt.seen['v'])
			continue;
		hits++;
		if (opt.seen['c'])
			continue;
		if (prefix)
			printf("%s:", prefix);
		if (opt.seen['n'])
			printf("%zu:", number);
		puts(line);
	}
	if (opt.seen['c']) {
		if (prefix)
			printf("%s:", prefix);
		printf("%zu\n", hits);
	}
	free(line);
	return hits;
}

int main(int argc, char **argv)
{
	size_t hits = 0;
	int status = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv)
		return usage("grep [-invc] PATTERN [FILE...]");
	const char *pattern = *argv++;
	if (!*argv)
		hits = search(stdin, pattern, NULL);
	for (int many = *argv && argv[1]; *argv; argv++) {
		FILE *f = fopen(*argv, "r");
		if (f) {
			hits += search(f, pattern, many ? *argv : NULL);
			fclose(f);
		} else {
			complain("grep", *argv);
			status = 2;
		}
	}
	return status ? status : !hits;
}
