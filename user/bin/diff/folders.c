#include <commands.h>
#include <dirent.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "folders.h"

struct names { char **v; size_t n; };

bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

static struct names names_in(const char *folder)
{
	struct names l = { 0 };
	DIR *d = opendir(folder);
	if (!d)
		err(2, "%s", folder);
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		l.v = realloc(l.v, (l.n + 1) * sizeof *l.v);
		if (!l.v || !(l.v[l.n++] = strdup(e->d_name)))
			err(2, "memory");
	}
	closedir(d);
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_name);
	return l;
}

static void names_free(struct names *l)
{
	while (l->n)
		free(l->v[--l->n]);
	free(l->v);
}

static char *joined(const char *folder, const char *name)
{
	size_t n = strlen(folder) + strlen(name) + 2;
	char *path = malloc(n);
	if (!path)
		err(2, "memory");
	snprintf(path, n, "%s/%s", folder, name);
	return path;
}

static bool have_same_bytes(const char *a, const char *b)
{
	FILE *x = fopen(a, "r"), *y = fopen(b, "r");
	int c = EOF, d = EOF;
	while (x && y && (c = getc(x)) == (d = getc(y)) && c != EOF)
		;
	bool same = x && y && c == d;
	if (x)
		fclose(x);
	if (y)
		fclose(y);
	return same;
}

static int compare_both(char **argv, int at, const char *name)
{
	char *a = joined(argv[at], name), *b = joined(argv[at + 1], name), *old[2] = { argv[at], argv[at + 1] };
	bool folder = is_folder(a), brief = false;
	int status = 1;
	for (int i = 1; i < at; i++)
		brief |= argv[i][0] == '-' && argv[i][1] != 'U' && strchr(argv[i], 'q');
	argv[at] = a;
	argv[at + 1] = b;
	if (folder != is_folder(b)) {
		printf("File %s is a %s while file %s is a %s\n", a, folder ? "directory" : "regular file", b, folder ? "regular file" : "directory");
	} else if (folder || !have_same_bytes(a, b)) {
		for (int i = 0; !folder && !brief && i < at + 2; i++)
			printf(i ? " %s" : "%s", argv[i]);
		if (!folder && !brief)
			putchar('\n');
		status = command_run(argv);
	} else {
		status = 0;
	}
	argv[at] = old[0];
	argv[at + 1] = old[1];
	free(a);
	free(b);
	return status;
}

int compare_folders(char **argv, int at)
{
	struct names a = names_in(argv[at]), b = names_in(argv[at + 1]);
	int worst = 0;
	for (size_t i = 0, j = 0; i < a.n || j < b.n;) {
		int order = i == a.n ? 1 : j == b.n ? -1 : strcmp(a.v[i], b.v[j]), status = 1;
		if (order)
			printf("Only in %s: %s\n", argv[at + (order > 0)], order < 0 ? a.v[i] : b.v[j]);
		else
			status = compare_both(argv, at, a.v[i]);
		i += order <= 0;
		j += order >= 0;
		worst = status > worst ? status : worst;
	}
	names_free(&a);
	names_free(&b);
	return worst;
}
