/* Reading from files. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"

/* Some bytes to to, past the buffer, which is empty. 0: the end, or an error; the end is told again until clearerr() or a seek. */
static size_t read_some(FILE *f, char *to, size_t n)
{
	if (f->eof)
		return 0;
	if (!f->can_read) {
		errno = EBADF;
		f->error = true;
		return 0;
	}
	if (!file_flush(f))
		return 0;
	if (f == stdin)
		fflush(stdout);
	ssize_t got = file_raw_read(f, to, n);
	f->mode = 'r';
	f->at = f->len = UNGET_ROOM;
	f->eof = got == 0;
	f->error |= got < 0;
	return got > 0 ? (size_t)got : 0;
}

/* Whether there is a byte in the buffer; if none is, read some. */
static bool have_bytes(FILE *f)
{
	if (f->mode == 'r' && f->at < f->len)
		return true;
	size_t n = read_some(f, f->buf + UNGET_ROOM, BUFSIZ);
	f->len += n;
	return n > 0;
}

int getc_unlocked(FILE *f) { return have_bytes(f) ? (unsigned char)f->buf[f->at++] : EOF; }

int fgetc(FILE *f)
{
	HOLD(f);
	return getc_unlocked(f);
}

int ungetc(int c, FILE *f)
{
	HOLD(f);
	if (c == EOF || !f->can_read || !file_flush(f))
		return EOF;
	if (f->mode != 'r') {
		f->mode = 'r';
		f->at = f->len = UNGET_ROOM;
	}
	if (!f->at)
		return EOF;
	f->buf[--f->at] = (char)c;
	f->eof = false;
	return (unsigned char)c;
}

static size_t read_bytes(FILE *f, char *to, size_t n)
{
	size_t done = 0;
	while (done < n) {
		size_t part = f->mode == 'r' ? f->len - f->at : 0;
		if (!part && n - done >= BUFSIZ) {
			part = read_some(f, to + done, n - done);
			if (!part)
				break;
			done += part;
			continue;
		}
		if (!have_bytes(f))
			break;
		part = f->len - f->at < n - done ? f->len - f->at : n - done;
		memcpy(to + done, f->buf + f->at, part);
		f->at += part;
		done += part;
	}
	return done;
}

size_t fread(void *buf, size_t size, size_t n, FILE *f)
{
	HOLD(f);
	size_t nbytes;
	if (!size || __builtin_mul_overflow(size, n, &nbytes))
		return 0;
	return read_bytes(f, buf, nbytes) / size;
}

/* Bytes of the buffer up to and with end, at most n, to to. How many; 0: there are none to be had. */
static size_t take_until(FILE *f, char end, char *to, size_t n)
{
	if (!n || !have_bytes(f))
		return 0;
	size_t part = f->len - f->at < n ? f->len - f->at : n;
	char *last = memchr(f->buf + f->at, end, part);
	if (last)
		part = (size_t)(last + 1 - (f->buf + f->at));
	memcpy(to, f->buf + f->at, part);
	f->at += part;
	return part;
}

char *fgets(char *buf, int n, FILE *f)
{
	HOLD(f);
	size_t len = 0, room = n > 0 ? (size_t)n - 1 : 0, part;
	if (n <= 0)
		return NULL;
	do {
		part = take_until(f, '\n', buf + len, room - len);
		len += part;
	} while (part && buf[len - 1] != '\n');
	if (!len && room)
		return NULL;
	buf[len] = 0;
	return buf;
}

static bool make_room(char **line, size_t *room, size_t need)
{
	if (*line && need <= *room)
		return true;
	size_t bigger = *line && *room >= 128 ? *room * 2 : 128;
	char *p = realloc(*line, bigger > need ? bigger : need);
	if (!p)
		return false;
	*line = p;
	*room = bigger > need ? bigger : need;
	return true;
}

ssize_t getdelim(char **line, size_t *room, int end, FILE *f)
{
	HOLD(f);
	size_t n = 0, part;
	if (!have_bytes(f))
		return -1;
	do {
		if (!make_room(line, room, n + 2)) {
			f->error = true;
			return -1;
		}
		part = take_until(f, (char)end, *line + n, *room - n - 1);
		n += part;
	} while (part && (*line)[n - 1] != (char)end);
	(*line)[n] = 0;
	return (ssize_t)n;
}

ssize_t getline(char **line, size_t *room, FILE *f) { return getdelim(line, room, '\n', f); }
