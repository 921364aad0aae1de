/* Files from open to close, and what is between buffer and descriptor. A terminal's output goes out at each newline.
 *
 * Each file has a lock, which its holder may take again, as POSIX has it for flockfile(); the list of files has another. Order: the list,
 * then one file, but that whoever reads stdin flushes stdout. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "file.h"
#include "lock.h"
#include "priv.h"

static struct file std[3] = {
	{ .fd = 0, .can_read = true, .is_static = true, .next = &std[1], .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
	{ .fd = 1, .can_write = true, .is_static = true, .next = &std[2], .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
	{ .fd = 2, .can_write = true, .is_static = true, .buffering = 'n', .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
};
FILE *const stdin = &std[0], *const stdout = &std[1], *const stderr = &std[2];
static struct file *all = &std[0];
static int all_lock;

void flockfile(FILE *f) { pthread_mutex_lock(&f->lock); }
int ftrylockfile(FILE *f) { return pthread_mutex_trylock(&f->lock); }
void funlockfile(FILE *f) { pthread_mutex_unlock(&f->lock); }
void stdio_hold(void) { lock(&all_lock); }
void stdio_release(void) { unlock(&all_lock); }

int fileno(FILE *f)
{
	if (f->fd < 0)
		errno = EBADF;
	return f->fd;
}

int feof(FILE *f) { return f->eof; }
int ferror(FILE *f) { return f->error; }

void clearerr(FILE *f)
{
	HOLD(f);
	f->eof = f->error = false;
}

/* ---- the descriptor, or who plays one ---- */

ssize_t file_raw_read(FILE *f, char *to, size_t n) { return f->ops ? f->ops->read(f->cookie, to, n) : read(f->fd, to, n); }
static ssize_t raw_write(FILE *f, const char *from, size_t n) { return f->ops ? f->ops->write(f->cookie, from, n) : write(f->fd, from, n); }
off_t file_raw_seek(FILE *f, off_t offset, int whence) { return f->ops ? f->ops->seek(f->cookie, offset, whence) : lseek(f->fd, offset, whence); }
static int raw_close(FILE *f) { return f->ops ? f->ops->close(f->cookie) : close(f->fd); }

/* A signal in between is no reason to lose the rest. */
size_t file_write_all(FILE *f, const char *from, size_t n)
{
	size_t done = 0;
	while (done < n) {
		ssize_t part = raw_write(f, from + done, n - done);
		if (part <= 0 && (part == 0 || errno != EINTR)) {
			f->error = true;
			break;
		}
		done += part > 0 ? (size_t)part : 0;
	}
	return done;
}

bool file_flush(FILE *f)
{
	if (f->mode != 'w')
		return true;
	size_t n = f->len;
	f->len = 0;
	return file_write_all(f, f->buf, n) == n;
}

void file_unread(FILE *f)
{
	int e = errno;
	if (f->mode == 'r' && f->at < f->len && file_raw_seek(f, -(off_t)(f->len - f->at), SEEK_CUR) >= 0)
		f->at = f->len = f->mode = 0;
	errno = e;
}

int fflush(FILE *f)
{
	if (!f)
		return stdio_flush_all();
	HOLD(f);
	file_unread(f);
	return file_flush(f) ? 0 : EOF;
}

int stdio_flush_all(void)
{
	int r = 0;
	lock(&all_lock);
	for (struct file *f = all; f; f = f->next)
		if (f->mode == 'w')	/* others may be held by whoever waits for input */
			r |= fflush(f);
	unlock(&all_lock);
	return r;
}

/* ---- open and close ---- */

int file_flags(const char *mode)
{
	int flags = *mode == 'r' ? 0 : *mode == 'w' ? O_CREAT | O_TRUNC : *mode == 'a' ? O_CREAT | O_APPEND : -1;
	if (flags < 0 || mode[strspn(mode + 1, "b+ex") + 1]) {
		errno = EINVAL;
		return -1;
	}
	flags |= strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
	return flags | (strchr(mode, 'e') ? O_CLOEXEC : 0) | (strchr(mode, 'x') ? O_EXCL : 0);
}

static void set_mode(FILE *f, int flags)
{
	f->can_read = (flags & O_ACCMODE) != O_WRONLY;
	f->can_write = (flags & O_ACCMODE) != O_RDONLY;
}

FILE *file_make(int fd, const struct file_ops *ops, void *cookie, const char *mode)
{
	int flags = file_flags(mode);
	FILE *f = flags < 0 ? NULL : calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->fd = fd;
	f->ops = ops;
	f->cookie = cookie;
	f->buffering = ops ? 'f' : 0;
	f->lock = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER;
	set_mode(f, flags);
	lock(&all_lock);
	f->next = all;
	all = f;
	unlock(&all_lock);
	return f;
}

FILE *fdopen(int fd, const char *mode)
{
	if (fcntl(fd, F_GETFD) < 0)
		return NULL;
	if (*mode == 'a')
		fcntl(fd, F_SETFL, (long)(fcntl(fd, F_GETFL) | O_APPEND));
	return file_make(fd, NULL, NULL, mode);
}

/* A file that is only added to is at its end from the start. */
static int open_mode(const char *path, const char *mode)
{
	int flags = file_flags(mode), fd = flags < 0 ? -1 : open(path, flags, 0666), e = errno;
	if (fd >= 0 && *mode == 'a' && !strchr(mode, '+') && lseek(fd, 0, SEEK_END) < 0)
		errno = e;
	return fd;
}

FILE *fopen(const char *path, const char *mode)
{
	int fd = open_mode(path, mode);
	FILE *f = fd < 0 ? NULL : file_make(fd, NULL, NULL, mode);
	if (!f && fd >= 0)
		close(fd);
	return f;
}

FILE *freopen(const char *path, const char *mode, FILE *f)
{
	HOLD(f);
	fflush(f);
	int fd = path ? open_mode(path, mode) : (errno = EINVAL, -1);
	if (fd < 0 || f->fd < 0 || dup3(fd, f->fd, strchr(mode, 'e') ? O_CLOEXEC : 0) < 0) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	close(fd);
	set_mode(f, file_flags(mode));
	f->at = f->len = f->mode = f->eof = f->error = 0;
	if (f->buffering != 'n')
		f->buffering = 0;
	return f;
}

int fclose(FILE *f)
{
	int r = fflush(f);
	lock(&all_lock);
	struct file **p = &all;
	while (*p != f)
		p = &(*p)->next;
	*p = f->next;
	unlock(&all_lock);
	if (raw_close(f) < 0)
		r = EOF;
	if (!f->is_static)
		free(f);
	return r;
}

int setvbuf(FILE *f, char *buf, int mode, size_t n)
{
	HOLD(f);
	(void)buf;
	(void)n;
	if (mode < _IOFBF || mode > _IONBF)
		return EOF;
	f->buffering = "fln"[mode];
	return 0;
}

/* ---- places ---- */

int fseek(FILE *f, long offset, int whence)
{
	HOLD(f);
	if (!file_flush(f))
		return -1;
	if (f->mode == 'r' && whence == SEEK_CUR && __builtin_sub_overflow(offset, (long)(f->len - f->at), &offset)) {
		errno = EOVERFLOW;
		return -1;
	}
	if (file_raw_seek(f, offset, whence) < 0)
		return -1;
	f->at = f->len = f->mode = f->eof = 0;
	return 0;
}

/* What waits to be written goes out first: only the kernel knows where, in a file that others add to as well. */
long ftell(FILE *f)
{
	HOLD(f);
	if (!file_flush(f))
		return -1;
	long at = file_raw_seek(f, 0, SEEK_CUR);
	return at >= 0 && f->mode == 'r' ? at - (long)(f->len - f->at) : at;
}

void rewind(FILE *f)
{
	fseek(f, 0, SEEK_SET);
	clearerr(f);
}

int fgetpos(FILE *f, fpos_t *place)
{
	long at = ftell(f);
	if (at < 0)
		return -1;
	*place = at;
	return 0;
}

int fsetpos(FILE *f, const fpos_t *place) { return fseek(f, *place, SEEK_SET); }
