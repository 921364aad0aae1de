/* Files in memory: open_memstream() makes the memory, fmemopen() is given some. */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include "file.h"

struct memory {
	char *p;
	size_t at, n, room;	/* the place, the length, what p has room for */
	char **out;		/* open_memstream: where p and n are told; fmemopen: NULL */
	size_t *out_n;
	bool append, owned;
};

static ssize_t memory_read(void *cookie, char *to, size_t n)
{
	struct memory *m = cookie;
	size_t left = m->at < m->n ? m->n - m->at : 0, part = left < n ? left : n;
	memcpy(to, m->p + m->at, part);
	m->at += part;
	return (ssize_t)part;
}

/* Room for n bytes and a 0. */
static bool grow(struct memory *m, size_t n)
{
	size_t room = m->room;
	while (room <= n)
		room *= 2;
	char *p = room == m->room ? m->p : realloc(m->p, room);
	if (!p)
		return false;
	memset(p + m->room, 0, room - m->room);
	m->p = p;
	m->room = room;
	return true;
}

static void tell(struct memory *m)
{
	if (!m->out)
		return;
	*m->out = m->p;
	*m->out_n = m->n;
}

/* Memory that was given is written to its last byte; the 0 behind the text goes where there is room. */
static ssize_t memory_write(void *cookie, const char *from, size_t n)
{
	struct memory *m = cookie;
	size_t at = m->append ? m->n : m->at;
	if (m->out && !grow(m, at + n))
		return -1;
	if (n > m->room - at)
		n = m->room - at;
	if (!n) {
		errno = ENOSPC;
		return -1;
	}
	if (at > m->n)
		memset(m->p + m->n, 0, at - m->n);
	memcpy(m->p + at, from, n);
	m->at = at + n;
	if (m->at > m->n) {
		m->n = m->at;
		if (m->n < m->room)
			m->p[m->n] = 0;
	}
	tell(m);
	return (ssize_t)n;
}

static off_t memory_seek(void *cookie, off_t offset, int whence)
{
	struct memory *m = cookie;
	off_t from = whence == SEEK_SET ? 0 : (off_t)(whence == SEEK_CUR ? m->at : m->n), most = m->out ? INT_MAX : (off_t)m->room;
	if (whence < SEEK_SET || whence > SEEK_END || offset < -from || offset > most - from) {
		errno = EINVAL;
		return -1;
	}
	m->at = (size_t)(from + offset);
	return from + offset;
}

static int memory_close(void *cookie)
{
	struct memory *m = cookie;
	tell(m);
	if (m->owned)
		free(m->p);
	free(m);
	return 0;
}

static const struct file_ops memory_ops = { memory_read, memory_write, memory_seek, memory_close };

static FILE *make(struct memory from, const char *mode)
{
	struct memory *m = malloc(sizeof *m);
	FILE *f = m && from.p ? file_make(-1, &memory_ops, m, mode) : NULL;
	if (!f) {
		if (from.out || from.owned)
			free(from.p);
		free(m);
		return NULL;
	}
	*m = from;
	tell(m);
	return f;
}

FILE *open_memstream(char **out, size_t *n)
{
	enum { ROOM = 128 };
	return make((struct memory){ .p = calloc(1, ROOM), .room = ROOM, .out = out, .out_n = n }, "w");
}

FILE *fmemopen(void *buf, size_t n, const char *mode)
{
	if (!n || file_flags(mode) < 0) {
		errno = EINVAL;
		return NULL;
	}
	struct memory m = { .p = buf ? buf : calloc(1, n), .room = n, .append = *mode == 'a', .owned = !buf };
	if (m.p && *mode == 'w')
		*m.p = 0;
	m.n = *mode == 'r' ? n : *mode == 'a' && m.p ? strnlen(m.p, n) : 0;
	m.at = *mode == 'a' ? m.n : 0;
	return make(m, mode);
}
