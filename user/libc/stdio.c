/* Buffered files. One buffer each, for reading or for writing; a terminal's output goes out at each newline.
 *
 * Each file has a lock, which its holder may take again, as POSIX has it for flockfile(); the list of files has another. Order: the list,
 * then one file, but that whoever reads stdin flushes stdout. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <pthread.h>
#include <unistd.h>
#include "lock.h"
#include "print.h"
#include "priv.h"

struct file {
	int fd;
	char mode;		/* of buf: 'r' bytes to be read, 'w' bytes to be written, 0 neither */
	char buffering;		/* 'f'ull, 'l'ine, 'n'one, 0 not known yet */
	char eof, error, is_static;
	size_t at, len;		/* reading: next byte, end. writing: len bytes wait */
	struct file *next;	/* all open files */
	pthread_mutex_t lock;	/* recursive */
	char buf[BUFSIZ];
};

static struct file std[3] = {
	{ .fd = 0, .is_static = 1, .next = &std[1], .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
	{ .fd = 1, .is_static = 1, .next = &std[2], .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
	{ .fd = 2, .is_static = 1, .buffering = 'n', .lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER },
};
FILE *const stdin = &std[0], *const stdout = &std[1], *const stderr = &std[2];
static struct file *all = &std[0];
static int all_lock;

void flockfile(FILE *f) { pthread_mutex_lock(&f->lock); }
int ftrylockfile(FILE *f) { return pthread_mutex_trylock(&f->lock); }
void funlockfile(FILE *f) { pthread_mutex_unlock(&f->lock); }
void stdio_hold(void) { lock(&all_lock); }
void stdio_release(void) { unlock(&all_lock); }

/* Hold the file's lock to the end of the function. */
static void let_go(FILE **f) { funlockfile(*f); }
static inline FILE *hold(FILE *f)
{
	flockfile(f);
	return f;
}
#define HOLD(f) FILE *held __attribute__((cleanup(let_go), unused)) = hold(f)

int fileno(FILE *f) { return f->fd; }
int feof(FILE *f) { return f->eof; }
int ferror(FILE *f) { return f->error; }

int fflush(FILE *f)
{
	if (!f) {
		stdio_flush_all();
		return 0;
	}
	HOLD(f);
	size_t done = 0;
	if (f->mode != 'w')
		return 0;
	while (done < f->len) {
		ssize_t n = write(f->fd, f->buf + done, f->len - done);
		if (n < 0 && errno != EINTR) {
			f->error = 1;
			break;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	f->len = 0;
	return f->error ? EOF : 0;
}

void stdio_flush_all(void)
{
	lock(&all_lock);
	for (struct file *f = all; f; f = f->next)
		if (f->mode == 'w')	/* others may be held by whoever waits for input */
			fflush(f);
	unlock(&all_lock);
}

FILE *fdopen(int fd, const char *mode)
{
	(void)mode;
	FILE *f = calloc(1, sizeof *f);
	if (!f) {
		errno = ENOMEM;
		return NULL;
	}
	f->fd = fd;
	f->buffering = 'f';
	f->lock = (pthread_mutex_t)PTHREAD_RECURSIVE_MUTEX_INITIALIZER;
	lock(&all_lock);
	f->next = all;
	all = f;
	unlock(&all_lock);
	return f;
}

FILE *fopen(const char *path, const char *mode)
{
	int flags = strchr(mode, '+') ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
	flags |= *mode == 'w' ? O_CREAT | O_TRUNC : *mode == 'a' ? O_CREAT | O_APPEND : 0;
	int fd = open(path, flags, 0666);
	if (fd < 0)
		return NULL;
	FILE *f = fdopen(fd, mode);
	if (!f)
		close(fd);
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
	if (close(f->fd) < 0)
		r = EOF;
	if (!f->is_static)
		free(f);
	return r;
}

/* ---- reading ---- */

static int fill(FILE *f)
{
	if (f->mode == 'w')
		fflush(f);
	if (f == stdin)
		fflush(stdout);
	ssize_t n = read(f->fd, f->buf, sizeof f->buf);
	f->mode = 'r';
	f->at = 0;
	f->len = n > 0 ? (size_t)n : 0;
	if (n == 0)
		f->eof = 1;
	if (n < 0)
		f->error = 1;
	return n > 0;
}

int fgetc(FILE *f)
{
	HOLD(f);
	if ((f->mode != 'r' || f->at == f->len) && !fill(f))
		return EOF;
	return (unsigned char)f->buf[f->at++];
}

int ungetc(int c, FILE *f)
{
	HOLD(f);
	if (f->mode != 'r' || f->at == 0)
		return EOF;
	f->buf[--f->at] = (char)c;
	f->eof = 0;
	return c;
}

size_t fread(void *buf, size_t size, size_t n, FILE *f)
{
	HOLD(f);
	size_t want = size * n, done = 0;
	while (done < want) {
		if ((f->mode != 'r' || f->at == f->len) && !fill(f))
			break;
		size_t part = f->len - f->at < want - done ? f->len - f->at : want - done;
		memcpy((char *)buf + done, f->buf + f->at, part);
		f->at += part;
		done += part;
	}
	return size ? done / size : 0;
}

char *fgets(char *buf, int n, FILE *f)
{
	HOLD(f);
	int i = 0, c = 0;
	while (i + 1 < n && c != '\n' && (c = fgetc(f)) != EOF)
		buf[i++] = (char)c;
	buf[i] = 0;
	return i ? buf : NULL;
}

ssize_t getline(char **line, size_t *room, FILE *f)
{
	HOLD(f);
	size_t n = 0;
	for (int c = 0; c != '\n' && (c = fgetc(f)) != EOF;) {
		if (!*line || n + 2 > *room) {
			size_t bigger = *line && *room ? *room * 2 : 128;
			char *p = realloc(*line, bigger);
			if (!p)
				return -1;
			*line = p;
			*room = bigger;
		}
		(*line)[n++] = (char)c;
		(*line)[n] = 0;
	}
	return n ? (ssize_t)n : -1;
}

/* ---- places ---- */

int fseek(FILE *f, long offset, int whence)
{
	HOLD(f);
	if (fflush(f))
		return -1;
	if (f->mode == 'r' && whence == SEEK_CUR)
		offset -= (long)(f->len - f->at);
	if (lseek(f->fd, offset, whence) < 0)
		return -1;
	f->mode = f->eof = 0;
	f->at = f->len = 0;
	return 0;
}

long ftell(FILE *f)
{
	HOLD(f);
	long at = lseek(f->fd, 0, SEEK_CUR);
	if (at < 0)
		return -1;
	return f->mode == 'r' ? at - (long)(f->len - f->at) : f->mode == 'w' ? at + (long)f->len : at;
}

void clearerr(FILE *f)
{
	HOLD(f);
	f->eof = f->error = 0;
}

void rewind(FILE *f)
{
	fseek(f, 0, SEEK_SET);
	clearerr(f);
}

/* ---- writing ---- */

static void decide_buffering(FILE *f)
{
	if (!f->buffering)
		f->buffering = isatty(f->fd) ? 'l' : 'f';
	if (f->mode != 'w') {
		f->mode = 'w';
		f->len = 0;
	}
}

static void put_bytes(FILE *f, const char *s, size_t n)
{
	while (n) {
		size_t part = sizeof f->buf - f->len < n ? sizeof f->buf - f->len : n;
		memcpy(f->buf + f->len, s, part);
		f->len += part;
		s += part;
		n -= part;
		if (f->len == sizeof f->buf)
			fflush(f);
	}
}

size_t fwrite(const void *buf, size_t size, size_t n, FILE *f)
{
	HOLD(f);
	decide_buffering(f);
	put_bytes(f, buf, size * n);
	if (f->buffering == 'n' || (f->buffering == 'l' && memchr(buf, '\n', size * n)))
		fflush(f);
	return f->error ? 0 : n;
}

int fputc(int c, FILE *f)
{
	char b = (char)c;
	return fwrite(&b, 1, 1, f) == 1 ? (unsigned char)c : EOF;
}

int fputs(const char *s, FILE *f) { return fwrite(s, 1, strlen(s), f) || !*s ? 0 : EOF; }
int puts(const char *s)
{
	HOLD(stdout);
	return fputs(s, stdout) == EOF || fputc('\n', stdout) == EOF ? EOF : 0;
}

struct print { FILE *f; int newline; };

static void print_sink(void *ctx, const char *s, size_t n)
{
	struct print *p = ctx;
	put_bytes(p->f, s, n);
	if (memchr(s, '\n', n))
		p->newline = 1;
}

int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	HOLD(f);
	struct print p = { f, 0 };
	decide_buffering(f);
	int n = fmt_vformat_more(print_sink, &p, print_more, fmt, ap);
	if (f->buffering == 'n' || (f->buffering == 'l' && p.newline))
		fflush(f);
	return f->error ? -1 : n;
}

int fprintf(FILE *f, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vfprintf(f, fmt, ap);
	va_end(ap);
	return n;
}

int vprintf(const char *fmt, va_list ap) { return vfprintf(stdout, fmt, ap); }

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

int printf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

void perror(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); }
int remove(const char *path) { return unlink(path) == 0 || rmdir(path) == 0 ? 0 : -1; }
