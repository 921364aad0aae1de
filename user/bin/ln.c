/* ln [-fs] TARGET [NAME], or ln [-fs] TARGET ... FOLDER: other names for files. -s: symbolic links, which may lead anywhere; -f: a NAME that is
 * there goes first. Only the file system of /tmp has symbolic links; FAT has none of any kind, and no file system has hard links. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-fs] TARGET [NAME] | [-fs] TARGET ... FOLDER"

static bool symbolic, force;

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash && slash[1] ? slash + 1 : path;
}

static bool make(const char *target, const char *name)
{
	if (force && unlink(name) < 0 && errno != ENOENT) {
		warn("%s", name);
		return false;
	}
	if ((symbolic ? symlink(target, name) : link(target, name)) == 0)
		return true;
	if (errno == EPERM)
		warnx("%s: this file system has no %s links", name, symbolic ? "symbolic" : "hard");
	else
		warn("%s", errno == ENOENT && !symbolic ? target : name);
	return false;
}

static bool make_in(const char *target, const char *folder)
{
	char path[4096];
	if ((size_t)snprintf(path, sizeof path, "%s/%s", folder, last_part(target)) >= sizeof path) {
		warnx("%s: too long", target);
		return false;
	}
	return make(target, path);
}

int main(int argc, char **argv)
{
	struct stat st;
	bool ok = true;
	for (int c; (c = getopt(argc, argv, "fs")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		symbolic |= c == 's';
		force |= c == 'f';
	}
	char **v = argv + optind;
	int n = argc - optind;
	if (!n)
		usage(SYNOPSIS);
	const char *last = n == 1 ? "." : v[n - 1];
	bool folder = stat(last, &st) == 0 && S_ISDIR(st.st_mode);
	if (n > 2 && !folder)
		errx(1, "%s: not a folder", last);
	if (!folder)
		return !make(v[0], last);
	for (int i = 0; i < (n == 1 ? 1 : n - 1); i++)
		ok &= make_in(v[i], last);
	return !ok;
}
