/* Text into words and operators. Words keep their quotes: expand.c takes them off. */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

static const char *skip_quoted(const char *s)
{
	char q = *s++;
	while (*s && *s != q)
		s += *s == '\\' && q == '"' && s[1] ? 2 : 1;
	return *s ? s + 1 : NULL;
}

const char *skip_parens(const char *s)
{
	int depth = 0;
	while (s && *s) {
		if (*s == '\'' || *s == '"') {
			s = skip_quoted(s);
			continue;
		}
		if (*s == '\\' && s[1])
			s++;
		depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
		s++;
		if (!depth)
			return s;
	}
	return NULL;
}

static bool is_word_end(char c) { return !c || strchr(" \t\n;&|<>()", c); }

/* The end of the word at s; NULL if a quote or a parenthesis is not closed. */
static const char *word_end(const char *s)
{
	while (s && !is_word_end(*s)) {
		if (*s == '\'' || *s == '"')
			s = skip_quoted(s);
		else if (*s == '$' && s[1] == '(')
			s = skip_parens(s + 1);
		else if (*s == '\\' && s[1])
			s += 2;
		else
			s++;
	}
	return s;
}

static void lex_word(struct lexer *l)
{
	const char *end = word_end(l->at);
	l->token = T_END;
	if (!end) {
		l->error = "";
		return;
	}
	size_t n = (size_t)(end - l->at);
	l->word = malloc(n + 1);
	if (!l->word) {
		l->error = "out of memory";
		return;
	}
	memcpy(l->word, l->at, n);
	l->word[n] = 0;
	l->at = end;
	l->token = T_WORD;
}

/* [fd]< [fd]> [fd]>> [fd]>& [fd]<& */
static bool lex_redirect(struct lexer *l)
{
	const char *p = l->at;
	int fd = -1;
	if (isdigit(*p) && (p[1] == '<' || p[1] == '>'))
		fd = *p++ - '0';
	if (*p != '<' && *p != '>')
		return false;
	bool out = *p++ == '>';
	l->fd = fd >= 0 ? fd : out;
	l->flags = out ? O_WRONLY | O_CREAT | O_TRUNC : O_RDONLY;
	l->dup = *p == '&';
	if (out && *p == '>')
		l->flags = O_WRONLY | O_CREAT | O_APPEND;
	if (l->dup || (out && *p == '>'))
		p++;
	l->at = p;
	l->token = T_REDIRECT;
	return true;
}

static void take(struct lexer *l, enum token t, size_t n)
{
	l->token = t;
	l->at += n;
}

void lex_next(struct lexer *l)
{
	while (*l->at == ' ' || *l->at == '\t' || (*l->at == '\\' && l->at[1] == '\n'))
		l->at += *l->at == '\\' ? 2 : 1;
	if (*l->at == '#')
		l->at += strcspn(l->at, "\n");
	if (lex_redirect(l))
		return;
	switch (*l->at) {
	case 0: take(l, T_END, 0); break;
	case '\n': take(l, T_NEWLINE, 1); break;
	case ';': take(l, T_SEMI, 1); break;
	case '&': take(l, l->at[1] == '&' ? T_AND : T_AMP, l->at[1] == '&' ? 2 : 1); break;
	case '|': take(l, l->at[1] == '|' ? T_OR : T_PIPE, l->at[1] == '|' ? 2 : 1); break;
	case '(': take(l, T_OPEN, 1); break;
	case ')': take(l, T_CLOSE, 1); break;
	default: lex_word(l); break;
	}
}
