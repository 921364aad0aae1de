/* Memory that is always there, and variables: one list, of which those that are exported make a program's environment. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

void *sh_realloc(void *p, size_t n)
{
	void *fresh = realloc(p, n);
	if (!fresh) {
		fprintf(stderr, "sh: out of memory\n");
		abort();
	}
	return fresh;
}

void *sh_alloc(size_t n) { return memset(sh_realloc(NULL, n), 0, n); }

char *sh_strndup(const char *s, size_t n)
{
	char *copy = sh_alloc(n + 1);
	memcpy(copy, s, n);
	return copy;
}

char *sh_strdup(const char *s) { return sh_strndup(s, strlen(s)); }

/* ---- variables ---- */

struct var {
	struct var *next;
	char *value;		/* NULL: not set, but exported, read-only or saved */
	bool exported, readonly;
	char name[];
};

static struct var *vars;

static struct var *find(const char *name)
{
	struct var *v = vars;
	while (v && strcmp(v->name, name))
		v = v->next;
	return v;
}

static struct var *find_or_make(const char *name)
{
	struct var *v = find(name);
	if (v)
		return v;
	v = sh_alloc(sizeof *v + strlen(name) + 1);
	strcpy(v->name, name);
	v->next = vars;
	return vars = v;
}

static void give_value(struct var *v, const char *value)
{
	char *copy = value ? sh_strdup(value) : NULL;	/* value may be the old one */
	free(v->value);
	v->value = copy;
	v->exported |= options[OPT_ALLEXPORT];
}

void vars_init(char **env)
{
	for (; env && *env; env++) {
		size_t n = name_length(*env);
		if (!n || (*env)[n] != '=')
			continue;
		char *name = sh_strndup(*env, n);
		give_value(find_or_make(name), *env + n + 1);
		var_export(name);
		free(name);
	}
	char folder[512];
	if (!folder_here() && getcwd(folder, sizeof folder))
		var_set("PWD", folder);
	snprintf(folder, sizeof folder, "%d", getppid());
	var_set("PPID", folder);
	var_set("IFS", " \t\n");
	var_set("OPTIND", "1");
	if (!var_get("PS4"))
		var_set("PS4", "+ ");
}

const char *var_get(const char *name)
{
	const struct var *v = find(name);
	return v ? v->value : NULL;
}

const char *var_name(size_t number)
{
	const struct var *v = vars;
	while (v && (!v->value || number--))
		v = v->next;
	return v ? v->name : NULL;
}

static bool refuse(const char *name)
{
	fprintf(stderr, "sh: %s: is read-only\n", name);
	return false;
}

bool var_set(const char *name, const char *value)
{
	struct var *v = find_or_make(name);
	if (v->readonly)
		return refuse(name);
	give_value(v, value);
	return true;
}

void var_export(const char *name) { find_or_make(name)->exported = true; }
void var_readonly(const char *name) { find_or_make(name)->readonly = true; }

bool var_unset(const char *name)
{
	struct var *v = find(name);
	if (!v)
		return true;
	if (v->readonly)
		return refuse(name);
	free(v->value);
	v->value = NULL;
	v->exported = false;
	return true;
}

void print_quoted(const char *s)
{
	putchar('\'');
	for (; *s; s++)
		if (*s == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*s);
	putchar('\'');
}

static int by_name(const void *a, const void *b)
{
	const struct var *const *x = a, *const *y = b;
	return strcmp((*x)->name, (*y)->name);
}

void vars_print(const char *prefix, bool exported, bool readonly)
{
	size_t n = 0;
	struct var **sorted = NULL;
	for (struct var *v = vars; v; v = v->next) {
		if ((exported && !v->exported) || (readonly && !v->readonly) || (!v->value && !exported && !readonly))
			continue;
		sorted = sh_realloc(sorted, (n + 1) * sizeof(struct var *));
		sorted[n++] = v;
	}
	if (n)
		qsort(sorted, n, sizeof(struct var *), by_name);
	for (size_t i = 0; i < n; i++) {
		printf("%s%s", prefix, sorted[i]->name);
		if (sorted[i]->value) {
			putchar('=');
			print_quoted(sorted[i]->value);
		}
		putchar('\n');
	}
	free(sorted);
}

char **vars_environ(void)
{
	size_t n = 0;
	for (const struct var *v = vars; v; v = v->next)
		n++;
	char **env = sh_alloc((n + 1) * sizeof *env);
	n = 0;
	for (const struct var *v = vars; v; v = v->next) {
		if (!v->exported || !v->value)
			continue;
		size_t room = strlen(v->name) + strlen(v->value) + 2;
		env[n] = sh_alloc(room);
		snprintf(env[n++], room, "%s=%s", v->name, v->value);
	}
	return env;
}

/* ---- what is put back ---- */

struct saved { struct saved *next; char *value; bool exported, readonly; char *name; };
struct frame { struct frame *up; struct saved *saved; };

static struct frame *frame;

void vars_enter(void)
{
	struct frame *f = sh_alloc(sizeof *f);
	f->up = frame;
	frame = f;
}

void var_save(const char *name)
{
	struct saved *s = frame ? frame->saved : NULL;
	while (s && strcmp(s->name, name))
		s = s->next;
	if (s || !frame)
		return;
	const struct var *v = find_or_make(name);
	s = sh_alloc(sizeof *s);
	*s = (struct saved){ frame->saved, v->value ? sh_strdup(v->value) : NULL, v->exported, v->readonly, sh_strdup(name) };
	frame->saved = s;
}

void vars_leave(void)
{
	struct frame *f = frame;
	frame = f->up;
	for (struct saved *s = f->saved, *next; s; s = next) {
		struct var *v = find_or_make(s->name);
		next = s->next;
		free(v->value);
		v->value = s->value;
		v->exported = s->exported;
		v->readonly = s->readonly;
		free(s->name);
		free(s);
	}
	free(f);
}
