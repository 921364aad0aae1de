/* Redirections: files, descriptors, here-documents; and putting back what was there. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sh.h"

enum { FD_SAVED = 20 /* the first place for what is saved */, PIPE_HOLDS = 4096, UNTOUCHED = -2, WAS_CLOSED = -1 };

static void write_all(int fd, const char *s, size_t n)
{
	for (ssize_t w; n && (w = write(fd, s, n)) > 0; n -= (size_t)w)
		s += w;
}

/* A descriptor that text can be read from. What a pipe does not hold, a child writes. */
static int open_text(const char *text)
{
	int fds[2];
	size_t n = strlen(text);
	if (pipe(fds) < 0)
		return -1;
	fflush(stdout);
	pid_t pid = n > PIPE_HOLDS ? fork() : -1;
	if (pid == 0) {	/* it ends when nobody reads on */
		signal(SIGPIPE, SIG_DFL);
		close(fds[0]);
	}
	if (pid <= 0)
		write_all(fds[1], text, n > PIPE_HOLDS && pid < 0 ? PIPE_HOLDS : n);
	if (pid == 0)
		_exit(0);
	close(fds[1]);
	fcntl(fds[0], F_SETFD, (long)FD_CLOEXEC);
	return fds[0];
}

static int open_here(const struct redirect *r)
{
	char *text = r->type == TO_HERE_STRING ? expand_one(r->target) : r->literal ? sh_strdup(r->target) : expand_here(r->target);
	size_t n = strlen(text);
	if (r->type == TO_HERE_STRING) {
		text = sh_realloc(text, n + 2);
		strcpy(text + n, "\n");
	}
	int fd = open_text(text);
	free(text);
	return fd;
}

static bool refuse(const char *target, int e)
{
	fprintf(stderr, "sh: %s: %s\n", target, strerror(e));
	return false;
}

/* n>&m, n>&- */
static bool apply_fd(const struct redirect *r, const char *target)
{
	if (!strcmp(target, "-")) {
		close(r->fd);
		return true;
	}
	char *end;
	long from = strtol(target, &end, 10);
	if (!isdigit(*target) || *end)
		return refuse(target, EBADF);
	return dup2((int)from, r->fd) >= 0 || refuse(target, EBADF);
}

/* With set -C a file that is there stays as it is; what is no file, as /dev/null, is written to. */
static int open_new(const char *path, int flags)
{
	struct stat st;
	int fd = open(path, flags | O_EXCL, 0666);
	if (fd >= 0 || errno != EEXIST || (fd = open(path, flags & ~(O_CREAT | O_TRUNC))) < 0)
		return fd;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return fd;
	close(fd);
	errno = EEXIST;
	return -1;
}

static int open_file(const struct redirect *r, const char *path)
{
	int flags = r->flags | O_CLOEXEC;
	return r->keep && options[OPT_NOCLOBBER] ? open_new(path, flags) : open(path, flags, 0666);
}

static bool apply_open(const struct redirect *r, const char *target)
{
	int fd = r->type == TO_FILE ? open_file(r, target) : open_here(r);
	if (fd < 0)
		return refuse(target, errno);
	if (fd == r->fd) {
		fcntl(fd, F_SETFD, 0L);
		return true;
	}
	bool ok = dup2(fd, r->fd) >= 0 || refuse(target, errno);
	close(fd);
	return ok;
}

static bool apply_one(const struct redirect *r)
{
	bool file = r->type == TO_FILE || r->type == TO_FD;
	char *target = file ? expand_one(r->target) : sh_strdup("here-document");
	bool ok = !expand_failed && (r->type == TO_FD ? apply_fd(r, target) : apply_open(r, target));
	free(target);
	return ok;
}

/* UNTOUCHED: not redirected. */
static void save(struct saved_fds *s, int fd)
{
	if (s->fd[fd] == UNTOUCHED)
		s->fd[fd] = fcntl(fd, F_DUPFD_CLOEXEC, (long)FD_SAVED);
}

bool redirects_apply(const struct redirect *r, struct saved_fds *saved)
{
	for (int i = 0; saved && i < 10; i++)
		saved->fd[i] = UNTOUCHED;
	if (r)
		fflush(stdout);
	for (; r; r = r->next) {
		if (saved)
			save(saved, r->fd);
		if (!apply_one(r)) {
			if (saved)
				redirects_restore(saved);
			return false;
		}
	}
	return true;
}

void redirects_restore(const struct saved_fds *saved)
{
	fflush(stdout);
	for (int i = 0; i < 10; i++) {
		if (saved->fd[i] >= 0) {
			dup2(saved->fd[i], i);
			close(saved->fd[i]);
		} else if (saved->fd[i] == WAS_CLOSED) {
			close(i);
		}
	}
}
