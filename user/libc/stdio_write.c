/* Writing to files. */
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "file.h"
#include "print.h"

/* From reading to writing: what was read ahead is given back, so that the bytes go where the reader is. */
static bool begin(FILE *f)
{
	if (!f->can_write) {
		errno = EBADF;
		f->error = true;
		return false;
	}
	if (!f->buffering)
		f->buffering = isatty(f->fd) ? 'l' : 'f';
	if (f->mode != 'w') {
		file_unread(f);
		f->mode = 'w';
		f->len = 0;
	}
	return true;
}

/* Into the buffer, or, large, past it. How many were taken. */
static size_t put_bytes(FILE *f, const char *s, size_t n)
{
	size_t done = 0;
	while (done < n) {
		if (!f->len && n - done >= BUFFER_BYTES)
			return done + file_write_all(f, s + done, n - done);
		size_t part = BUFFER_BYTES - f->len < n - done ? BUFFER_BYTES - f->len : n - done;
		memcpy(f->buf + f->len, s + done, part);
		f->len += part;
		if (f->len == BUFFER_BYTES && !file_flush(f))
			return done;
		done += part;
	}
	return done;
}

static bool goes_out(const FILE *f, const char *s, size_t n) { return f->buffering == 'n' || (f->buffering == 'l' && memchr(s, '\n', n)); }

size_t fwrite(const void *buf, size_t size, size_t n, FILE *f)
{
	HOLD(f);
	size_t nbytes;
	if (!size || __builtin_mul_overflow(size, n, &nbytes) || !begin(f))
		return 0;
	size_t done = put_bytes(f, buf, nbytes);
	if (goes_out(f, buf, nbytes) && !file_flush(f))
		return 0;
	return done / size;
}

int putc_unlocked(int c, FILE *f)
{
	char b = (char)c;
	if (f->mode == 'w' && f->buffering == 'f' && f->len + 1 < BUFFER_BYTES) {
		f->buf[f->len++] = b;
		return (unsigned char)c;
	}
	return fwrite(&b, 1, 1, f) == 1 ? (unsigned char)c : EOF;
}

int fputc(int c, FILE *f)
{
	HOLD(f);
	return putc_unlocked(c, f);
}

int fputs(const char *s, FILE *f)
{
	size_t n = strlen(s);
	return fwrite(s, 1, n, f) == n ? 0 : EOF;
}

int puts(const char *s)
{
	HOLD(stdout);
	return fputs(s, stdout) == EOF || fputc('\n', stdout) == EOF ? EOF : 0;
}

struct print { FILE *f; bool goes_out, failed; };

static void print_sink(void *ctx, const char *s, size_t n)
{
	struct print *p = ctx;
	p->failed |= put_bytes(p->f, s, n) < n;
	p->goes_out |= goes_out(p->f, s, n);
}

/* Pieces of one call go out together. */
int vfprintf(FILE *f, const char *fmt, va_list ap)
{
	HOLD(f);
	struct print p = { f, false, false };
	if (!begin(f))
		return -1;
	int n = fmt_vformat_more(print_sink, &p, print_more, fmt, ap);
	if (p.goes_out && !file_flush(f))
		p.failed = true;
	return p.failed ? -1 : n;
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

int printf(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vfprintf(stdout, fmt, ap);
	va_end(ap);
	return n;
}

static void to_descriptor(void *ctx, const char *s, size_t n)
{
	FILE *f = ctx;
	f->error |= put_bytes(f, s, n) < n;
}

/* As a file that lasts as long as the call. */
int vdprintf(int fd, const char *fmt, va_list ap)
{
	FILE f = { .fd = fd, .mode = 'w', .buffering = 'f', .can_write = true };
	int n = fmt_vformat_more(to_descriptor, &f, print_more, fmt, ap);
	return file_flush(&f) && !f.error ? n : -1;
}

int dprintf(int fd, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vdprintf(fd, fmt, ap);
	va_end(ap);
	return n;
}

void perror(const char *what)
{
	const char *why = strerror(errno);
	if (what && *what)
		fprintf(stderr, "%s: %s\n", what, why);
	else
		fprintf(stderr, "%s\n", why);
}

int remove(const char *path)
{
	if (unlink(path) == 0)
		return 0;
	return errno == EISDIR || errno == EPERM ? rmdir(path) : -1;
}
