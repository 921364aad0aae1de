/* The expression into a tree:	or = and { -o and }	and = not { [-a] not }	not = ["!"] primary */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "find.h"

#define SYNOPSIS "[PATH ...] [EXPRESSION]"

struct parser { char **at; struct options *options; bool acts; };

static struct test *parse_or(struct parser *p);

static struct test *new_test(enum test_type type, struct test *left, struct test *right)
{
	struct test *t = calloc(1, sizeof *t);
	if (!t)
		err(1, "memory");
	t->type = type;
	t->left = left;
	t->right = right;
	return t;
}

static const char *argument(struct parser *p, const char *of)
{
	if (!*p->at)
		errx(1, "%s: its argument is missing", of);
	return *p->at++;
}

static int count_argument(struct parser *p, const char *of)
{
	char *end;
	const char *s = argument(p, of);
	long n = strtol(s, &end, 10);
	if (!*s || *end || n < 0)
		errx(1, "%s: %s: not a number", of, s);
	return (int)n;
}

/* [+-]N and a unit. */
static struct test *parse_count(struct parser *p, const char *of, enum test_type type)
{
	struct test *t = new_test(type, NULL, NULL);
	const char *s = argument(p, of);
	char *end;
	t->sign = *s == '+' || *s == '-' ? *s++ : 0;
	t->number = strtol(s, &end, 10);
	t->letter = *end ? *end++ : 'b';
	if (end == s || *end || !strchr(type == TEST_SIZE ? "bckMG" : "b", t->letter))
		errx(1, "%s: %s: not understood", of, s);
	return t;
}

static struct test *parse_newer(struct parser *p)
{
	struct test *t = new_test(TEST_NEWER, NULL, NULL);
	struct stat st;
	const char *name = argument(p, "-newer");
	if (stat(name, &st) < 0)
		err(1, "%s", name);
	t->time = st.st_mtim;
	return t;
}

static struct test *parse_exec(struct parser *p)
{
	struct test *t = new_test(DO_EXEC, NULL, NULL);
	char **end = p->at;
	t->argv = p->at;
	while (*end && strcmp(*end, ";") && !(!strcmp(*end, "+") && end > p->at && !strcmp(end[-1], "{}")))
		end++;
	if (!*end || end == p->at)
		errx(1, "-exec: ends with ; or {} +");
	if (!strcmp(*end, "+")) {
		t->type = DO_EXEC_MANY;
		end[-1] = NULL;
	}
	*end = NULL;
	p->at = end + 1;
	p->acts = true;
	return t;
}

static struct test *parse_option(struct parser *p, const char *word)
{
	if (!strcmp(word, "-maxdepth"))
		p->options->most = count_argument(p, word);
	else if (!strcmp(word, "-mindepth"))
		p->options->least = count_argument(p, word);
	else if (!strcmp(word, "-depth"))
		p->options->depth_first = true;
	else
		errx(1, "%s: not understood", word);
	return new_test(TEST_TRUE, NULL, NULL);
}

static struct test *parse_primary(struct parser *p)
{
	static const struct { const char *word; enum test_type type; bool text; } plain[] = {
		{ "-name", TEST_NAME, true }, { "-iname", TEST_NAME, true }, { "-path", TEST_PATH, true }, { "-type", TEST_TYPE, true },
		{ "-empty", TEST_EMPTY, false }, { "-prune", TEST_PRUNE, false }, { "-true", TEST_TRUE, false }, { "-print", DO_PRINT, false },
		{ "-print0", DO_PRINT0, false }, { "-delete", DO_DELETE, false }, { "-quit", DO_QUIT, false },
	};
	const char *word = argument(p, "!");
	if (!strcmp(word, "(")) {
		struct test *t = parse_or(p);
		if (!*p->at || strcmp(*p->at++, ")"))
			errx(1, ") is missing");
		return t;
	}
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++) {
		if (strcmp(plain[i].word, word))
			continue;
		struct test *t = new_test(plain[i].type, NULL, NULL);
		t->text = plain[i].text ? argument(p, word) : NULL;
		t->any_case = word[1] == 'i';
		p->acts |= t->type >= DO_PRINT;
		p->options->depth_first |= t->type == DO_DELETE;
		return t;
	}
	if (!strcmp(word, "-size"))
		return parse_count(p, word, TEST_SIZE);
	if (!strcmp(word, "-mtime"))
		return parse_count(p, word, TEST_AGE);
	if (!strcmp(word, "-newer"))
		return parse_newer(p);
	return strcmp(word, "-exec") ? parse_option(p, word) : parse_exec(p);
}

static bool at(const struct parser *p, const char *word) { return *p->at && !strcmp(*p->at, word); }

static struct test *parse_not(struct parser *p)
{
	if (!at(p, "!") && !at(p, "-not"))
		return parse_primary(p);
	p->at++;
	return new_test(TEST_NOT, parse_not(p), NULL);
}

static struct test *parse_and(struct parser *p)
{
	struct test *t = parse_not(p);
	while (*p->at && !at(p, "-o") && !at(p, ")")) {
		p->at += at(p, "-a");
		t = new_test(TEST_AND, t, parse_not(p));
	}
	return t;
}

static struct test *parse_or(struct parser *p)
{
	struct test *t = parse_and(p);
	while (at(p, "-o")) {
		p->at++;
		t = new_test(TEST_OR, t, parse_and(p));
	}
	return t;
}

struct test *parse_expression(char **argv, struct options *o)
{
	struct parser p = { argv, o, false };
	if (!*argv)
		return new_test(DO_PRINT, NULL, NULL);
	struct test *t = parse_or(&p);
	if (*p.at)
		usage(SYNOPSIS);
	return p.acts ? t : new_test(TEST_AND, t, new_test(DO_PRINT, NULL, NULL));
}
