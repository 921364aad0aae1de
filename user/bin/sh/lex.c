/* Text into words and operators. Words keep their quotes: expand.c takes them off. */
#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

static void lex_word(struct lexer *l)
{
	const char *end = skip_word(l->at);
	l->token = T_END;
	if (!end) {
		l->error = "";
		return;
	}
	l->word = sh_strndup(l->at, (size_t)(end - l->at));
	for (; l->at < end; l->at++)
		l->line += *l->at == '\n';
	l->token = T_WORD;
}

static const struct { const char *text; enum redirect_type type; int flags; bool strip, keep; } redirections[] = {	/* the longest first */
	{ "<<<", TO_HERE_STRING, O_RDONLY, false, false }, { "<<-", TO_HERE_DOCUMENT, O_RDONLY, true, false }, { "<<", TO_HERE_DOCUMENT, O_RDONLY, false, false },
	{ "<>", TO_FILE, O_RDWR | O_CREAT, false, false }, { "<&", TO_FD, O_RDONLY, false, false }, { "<", TO_FILE, O_RDONLY, false, false },
	{ ">>", TO_FILE, O_WRONLY | O_CREAT | O_APPEND, false, false }, { ">&", TO_FD, O_WRONLY, false, false },
	{ ">|", TO_FILE, O_WRONLY | O_CREAT | O_TRUNC, false, false }, { ">", TO_FILE, O_WRONLY | O_CREAT | O_TRUNC, false, true },
};

/* [n] and one of them. */
static bool lex_redirect(struct lexer *l)
{
	size_t digits = isdigit(l->at[0]) ? 1 : 0;
	const char *p = l->at + digits;
	for (size_t i = 0; i < sizeof redirections / sizeof *redirections; i++) {
		if (strncmp(p, redirections[i].text, strlen(redirections[i].text)))
			continue;
		l->redirect = (struct redirect){
			.type = redirections[i].type, .flags = redirections[i].flags, .strip = redirections[i].strip,
			.keep = redirections[i].keep,
			.fd = digits ? l->at[0] - '0' : *p == '>',
		};
		l->at = p + strlen(redirections[i].text);
		l->token = T_REDIRECT;
		return true;
	}
	return false;
}

/* ---- here-documents ---- */

/* The word that ends one, without its quotes; *literal: there were some. */
static char *delimiter_of(const char *word, bool *literal)
{
	char *plain = sh_alloc(strlen(word) + 1), *to = plain;
	*literal = strpbrk(word, "'\"\\");
	for (; *word; word++) {
		if (*word == '\\' && word[1])
			*to++ = *++word;
		else if (*word != '\'' && *word != '"')
			*to++ = *word;
	}
	return plain;
}

static size_t line_length(const char *s) { return strcspn(s, "\n"); }

/* Its lines, from l->at: into r->target, which was the word that ends it. */
static void take_here_document(struct lexer *l, struct redirect *r)
{
	char *end = delimiter_of(r->target, &r->literal), *text = sh_strdup("");
	size_t len = 0;
	for (;;) {
		while (r->strip && *l->at == '\t')
			l->at++;
		size_t n = line_length(l->at);
		bool last = n == strlen(end) && !strncmp(l->at, end, n), more = l->at[n] == '\n';
		if (!last && !more && !l->whole)
			l->error = l->error ? l->error : "";
		if (!last) {
			text = sh_realloc(text, len + n + 2);
			memcpy(text + len, l->at, n + more);
			text[len += n + more] = 0;
		}
		l->at += n + more;
		l->line += more;
		if (last || !more)
			break;
	}
	free(end);
	free(r->target);
	r->target = text;
}

static void take(struct lexer *l, enum token t, size_t n)
{
	l->token = t;
	l->at += n;
}

static void take_here_documents(struct lexer *l)
{
	for (size_t i = 0; i < l->nhere; i++)
		take_here_document(l, l->here[i]);
	l->nhere = 0;
}

static void lex_double(struct lexer *l, enum token one, enum token two)
{
	bool twice = l->at[1] == l->at[0];
	take(l, twice ? two : one, twice ? 2 : 1);
}

void lex_next(struct lexer *l)
{
	for (bool joined; (joined = *l->at == '\\' && l->at[1] == '\n') || *l->at == ' ' || *l->at == '\t'; l->at += joined ? 2 : 1)
		l->line += joined;
	if (*l->at == '#')
		l->at += line_length(l->at);
	if (lex_redirect(l))
		return;
	switch (*l->at) {
	case 0:
		take_here_documents(l);
		l->token = T_END;
		break;
	case '\n':
		take(l, T_NEWLINE, 1);
		l->line++;
		take_here_documents(l);
		break;
	case ';': lex_double(l, T_SEMI, T_DSEMI); break;
	case '&': lex_double(l, T_AMP, T_AND); break;
	case '|': lex_double(l, T_PIPE, T_OR); break;
	case '(': take(l, T_OPEN, 1); break;
	case ')': take(l, T_CLOSE, 1); break;
	default: lex_word(l); break;
	}
}
