/* Patterns of file names: * ? [...]. A quoted byte, marked so by expand.c, means itself. */
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

/* c against the set after "["; *end is after its "]". */
static bool matches_set(const char *set, char c, const char **end)
{
	bool negate = *set == '!' || *set == '^', hit = false;
	const char *p = set + negate;
	for (bool first = true; *p && (first || *p != ']'); first = false, p++) {
		if (p[1] == '-' && p[2] && p[2] != ']') {
			hit |= c >= p[0] && c <= p[2];
			p += 2;
		} else {
			hit |= c == *p;
		}
	}
	*end = *p ? p + 1 : p;
	return hit != negate;
}

static bool matches(const char *p, const char *s)
{
	for (; *p; s++) {
		if (*p == '*') {
			for (const char *t = s; ; t++) {
				if (matches(p + 1, t))
					return true;
				if (!*t)
					return false;
			}
		}
		if (!*s)
			return p[0] == QUOTED && p[1] == QUOTED && matches(p + 2, s);
		if (*p == '[') {
			if (!matches_set(p + 1, *s, &p))
				return false;
		} else if (*p == QUOTED && p[1] == QUOTED) {
			p += 2;
			s--;
		} else {
			p += *p == QUOTED;
			if (*p != '?' && *p != *s)
				return false;
			p++;
		}
	}
	return !*s;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(const char *folder, const char *name, const char *end)
{
	size_t n = strlen(folder) + strlen(name) + strlen(end) + 1;
	char *path = malloc(n);
	if (!path)
		abort();
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
			words_push(w, strdup(path));
	}
	free(path);
}

static void match_entries(struct words *w, const char *folder, const char *part, const char *slash)
{
	struct words names = { 0 };
	DIR *d = opendir(*folder ? folder : ".");
	for (struct dirent *e; d && (e = readdir(d));)
		if ((e->d_name[0] != '.' || *part == '.') && matches(part, e->d_name)
			&& (!*slash || e->d_type == DT_DIR || e->d_type == DT_LNK || e->d_type == DT_UNKNOWN))
			words_push(&names, strdup(e->d_name));
	if (d)
		closedir(d);
	if (names.n)
		qsort(names.v, names.n, sizeof *names.v, by_name);
	for (size_t i = 0; i < names.n; i++) {
		char *path = join(folder, names.v[i], *slash ? "/" : "");
		if (*slash)
			match_path(w, path, slash + 1);
		else
			words_push(w, strdup(path));
		free(path);
	}
	words_free(names.v);
}

/* Push the files in folder ("" or with "/" at its end) that pattern matches. */
static void match_path(struct words *w, const char *folder, const char *pattern)
{
	if (!*pattern) {
		words_push(w, strdup(folder));
		return;
	}
	char *part = strdup(pattern);
	if (!part)
		abort();
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
		words_push(w, unmark(strdup(pattern)));
}
