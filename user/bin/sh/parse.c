/* Words into a tree, by recursive descent:
 *
 *	list     = andor { (";" | "&" | newline) andor }
 *	andor    = pipeline { ("&&" | "||") pipeline }
 *	pipeline = ["!"] ["time" ["-p"]] command { "|" command }
 *	command  = (if | while | until | for | case | "{" list "}" | "(" list ")") redirections | NAME "()" command | simple */
#include <stdlib.h>
#include <string.h>
#include "sh.h"

enum { NESTING_MAX = 1000 };

static struct node *parse_list(struct lexer *l, bool one_line);
static struct node *parse_command(struct lexer *l);

static void fail(struct lexer *l, const char *why)
{
	if (!l->error)
		l->error = l->token == T_END ? "" : why;
}

static struct node *new_node(enum node_type type, struct node *left, struct node *right)
{
	struct node *n = sh_alloc(sizeof *n);
	n->type = type;
	n->refs = 1;
	n->left = left;
	n->right = right;
	return n;
}

void node_free(struct node *n)
{
	if (!n || --n->refs)
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
	static const char *const words[] = { "then", "else", "elif", "fi", "do", "done", "esac", "}" };
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (at_word(l, words[i]))
			return true;
	return false;
}

static bool at_list_end(const struct lexer *l)
{
	return l->error || l->token == T_END || l->token == T_CLOSE || l->token == T_DSEMI || at_reserved(l);
}

static void drop_word(struct lexer *l)
{
	free(l->word);
	lex_next(l);
}

/* Take the word w, or fail. */
static void expect(struct lexer *l, const char *w)
{
	if (at_word(l, w))
		drop_word(l);
	else
		fail(l, "a word is missing: then, fi, do, done, in, esac or }");
}

static void expect_close(struct lexer *l)
{
	if (l->token == T_CLOSE)
		lex_next(l);
	else
		fail(l, ") is missing");
}

static void add_word(struct node *n, char *word)
{
	n->words = sh_realloc(n->words, (n->nwords + 2) * sizeof *n->words);
	n->words[n->nwords++] = word;
	n->words[n->nwords] = NULL;
}

static void take_word(struct lexer *l, struct node *n)
{
	add_word(n, l->word);
	lex_next(l);
}

static void parse_redirect(struct lexer *l, struct node *n)
{
	struct redirect *r = sh_alloc(sizeof *r), **end = &n->redirects;
	*r = l->redirect;
	while (*end)
		end = &(*end)->next;
	*end = r;
	lex_next(l);
	if (l->token != T_WORD) {
		fail(l, "a file name is missing after < or >");
		return;
	}
	r->target = l->word;
	if (r->type == TO_HERE_DOCUMENT && l->nhere == HERE_MAX)
		fail(l, "too many here-documents in a line");
	else if (r->type == TO_HERE_DOCUMENT)
		l->here[l->nhere++] = r;
	lex_next(l);
}

/* After its name, at the "(". */
static struct node *parse_function(struct lexer *l, struct node *n)
{
	n->type = NODE_FUNCTION;
	if (name_length(n->words[0]) != strlen(n->words[0]))
		fail(l, "a function has a strange name");
	lex_next(l);
	expect_close(l);
	skip_newlines(l);
	if (!l->error)
		n->left = parse_command(l);
	return n;
}

static bool is_assignment(const char *word) { return name_length(word) && word[name_length(word)] == '='; }

static struct node *parse_simple(struct lexer *l)
{
	struct node *n = new_node(NODE_COMMAND, NULL, NULL);
	n->line = l->line;
	bool named = false;	/* behind the assignments */
	while (!l->error && (l->token == T_WORD || l->token == T_REDIRECT)) {
		if (named ? alias_expand_next(l) : alias_expand(l))
			continue;
		named |= l->token == T_WORD && !is_assignment(l->word);
		if (l->token == T_REDIRECT)
			parse_redirect(l, n);
		else
			take_word(l, n);
		if (l->token == T_OPEN && n->nwords == 1 && !n->redirects)
			return parse_function(l, n);
	}
	if (!n->nwords && !n->redirects)
		fail(l, "a command is missing");
	return n;
}

/* A list that must not be empty. */
static struct node *parse_some(struct lexer *l)
{
	struct node *n = parse_list(l, false);
	if (!n)
		fail(l, "a command is missing");
	return n;
}

/* After "if" or "elif". */
static struct node *parse_if(struct lexer *l)
{
	struct node *n = new_node(NODE_IF, parse_some(l), NULL);
	expect(l, "then");
	n->right = parse_some(l);
	if (at_word(l, "elif")) {
		expect(l, "elif");
		n->third = parse_if(l);
		return n;
	}
	if (at_word(l, "else")) {
		expect(l, "else");
		n->third = parse_some(l);
	}
	expect(l, "fi");
	return n;
}

static void parse_body(struct lexer *l, struct node *n)
{
	expect(l, "do");
	n->right = parse_some(l);
	expect(l, "done");
}

static struct node *parse_loop(struct lexer *l, enum node_type type)
{
	struct node *n = new_node(type, parse_some(l), NULL);
	parse_body(l, n);
	return n;
}

static struct node *parse_for(struct lexer *l)
{
	struct node *n = new_node(NODE_FOR, NULL, NULL);
	if (l->token != T_WORD || name_length(l->word) != strlen(l->word))
		fail(l, "for: a name is missing");
	else
		take_word(l, n);
	skip_newlines(l);
	if (at_word(l, "in")) {
		drop_word(l);
		while (!l->error && l->token == T_WORD)
			take_word(l, n);
	} else {
		add_word(n, sh_strdup("\"$@\""));
	}
	if (l->token == T_SEMI)
		lex_next(l);
	skip_newlines(l);
	parse_body(l, n);
	return n;
}

/* [(] pattern { | pattern } ) list [;;] */
static struct node *parse_arm(struct lexer *l)
{
	struct node *arm = new_node(NODE_ARM, NULL, NULL);
	if (l->token == T_OPEN)
		lex_next(l);
	while (!l->error && l->token == T_WORD) {
		take_word(l, arm);
		if (l->token == T_PIPE)
			lex_next(l);
	}
	if (!arm->nwords)
		fail(l, "case: a pattern is missing");
	expect_close(l);
	arm->left = parse_list(l, false);
	if (l->token == T_DSEMI)
		lex_next(l);
	else if (!at_word(l, "esac"))
		fail(l, ";; is missing");
	skip_newlines(l);
	return arm;
}

static struct node *parse_case(struct lexer *l)
{
	struct node *n = new_node(NODE_CASE, NULL, NULL), **end = &n->left;
	if (l->token == T_WORD)
		take_word(l, n);
	else
		fail(l, "case: a word is missing");
	skip_newlines(l);
	expect(l, "in");
	skip_newlines(l);
	while (!l->error && !at_word(l, "esac")) {
		*end = parse_arm(l);
		end = &(*end)->right;
	}
	expect(l, "esac");
	return n;
}

static struct node *parse_group(struct lexer *l, enum node_type type)
{
	struct node *n = new_node(type, parse_some(l), NULL);
	if (type == NODE_GROUP)
		expect(l, "}");
	else
		expect_close(l);
	return n;
}

static struct node *parse_compound(struct lexer *l)
{
	static const struct { const char *word; enum node_type type; } starts[] = {
		{ "if", NODE_IF }, { "while", NODE_WHILE }, { "until", NODE_UNTIL }, { "for", NODE_FOR }, { "case", NODE_CASE }, { "{", NODE_GROUP },
	};
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (!at_word(l, starts[i].word))
			continue;
		drop_word(l);
		switch (starts[i].type) {
		case NODE_IF: return parse_if(l);
		case NODE_FOR: return parse_for(l);
		case NODE_CASE: return parse_case(l);
		case NODE_GROUP: return parse_group(l, NODE_GROUP);
		default: return parse_loop(l, starts[i].type);
		}
	}
	return NULL;
}

static struct node *parse_whole_command(struct lexer *l)
{
	struct node *n;
	while (alias_expand(l))
		;
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

/* Commands within commands take stack, here and where they run. */
static struct node *parse_command(struct lexer *l)
{
	static int depth;
	if (depth == NESTING_MAX) {
		fail(l, "nested too deep");
		return new_node(NODE_COMMAND, NULL, NULL);
	}
	depth++;
	struct node *n = parse_whole_command(l);
	depth--;
	return n;
}

static struct node *parse_pipeline(struct lexer *l)
{
	while (alias_expand(l))
		;
	bool negate = at_word(l, "!");
	if (negate)
		drop_word(l);
	bool timed = at_word(l, "time");
	if (timed)
		drop_word(l);
	if (timed && at_word(l, "-p"))
		drop_word(l);		/* it is printed so anyway */
	struct node *n = parse_command(l);
	while (!l->error && l->token == T_PIPE) {
		lex_next(l);
		skip_newlines(l);
		n = new_node(NODE_PIPE, n, parse_command(l));
	}
	n = timed ? new_node(NODE_TIME, n, NULL) : n;
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

/* Up to a closing word or parenthesis, the end, or, with one_line, the line's end. */
static struct node *parse_list(struct lexer *l, bool one_line)
{
	struct node *all = NULL;
	while (!one_line && l->token == T_NEWLINE)
		lex_next(l);
	while (!at_list_end(l) && l->token != T_NEWLINE) {
		struct node *n = parse_andor(l);
		if (l->token == T_AMP)
			n = new_node(NODE_BACKGROUND, n, NULL);
		all = all ? new_node(NODE_SEQ, all, n) : n;
		if (l->token == T_AMP || l->token == T_SEMI)
			lex_next(l);
		else if (!at_list_end(l) && l->token != T_NEWLINE)
			fail(l, "unexpected word");
		while (!one_line && l->token == T_NEWLINE)
			lex_next(l);
	}
	return all;
}

struct node *parse_line(struct lexer *l)
{
	struct node *n = parse_list(l, true);
	if (!l->error && l->token != T_END && l->token != T_NEWLINE)
		fail(l, "unexpected ), ;;, } or closing word");
	if (l->error && l->token == T_WORD)
		free(l->word);
	if (!l->error)
		return n;
	node_free(n);
	return NULL;
}

const char *parse_problem(const char *text)
{
	struct lexer l = { .at = text };
	do {
		lex_next(&l);
		node_free(parse_line(&l));
	} while (!l.error && l.token != T_END);
	alias_texts_free(&l);
	return l.error;
}

const char *parse_to_paren(const char *s)
{
	struct lexer l = { .at = s, .plain = true };
	lex_next(&l);
	node_free(parse_list(&l, false));
	if (l.token == T_WORD)
		free(l.word);
	return !l.error && l.token == T_CLOSE ? l.at : NULL;
}
