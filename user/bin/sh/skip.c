/* Where words, quotes and substitutions end. */
#include <ctype.h>
#include <string.h>
#include "sh.h"

size_t name_length(const char *s)
{
	size_t n = 0;
	while (isalnum(s[n]) || s[n] == '_')
		n++;
	return isdigit(*s) ? 0 : n;
}

static const char *skip_single_quotes(const char *s)
{
	s = strchr(s + 1, '\'');
	return s ? s + 1 : NULL;
}

const char *skip_backquotes(const char *s)
{
	for (s++; *s && *s != '`'; s++)
		if (*s == '\\' && s[1])
			s++;
	return *s ? s + 1 : NULL;
}

static const char *skip_double_quotes(const char *s)
{
	for (s++; s && *s && *s != '"';) {
		if (*s == '$')
			s = skip_dollar(s, true);
		else if (*s == '`')
			s = skip_backquotes(s);
		else
			s += *s == '\\' && s[1] ? 2 : 1;
	}
	return s && *s ? s + 1 : NULL;
}

/* The thing at s: a quoted part, a substitution, an escaped byte or a plain one. */
static const char *skip_part(const char *s, bool in_quotes)
{
	if (*s == '\'' && !in_quotes)
		return skip_single_quotes(s);
	if (*s == '"')
		return skip_double_quotes(s);
	if (*s == '$')
		return skip_dollar(s, in_quotes);
	if (*s == '`')
		return skip_backquotes(s);
	return s + (*s == '\\' && s[1] ? 2 : 1);
}

/* From "{" to behind its "}". */
static const char *skip_braces(const char *s, bool in_quotes)
{
	const char *p = s + 1;
	if (*p == '#' || name_length(p) == 0)	/* ${#X}, ${#}, ${?}: the sign is a name */
		p += *p && *p != '}';
	while (p && *p && *p != '}')
		p = skip_part(p, in_quotes);
	return p && *p ? p + 1 : NULL;
}

/* From "((" to behind "))"; NULL: it is none, but a subshell. */
static const char *skip_arithmetic(const char *s)
{
	int depth = 0;
	const char *p = s;
	do {
		if (*p == '`')
			p = skip_backquotes(p);
		else if (*p == '$' && p[1] == '{')
			p = skip_braces(p + 1, true);
		else
			depth += *p == '(' ? 1 : *p == ')' ? -1 : 0, p++;
	} while (p && *p && depth);
	return p && !depth && p[-2] == ')' ? p : NULL;
}

bool is_arithmetic(const char *s) { return !strncmp(s, "$((", 3) && skip_arithmetic(s + 1); }

const char *skip_dollar(const char *s, bool in_quotes)
{
	if (is_arithmetic(s))
		return skip_arithmetic(s + 1);
	if (s[1] == '(')
		return parse_to_paren(s + 2);
	if (s[1] == '{')
		return skip_braces(s + 1, in_quotes);
	size_t n = name_length(s + 1);
	return s + 1 + (n ? n : s[1] && (isdigit(s[1]) || strchr("?$!#@*-", s[1])) ? 1 : 0);
}

static bool is_word_end(char c) { return !c || strchr(" \t\n;&|<>()", c); }

const char *skip_word(const char *s)
{
	while (s && !is_word_end(*s))
		s = skip_part(s, false);
	return s;
}
