/* What a word that is begun can become: a command, where one is expected, a variable behind $, or a file. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "sh.h"

static bool begins(const char *name, const char *part) { return !strncmp(name, part, strlen(part)); }

static void push_once(struct words *w, const char *name)
{
	for (size_t i = 0; i < w->n; i++)
		if (!strcmp(w->v[i], name))
			return;
	words_push(w, sh_strdup(name));
}

static void push_programs(struct words *w, const char *folder, const char *part)
{
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.' && e->d_type != DT_DIR && begins(e->d_name, part))
			push_once(w, e->d_name);
	if (d)
		closedir(d);
}

static void push_commands(struct words *w, const char *part)
{
	const char *path = var_get("PATH");
	for (size_t i = 0; builtin_name(i); i++)
		if (begins(builtin_name(i), part))
			push_once(w, builtin_name(i));
	for (size_t i = 0; function_name(i); i++)
		if (begins(function_name(i), part))
			push_once(w, function_name(i));
	for (const char *p = path ? path : ""; *p;) {
		size_t n = strcspn(p, ":");
		char *folder = sh_strndup(p, n);
		push_programs(w, folder, part);
		free(folder);
		p += n + (p[n] == ':');
	}
}

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static char *joined(const char *a, const char *b, const char *c)
{
	size_t n = strlen(a) + strlen(b) + strlen(c) + 1;
	char *s = sh_alloc(n);
	snprintf(s, n, "%s%s%s", a, b, c);
	return s;
}

/* The folder that a path begins with, as the system knows it: in place of ~/ and $NAME/ their values. */
static char *folder_of(const char *path, size_t n)
{
	size_t first = strcspn(path, "/");
	bool braces = path[0] == '$' && path[1] == '{', variable = path[0] == '$' && first < n && first > 2u * braces;
	char *name = sh_strndup(path + 1 + braces, variable ? first - 1 - 2 * braces : 0);
	const char *value = variable ? var_get(name) : n && path[0] == '~' && first == 1 ? var_get("HOME") : NULL;
	char *rest = sh_strndup(path + (value ? first : 0), n - (value ? first : 0)), *folder = joined(value ? value : n ? "" : "./", rest, "");
	free(name);
	free(rest);
	return folder;
}

/* Files whose path begins with part; folders get a "/" at their end. */
static void push_files(struct words *w, const char *part)
{
	const char *slash = strrchr(part, '/'), *name = slash ? slash + 1 : part;
	char *typed = sh_strndup(part, (size_t)(name - part)), *folder = folder_of(part, (size_t)(name - part));
	DIR *d = opendir(folder);
	for (struct dirent *e; d && (e = readdir(d));) {
		if (!begins(e->d_name, name) || (e->d_name[0] == '.' && *name != '.') || !strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		char *path = joined(folder, e->d_name, "");
		words_push(w, joined(typed, e->d_name, is_folder(path) ? "/" : ""));
		free(path);
	}
	if (d)
		closedir(d);
	free(folder);
	free(typed);
}

/* Where the name of a variable begins that part ends with; NULL: it does not. */
static const char *variable_in(const char *part)
{
	const char *dollar = strrchr(part, '$'), *name = dollar ? dollar + 1 + (dollar[1] == '{') : NULL;
	return name && !name[name_length(name)] ? name : NULL;
}

static void push_variables(struct words *w, const char *part, const char *name)
{
	char *before = sh_strndup(part, (size_t)(name - part));
	bool braces = name[-1] == '{';
	for (size_t i = 0; var_name(i); i++) {
		if (!begins(var_name(i), name))
			continue;
		char *end = joined(braces ? "}" : "", is_folder(var_get(var_name(i))) ? "/" : "", "");
		words_push(w, joined(before, var_name(i), end));
		free(end);
	}
	free(before);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* A command is expected at the line's start and after ; | & ( { and the words that begin a list. */
static bool expects_command(const char *line, size_t start)
{
	static const char *const words[] = { "if", "then", "else", "elif", "while", "until", "do", "time", "!", "{" };
	while (start && line[start - 1] == ' ')
		start--;
	if (!start || strchr(";|&(`", line[start - 1]))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (start >= n && !strncmp(line + start - n, words[i], n) && (start == n || line[start - n - 1] == ' '))
			return true;
	}
	return false;
}

/* The word that line[0 .. at) ends in: where it begins, and what it is without its quotes. */
struct partial { size_t start, n; char *text, quote; };

/* The byte of a word at line[i], whatever stands around it; how many bytes that took. */
static size_t take_byte(struct partial *p, const char *line, size_t i, size_t at)
{
	char c = line[i];
	bool escape = c == '\\' && p->quote != '\'' && i + 1 < at && (!p->quote || strchr("\"\\$`", line[i + 1]));
	if (escape)
		p->text[p->n++] = line[i + 1];
	else if (c == p->quote)
		p->quote = 0;
	else if (!p->quote && (c == '\'' || c == '"'))
		p->quote = c;
	else
		p->text[p->n++] = c;
	return escape ? 2 : 1;
}

static struct partial last_word(const char *line, size_t at)
{
	struct partial p = { .text = sh_alloc(at + 1) };
	for (size_t i = 0; i < at;) {
		if (!p.quote && strchr(" \t;|&()<>=`", line[i])) {
			p.start = ++i;
			p.n = 0;
		} else {
			i += take_byte(&p, line, i, at);
		}
	}
	p.text[p.n] = 0;
	return p;
}

bool complete(const char *line, size_t at, struct completion *c)
{
	struct words w = { 0 };
	struct partial p = last_word(line, at);
	const char *variable = p.quote == '\'' ? NULL : variable_in(p.text);
	if (variable)
		push_variables(&w, p.text, variable);
	else if (expects_command(line, p.start) && !strchr(p.text, '/'))
		push_commands(&w, p.text);
	else
		push_files(&w, p.text);
	free(p.text);
	if (w.n)
		qsort(w.v, w.n, sizeof *w.v, by_name);
	*c = (struct completion){ w.v, p.n, p.quote };
	return w.n;
}
