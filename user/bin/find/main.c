/* find: walk folders and do something with what is chosen there. Conditions are joined by "and"; -o is "or", ! "not", ( ) group:
 *	-name PATTERN  -iname PATTERN  -path PATTERN	its name or path, with * ? [...]
 *	-type f|d|l|c|b|p	plain file, folder, link, device, pipe
 *	-size [+-]N[ckM]	bytes (c), KiB, MiB, or blocks of 512, rounded up; + more than, - less than N
 *	-newer FILE  -empty  -mtime [+-]DAYS  -maxdepth N  -mindepth N  -depth  -prune  -true
 * and do: -print (if nothing else is asked for)  -print0  -delete  -quit  -exec COMMAND ... ;  -exec COMMAND ... {} +  with {} for the file. */
#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "find.h"

int find_status;

static void walk(struct test *t, const struct options *o, const char *path, int depth);

static void walk_folder(struct test *t, const struct options *o, const char *path, int depth)
{
	struct dirent *e;
	DIR *d = opendir(path);
	if (!d) {
		warn("%s", path);
		find_status = 1;
		return;
	}
	size_t n = strlen(path), count = 0;
	char **names = NULL;
	while ((e = readdir(d))) {	/* all of them first: what is done may change the folder */
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		size_t room = n + strlen(e->d_name) + 2;
		names = realloc(names, (count + 1) * sizeof *names);
		if (!names || !(names[count] = malloc(room)))
			err(1, "memory");
		snprintf(names[count++], room, "%s%s%s", path, n && path[n - 1] == '/' ? "" : "/", e->d_name);
	}
	closedir(d);
	for (size_t i = 0; i < count; i++) {
		walk(t, o, names[i], depth + 1);
		free(names[i]);
	}
	free(names);
}

static void walk(struct test *t, const struct options *o, const char *path, int depth)
{
	struct file f = { .path = path };
	const char *slash = strrchr(path, '/');
	f.name = slash && slash[1] ? slash + 1 : path;
	if (lstat(path, &f.st) < 0) {
		warn("%s", path);
		find_status = 1;
		return;
	}
	bool in = depth >= o->least, deeper = S_ISDIR(f.st.st_mode) && depth < o->most;
	if (in && !o->depth_first)
		run_test(t, &f);
	if (deeper && !f.pruned)
		walk_folder(t, o, path, depth);
	if (in && o->depth_first)
		run_test(t, &f);
}

int main(int argc, char **argv)
{
	static char *here[] = { "." };
	struct options o = { .most = INT_MAX };
	int first = 1;
	while (first < argc && argv[first][0] != '-' && strcmp(argv[first], "!") && strcmp(argv[first], "("))
		first++;
	struct test *t = parse_expression(argv + first, &o);
	char **paths = first > 1 ? argv + 1 : here;
	for (int i = 0; i < (first > 1 ? first - 1 : 1); i++)
		walk(t, &o, paths[i], 0);
	run_pending(t);
	return fflush(stdout) ? 1 : find_status;
}
