/* expr EXPRESSION: the value of an expression, each part of which is an argument: | & < <= = != >= > + - * / % ( ), S : PATTERN (how much of S the
 * pattern matches from its start, or what its \( \) holds), match S P, substr S FROM N, index S LETTERS, length S. Status 1: the value is 0 or empty. */
#include <err.h>
#include <pattern.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNOPSIS "EXPRESSION"

static char **at;		/* the next argument */

static const char *parse_or(void);

static char *must(char *p)
{
	if (!p)
		err(3, "memory");
	return p;
}

static const char *text_of(long n)
{
	char *s = must(malloc(24));
	snprintf(s, 24, "%ld", n);
	return s;
}

static bool is_number(const char *s, long *n)
{
	char *end;
	*n = strtol(s, &end, 10);
	return *s && *s != ' ' && *s != '+' && !*end;
}

static long number(const char *s)
{
	long n;
	if (!is_number(s, &n))
		errx(2, "%s: not a number", s);
	return n;
}

static bool is_nothing(const char *s)
{
	long n;
	return !*s || (is_number(s, &n) && !n);
}

static bool take(const char *word)
{
	if (!*at || strcmp(*at, word))
		return false;
	at++;
	return true;
}

static const char *next(void)
{
	if (!*at)
		errx(2, "the expression ends too soon");
	return *at++;
}

/* ---- on texts ---- */

static const char *cut(const char *s, size_t n) { return must(strndup(s, n)); }

static const char *match(const char *s, const char *pattern)
{
	struct span groups[PATTERN_GROUPS];
	const char *error;
	struct pattern *p = pattern_compile(pattern, 0, &error);
	if (!p)
		errx(2, "%s: %s", pattern, error);
	bool hit = pattern_find(p, s, s, groups) && groups[0].start == s, group = strstr(pattern, "\\(");
	pattern_free(p);
	if (group)
		return hit && groups[1].start ? cut(groups[1].start, (size_t)(groups[1].end - groups[1].start)) : "";
	return text_of(hit ? groups[0].end - s : 0);
}

static const char *substr(const char *s, long from, long n)
{
	long len = (long)strlen(s);
	if (from < 1 || from > len || n < 1)
		return "";
	return cut(s + from - 1, (size_t)(n < len - from + 1 ? n : len - from + 1));
}

static const char *parse_word(void)
{
	if (take("(")) {
		const char *value = parse_or();
		if (!take(")"))
			errx(2, ") is missing");
		return value;
	}
	if (take("+"))
		return next();
	if (take("length"))
		return text_of((long)strlen(parse_word()));
	if (take("match")) {
		const char *s = parse_word();
		return match(s, parse_word());
	}
	if (take("index")) {
		const char *s = parse_word(), *hit = strpbrk(s, parse_word());
		return text_of(hit ? hit - s + 1 : 0);
	}
	if (take("substr")) {
		const char *s = parse_word();
		long from = number(parse_word());
		return substr(s, from, number(parse_word()));
	}
	return next();
}

/* ---- operators, those that bind most first ---- */

static const char *parse_match(void)
{
	const char *value = parse_word();
	while (take(":"))
		value = match(value, parse_word());
	return value;
}

static const char *parse_product(void)
{
	const char *value = parse_match();
	for (;;) {
		char op = take("*") ? '*' : take("/") ? '/' : take("%") ? '%' : 0;
		if (!op)
			return value;
		long a = number(value), b = number(parse_match()), r;
		if (op != '*' && !b)
			errx(2, "division by zero");
		bool over = op == '*' ? __builtin_mul_overflow(a, b, &r) : b == -1 && __builtin_sub_overflow(0, a, &r);
		if (over)
			errx(2, "the number is too large");
		value = text_of(op == '*' ? r : op == '/' ? (b == -1 ? -a : a / b) : b == -1 ? 0 : a % b);
	}
}

static const char *parse_sum(void)
{
	const char *value = parse_product();
	for (;;) {
		char op = take("+") ? '+' : take("-") ? '-' : 0;
		if (!op)
			return value;
		long a = number(value), b = number(parse_product()), r;
		if (op == '+' ? __builtin_add_overflow(a, b, &r) : __builtin_sub_overflow(a, b, &r))
			errx(2, "the number is too large");
		value = text_of(r);
	}
}

static long compare(const char *a, const char *b)
{
	long x, y;
	return is_number(a, &x) && is_number(b, &y) ? (x > y) - (x < y) : strcmp(a, b);
}

static const char *parse_comparison(void)
{
	static const char *const ops[] = { "<", "<=", "=", "==", "!=", ">=", ">" };
	const char *value = parse_sum();
	for (size_t i = 0; i < sizeof ops / sizeof *ops;) {
		if (!take(ops[i])) {
			i++;
			continue;
		}
		long r = compare(value, parse_sum());
		const bool hits[] = { r < 0, r <= 0, r == 0, r == 0, r != 0, r >= 0, r > 0 };
		value = hits[i] ? "1" : "0";
		i = 0;
	}
	return value;
}

static const char *parse_and(void)
{
	const char *value = parse_comparison();
	while (take("&")) {
		const char *right = parse_comparison();
		value = is_nothing(value) || is_nothing(right) ? "0" : value;
	}
	return value;
}

static const char *parse_or(void)
{
	const char *value = parse_and();
	while (take("|")) {
		const char *right = parse_and();
		value = !is_nothing(value) ? value : !is_nothing(right) ? right : "0";
	}
	return value;
}

int main(int argc, char **argv)
{
	at = argv + 1;
	if (argc > 1 && !strcmp(*at, "--"))
		at++;
	if (!*at)
		usage(SYNOPSIS);
	const char *value = parse_or();
	if (*at)
		errx(2, "%s: not expected here", *at);
	puts(value);
	return fflush(stdout) ? 3 : is_nothing(value);
}
