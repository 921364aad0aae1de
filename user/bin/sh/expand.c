/* Expansion of words: $X ${X} $? $$ $# $1 $@ $(...), quotes, splitting at blanks, patterns of file names.
 *
 * The result grows in a buffer in which a byte that was quoted is preceded by QUOTED, so that splitting and pattern matching
 * let it alone; it is taken out at the end. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sh.h"


int last_status;
char **positional;

struct text { char *s; size_t n, room; };

static void add(struct text *t, char c)
{
	if (t->n + 1 >= t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->s = realloc(t->s, t->room);
		if (!t->s)
			abort();
	}
	t->s[t->n++] = c;
	t->s[t->n] = 0;
}

static void add_quoted(struct text *t, char c)
{
	add(t, QUOTED);
	add(t, c);
}

/* A value: in quotes it stays as it is, else its blanks split words. */
static void add_value(struct text *t, const char *s, bool in_quotes)
{
	for (; s && *s; s++)
		if (in_quotes)
			add_quoted(t, *s);
		else
			add(t, isspace(*s) ? SPLIT : *s);
}

/* The output of commands, without its last newlines. */
static char *capture(const char *commands)
{
	struct text t = { 0 };
	int fds[2], status;
	char buf[512];
	if (pipe(fds) < 0)
		return NULL;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		close(fds[0]);
		close(fds[1]);
		child_setup(getpgrp(), false);
		exit(run_text(commands));
	}
	close(fds[1]);
	for (ssize_t n; (n = read(fds[0], buf, sizeof buf)) > 0;)
		for (ssize_t i = 0; i < n; i++)
			add(&t, buf[i]);
	close(fds[0]);
	if (pid > 0 && waitpid(pid, &status, 0) == pid)
		last_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	while (t.n && t.s[t.n - 1] == '\n')
		t.s[--t.n] = 0;
	return t.s;
}

static void add_number(struct text *t, long n)
{
	char digits[24];
	snprintf(digits, sizeof digits, "%ld", n);
	add_value(t, digits, true);
}

static size_t count_positional(void)
{
	size_t n = 0;
	while (positional && positional[n])
		n++;
	return n;
}

static void add_all_positional(struct text *t)
{
	for (size_t i = 1; i < count_positional(); i++) {
		if (i > 1)
			add(t, SPLIT);
		add_value(t, positional[i], true);
	}
}

/* A one-letter variable; false if c is none. */
static bool add_special(struct text *t, char c, bool in_quotes)
{
	size_t n = count_positional();
	if (c == '?')
		add_number(t, last_status);
	else if (c == '$')
		add_number(t, getpid());
	else if (c == '!')
		add_number(t, last_background);
	else if (c == '#')
		add_number(t, n ? (long)n - 1 : 0);
	else if (c == '@' || c == '*')
		add_all_positional(t);
	else if (isdigit(c))
		add_value(t, (size_t)(c - '0') < n ? positional[c - '0'] : NULL, in_quotes);
	else
		return false;
	return true;
}

static size_t name_length(const char *s)
{
	size_t n = 0;
	while (isalnum(s[n]) || s[n] == '_')
		n++;
	return n;
}

static void add_variable(struct text *t, const char *name, size_t n, bool in_quotes)
{
	char buf[64];
	if (n == 1 && add_special(t, *name, in_quotes))
		return;
	if (n >= sizeof buf)
		return;
	memcpy(buf, name, n);
	buf[n] = 0;
	add_value(t, var_get(buf), in_quotes);
}

/* What a "$" at s begins; the end of it. */
static const char *expand_dollar(struct text *t, const char *s, bool in_quotes)
{
	const char *end;
	if (s[1] == '(' && (end = skip_parens(s + 1))) {
		char *commands = strdup(s + 2);
		if (!commands)
			abort();
		commands[end - s - 3] = 0;
		char *out = capture(commands);
		add_value(t, out, in_quotes);
		free(out);
		free(commands);
		return end;
	}
	if (s[1] == '{' && (end = strchr(s, '}'))) {
		add_variable(t, s + 2, (size_t)(end - s - 2), in_quotes);
		return end + 1;
	}
	size_t n = name_length(s + 1);
	if (n && !isdigit(s[1])) {
		add_variable(t, s + 1, n, in_quotes);
		return s + 1 + n;
	}
	if (s[1] && add_special(t, s[1], in_quotes))
		return s + 2;
	add_quoted(t, '$');
	return s + 1;
}

static const char *expand_double_quotes(struct text *t, const char *s)
{
	add(t, QUOTED);		/* "" is a word */
	add(t, QUOTED);
	for (s++; *s && *s != '"';) {
		if (*s == '$') {
			s = expand_dollar(t, s, true);
		} else {
			if (*s == '\\' && s[1] && strchr("\"\\$`", s[1]))
				s++;
			add_quoted(t, *s++);
		}
	}
	return *s ? s + 1 : s;
}

static const char *expand_single_quotes(struct text *t, const char *s)
{
	add(t, QUOTED);
	add(t, QUOTED);
	for (s++; *s && *s != '\''; s++)
		add_quoted(t, *s);
	return *s ? s + 1 : s;
}

static char *expand_marked(const char *s)
{
	struct text t = { 0 };
	const char *home;
	if (*s == '~' && (!s[1] || s[1] == '/') && (home = var_get("HOME"))) {
		add_value(&t, home[0] == '/' && !home[1] && s[1] ? "" : home, true);
		s++;
	}
	while (*s) {
		if (*s == '\'')
			s = expand_single_quotes(&t, s);
		else if (*s == '"')
			s = expand_double_quotes(&t, s);
		else if (*s == '$')
			s = expand_dollar(&t, s, false);
		else if (*s == '\\' && s[1])
			add_quoted(&t, s[1]), s += 2;
		else
			add(&t, *s++);
	}
	return t.s ? t.s : calloc(1, 1);
}

/* Take the marks out, in place. The pair QUOTED QUOTED stands for nothing. */
char *unmark(char *s)
{
	char *to = s;
	for (const char *p = s; *p; p++) {
		if (*p == QUOTED) {
			if (*++p != QUOTED)
				*to++ = *p;
		} else {
			*to++ = *p == SPLIT ? ' ' : *p;
		}
	}
	*to = 0;
	return s;
}

char *expand_one(const char *word) { return unmark(expand_marked(word)); }

/* ---- lists of words ---- */

void words_push(struct words *w, char *s)
{
	char **v = realloc(w->v, (w->n + 2) * sizeof *v);
	if (!v || !s)
		abort();
	w->v = v;
	v[w->n++] = s;
	v[w->n] = NULL;
}

void words_free(char **words)
{
	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
}

static void push_split(struct words *w, char *marked)
{
	for (char *p = marked; *p;) {
		char *end = p;
		while (*end && *end != SPLIT)
			end += *end == QUOTED && end[1] ? 2 : 1;
		char saved = *end;
		*end = 0;
		if (end > p) {
			if (is_pattern(p))
				words_push_matches(w, p);
			else
				words_push(w, unmark(strdup(p)));
		}
		p = saved ? end + 1 : end;
	}
}

char **expand_words(char **words, size_t n, size_t *out_n)
{
	struct words w = { calloc(1, sizeof(char *)), 0 };
	for (size_t i = 0; i < n; i++) {
		char *marked = expand_marked(words[i]);
		push_split(&w, marked);
		free(marked);
	}
	*out_n = w.n;
	return w.v;
}
