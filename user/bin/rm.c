/* rm: remove files; -r: folders with all that is in them; -f: be silent about what is not there. */
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

static bool recursive, force;

static int complain(const char *path)
{
	warn("%s", path);
	return 1;
}

static int remove_path(const char *path);

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

static int remove_folder(const char *path)
{
	int kept = 0;
	char *below;
	if (!recursive) {
		warnx("%s is a folder (-r removes it)", path);
		return 1;
	}
	while ((below = first_entry(path, kept))) {
		kept += remove_path(below);
		free(below);
	}
	if (kept)
		return 1;
	return rmdir(path) < 0 ? complain(path) : 0;
}

static int remove_path(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return force && errno == ENOENT ? 0 : complain(path);
	if (S_ISDIR(st.st_mode))
		return remove_folder(path);
	return unlink(path) < 0 ? complain(path) : 0;
}

static bool is_dots(const char *path)
{
	const char *slash = strrchr(path, '/'), *last = slash ? slash + 1 : path;
	return !strcmp(last, ".") || !strcmp(last, "..");
}

int main(int argc, char **argv)
{
	int failed = 0;
	for (int c; (c = getopt(argc, argv, "rRf")) != -1;)
		switch (c) {
		case 'r': case 'R': recursive = true; break;
		case 'f': force = true; break;
		default: usage("[-rf] FILE ...");
		}
	if (optind == argc && !force)
		usage("[-rf] FILE ...");
	for (int i = optind; i < argc; i++) {
		if (is_dots(argv[i])) {
			warnx("%s is not removed", argv[i]);
			failed = 1;
		} else {
			failed |= remove_path(argv[i]);
		}
	}
	return failed;
}
