/* Parameters: $X, the special ones, and what ${...} does with them. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

char **positional;
pid_t shell_pid;

size_t positional_count(void)
{
	size_t n = 0;
	while (positional && positional[n])
		n++;
	return n ? n - 1 : 0;
}

void positional_set(char **argv)
{
	struct words fresh = { 0 };
	words_push(&fresh, sh_strdup(positional[0]));
	for (; *argv; argv++)
		words_push(&fresh, sh_strdup(*argv));
	positional = fresh.v;
}

static void add_number(struct text *t, long n, bool in_quotes)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%ld", n);
	text_add_value(t, digits, in_quotes);
}

/* "$@": a word each. "$*": one, with IFS's first byte between them. Without quotes both are words that are split further. */
static void add_all_positional(struct text *t, char c, bool in_quotes)
{
	const char *ifs = var_get("IFS");
	size_t n = positional_count();
	t->empty_at |= c == '@' && !n;
	for (size_t i = 1; i <= n; i++) {
		if (i > 1 && c == '*' && in_quotes) {
			if (!ifs || *ifs)
				text_add_quoted(t, ifs ? *ifs : ' ');
		} else if (i > 1) {
			text_add(t, SPLIT);
		}
		if (!*positional[i] && in_quotes && c == '@')
			text_add(t, NOTHING);
		text_add_value(t, positional[i], in_quotes);
	}
}

static void add_options(struct text *t, bool in_quotes)
{
	char letters[OPTIONS + 2];
	options_letters(letters);
	text_add_value(t, letters, in_quotes);
}

bool expand_special(struct text *t, char c, bool in_quotes)
{
	switch (c) {
	case '?': add_number(t, last_status, in_quotes); return true;
	case '$': add_number(t, shell_pid, in_quotes); return true;
	case '!':
		if (last_background)
			add_number(t, last_background, in_quotes);
		return true;
	case '#': add_number(t, (long)positional_count(), in_quotes); return true;
	case '@': case '*': add_all_positional(t, c, in_quotes); return true;
	case '-': add_options(t, in_quotes); return true;
	default: return false;
	}
}

/* The value of a name or of a positional parameter; NULL: it is not set. */
static const char *value_of(const char *name)
{
	static char line[12];
	if (!strcmp(name, "LINENO")) {
		snprintf(line, sizeof line, "%d", script_line);
		return line;
	}
	if (!isdigit(*name))
		return var_get(name);
	size_t i = (size_t)atoi(name);
	return i <= positional_count() && positional ? positional[i] : NULL;
}

void expand_variable(struct text *t, const char *name, size_t n, bool in_quotes)
{
	char *copy = sh_strndup(name, n);
	const char *value = value_of(copy);
	if (!value && options[OPT_NOUNSET])
		expand_fail(copy, "is not set");
	text_add_value(t, value, in_quotes);
	free(copy);
}

/* ---- ${...} ---- */

/* The value of any parameter as a string to be freed; NULL: it is not set. */
static char *plain_value(const char *name)
{
	struct text t = { 0 };
	if (name[0] && !name[1] && expand_special(&t, name[0], true)) {
		bool unset = strchr("@*", *name) ? !positional_count() : *name == '!' && !last_background;
		if (!unset)
			return t.s ? unmark(t.s) : sh_alloc(1);
		free(t.s);
		return NULL;
	}
	const char *value = value_of(name);
	return value ? sh_strdup(value) : NULL;
}

static void add_parameter(struct text *t, const char *name, bool in_quotes)
{
	if (name[1] || !expand_special(t, *name, in_quotes))
		expand_variable(t, name, strlen(name), in_quotes);
}

/* ${X?word}: say why and fail. */
static void refuse(const char *name, const char *word, bool colon)
{
	char *why = expand_one(word);
	expand_fail(name, *why ? why : colon ? "is not set or empty" : "is not set");
	free(why);
}

static void add_word(struct text *t, const char *word, bool in_quotes)
{
	t->braces++;
	text_add_word(t, word, in_quotes);
	t->braces--;
}

/* ${X-word} ${X=word} ${X+word} ${X?word}, and with a colon, where an empty value is as if it were not set. */
static void expand_default(struct text *t, const char *name, const char *op, bool in_quotes)
{
	bool colon = *op == ':';
	char *value = plain_value(name);
	bool there = value && (*value || !colon);
	const char *word = op + colon + 1;
	free(value);
	switch (op[colon]) {
	case '+':
		if (there)
			add_word(t, word, in_quotes);
		return;
	case '=':
		if (!there) {
			char *fresh = expand_one(word);
			if (!name_length(name) || !var_set(name, fresh))
				expand_fail(name, "cannot be assigned to");
			free(fresh);
		}
		break;
	case '?':
		if (!there)
			refuse(name, word, colon);
		break;
	default:
		if (!there) {
			add_word(t, word, in_quotes);
			return;
		}
	}
	add_parameter(t, name, in_quotes);
}

/* The longest or shortest head or tail of value that matches is cut. */
static char *cut_match(char *value, const char *pattern, bool head, bool longest)
{
	size_t n = strlen(value);
	for (size_t k = 0; k <= n; k++) {
		size_t len = longest ? n - k : k;	/* of what would be cut */
		char *part = head ? sh_strndup(value, len) : sh_strdup(value + n - len);
		bool hit = pattern_matches(pattern, part);
		free(part);
		if (!hit)
			continue;
		if (head)
			memmove(value, value + len, n - len + 1);
		else
			value[n - len] = 0;
		return value;
	}
	return value;
}

static void expand_cut(struct text *t, const char *name, const char *op, bool in_quotes)
{
	bool longest = op[1] == op[0];
	char *value = plain_value(name), *pattern = expand_pattern(op + 1 + longest);
	if (!value && options[OPT_NOUNSET])
		expand_fail(name, "is not set");
	if (value)
		text_add_value(t, cut_match(value, pattern, *op == '#', longest), in_quotes);
	free(value);
	free(pattern);
}

static void expand_length(struct text *t, const char *name, bool in_quotes)
{
	char *value = plain_value(name);
	if (!value && options[OPT_NOUNSET])
		expand_fail(name, "is not set");
	add_number(t, value ? (long)strlen(value) : 0, in_quotes);
	free(value);
}

static size_t parameter_length(const char *s)
{
	size_t n = name_length(s);
	while (!n && isdigit(s[n]))
		for (n = 1; isdigit(s[n]);)
			n++;
	return n ? n : *s && strchr("?$!#@*-", *s);
}

void expand_braces(struct text *t, const char *s, size_t n, bool in_quotes)
{
	char *inner = sh_strndup(s, n);
	bool length = *inner == '#' && inner[1] && parameter_length(inner + 1) == n - 1;
	size_t len = parameter_length(inner + length);
	char *name = sh_strndup(inner + length, len), *op = inner + length + len;
	if (!len)
		expand_fail(inner, "bad substitution");
	else if (length)
		expand_length(t, name, in_quotes);
	else if (!*op)
		add_parameter(t, name, in_quotes);
	else if (*op == '#' || *op == '%')
		expand_cut(t, name, op, in_quotes);
	else if (strchr("-=+?", op[*op == ':']))
		expand_default(t, name, op, in_quotes);
	else
		expand_fail(inner, "bad substitution");
	free(name);
	free(inner);
}
