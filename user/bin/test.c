/* test CONDITION: a condition as the exit status: 0 true, 1 false, 2 not understood.
 *	STRING   -n STRING   -z STRING   A = B   A != B
 *	A -eq B  (-ne -lt -le -gt -ge)	numbers
 *	-e -f -d -s -r -w -x FILE	there, plain file, folder, not empty, may be read, written, run
 *	! CONDITION */
#include <err.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static long number(const char *s)
{
	char *end;
	long n = strtol(s, &end, 10);
	if (!*s || *end)
		errx(2, "%s: not a number", s);
	return n;
}

static bool test_two(const char *op, const char *s)
{
	struct stat st;
	if (op[0] != '-' || !op[1] || op[2])
		errx(2, "%s: not an operator", op);
	switch (op[1]) {
	case 'n': return *s;
	case 'z': return !*s;
	case 'e': return stat(s, &st) == 0;
	case 'f': return stat(s, &st) == 0 && S_ISREG(st.st_mode);
	case 'd': return stat(s, &st) == 0 && S_ISDIR(st.st_mode);
	case 's': return stat(s, &st) == 0 && st.st_size > 0;
	case 'r': return access(s, R_OK) == 0;
	case 'w': return access(s, W_OK) == 0;
	case 'x': return access(s, X_OK) == 0;
	case 't': return isatty((int)number(s));
	default: errx(2, "%s: not an operator", op);
	}
}

static bool test_three(const char *a, const char *op, const char *b)
{
	static const char *const ops[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };
	if (!strcmp(op, "=") || !strcmp(op, "=="))
		return !strcmp(a, b);
	if (!strcmp(op, "!="))
		return strcmp(a, b);
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
		if (strcmp(op, ops[i]))
			continue;
		long x = number(a), y = number(b);
		const bool results[] = { x == y, x != y, x < y, x <= y, x > y, x >= y };
		return results[i];
	}
	errx(2, "%s: not an operator", op);
}

static bool test(char **v, int n)
{
	if (n > 1 && n != 3 && !strcmp(v[0], "!"))
		return !test(v + 1, n - 1);
	switch (n) {
	case 0: return false;
	case 1: return *v[0];
	case 2: return test_two(v[0], v[1]);
	case 3: return !strcmp(v[0], "!") ? !test(v + 1, 2) : test_three(v[0], v[1], v[2]);
	default: errx(2, "too many arguments");
	}
}

int main(int argc, char **argv)
{
	if (!strcmp(getprogname(), "[") && strcmp(argv[--argc], "]"))
		errx(2, "] is missing");
	return !test(argv + 1, argc - 1);
}
