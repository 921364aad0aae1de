/* printf: a format and its arguments, as POSIX has it: the format is used again while there are arguments, and those that are missing are
 * empty or 0. Numbers are whole. */
#include <commands.h>
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct print { char **args; int status; bool stop; /* \c */ };

/* The digits of base at *s, at most most; moves *s. */
static int digits(const char **s, int base, int most)
{
	int v = 0;
	for (; most-- && isxdigit((unsigned char)**s); ++*s) {
		int d = isdigit((unsigned char)**s) ? **s - '0' : tolower((unsigned char)**s) - 'a' + 10;
		if (d >= base)
			break;
		v = v * base + d;
	}
	return v;
}

/* What follows a backslash; in_argument: of %b, where octal begins with 0 and \c ends everything. */
static const char *put_escape(struct print *p, const char *s, bool in_argument)
{
	static const char letters[] = "a\ab\bf\fn\nr\rt\tv\v\\\\\"\"";
	if (*s >= '0' && *s <= '7') {
		if (in_argument && *s == '0')
			s++;
		putchar(digits(&s, 8, 3));
		return s;
	}
	if (*s == 'c' && in_argument) {
		p->stop = true;
		return s + strlen(s);
	}
	for (const char *l = letters; *l; l += 2)
		if (*l == *s) {
			putchar(l[1]);
			return s + 1;
		}
	putchar('\\');
	return s;
}

static void put_with_escapes(struct print *p, const char *s)
{
	while (*s && !p->stop) {
		if (*s == '\\')
			s = put_escape(p, s + 1, true);
		else
			putchar(*s++);
	}
}

static const char *next(struct print *p) { return *p->args ? *p->args++ : NULL; }

/* A number, or the code of the character after a quote. */
static long long next_number(struct print *p)
{
	char *end;
	const char *s = next(p);
	if (!s)
		return 0;
	if (*s == '\'' || *s == '"')
		return (unsigned char)s[1];
	long long v = *s == '-' ? strtoll(s, &end, 0) : (long long)strtoull(s, &end, 0);
	if (!*s || *end) {
		fflush(stdout);
		fprintf(stderr, "printf: %s: not a number\n", s);
		p->status = 1;
	}
	return v;
}

/* A "*" in width or precision takes an argument. */
static const char *copy_number(struct print *p, const char *s, char *spec, size_t *n)
{
	if (*s == '*') {
		*n += (size_t)snprintf(spec + *n, 12, "%d", (int)next_number(p));
		return s + 1;
	}
	for (; isdigit((unsigned char)*s) && *n < 40; s++)
		spec[(*n)++] = *s;
	return s;
}

#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"

/* The conversion letter c with what spec of n bytes, "%..." without it, says. */
static void put_converted(struct print *p, char *spec, size_t n, char c)
{
	const char *s;
	if (strchr("diouxX", c)) {
		strcpy(spec + n, "ll?");
		spec[n + 2] = c;
		printf(spec, next_number(p));
		return;
	}
	spec[n] = c;
	spec[n + 1] = 0;
	s = next(p);
	if (c == 'c')
		printf(spec, s ? *s : 0);
	else
		printf(spec, s ? s : "");
}

/* From behind the "%". */
static const char *put_conversion(struct print *p, const char *s)
{
	char spec[64] = "%";
	size_t n = 1;
	if (*s == '%') {
		putchar('%');
		return s + 1;
	}
	for (; *s && strchr("-+ #0", *s) && n < 8; s++)
		spec[n++] = *s;
	s = copy_number(p, s, spec, &n);
	if (*s == '.') {
		spec[n++] = *s++;
		s = copy_number(p, s, spec, &n);
	}
	if (*s == 'b') {
		const char *text = next(p);
		put_with_escapes(p, text ? text : "");
	} else if (*s && strchr("diouxXcs", *s)) {
		put_converted(p, spec, n, *s);
	} else {
		fflush(stdout);
		fprintf(stderr, "printf: %%%c: no such conversion\n", *s ? *s : '?');
		p->status = 1;
		p->stop = true;
		return s + strlen(s);
	}
	return s + 1;
}

static void put_format(struct print *p, const char *s)
{
	while (*s && !p->stop) {
		if (*s == '%')
			s = put_conversion(p, s + 1);
		else if (*s == '\\')
			s = put_escape(p, s + 1, false);
		else
			putchar(*s++);
	}
}

int cmd_printf(int argc, char **argv)
{
	int first = argc > 1 && !strcmp(argv[1], "--") ? 2 : 1;
	if (argc <= first) {
		fprintf(stderr, "usage: printf FORMAT [ARGUMENT ...]\n");
		return 2;
	}
	struct print p = { .args = argv + first + 1 };
	char **before;
	do {
		before = p.args;
		put_format(&p, argv[first]);
	} while (*p.args && p.args != before && !p.stop);
	return fflush(stdout) ? 1 : p.status;
}
