/* Calls on paths of tmpfs and procfs: what is refused, and with which errno. The expectations are Linux's: the same source compiles on a
 * PC (gcc -o fserrno tests/guest/fserrno.c, as root, with tmpfs on /dev/shm), where all rows hold too. */
#ifdef __x86_64__
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check.h"

#ifdef __x86_64__
#define TOP "/dev/shm"
#define OTHER "/var/tmp"	/* another file system */
#else
#define TOP "/tmp"
#define OTHER ""
#endif
#define T TOP "/fserrno/"

/* What there is for each row: file, dir (empty), full/inner, link -> file, loop -> loop, dangling -> nowhere. */
enum op { OPEN, MAKE, DIR, RMDIR, UNLINK, RENAME, READLINK, TRUNCATE, READ, WRITE, CHDIR };
struct row { enum op op; const char *a, *b; int flags, want; };

static char longest[256 + sizeof T], too_long[257 + sizeof T], long_path[5000];

static const struct row rows[] = {
	{ OPEN, T "none", NULL, O_RDONLY, ENOENT },
	{ OPEN, T "file/x", NULL, O_RDONLY, ENOTDIR },
	{ OPEN, T "file/", NULL, O_RDONLY, ENOTDIR },
	{ OPEN, T "file", NULL, O_RDONLY | O_DIRECTORY, ENOTDIR },
	{ OPEN, T "file", NULL, O_RDWR | O_CREAT | O_EXCL, EEXIST },
	{ OPEN, T "dir", NULL, O_RDWR, EISDIR },
	{ OPEN, T "dir", NULL, O_RDONLY, 0 },
	{ OPEN, T "loop", NULL, O_RDONLY, ELOOP },
	{ OPEN, T "loop/x", NULL, O_RDONLY, ELOOP },
	{ OPEN, T "link", NULL, O_RDONLY | O_NOFOLLOW, ELOOP },
	{ OPEN, T "dangling", NULL, O_RDONLY, ENOENT },
	{ OPEN, too_long, NULL, O_RDONLY, ENAMETOOLONG },
	{ OPEN, long_path, NULL, O_RDONLY, ENAMETOOLONG },
	{ OPEN, "", NULL, O_RDONLY, ENOENT },
	{ MAKE, longest, NULL, 0, 0 },
	{ MAKE, too_long, NULL, 0, ENAMETOOLONG },
	{ MAKE, T "none/x", NULL, 0, ENOENT },
	{ MAKE, T "file/x", NULL, 0, ENOTDIR },
	{ MAKE, T "new/", NULL, 0, EISDIR },
	{ DIR, T "dir", NULL, 0, EEXIST },
	{ DIR, T "file", NULL, 0, EEXIST },
	{ DIR, T "file/x", NULL, 0, ENOTDIR },
	{ DIR, T "none/x", NULL, 0, ENOENT },
	{ DIR, T "link", NULL, 0, EEXIST },
	{ DIR, too_long, NULL, 0, ENAMETOOLONG },
	{ RMDIR, T "full", NULL, 0, ENOTEMPTY },
	{ RMDIR, T "file", NULL, 0, ENOTDIR },
	{ RMDIR, T "link", NULL, 0, ENOTDIR },
	{ RMDIR, T "none", NULL, 0, ENOENT },
	{ RMDIR, T "dir/.", NULL, 0, EINVAL },
	{ RMDIR, T "full/..", NULL, 0, ENOTEMPTY },
	{ RMDIR, T "dir", NULL, 0, 0 },
	{ UNLINK, T "dir", NULL, 0, EISDIR },
	{ UNLINK, T "none", NULL, 0, ENOENT },
	{ UNLINK, T "file/x", NULL, 0, ENOTDIR },
	{ UNLINK, T "file/", NULL, 0, ENOTDIR },
	{ UNLINK, T "loop", NULL, 0, 0 },
	{ RENAME, T "none", T "x", 0, ENOENT },
	{ RENAME, T "file", T "none/x", 0, ENOENT },
	{ RENAME, T "file", T "dir", 0, EISDIR },
	{ RENAME, T "dir", T "file", 0, ENOTDIR },
	{ RENAME, T "dir", T "full", 0, ENOTEMPTY },
	{ RENAME, T "full", T "dir", 0, 0 },
	{ RENAME, T "full", T "full/inner/x", 0, ENOTDIR },
	{ RENAME, T "full", T "full/x", 0, EINVAL },
	{ RENAME, T "file", OTHER "/fserrno.x", 0, EXDEV },
	{ RENAME, T "file", T "file", 0, 0 },
	{ RENAME, T "file", too_long, 0, ENAMETOOLONG },
	{ READLINK, T "file", NULL, 0, EINVAL },
	{ READLINK, T "dir", NULL, 0, EINVAL },
	{ READLINK, T "none", NULL, 0, ENOENT },
	{ READLINK, T "loop", NULL, 0, 0 },
	{ TRUNCATE, T "file", NULL, -1, EINVAL },
	{ TRUNCATE, T "dir", NULL, 0, EISDIR },
	{ TRUNCATE, T "none", NULL, 0, ENOENT },
	{ READ, T "dir", NULL, O_RDONLY, EISDIR },
	{ READ, T "file", NULL, O_WRONLY, EBADF },
	{ WRITE, T "file", NULL, O_RDONLY, EBADF },
	{ CHDIR, T "file", NULL, 0, ENOTDIR },
	{ CHDIR, T "none", NULL, 0, ENOENT },
	{ CHDIR, T "loop", NULL, 0, ELOOP },
	{ OPEN, "/proc/none", NULL, O_RDONLY, ENOENT },
	{ OPEN, "/proc/99999999", NULL, O_RDONLY, ENOENT },
	{ OPEN, "/proc/meminfo/x", NULL, O_RDONLY, ENOTDIR },
	{ OPEN, "/proc", NULL, O_RDWR, EISDIR },
	{ UNLINK, "/proc/meminfo", NULL, 0, EPERM },
	{ RMDIR, "/proc/sys", NULL, 0, EPERM },
	{ RENAME, "/proc/meminfo", T "x", 0, EXDEV },
	{ READLINK, "/proc/meminfo", NULL, 0, EINVAL },
	{ READ, "/proc", NULL, O_RDONLY, EISDIR },
};

static void clear(void)
{
	static const char *const names[] = { "file", "link", "loop", "dangling", "full/inner", "dir/inner", "x", "new" };
	for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
		char path[80];
		snprintf(path, sizeof path, T "%s", names[k]);
		unlink(path);
	}
	unlink(longest);
	rmdir(T "dir");
	rmdir(T "full");
	rmdir(T "new");
	rmdir(TOP "/fserrno");
}

static bool touch(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT, 0600);
	return fd >= 0 && close(fd) == 0;
}

static bool arrange(void)
{
	return mkdir(TOP "/fserrno", 0700) == 0 && mkdir(T "dir", 0700) == 0 && mkdir(T "full", 0700) == 0 && touch(T "file") &&
		touch(T "full/inner") && symlink("file", T "link") == 0 && symlink("loop", T "loop") == 0 && symlink("nowhere", T "dangling") == 0;
}

static int with_fd(const struct row *r)
{
	char c = 'x';
	int fd = open(r->a, r->flags);
	if (fd < 0)
		return -1;
	ssize_t n = r->op == READ ? read(fd, &c, 1) : r->op == WRITE ? write(fd, &c, 1) : 0;
	int why = errno;
	close(fd);
	errno = why;
	return n < 0 ? -1 : 0;
}

static int call(const struct row *r)
{
	char target[80];
	int fd;
	switch (r->op) {
	case OPEN: case READ: case WRITE: return with_fd(r);
	case MAKE:
		fd = open(r->a, O_RDWR | O_CREAT, 0600);
		return fd < 0 ? -1 : close(fd);
	case DIR: return mkdir(r->a, 0700);
	case RMDIR: return rmdir(r->a);
	case UNLINK: return unlink(r->a);
	case RENAME: return rename(r->a, r->b);
	case READLINK: return readlink(r->a, target, sizeof target) < 0 ? -1 : 0;
	case TRUNCATE: return truncate(r->a, r->flags);
	case CHDIR: return chdir(r->a);
	default: return 0;
	}
}

int main(void)
{
	static const char *const ops[] = { "open", "create", "mkdir", "rmdir", "unlink", "rename", "readlink", "truncate", "read", "write", "chdir" };
	int good = 0, n = sizeof rows / sizeof *rows;
	memset(longest, 'n', sizeof longest - 1);
	memset(too_long, 'n', sizeof too_long - 1);
	memset(long_path, '/', sizeof long_path - 1);
	memcpy(longest, T, sizeof T - 1);
	memcpy(too_long, T, sizeof T - 1);
	longest[sizeof T - 1 + 255] = too_long[sizeof T - 1 + 256] = 0;
	for (int k = 0; k < n; k++) {
		clear();
		bool ready = arrange();
		errno = 0;
		int got = !ready ? -1 : call(&rows[k]) < 0 ? errno : 0;
		good += got == rows[k].want;
		if (got != rows[k].want)
			printf("[KO] %s %.40s %.40s: errno %d, not %d\n", ops[rows[k].op], rows[k].a, rows[k].b ? rows[k].b : "", got, rows[k].want);
	}
	clear();
	printf("[%s] %d/%d\n", good == n ? "SUCCESS" : "FAILURE", good, n);
	return good != n;
}
