/* cp: copy files; -r: folders with all that is in them. -p: their modes and times too; -P: links as links, as -r does it unless there is -L; -a: all three.
 * -i: ask before a file is written over; -n: do not write over any; -f: when a file cannot be opened for that, remove it first; -v: say what is done. */
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
#define SYNOPSIS "[-afinprvLP] FROM ... TO"
static bool recursive, preserve, links, follow, ask, never, force, say;

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
	if (recursive && !S_ISREG(st->st_mode)) {
		warnx("%s is no plain file", from);
		return 1;
	}
	int in = open(from, O_RDONLY);
	if (in < 0)
		return complain(from);
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	if (out < 0 && force && unlink(to) == 0)
		out = open(to, O_WRONLY | O_CREAT | O_TRUNC, st->st_mode & 0777);
	int failed = out < 0 ? complain(to) : copy_bytes(in, out, from, to);
	close(in);
	if (out >= 0 && close(out) < 0)
		failed = complain(to);
	return failed;
}

static int copy_link(const char *from, const char *to)
{
	char target[PATH_MAX];
	ssize_t n = readlink(from, target, sizeof target - 1);
	if (n < 0)
		return complain(from);
	target[n] = 0;
	if (symlink(target, to) == 0 || (errno == EEXIST && unlink(to) == 0 && symlink(target, to) == 0))
		return 0;
	return complain(to);
}

/* The mode as it is, whatever the umask takes; a file system that does not keep all of it is no failure. */
static int copy_times(const char *to, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };
	(void)!chmod(to, st->st_mode & 07777);
	return utimensat(AT_FDCWD, to, times, 0) < 0 ? complain(to) : 0;
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
	bool made = mkdir(to, st->st_mode & 0777) == 0;
	if (!made && (errno != EEXIST || stat(to, &target) < 0 || !S_ISDIR(target.st_mode)))
		return complain(to);
	if (is_inside(to, st)) {
		warnx("%s cannot be copied into itself, %s", from, to);
		if (made)
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
	struct stat st, old;
	if ((links ? lstat(from, &st) : stat(from, &st)) < 0)
		return complain(from);
	bool there = !S_ISDIR(st.st_mode) && (links ? lstat(to, &old) : stat(to, &old)) == 0;
	if (there && old.st_dev == st.st_dev && old.st_ino == st.st_ino) {
		warnx("%s and %s are the same file", from, to);
		return 1;
	}
	if (there && (never || (ask && !command_ask("write over", to))))
		return 0;
	if (say)
		printf("%s -> %s\n", from, to);
	if (S_ISLNK(st.st_mode))
		return copy_link(from, to);
	int failed = S_ISDIR(st.st_mode) ? copy_folder(from, to, &st) : copy_file(from, to, &st);
	return failed || !preserve ? failed : copy_times(to, &st);
}

int main(int argc, char **argv)
{
	for (int c; (c = getopt(argc, argv, "rRapPdLHfinv")) != -1;)
		switch (c) {
		case 'a': recursive = preserve = links = true; break;
		case 'r': case 'R': recursive = true; break;
		case 'p': preserve = true; break;
		case 'P': case 'd': links = true; break;
		case 'L': follow = true; break;
		case 'f': force = true; break;
		case 'i': ask = true; break;
		case 'n': never = true; break;
		case 'v': say = true; break;
		case 'H': break;
		default: usage(SYNOPSIS);
		}
	links = (links || recursive) && !follow;
	return command_each(argc, argv, SYNOPSIS, copy);
}
