/* Expansion of words: quotes, $..., `...`, splitting at the bytes of IFS, patterns of file names.
 *
 * The result grows as marked text (sh.h): a byte that was quoted is preceded by QUOTED, so that splitting and pattern matching let it
 * alone; the marks are taken out at the end. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sh.h"

int last_status;
bool expand_failed, output_taken;

void expand_fail(const char *name, const char *why)
{
	fprintf(stderr, "sh: %s: %s\n", name, why);
	expand_failed = true;
	last_status = 2;
	if (!interactive)
		shell_exit(2);
}

/* ---- marked text ---- */

void text_add(struct text *t, char c)
{
	if (t->n + 1 >= t->room) {
		t->room = t->room ? t->room * 2 : 64;
		t->s = sh_realloc(t->s, t->room);
	}
	t->s[t->n++] = c;
	t->s[t->n] = 0;
}

void text_add_quoted(struct text *t, char c)
{
	text_add(t, QUOTED);
	text_add(t, c);
}

/* A value: in quotes it stays as it is, else the bytes of IFS in it split words. */
void text_add_value(struct text *t, const char *s, bool in_quotes)
{
	const char *ifs = var_get("IFS");
	if (!ifs)
		ifs = " \t\n";
	for (; s && *s; s++) {
		if (in_quotes || is_mark(*s))
			text_add_quoted(t, *s);
		else if (t->split && strchr(ifs, *s))
			text_add(t, isspace(*s) ? SPLIT : FIELD);
		else if (*s == '\\')
			text_add_quoted(t, *s);
		else
			text_add(t, *s);
	}
}

/* Take the marks out, in place. */
char *unmark(char *s)
{
	char *to = s;
	for (const char *p = s; *p; p++) {
		if (*p == QUOTED && p[1])
			*to++ = *++p;
		else if (*p != NOTHING)
			*to++ = *p == SPLIT ? ' ' : *p;
	}
	*to = 0;
	return s;
}

/* ---- commands ---- */

static _Noreturn void run_captured(const char *commands, const int fds[2])
{
	dup2(fds[1], 1);
	close(fds[0]);
	if (fds[1] != 1)
		close(fds[1]);
	child_setup(-1);
	run_text(commands);
	shell_exit(last_status);
}

/* The output of commands, without its last newlines. */
static void add_output(struct text *to, const char *commands, bool in_quotes)
{
	struct text t = { 0 };
	int fds[2], status;
	char buf[512];
	if (pipe(fds) < 0) {
		expand_fail("$(...)", "no pipe is to be had");
		return;
	}
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		run_captured(commands, fds);
	close(fds[1]);
	for (ssize_t n; (n = read_or_interrupt(fds[0], buf, sizeof buf)) > 0 || (n < 0 && errno == EINTR && !interrupted);)
		for (ssize_t i = 0; i < n; i++)
			if (buf[i])
				text_add(&t, buf[i]);
	close(fds[0]);
	output_taken = true;
	pid_t done = -1;
	while (pid > 0 && (done = waitpid(pid, &status, 0)) < 0 && errno == EINTR)
		;
	if (done > 0)
		last_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	while (t.n && t.s[t.n - 1] == '\n')
		t.s[--t.n] = 0;
	text_add_value(to, t.s, in_quotes);
	free(t.s);
}

/* Within backquotes a backslash protects only \ ` $, and in double quotes the double quote. */
static const char *expand_backquotes(struct text *t, const char *s, bool in_quotes)
{
	const char *end = skip_backquotes(s);
	char *commands = sh_alloc(strlen(s)), *to = commands;
	for (s++; s + 1 < end; s++) {
		if (*s == '\\' && (strchr("\\`$", s[1]) || (in_quotes && s[1] == '"')))
			s++;
		*to++ = *s;
	}
	add_output(t, commands, in_quotes);
	free(commands);
	return end;
}

static void expand_commands(struct text *t, const char *s, const char *end, bool in_quotes)
{
	char *commands = sh_strndup(s + 2, (size_t)(end - s - 3));
	add_output(t, commands, in_quotes);
	free(commands);
}

static char *expand_quoted(const char *text);

static void expand_arithmetic(struct text *t, const char *s, const char *end, bool in_quotes)
{
	char *raw = sh_strndup(s + 3, (size_t)(end - s - 5)), *plain = expand_quoted(raw), digits[24];
	long value;
	if (arith_eval(plain, &value)) {
		snprintf(digits, sizeof digits, "%ld", value);
		text_add_value(t, digits, in_quotes);
	}
	free(raw);
	free(plain);
}

/* What the "$" at s begins; the end of it. */
static const char *expand_dollar(struct text *t, const char *s, bool in_quotes)
{
	const char *end = skip_dollar(s, in_quotes);
	if (!end)
		return s + strlen(s);
	if (is_arithmetic(s))
		expand_arithmetic(t, s, end, in_quotes);
	else if (s[1] == '(')
		expand_commands(t, s, end, in_quotes);
	else if (s[1] == '{')
		expand_braces(t, s + 2, (size_t)(end - s - 3), in_quotes);
	else if (end == s + 1)
		text_add_quoted(t, '$');
	else if (end != s + 2 || !expand_special(t, s[1], in_quotes))
		expand_variable(t, s + 1, (size_t)(end - s - 1), in_quotes);
	return end;
}

/* One thing of a text in double quotes; special: the bytes that a backslash protects. */
static const char *expand_in_quotes(struct text *t, const char *s, const char *special)
{
	if (*s == '$')
		return expand_dollar(t, s, true);
	if (*s == '`' && skip_backquotes(s))
		return expand_backquotes(t, s, true);
	if (*s == '\\' && s[1] == '\n')
		return s + 2;
	if (*s == '\\' && s[1] && strchr(special, s[1]))
		s++;
	text_add_quoted(t, *s);
	return s + 1;
}

static const char *expand_double_quotes(struct text *t, const char *s)
{
	size_t before = t->n;
	t->empty_at = false;
	for (s++; *s && *s != '"';)
		s = expand_in_quotes(t, s, "\"\\$`");
	if (t->n == before && !t->empty_at)
		text_add(t, NOTHING);		/* "" is a word */
	return *s ? s + 1 : s;
}

static const char *expand_single_quotes(struct text *t, const char *s)
{
	text_add(t, NOTHING);
	for (s++; *s && *s != '\''; s++)
		text_add_quoted(t, *s);
	return *s ? s + 1 : s;
}

/* ~ and ~/...: the end of it, or s if it is none. */
static const char *expand_tilde(struct text *t, const char *s)
{
	const char *home = var_get("HOME");
	if (*s != '~' || (s[1] && s[1] != '/' && s[1] != ':') || !home)
		return s;
	text_add_value(t, home[0] == '/' && !home[1] && s[1] == '/' ? "" : home, true);
	return s + 1;
}

static void add_plain(struct text *t, char c)
{
	if (t->braces)
		text_add_value(t, (char[]){ c, 0 }, false);
	else
		text_add(t, c);
}

void text_add_word(struct text *t, const char *s, bool in_quotes)
{
	if (!in_quotes)
		s = expand_tilde(t, s);
	while (*s) {
		if (in_quotes && *s != '"')
			s = expand_in_quotes(t, s, "\"\\$`}");
		else if (*s == '\'')
			s = expand_single_quotes(t, s);
		else if (*s == '"')
			s = expand_double_quotes(t, s);
		else if (*s == '$')
			s = expand_dollar(t, s, false);
		else if (*s == '`' && skip_backquotes(s))
			s = expand_backquotes(t, s, false);
		else if (*s == '\\' && s[1] == '\n')
			s += 2;
		else if (*s == '\\' && s[1])
			text_add_quoted(t, s[1]), s += 2;
		else if (add_plain(t, *s++), t->paths && s[-1] == ':')
			s = expand_tilde(t, s);
	}
}

static char *finished(struct text *t) { return t->s ? t->s : sh_alloc(1); }

char *expand_pattern(const char *word)
{
	struct text t = { 0 };
	text_add_word(&t, word, false);
	return finished(&t);
}

char *expand_one(const char *word) { return unmark(expand_pattern(word)); }

char *expand_assignment(const char *word)
{
	struct text t = { .paths = true };
	size_t n = name_length(word) + 1;
	for (size_t i = 0; i < n; i++)
		text_add(&t, word[i]);
	text_add_word(&t, word + n, false);
	return unmark(finished(&t));
}

/* Expanded as in double quotes, where a double quote is a byte like any other. */
static char *expand_quoted(const char *s)
{
	struct text t = { 0 };
	while (*s)
		s = expand_in_quotes(&t, s, "\\$`");
	return unmark(finished(&t));
}

char *expand_here(const char *text) { return expand_quoted(text); }

/* ---- lists of words ---- */

void words_push(struct words *w, char *s)
{
	w->v = sh_realloc(w->v, (w->n + 2) * sizeof *w->v);
	w->v[w->n++] = s;
	w->v[w->n] = NULL;
}

void words_free(char **words)
{
	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
}

static void push_field(struct words *w, char *field)
{
	if (is_pattern(field) && !options[OPT_NOGLOB])
		words_push_matches(w, field);
	else
		words_push(w, unmark(sh_strdup(field)));
}

/* Blanks before and after a field, and around a FIELD, are part of what separates. */
static void push_split(struct words *w, char *marked)
{
	char *p = marked;
	for (;;) {
		while (*p == SPLIT)
			p++;
		if (!*p)
			return;
		char *end = p;
		while (*end && *end != SPLIT && *end != FIELD)
			end += *end == QUOTED && end[1] ? 2 : 1;
		char *next = end;
		while (*next == SPLIT)
			next++;
		next += *next == FIELD;
		*end = 0;
		push_field(w, p);
		p = next;
	}
}

static bool declares(const char *word) { return !strcmp(word, "export") || !strcmp(word, "readonly") || !strcmp(word, "local"); }
static bool is_assignment(const char *word) { return name_length(word) && word[name_length(word)] == '='; }

char **expand_words(char **words, size_t n, size_t *out_n)
{
	struct words w = { sh_alloc(sizeof(char *)), 0 };
	for (size_t i = 0; i < n && !expand_failed; i++) {
		if (i && declares(words[0]) && is_assignment(words[i])) {
			words_push(&w, expand_assignment(words[i]));
			continue;
		}
		struct text t = { .split = true };
		text_add_word(&t, words[i], false);
		if (t.s)
			push_split(&w, t.s);
		free(t.s);
	}
	*out_n = w.n;
	return w.v;
}
