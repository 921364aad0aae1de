/* Variables. Those of the shell alone are in a list; exported ones are in the environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sh.h"

struct var { struct var *next; char *value; char name[]; };

static struct var *vars;

static struct var **find(const char *name)
{
	struct var **v = &vars;
	while (*v && strcmp((*v)->name, name))
		v = &(*v)->next;
	return v;
}

const char *var_get(const char *name)
{
	const struct var *v = *find(name);
	return v ? v->value : getenv(name);
}

void var_set(const char *name, const char *value)
{
	struct var **v = find(name);
	if (getenv(name)) {
		setenv(name, value, 1);
		return;
	}
	char *copy = strdup(value);
	if (!*v) {
		struct var *fresh = malloc(sizeof *fresh + strlen(name) + 1);
		if (!fresh)
			abort();
		fresh->next = NULL;
		fresh->value = NULL;
		strcpy(fresh->name, name);
		*v = fresh;
	}
	if (!copy)
		abort();
	free((*v)->value);
	(*v)->value = copy;
}

void var_unset(const char *name)
{
	struct var **v = find(name), *old = *v;
	unsetenv(name);
	if (!old)
		return;
	*v = old->next;
	free(old->value);
	free(old);
}

void var_export(const char *name, const char *value)
{
	const char *now = value ? value : var_get(name);
	char *copy = strdup(now ? now : "");
	if (!copy)
		abort();
	var_unset(name);
	setenv(name, copy, 1);
	free(copy);
}

void vars_print(void)
{
	for (char **e = environ; *e; e++)
		puts(*e);
	for (const struct var *v = vars; v; v = v->next)
		printf("%s=%s\n", v->name, v->value);
}
