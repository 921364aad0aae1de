/* chmod MODE FILE ...: who may read, write and run a file: an octal number, or [ugoa][+-=][rwx], and more after commas. FAT keeps one bit of it: that
 * nobody may write. -R: folders with all that is in them. Links are followed. */
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

#define SYNOPSIS "[-R] MODE FILE ..."

static bool change(const char *path, const char *what, bool deep);

static bool change_inside(const char *folder, const char *what)
{
	bool ok = true;
	char path[PATH_MAX];
	DIR *d = opendir(folder);
	if (!d) {
		warn("%s", folder);
		return false;
	}
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		bool fits = (size_t)snprintf(path, sizeof path, "%s/%s", folder, e->d_name) < sizeof path;
		ok &= fits && change(path, what, true);
	}
	closedir(d);
	return ok;
}

static bool change(const char *path, const char *what, bool deep)
{
	struct stat st;
	mode_t mode, mask = umask(0);
	umask(mask);
	if (stat(path, &st) < 0) {
		warn("%s", path);
		return false;
	}
	if (!mode_parse(what, st.st_mode & 0777, mask, &mode))
		errx(1, "%s: not a mode", what);
	if (chmod(path, mode) < 0) {
		warn("%s", path);
		return false;
	}
	return !deep || !S_ISDIR(st.st_mode) || change_inside(path, what);
}

int main(int argc, char **argv)
{
	bool deep = argc > 1 && !strcmp(argv[1], "-R"), ok = true;
	int at = 1 + deep + (argc > 1 + deep && !strcmp(argv[1 + deep], "--"));
	if (argc - at < 2)
		usage(SYNOPSIS);
	for (int i = at + 1; i < argc; i++)
		ok &= change(argv[i], argv[at], deep);
	return !ok;
}
