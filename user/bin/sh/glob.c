/* Patterns of file names: * ? [...]. A quoted byte, marked so by expand.c, means itself. */
#include <ctype.h>
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "sh.h"

bool is_pattern(const char *s)
{
	for (; *s; s++) {
		if (*s == QUOTED && s[1])
			s++;
		else if (strchr("*?[", *s))
			return true;
	}
	return false;
}

static bool in_class(const char *name, size_t n, char c)
{
	static const struct { const char *name; int (*has)(int c); } classes[] = {
		{ "alpha", isalpha }, { "digit", isdigit }, { "alnum", isalnum }, { "upper", isupper }, { "lower", islower },
		{ "space", isspace }, { "xdigit", isxdigit }, { "punct", ispunct }, { "print", isprint }, { "blank", isblank }, { "cntrl", iscntrl },
		{ "graph", isgraph },
	};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == n && !strncmp(classes[i].name, name, n))
			return classes[i].has((unsigned char)c);
	return false;
}

/* One member of a set: a class, a range or a byte; moves *p behind it. */
static bool member_matches(const char **p, char c)
{
	const char *s = *p, *end;
	if (s[0] == '[' && s[1] == ':' && (end = strstr(s + 2, ":]"))) {
		*p = end + 2;
		return in_class(s + 2, (size_t)(end - s - 2), c);
	}
	s += *s == QUOTED && s[1];
	if (s[1] == '-' && s[2] && s[2] != ']') {
		const char *last = s + 2 + (s[2] == QUOTED);
		*p = last + 1;
		return c >= s[0] && c <= *last;
	}
	*p = s + 1;
	return c == *s;
}

/* The set at "[" against c; *end is after its "]". A set that does not end is the byte "[". */
static bool matches_set(const char *set, char c, const char **end)
{
	bool negate = set[1] == '!' || set[1] == '^', hit = false;
	const char *p = set + 1 + negate;
	do {
		if (!*p) {
			*end = set + 1;
			return c == '[';
		}
		hit |= member_matches(&p, c);
	} while (*p != ']');
	*end = p + 1;
	return hit != negate;
}

/* A byte of the pattern that is no star; *p is moved behind it. */
static bool one_matches(const char **p, char c)
{
	if (**p == '[')
		return matches_set(*p, c, p);
	bool plain = **p == QUOTED;
	*p += plain;
	char want = *(*p)++;
	return (want == '?' && !plain) || want == c;
}

bool pattern_matches(const char *p, const char *s)
{
	const char *star = NULL, *retry = NULL;	/* the last star, and where what it takes ends: only that one is tried again */
	for (;;) {
		while (*p == NOTHING)
			p++;
		if (*p == '*') {
			star = ++p;
			retry = s;
		} else if (!*s) {
			return !*p;
		} else if (!*p || !one_matches(&p, *s++)) {
			if (!star || !*retry)
				return false;
			p = star;
			s = ++retry;
		}
	}
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const char *folder, const char *name, const char *end)
{
	size_t n = strlen(folder) + strlen(name) + strlen(end) + 1;
	char *path = sh_alloc(n);
	snprintf(path, n, "%s%s%s", folder, name, end);
	return path;
}

static void match_path(struct words *w, const char *folder, const char *pattern);

/* One part of the path is no pattern: it need only be there. slash: what follows it. */
static void match_plain(struct words *w, const char *folder, char *part, const char *slash)
{
	struct stat st;
	char *path = join(folder, unmark(part), *slash ? "/" : "");
	if (stat(path, &st) == 0) {
		if (*slash)
			match_path(w, path, slash + 1);
		else
			words_push(w, sh_strdup(path));
	}
	free(path);
}

static void match_entries(struct words *w, const char *folder, const char *part, const char *slash)
{
	struct words names = { 0 };
	DIR *d = opendir(*folder ? folder : ".");
	for (struct dirent *e; d && (e = readdir(d));)
		if ((e->d_name[0] != '.' || part[*part == QUOTED] == '.') && pattern_matches(part, e->d_name)
			&& (!*slash || e->d_type == DT_DIR || e->d_type == DT_LNK || e->d_type == DT_UNKNOWN))
			words_push(&names, sh_strdup(e->d_name));
	if (d)
		closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof *names.v, by_name);
	for (size_t i = 0; i < names.n; i++) {
		char *path = join(folder, names.v[i], *slash ? "/" : "");
		if (*slash)
			match_path(w, path, slash + 1);
		else
			words_push(w, sh_strdup(path));
		free(path);
	}
	words_free(names.v);
}

/* Push the files in folder ("" or with "/" at its end) that pattern matches. */
static void match_path(struct words *w, const char *folder, const char *pattern)
{
	if (!*pattern) {
		words_push(w, sh_strdup(folder));
		return;
	}
	char *part = sh_strdup(pattern);
	size_t n = strcspn(part, "/");
	part[n] = 0;
	const char *slash = pattern + n;
	if (n && is_pattern(part))
		match_entries(w, folder, part, slash);
	else
		match_plain(w, folder, part, slash);
	free(part);
}

void words_push_matches(struct words *w, const char *pattern)
{
	size_t before = w->n;
	match_path(w, "", pattern);
	if (w->n == before)
		words_push(w, unmark(sh_strdup(pattern)));
}
