/* Words into a tree, by recursive descent:
 *
 *	list     = andor { (";" | "&" | newline) andor }
 *	andor    = pipeline { ("&&" | "||") pipeline }
 *	pipeline = ["!"] command { "|" command }
 *	command  = if | while | until | for | "{" list "}" | "(" list ")" | simple */
#include <stdlib.h>
#include <string.h>
#include "sh.h"

static struct node *parse_list(struct lexer *l);

static void fail(struct lexer *l, const char *why)
{
	if (!l->error)
		l->error = l->token == T_END ? "" : why;
}

static struct node *new_node(enum node_type type, struct node *left, struct node *right)
{
	struct node *n = calloc(1, sizeof *n);
	if (!n)
		abort();
	n->type = type;
	n->left = left;
	n->right = right;
	return n;
}

void node_free(struct node *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < n->nwords; i++)
		free(n->words[i]);
	free(n->words);
	for (struct redirect *r = n->redirects, *next; r; r = next) {
		next = r->next;
		free(r->target);
		free(r);
	}
	node_free(n->left);
	node_free(n->right);
	node_free(n->third);
	free(n);
}

static void skip_newlines(struct lexer *l)
{
	while (l->token == T_NEWLINE)
		lex_next(l);
}

static bool at_word(const struct lexer *l, const char *w) { return l->token == T_WORD && !strcmp(l->word, w); }

static bool at_reserved(const struct lexer *l)
{
	static const char *const words[] = { "then", "else", "elif", "fi", "do", "done", "}" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (at_word(l, words[i]))
			return true;
	return false;
}

/* Take the word w, or fail. */
static void expect(struct lexer *l, const char *w)
{
	if (at_word(l, w)) {
		free(l->word);
		lex_next(l);
	} else {
		fail(l, "a word is missing: then, fi, do, done or }");
	}
}

static void add_word(struct node *n, char *word)
{
	char **words = realloc(n->words, (n->nwords + 2) * sizeof *words);
	if (!words)
		abort();
	n->words = words;
	words[n->nwords++] = word;
	words[n->nwords] = NULL;
}

static void parse_redirect(struct lexer *l, struct node *n)
{
	struct redirect *r = calloc(1, sizeof *r), **end = &n->redirects;
	if (!r)
		abort();
	r->fd = l->fd;
	r->flags = l->flags;
	r->dup = l->dup;
	while (*end)
		end = &(*end)->next;
	*end = r;
	lex_next(l);
	if (l->token != T_WORD) {
		fail(l, "a file name is missing after < or >");
		return;
	}
	r->target = l->word;
	lex_next(l);
}

static struct node *parse_simple(struct lexer *l)
{
	struct node *n = new_node(NODE_COMMAND, NULL, NULL);
	while (!l->error && (l->token == T_WORD || l->token == T_REDIRECT)) {
		if (l->token == T_REDIRECT) {
			parse_redirect(l, n);
		} else {
			add_word(n, l->word);
			lex_next(l);
		}
	}
	if (!n->nwords && !n->redirects)
		fail(l, "a command is missing");
	return n;
}

/* After "if" or "elif". */
static struct node *parse_if(struct lexer *l)
{
	struct node *n = new_node(NODE_IF, parse_list(l), NULL);
	expect(l, "then");
	n->right = parse_list(l);
	if (at_word(l, "elif")) {
		expect(l, "elif");
		n->third = parse_if(l);
		return n;
	}
	if (at_word(l, "else")) {
		expect(l, "else");
		n->third = parse_list(l);
	}
	expect(l, "fi");
	return n;
}

static struct node *parse_loop(struct lexer *l, enum node_type type)
{
	struct node *n = new_node(type, parse_list(l), NULL);
	expect(l, "do");
	n->right = parse_list(l);
	expect(l, "done");
	return n;
}

static struct node *parse_for(struct lexer *l)
{
	struct node *n = new_node(NODE_FOR, NULL, NULL);
	for (int i = 0; l->token == T_WORD && !(i == 1 && !at_word(l, "in")); i++) {
		if (i == 1)
			free(l->word);
		else
			add_word(n, l->word);
		lex_next(l);
	}
	if (l->token == T_SEMI)
		lex_next(l);
	skip_newlines(l);
	if (!n->nwords)
		fail(l, "for: a name is missing");
	expect(l, "do");
	n->right = parse_list(l);
	expect(l, "done");
	return n;
}

static struct node *parse_group(struct lexer *l, enum node_type type)
{
	struct node *n = new_node(type, parse_list(l), NULL);
	if (type == NODE_GROUP)
		expect(l, "}");
	else if (l->token == T_CLOSE)
		lex_next(l);
	else
		fail(l, ") is missing");
	return n;
}

static struct node *parse_compound(struct lexer *l)
{
	static const struct { const char *word; enum node_type type; } starts[] = {
		{ "if", NODE_IF }, { "while", NODE_WHILE }, { "until", NODE_UNTIL }, { "for", NODE_FOR }, { "{", NODE_GROUP },
	};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!at_word(l, starts[i].word))
			continue;
		free(l->word);
		lex_next(l);
		switch (starts[i].type) {
		case NODE_IF: return parse_if(l);
		case NODE_FOR: return parse_for(l);
		case NODE_GROUP: return parse_group(l, NODE_GROUP);
		default: return parse_loop(l, starts[i].type);
		}
	}
	return NULL;
}

static struct node *parse_command(struct lexer *l)
{
	struct node *n;
	if (l->token == T_OPEN) {
		lex_next(l);
		n = parse_group(l, NODE_SUBSHELL);
	} else {
		n = parse_compound(l);
		if (!n)
			return parse_simple(l);
	}
	while (!l->error && l->token == T_REDIRECT)
		parse_redirect(l, n);
	return n;
}

static struct node *parse_pipeline(struct lexer *l)
{
	bool negate = at_word(l, "!");
	if (negate)
		expect(l, "!");
	struct node *n = parse_command(l);
	while (!l->error && l->token == T_PIPE) {
		lex_next(l);
		skip_newlines(l);
		n = new_node(NODE_PIPE, n, parse_command(l));
	}
	return negate ? new_node(NODE_NOT, n, NULL) : n;
}

static struct node *parse_andor(struct lexer *l)
{
	struct node *n = parse_pipeline(l);
	while (!l->error && (l->token == T_AND || l->token == T_OR)) {
		enum node_type type = l->token == T_AND ? NODE_AND : NODE_OR;
		lex_next(l);
		skip_newlines(l);
		n = new_node(type, n, parse_pipeline(l));
	}
	return n;
}

/* Up to a closing word or parenthesis, or the end. */
static struct node *parse_list(struct lexer *l)
{
	struct node *all = NULL;
	for (;;) {
		while (l->token == T_NEWLINE || (l->token == T_SEMI && all))
			lex_next(l);
		if (l->error || l->token == T_END || l->token == T_CLOSE || at_reserved(l))
			return all;
		struct node *n = parse_andor(l);
		if (l->token == T_AMP) {
			n = new_node(NODE_BACKGROUND, n, NULL);
			lex_next(l);
		} else if (!l->error && l->token != T_SEMI && l->token != T_NEWLINE && l->token != T_END && l->token != T_CLOSE
			&& !at_reserved(l)) {
			fail(l, "unexpected word");
		}
		all = all ? new_node(NODE_SEQ, all, n) : n;
	}
}

struct node *parse(const char *text, const char **error)
{
	struct lexer l = { .at = text };
	lex_next(&l);
	struct node *n = parse_list(&l);
	if (!l.error && l.token != T_END)
		fail(&l, "unexpected ), } or closing word");
	*error = l.error;
	if (l.error) {
		node_free(n);
		return NULL;
	}
	return n;
}
