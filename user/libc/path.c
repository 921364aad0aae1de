/* Names of files: links, modes, the absolute name of a file, names that nobody has. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include "priv.h"

int link(const char *from, const char *to) { return (int)CALL5(linkat, AT_FDCWD, from, AT_FDCWD, to, 0); }
int symlink(const char *target, const char *path) { return (int)CALL3(symlinkat, target, AT_FDCWD, path); }
ssize_t readlink(const char *path, char *buf, size_t n) { return CALL4(readlinkat, AT_FDCWD, path, buf, n); }
int chmod(const char *path, mode_t mode) { return (int)CALL3(fchmodat, AT_FDCWD, path, mode); }
int fchmod(int fd, mode_t mode) { return (int)CALL2(fchmod, fd, mode); }

/* ---- the absolute name ---- */

struct walk {
	char done[PATH_MAX];	/* absolute, without links */
	char rest[PATH_MAX];	/* what follows */
	unsigned links;
};

enum { LINKS_MAX = 40 };

static int fail(int e)
{
	errno = e;
	return -1;
}

/* A link's target takes its place: what comes after it is kept behind. */
static int follow(struct walk *w, size_t parent)
{
	char target[PATH_MAX];
	ssize_t n = readlink(w->done, target, sizeof target - 1);
	if (n < 0)
		return -1;
	target[n] = 0;
	if (++w->links > LINKS_MAX)
		return fail(ELOOP);
	if (strlcat(target, w->rest, sizeof target) >= sizeof target)
		return fail(ENAMETOOLONG);
	strlcpy(w->rest, target, sizeof w->rest);
	w->done[*target == '/' ? 0 : parent] = 0;
	return 0;
}

/* The next part of the rest, which begins at its end, goes behind what is done. */
static int take_part(struct walk *w, const char *part, size_t n)
{
	struct stat st;
	size_t parent = strlen(w->done);
	if (n == 1 && part[0] == '.')
		return 0;
	if (n == 2 && part[0] == '.' && part[1] == '.') {
		char *slash = strrchr(w->done, '/');
		if (slash)
			*slash = 0;
		return 0;
	}
	if (parent + n + 2 > sizeof w->done)
		return fail(ENAMETOOLONG);
	w->done[parent] = '/';
	memcpy(w->done + parent + 1, part, n);
	w->done[parent + 1 + n] = 0;
	if (lstat(w->done, &st) < 0)
		return -1;
	if (S_ISLNK(st.st_mode))
		return follow(w, parent);
	return *w->rest && !S_ISDIR(st.st_mode) ? fail(ENOTDIR) : 0;
}

static int walk(struct walk *w)
{
	char part[PATH_MAX];
	for (;;) {
		size_t skip = strspn(w->rest, "/"), n = strcspn(w->rest + skip, "/");
		if (!n)
			return 0;
		memcpy(part, w->rest + skip, n);
		memmove(w->rest, w->rest + skip + n, strlen(w->rest + skip + n) + 1);
		if (take_part(w, part, n) < 0)
			return -1;
	}
}

static int start(struct walk *w, const char *path)
{
	if (!*path)
		return fail(ENOENT);
	if (strlcpy(w->rest, path, sizeof w->rest) >= sizeof w->rest)
		return fail(ENAMETOOLONG);
	if (*path != '/' && !getcwd(w->done, sizeof w->done))
		return -1;
	if (*path == '/' || !strcmp(w->done, "/"))
		w->done[0] = 0;
	return 0;
}

char *realpath(const char *path, char *out)
{
	struct walk *w = calloc(1, sizeof *w);
	if (!w) {
		errno = ENOMEM;
		return NULL;
	}
	char *made = NULL;
	if (start(w, path) == 0 && walk(w) == 0 && (made = out ? out : malloc(PATH_MAX)))
		strlcpy(made, *w->done ? w->done : "/", PATH_MAX);
	free(w);
	return made;
}

/* ---- names that nobody has ---- */

/* Put letters in the place of the X that name ends in. */
static int fill(char *name)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	size_t n = strlen(name);
	unsigned char random[6];
	if (getrandom(random, sizeof random, 0) != sizeof random)
		return -1;
	for (size_t i = 0; i < sizeof random; i++)
		name[n - 1 - i] = letters[random[i] % (sizeof letters - 1)];
	return 0;
}

static int make_folder(const char *name) { return mkdir(name, 0700); }
static int make_file(const char *name) { return open(name, O_RDWR | O_CREAT | O_EXCL, 0600); }

static int make_new(char *name, int (*make)(const char *name))
{
	size_t n = strlen(name);
	if (n < 6 || strcmp(name + n - 6, "XXXXXX"))
		return fail(EINVAL);
	for (int tries = 0; tries < 100; tries++) {
		int r = fill(name) < 0 ? -1 : make(name);
		if (r >= 0 || errno != EEXIST) {
			if (r < 0)
				memset(name + n - 6, 'X', 6);
			return r;
		}
	}
	memset(name + n - 6, 'X', 6);
	return -1;
}

int mkstemp(char *name) { return make_new(name, make_file); }
FILE *tmpfile(void)
{
	char name[] = "/tmp/tmpXXXXXX";
	int fd = mkstemp(name);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w+");
	if (fd >= 0)
		unlink(name);
	if (fd >= 0 && !f)
		close(fd);
	return f;
}

char *mkdtemp(char *name) { return make_new(name, make_folder) < 0 ? NULL : name; }
