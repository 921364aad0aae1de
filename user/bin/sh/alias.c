/* alias and unalias: words that stand for other text, which is put in the place of a command's name before it is parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

struct alias { struct alias *next; char *name, *value; };

/* A text with an alias's value in it, which the lexer reads. The name stands for nothing else within the value, that is, until no more than
 * `until` bytes of the text are left. */
struct alias_text { struct alias_text *next; char *name, *text; size_t until; };

static struct alias *aliases;		/* by name */

/* Where the alias is, or would be. */
static struct alias **place_of(const char *name)
{
	struct alias **at = &aliases;
	while (*at && strcmp((*at)->name, name) < 0)
		at = &(*at)->next;
	return at;
}

static struct alias *find(const char *name)
{
	struct alias *a = *place_of(name);
	return a && !strcmp(a->name, name) ? a : NULL;
}

const char *alias_find(const char *name)
{
	const struct alias *a = find(name);
	return a ? a->value : NULL;
}

static bool is_in_use(const struct lexer *l, const char *name, size_t left)
{
	for (const struct alias_text *t = l->aliases; t; t = t->next)
		if (left >= t->until && !strcmp(t->name, name))
			return true;
	return false;
}

bool alias_expand(struct lexer *l)
{
	const char *value = !l->plain && l->token == T_WORD ? alias_find(l->word) : NULL;
	size_t left = strlen(l->at), n = value ? strlen(value) : 0;
	if (!value || is_in_use(l, l->word, left))
		return false;
	struct alias_text *t = sh_alloc(sizeof *t);
	*t = (struct alias_text){ l->aliases, l->word, sh_alloc(n + left + 1), left };
	memcpy(t->text, value, n);
	strcpy(t->text + n, l->at);
	l->aliases = t;
	l->at = t->text;
	l->next_too = n && (value[n - 1] == ' ' || value[n - 1] == '\t') ? left : 0;
	lex_next(l);
	return true;
}

bool alias_expand_next(struct lexer *l)
{
	if (!l->next_too || l->token != T_WORD || strlen(l->at) >= l->next_too)
		return false;
	l->next_too = 0;
	return alias_expand(l);
}

void alias_texts_free(struct lexer *l)
{
	for (struct alias_text *t = l->aliases, *next; t; t = next) {
		next = t->next;
		free(t->name);
		free(t->text);
		free(t);
	}
	l->aliases = NULL;
}

static void set(const char *name, size_t n, const char *value)
{
	char *key = sh_strndup(name, n);
	struct alias *a = find(key), **at = place_of(key);
	if (a) {
		free(key);
		free(a->value);
	} else {
		a = sh_alloc(sizeof *a);
		*a = (struct alias){ *at, key, NULL };
		*at = a;
	}
	a->value = sh_strdup(value);
}

static void print(const struct alias *a)
{
	printf("%s=", a->name);
	print_quoted(a->value);
	putchar('\n');
}

/* alias [NAME[=VALUE] ...] */
int alias_builtin(char **argv)
{
	int status = 0;
	for (const struct alias *a = aliases; a && !argv[1]; a = a->next)
		print(a);
	for (argv++; *argv; argv++) {
		const char *eq = strchr(*argv, '=');
		const struct alias *a = find(*argv);
		if (eq && eq > *argv) {
			set(*argv, (size_t)(eq - *argv), eq + 1);
		} else if (a) {
			print(a);
		} else {
			fprintf(stderr, "alias: %s not found\n", *argv);
			status = 1;
		}
	}
	return status;
}

static void drop(struct alias **at)
{
	struct alias *a = *at;
	*at = a->next;
	free(a->name);
	free(a->value);
	free(a);
}

/* unalias -a, or unalias NAME ... */
int unalias_builtin(char **argv)
{
	int status = 0;
	bool all = argv[1] && !strcmp(argv[1], "-a");
	while (all && aliases)
		drop(&aliases);
	for (argv += all ? 2 : 1; *argv; argv++) {
		if (find(*argv)) {
			drop(place_of(*argv));
		} else {
			fprintf(stderr, "unalias: %s not found\n", *argv);
			status = 1;
		}
	}
	return status;
}
