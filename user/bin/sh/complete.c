/* What a word that is begun can become: a command, where one is expected, or a file. */
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

/* Files whose path begins with part; folders get a "/" at their end. */
static void push_files(struct words *w, const char *part)
{
	const char *slash = strrchr(part, '/'), *name = slash ? slash + 1 : part;
	char *folder = sh_strndup(part, (size_t)(name - part));
	DIR *d = opendir(*folder ? folder : ".");
	for (struct dirent *e; d && (e = readdir(d));) {
		if (!begins(e->d_name, name) || (e->d_name[0] == '.' && *name != '.') || !strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		struct stat st;
		size_t room = strlen(folder) + strlen(e->d_name) + 2;
		char *path = sh_alloc(room);
		snprintf(path, room, "%s%s", folder, e->d_name);
		if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
			strcat(path, "/");
		words_push(w, path);
	}
	if (d)
		closedir(d);
	free(folder);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* A command is expected at the line's start and after ; | & ( { and the words that begin a list. */
static bool expects_command(const char *line, size_t start)
{
	static const char *const words[] = { "if", "then", "else", "elif", "while", "until", "do", "time", "!", "{" };
	while (start && line[start - 1] == ' ')
		start--;
	if (!start || strchr(";|&(", line[start - 1]))
		return true;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = strlen(words[i]);
		if (start >= n && !strncmp(line + start - n, words[i], n) && (start == n || line[start - n - 1] == ' '))
			return true;
	}
	return false;
}

char **complete(const char *line, size_t at, size_t *start)
{
	struct words w = { 0 };
	size_t from = at;
	while (from && !strchr(" \t;|&()<>=\"'", line[from - 1]))
		from--;
	char *part = sh_strndup(line + from, at - from);
	if (expects_command(line, from) && !strchr(part, '/'))
		push_commands(&w, part);
	else
		push_files(&w, part);
	free(part);
	if (w.n)
		qsort(w.v, w.n, sizeof *w.v, by_name);
	*start = from;
	return w.v;
}
