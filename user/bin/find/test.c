/* Conditions and what is done. */
#include <commands.h>
#include <ctype.h>
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "find.h"

enum { MANY = 100 };	/* files to one command */

static int fold(char c, bool any_case) { return any_case ? tolower((unsigned char)c) : (unsigned char)c; }

/* The set behind "["; *p moves behind its "]". */
static bool in_set(const char **p, char c, bool any_case)
{
	const char *s = *p;
	bool negate = *s == '!' || *s == '^', hit = false;
	s += negate;
	do {
		bool range = s[0] && s[1] == '-' && s[2] && s[2] != ']';
		hit |= fold(c, any_case) >= fold(s[0], any_case) && fold(c, any_case) <= fold(s[range ? 2 : 0], any_case);
		s += range ? 3 : *s != 0;
	} while (*s && *s != ']');
	*p = *s ? s + 1 : s;
	return hit != negate;
}

static bool takes(const char **p, char c, bool any_case)
{
	char want = *(*p)++;
	if (want == '[')
		return in_set(p, c, any_case);
	if (want == '\\' && **p)
		want = *(*p)++;
	else if (want == '?')
		return true;
	return fold(want, any_case) == fold(c, any_case);
}

static bool name_matches(const char *p, const char *s, bool any_case)
{
	const char *star = NULL, *retry = NULL;	/* the last star, and where what it takes ends */
	for (;;) {
		if (*p == '*') {
			star = ++p;
			retry = s;
		} else if (!*s) {
			return !*p;
		} else if (!*p || !takes(&p, *s++, any_case)) {
			if (!star || !*retry)
				return false;
			p = star;
			s = ++retry;
		}
	}
}

static bool compare(long v, const struct test *t) { return t->sign == '+' ? v > t->number : t->sign == '-' ? v < t->number : v == t->number; }

static bool test_size(const struct test *t, long bytes)
{
	long unit = t->letter == 'c' ? 1 : t->letter == 'k' ? 1024 : t->letter == 'M' ? 1 << 20 : t->letter == 'G' ? 1 << 30 : 512;
	return compare((bytes + unit - 1) / unit, t);
}

static bool has_type(const struct test *t, mode_t mode)
{
	switch (*t->text) {
	case 'f': return S_ISREG(mode);
	case 'd': return S_ISDIR(mode);
	case 'l': return S_ISLNK(mode);
	case 'c': return S_ISCHR(mode);
	case 'b': return S_ISBLK(mode);
	case 'p': return S_ISFIFO(mode);
	default: errx(1, "-type %s: not known", t->text);
	}
}

static bool is_empty(const struct file *f)
{
	int n = 0;
	if (!S_ISDIR(f->st.st_mode))
		return S_ISREG(f->st.st_mode) && !f->st.st_size;
	DIR *d = opendir(f->path);
	for (struct dirent *e; d && (e = readdir(d));)
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return d && !n;
}

/* ---- doing ---- */

static bool exec_one(const struct test *t, const struct file *f)
{
	size_t n = 0;
	while (t->argv[n])
		n++;
	char **argv = calloc(n + 1, sizeof *argv);
	for (size_t i = 0; argv && i < n; i++)
		argv[i] = command_replace(t->argv[i], "{}", f->path);
	bool ok = argv && !command_run(argv);
	for (size_t i = 0; argv && i < n; i++)
		free(argv[i]);
	free(argv);
	return ok;
}

static void exec_many(struct test *t)
{
	size_t n = 0;
	while (t->argv[n])
		n++;
	char **argv = calloc(n + t->nmany + 1, sizeof *argv);
	if (!argv)
		err(1, "memory");
	memcpy(argv, t->argv, n * sizeof *argv);
	memcpy(argv + n, t->many, t->nmany * sizeof *argv);
	if (command_run(argv))
		find_status = 1;
	while (t->nmany)
		free(t->many[--t->nmany]);
	free(argv);
}

static bool add_to_many(struct test *t, const struct file *f)
{
	if (!t->many && !(t->many = calloc(MANY, sizeof *t->many)))
		err(1, "memory");
	if (!(t->many[t->nmany++] = strdup(f->path)))
		err(1, "memory");
	if (t->nmany == MANY)
		exec_many(t);
	return true;
}

void run_pending(struct test *t)
{
	if (!t)
		return;
	run_pending(t->left);
	run_pending(t->right);
	if (t->nmany)
		exec_many(t);
}

static bool delete(const struct file *f)
{
	if (!strcmp(f->path, ".") || (S_ISDIR(f->st.st_mode) ? rmdir(f->path) : unlink(f->path)) == 0)
		return true;
	warn("%s", f->path);
	find_status = 1;
	return false;
}

static bool act(struct test *t, const struct file *f)
{
	switch (t->type) {
	case DO_PRINT: puts(f->path); return true;
	case DO_PRINT0: fwrite(f->path, 1, strlen(f->path) + 1, stdout); return true;
	case DO_DELETE: return delete(f);
	case DO_EXEC: return exec_one(t, f);
	case DO_EXEC_MANY: return add_to_many(t, f);
	default: exit(find_status);
	}
}

static bool is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec : a->tv_nsec > b->tv_nsec;
}

bool run_test(struct test *t, struct file *f)
{
	switch (t->type) {
	case TEST_AND: return run_test(t->left, f) && run_test(t->right, f);
	case TEST_OR: return run_test(t->left, f) || run_test(t->right, f);
	case TEST_NOT: return !run_test(t->left, f);
	case TEST_NAME: return name_matches(t->text, f->name, t->any_case);
	case TEST_PATH: return name_matches(t->text, f->path, false);
	case TEST_TYPE: return has_type(t, f->st.st_mode);
	case TEST_SIZE: return test_size(t, (long)f->st.st_size);
	case TEST_NEWER: return is_newer(&f->st.st_mtim, &t->time);
	case TEST_EMPTY: return is_empty(f);
	case TEST_AGE: return compare((long)(time(NULL) - f->st.st_mtime) / 86400, t);
	case TEST_PRUNE: f->pruned = true; return true;
	case TEST_TRUE: return true;
	default: return act(t, f);
	}
}
