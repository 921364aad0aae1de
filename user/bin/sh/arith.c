/* $((...)): whole numbers, C's operators, variables. Both sides of && || ?: are parsed, but only one is evaluated. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

struct arith { const char *at; const char *error; int skipping; };

static long parse_assignment(struct arith *a);

static void fail(struct arith *a, const char *why)
{
	if (!a->error)
		a->error = why;
	a->at += strlen(a->at);
}

static void blanks(struct arith *a)
{
	while (isspace(*a->at))
		a->at++;
}

/* Take op, if it is there and not the beginning of a longer one that follow names. */
static bool take(struct arith *a, const char *op, const char *follow)
{
	size_t n = strlen(op);
	blanks(a);
	if (strncmp(a->at, op, n) || (a->at[n] && strchr(follow, a->at[n])))
		return false;
	a->at += n;
	return true;
}

static long number_of(struct arith *a, const char *s)
{
	char *end;
	long v = strtol(s, &end, 0);
	while (isspace(*end))
		end++;
	if (*end)
		fail(a, "a number is expected");
	return v;
}

static long value_of(struct arith *a, const char *name)
{
	const char *s = var_get(name);
	if (!s && options[OPT_NOUNSET] && !a->skipping)
		fail(a, "a variable is not set");
	return s && *s ? number_of(a, s) : 0;
}

static long parse_number(struct arith *a)
{
	char *end;
	long v = strtol(a->at, &end, 0);
	if (end == a->at || isalnum(*end))
		fail(a, "a number is expected");
	else
		a->at = end;
	return v;
}

static long parse_primary(struct arith *a)
{
	blanks(a);
	size_t n = name_length(a->at);
	if (n) {
		char *name = sh_strndup(a->at, n);
		a->at += n;
		long v = value_of(a, name);
		free(name);
		return v;
	}
	if (!take(a, "(", ""))
		return parse_number(a);
	long v = parse_assignment(a);
	if (!take(a, ")", ""))
		fail(a, ") is missing");
	return v;
}

static long parse_unary(struct arith *a)
{
	if (take(a, "-", ""))
		return (long)-(unsigned long)parse_unary(a);
	if (take(a, "+", ""))
		return parse_unary(a);
	if (take(a, "!", "="))
		return !parse_unary(a);
	if (take(a, "~", ""))
		return ~parse_unary(a);
	return parse_primary(a);
}

/* Operators of two sides, those that bind weakest first. What may not follow keeps "<" from being the beginning of "<<" or "<=". */
enum { LEVELS = 10 };
static const struct { const char *op, *follow; int level; } binary[] = {
	{ "||", "", 0 }, { "&&", "", 1 }, { "|", "|=", 2 }, { "^", "=", 3 }, { "&", "&=", 4 }, { "==", "", 5 }, { "!=", "", 5 },
	{ "<=", "", 6 }, { ">=", "", 6 }, { "<", "<=", 6 }, { ">", ">=", 6 }, { "<<", "=", 7 }, { ">>", "=", 7 },
	{ "+", "=", 8 }, { "-", "=", 8 }, { "*", "=", 9 }, { "/", "=", 9 }, { "%", "=", 9 },
};

static long divide(struct arith *a, long x, long y, bool rest)
{
	if (!y) {
		if (!a->skipping)
			fail(a, "division by zero");
		return 0;
	}
	if (y == -1)	/* the machine may not like the smallest number by -1 */
		return rest ? 0 : (long)-(unsigned long)x;
	return rest ? x % y : x / y;
}

static long apply(struct arith *a, const char *op, long x, long y)
{
	unsigned long ux = (unsigned long)x, uy = (unsigned long)y;
	switch (op[0]) {
	case '|': return op[1] ? x || y : x | y;
	case '&': return op[1] ? x && y : x & y;
	case '^': return x ^ y;
	case '=': return x == y;
	case '!': return x != y;
	case '<': return op[1] == '<' ? (long)(ux << (uy & 63)) : op[1] ? x <= y : x < y;
	case '>': return op[1] == '>' ? x >> (uy & 63) : op[1] ? x >= y : x > y;
	case '+': return (long)(ux + uy);
	case '-': return (long)(ux - uy);
	case '*': return (long)(ux * uy);
	default: return divide(a, x, y, op[0] == '%');
	}
}

static const char *take_binary(struct arith *a, int level)
{
	for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
		if (binary[i].level == level && take(a, binary[i].op, binary[i].follow))
			return binary[i].op;
	return NULL;
}

static long parse_binary(struct arith *a, int level)
{
	if (level == LEVELS)
		return parse_unary(a);
	long x = parse_binary(a, level + 1);
	for (const char *op; !a->error && (op = take_binary(a, level));) {
		bool decided = (level == 0 && x) || (level == 1 && !x);
		a->skipping += decided;
		long y = parse_binary(a, level + 1);
		a->skipping -= decided;
		x = apply(a, op, x, y);
	}
	return x;
}

static long parse_ternary(struct arith *a)
{
	long condition = parse_binary(a, 0);
	if (!take(a, "?", ""))
		return condition;
	a->skipping += !condition;
	long yes = parse_assignment(a);
	a->skipping -= !condition;
	if (!take(a, ":", ""))
		fail(a, ": is missing");
	a->skipping += !!condition;
	long no = parse_assignment(a);
	a->skipping -= !!condition;
	return condition ? yes : no;
}

static void assign(struct arith *a, const char *name, long v)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%ld", v);
	if (!a->skipping && !a->error && !var_set(name, digits))
		fail(a, "a variable is read-only");
}

/* NAME OP= expression, or what binds stronger. */
static long parse_assignment(struct arith *a)
{
	static const char *const ops[] = { "+", "-", "*", "/", "%", "<<", ">>", "&", "^", "|" };
	blanks(a);
	const char *start = a->at;
	size_t n = name_length(start), k = 0;
	a->at += n;
	blanks(a);
	while (n && k < sizeof ops / sizeof *ops && !(!strncmp(a->at, ops[k], strlen(ops[k])) && a->at[strlen(ops[k])] == '='))
		k++;
	bool with_op = n && k < sizeof ops / sizeof *ops;
	if (!n || (!with_op && (a->at[0] != '=' || a->at[1] == '='))) {
		a->at = start;
		return parse_ternary(a);
	}
	a->at += (with_op ? strlen(ops[k]) : 0) + 1;
	char *name = sh_strndup(start, n);
	long old = with_op ? value_of(a, name) : 0, v = parse_assignment(a);
	v = with_op ? apply(a, ops[k], old, v) : v;
	assign(a, name, v);
	free(name);
	return v;
}

bool arith_eval(const char *expression, long *out)
{
	struct arith a = { .at = expression };
	blanks(&a);
	long v = *a.at ? parse_assignment(&a) : 0;
	blanks(&a);
	if (*a.at && !a.error)
		a.error = "what follows is not understood";
	if (a.error)
		expand_fail(expression, a.error);
	else
		*out = v;
	return !a.error;
}
