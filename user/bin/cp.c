/* cp: copy files; -r: folders with all that is in them. */
#include <commands.h>
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char buf[65536];
static bool recursive;

static int complain(const char *path)
{
	warn("%s", path);
	return 1;
}

static int copy_bytes(int in, int out, const char *from, const char *to)
{
	ssize_t n;
	while ((n = read(in, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(out, buf + done, (size_t)(n - done))) < 0)
				return complain(to);
	return n < 0 ? complain(from) : 0;
}

static int copy_file(const char *from, const char *to, const struct stat *st)
{
	struct stat old;
	if (stat(to, &old) == 0 && old.st_dev == st->st_dev && old.st_ino == st->st_ino) {
		warnx("%s and %s are the same file", from, to);
		return 1;
	}
	int in = open(from, O_RDONLY);
	if (in < 0)
		return complain(from);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	int failed = out < 0 ? complain(to) : copy_bytes(in, out, from, to);
	close(in);
	if (out >= 0 && close(out) < 0)
		failed = complain(to);
	return failed;
}

static int copy(const char *from, const char *to);

/* What copy_folder needs at each depth; on the heap, for depth is the user's. */
struct paths { char from[PATH_MAX], to[PATH_MAX]; };

static int copy_entries(DIR *d, const char *from, const char *to)
{
	int failed = 0;
	struct paths *p = malloc(sizeof *p);
	if (!p)
		return complain(from);
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		if (snprintf(p->from, PATH_MAX, "%s/%s", from, e->d_name) >= PATH_MAX
			|| snprintf(p->to, PATH_MAX, "%s/%s", to, e->d_name) >= PATH_MAX) {
			errno = ENAMETOOLONG;
			failed |= complain(e->d_name);
		} else {
			failed |= copy(p->from, p->to);
		}
	}
	free(p);
	return failed;
}

/* True if the folder at path lies in the folder st, or is it: a copy into itself would not end. */
static bool is_inside(const char *path, const struct stat *st)
{
	char up[PATH_MAX];
	struct stat at, above;
	strlcpy(up, path, sizeof up);
	if (stat(up, &at) < 0)
		return false;
	while (at.st_dev != st->st_dev || at.st_ino != st->st_ino) {
		if (strlcat(up, "/..", sizeof up) >= sizeof up || stat(up, &above) < 0)
			return false;
		if (above.st_ino == at.st_ino && above.st_dev == at.st_dev)
			return false;
		at = above;
	}
	return true;
}

static int copy_folder(const char *from, const char *to, const struct stat *st)
{
	struct stat target;
	if (!recursive) {
		warnx("%s is a folder (-r copies it)", from);
		return 1;
	}
	if (mkdir(to, st->st_mode & 0777) < 0 && (errno != EEXIST || stat(to, &target) < 0 || !S_ISDIR(target.st_mode)))
		return complain(to);
	if (is_inside(to, st)) {
		warnx("%s cannot be copied into itself, %s", from, to);
		rmdir(to);
		return 1;
	}
	DIR *d = opendir(from);
	if (!d)
		return complain(from);
	int failed = copy_entries(d, from, to);
	closedir(d);
	return failed;
}

static int copy(const char *from, const char *to)
{
	struct stat st;
	if (stat(from, &st) < 0)
		return complain(from);
	return S_ISDIR(st.st_mode) ? copy_folder(from, to, &st) : copy_file(from, to, &st);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "rR")) != -1;) {
		if (c == '?')
			usage("[-r] FROM ... TO");
		recursive = true;
	}
	return command_each(argc, argv, "[-r] FROM ... TO", copy);
}
