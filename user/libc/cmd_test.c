/* test, also called [: a condition. How many arguments there are decides what they mean, as POSIX has it; beyond four, -a and -o join
 * conditions and parentheses group them:
 *
 *	or = and { -o and }	and = not { -a not }	not = ["!"] primary	primary = "(" or ")" | OPERATOR WORD | WORD OPERATOR WORD | WORD */
#include <commands.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct test { char **v; int n; const char *bad; };	/* what is left; the word that is not understood */

static bool parse_or(struct test *t);

static long number(struct test *t, const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	while (*end == ' ')
		end++;
	if (!*s || *end)
		t->bad = s;
	return n;
}

static bool has_mode(const char *path, mode_t what)
{
	struct stat st;
	return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == what;
}

static bool has_bit(const char *path, mode_t bit)
{
	struct stat st;
	return stat(path, &st) == 0 && st.st_mode & bit;
}

static bool test_file(char op, const char *s)
{
	struct stat st;
	switch (op) {
	case 'e': return stat(s, &st) == 0;
	case 'f': return has_mode(s, S_IFREG);
	case 'd': return has_mode(s, S_IFDIR);
	case 'c': return has_mode(s, S_IFCHR);
	case 'b': return has_mode(s, S_IFBLK);
	case 'p': return has_mode(s, S_IFIFO);
	case 'S': return has_mode(s, S_IFSOCK);
	case 'h': case 'L': return lstat(s, &st) == 0 && S_ISLNK(st.st_mode);
	case 's': return stat(s, &st) == 0 && st.st_size > 0;
	case 'u': return has_bit(s, S_ISUID);
	case 'g': return has_bit(s, S_ISGID);
	case 'k': return has_bit(s, S_ISVTX);
	case 'r': return access(s, R_OK) == 0;
	case 'w': return access(s, W_OK) == 0;
	default: return access(s, X_OK) == 0;
	}
}

static bool is_unary(const char *op) { return op[0] == '-' && op[1] && !op[2] && strchr("nzefdcbpShLsugkrwxt", op[1]); }

static bool test_unary(struct test *t, const char *op, const char *s)
{
	switch (op[1]) {
	case 'n': return *s;
	case 'z': return !*s;
	case 't': return isatty((int)number(t, s));
	default: return test_file(op[1], s);
	}
}

static long compare_times(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? (long)(a->tv_sec - b->tv_sec) : (long)(a->tv_nsec - b->tv_nsec);
}

/* -nt -ot: a file that is not there is older than all. -ef: the same file. */
static bool test_files(const char *a, const char *op, const char *b)
{
	struct stat x, y;
	bool have_a = stat(a, &x) == 0, have_b = stat(b, &y) == 0;
	if (op[1] == 'e')
		return have_a && have_b && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
	long newer = !have_a || !have_b ? (long)have_a - have_b : compare_times(&x.st_mtim, &y.st_mtim);
	return op[1] == 'n' ? newer > 0 : newer < 0;
}

static const char *const binary[] = { "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef" };
enum { BINARY = sizeof binary / sizeof *binary };

static int binary_number(const char *op)
{
	for (int i = 0; i < BINARY; i++)
		if (!strcmp(binary[i], op))
			return i;
	return -1;
}

static bool test_binary(struct test *t, const char *a, int op, const char *b)
{
	int order = strcmp(a, b);
	if (op >= 11)
		return test_files(a, binary[op], b);
	long x = op >= 5 ? number(t, a) : 0, y = op >= 5 ? number(t, b) : 0;
	const bool results[] = { !order, !order, order != 0, order < 0, order > 0, x == y, x != y, x < y, x <= y, x > y, x >= y };
	return results[op];
}

static void skip(struct test *t, int n)
{
	t->v += n;
	t->n -= n;
}

static bool parse_primary(struct test *t)
{
	bool result;
	if (t->n >= 3 && binary_number(t->v[1]) >= 0) {
		result = test_binary(t, t->v[0], binary_number(t->v[1]), t->v[2]);
		skip(t, 3);
	} else if (t->n >= 2 && !strcmp(t->v[0], "!")) {
		skip(t, 1);
		result = !parse_primary(t);
	} else if (t->n >= 3 && !strcmp(t->v[0], "(")) {
		skip(t, 1);
		result = parse_or(t);
		if (!t->n || strcmp(t->v[0], ")"))
			t->bad = "(";
		skip(t, t->n > 0);
	} else if (t->n >= 2 && is_unary(t->v[0])) {
		result = test_unary(t, t->v[0], t->v[1]);
		skip(t, 2);
	} else if (t->n) {
		result = *t->v[0];
		skip(t, 1);
	} else {
		t->bad = "a condition is missing";
		result = false;
	}
	return result;
}

static bool parse_and(struct test *t)
{
	bool result = parse_primary(t);
	while (t->n && !strcmp(t->v[0], "-a")) {
		skip(t, 1);
		result = parse_primary(t) && result;
	}
	return result;
}

static bool parse_or(struct test *t)
{
	bool result = parse_and(t);
	while (t->n && !strcmp(t->v[0], "-o")) {
		skip(t, 1);
		result = parse_and(t) || result;
	}
	return result;
}

static bool test_count(struct test *t)
{
	char **v = t->v;
	int n = t->n;
	if (!n)
		return false;
	if (n == 1) {
		skip(t, 1);
		return *v[0];
	}
	if (n == 3 && binary_number(v[1]) < 0 && !strcmp(v[0], "!")) {
		skip(t, 1);
		return !test_count(t);
	}
	if (n == 3 && !strcmp(v[0], "(") && !strcmp(v[2], ")") && binary_number(v[1]) < 0) {
		skip(t, 3);
		return *v[1];
	}
	if ((n == 2 || n == 4) && !strcmp(v[0], "!")) {
		skip(t, 1);
		return !test_count(t);
	}
	return parse_or(t);
}

int cmd_test(int argc, char **argv)
{
	if (!strcmp(argv[0] + strlen(argv[0]) - 1, "[") && strcmp(argv[--argc], "]")) {
		fprintf(stderr, "[: ] is missing\n");
		return 2;
	}
	struct test t = { argv + 1, argc - 1, NULL };
	bool result = test_count(&t);
	if (!t.bad && t.n)
		t.bad = t.v[0];
	if (t.bad)
		fprintf(stderr, "test: %s: not understood\n", t.bad);
	return t.bad ? 2 : !result;
}
