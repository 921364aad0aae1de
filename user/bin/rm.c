/* rm: remove files; -r: folders with all that is in them, -d: folders that are empty; -f: be silent about what is not there; -i: ask before each;
 * -v: say what was removed. */
#include <commands.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-dfirv] FILE ..."

static bool recursive, empty_ones, force, ask, say;
static int failed;

static bool remove_path(const char *path);	/* true: it is gone */

static bool finish(const char *path, int result)
{
	if (result < 0) {
		warn("%s", path);
		failed = 1;
	} else if (say) {
		printf("removed %s\n", path);
	}
	return result == 0;
}

/* One entry at a time, from a fresh look at the folder: what readdir gives after a removal is not certain. skip: entries that could
 * not be removed. */
static char *first_entry(const char *path, int skip)
{
	char *below = NULL;
	DIR *d = opendir(path);
	if (!d)
		return NULL;
	for (struct dirent *e; !below && (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") || skip-- > 0)
			continue;
		size_t n = strlen(path) + strlen(e->d_name) + 2;
		below = malloc(n);
		if (!below)
			err(1, "%s", path);
		snprintf(below, n, "%s/%s", path, e->d_name);
	}
	closedir(d);
	return below;
}

static bool empty_folder(const char *path)
{
	int kept = 0;
	char *below = first_entry(path, 0);
	bool agreed = !below || !ask || command_ask("look into", path);
	for (; agreed && below; below = first_entry(path, kept)) {
		kept += !remove_path(below);
		free(below);
	}
	return agreed && !kept;
}

static bool remove_folder(const char *path)
{
	if (!recursive && !empty_ones) {
		warnx("%s is a folder (-r removes it)", path);
		failed = 1;
		return false;
	}
	return (!recursive || empty_folder(path)) && (!ask || command_ask("remove the folder", path)) && finish(path, rmdir(path));
}

static bool remove_path(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return (force && errno == ENOENT) || finish(path, -1);
	if (S_ISDIR(st.st_mode))
		return remove_folder(path);
	return (!ask || command_ask("remove", path)) && finish(path, unlink(path));
}

/* "." or "..", whatever slashes follow. */
static bool is_dots(const char *path)
{
	size_t end = strlen(path);
	while (end && path[end - 1] == '/')
		end--;
	size_t start = end;
	while (start && path[start - 1] != '/')
		start--;
	return (end - start == 1 || end - start == 2) && !strncmp(path + start, "..", end - start);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "rRfdiv")) != -1;)
		switch (c) {
		case 'r': case 'R': recursive = true; break;
		case 'f': force = true; ask = false; break;
		case 'i': ask = true; force = false; break;
		case 'd': empty_ones = true; break;
		case 'v': say = true; break;
		default: usage(SYNOPSIS);
		}
	if (optind == argc && !force)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++) {
		if (is_dots(argv[i])) {
			warnx("%s is not removed", argv[i]);
			failed = 1;
		} else {
			remove_path(argv[i]);
		}
	}
	return failed;
}
