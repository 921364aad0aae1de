/* test EXPRESSION: -e -f -d -s -r -w -x FILE, -n -z STRING, A = B, A != B, A -eq B (-ne -lt -le -gt -ge), ! EXPRESSION. */
#include <sys/stat.h>
#include <unistd.h>
#include "util.h"

static int unary(char op, const char *s)
{
	struct stat st;
	switch (op) {
	case 'n': return *s != 0;
	case 'z': return *s == 0;
	case 'r': return access(s, R_OK) == 0;
	case 'w': return access(s, W_OK) == 0;
	case 'x': return access(s, X_OK) == 0;
	default: break;
	}
	if (stat(s, &st) < 0)
		return 0;
	return op == 'e' || (op == 'f' && S_ISREG(st.st_mode)) || (op == 'd' && S_ISDIR(st.st_mode)) || (op == 's' && st.st_size > 0);
}

static int binary(const char *a, const char *op, const char *b)
{
	static const char *const ops[] = { "-eq", "-ne", "-lt", "-le", "-gt", "-ge" };
	long x = strtol(a, NULL, 10), y = strtol(b, NULL, 10);
	const int results[] = { x == y, x != y, x < y, x <= y, x > y, x >= y };
	if (!strcmp(op, "=") || !strcmp(op, "!="))
		return (strcmp(a, b) == 0) == (op[0] == '=');
	for (size_t i = 0; i < sizeof ops / sizeof *ops; i++)
		if (!strcmp(op, ops[i]))
			return results[i];
	return -1;
}

int main(int argc, char **argv)
{
	int negate = 0, r = -1;
	argv++, argc--;
	for (; argc > 1 && !strcmp(*argv, "!"); argv++, argc--)
		negate = !negate;
	if (argc == 0)
		r = 0;
	else if (argc == 1)
		r = **argv != 0;
	else if (argc == 2 && argv[0][0] == '-' && argv[0][1] && strchr("efdsrwxnz", argv[0][1]) && !argv[0][2])
		r = unary(argv[0][1], argv[1]);
	else if (argc == 3)
		r = binary(argv[0], argv[1], argv[2]);
	if (r < 0)
		return usage("test EXPRESSION (see the book's list of commands)");
	return r == negate;
}
