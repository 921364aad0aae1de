#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <pthread.h>
/* What a FILE is: one buffer, for reading or for writing, over a descriptor or over functions.
 *
 *	reading		unget room | bytes read already | at: to be read | len
 *	writing		0: waiting to be written | len					*/

enum { UNGET_ROOM = 8, BUFFER_BYTES = UNGET_ROOM + BUFSIZ };

struct file {
	int fd;			/* -1: ops */
	char mode;		/* of buf: 'r' bytes to be read, 'w' bytes to be written, 0 neither */
	char buffering;		/* 'f'ull, 'l'ine, 'n'one, 0 not known yet */
	bool can_read, can_write, eof, error, is_static;
	size_t at, len;
	const struct file_ops *ops;
	void *cookie;
	struct file *next;	/* all open files */
	pthread_mutex_t lock;	/* recursive */
	char buf[BUFFER_BYTES];
};

/* What read(), write(), lseek() and close() are for a descriptor. */
struct file_ops {
	ssize_t (*read)(void *cookie, char *to, size_t n);
	ssize_t (*write)(void *cookie, const char *from, size_t n);
	off_t (*seek)(void *cookie, off_t offset, int whence);
	int (*close)(void *cookie);
};

/* A file over a descriptor, or if fd is -1 over ops, as fopen()'s mode says. NULL: no memory, or, EINVAL, the mode is none. */
FILE *file_make(int fd, const struct file_ops *ops, void *cookie, const char *mode);
/* open()'s flags for fopen()'s mode; -1: it is none. */
int file_flags(const char *mode);

/* Hold the file's lock to the end of the function. */
static inline FILE *file_hold(FILE *f)
{
	flockfile(f);
	return f;
}
static inline void file_let_go(FILE **f) { funlockfile(*f); }
#define HOLD(f) FILE *held __attribute__((cleanup(file_let_go), unused)) = file_hold(f)

/* The rest is for who holds the lock. */

ssize_t file_raw_read(FILE *f, char *to, size_t n);
off_t file_raw_seek(FILE *f, off_t offset, int whence);
/* All of it, whatever pieces the kernel takes; how much was. Short: error is set, and errno. */
size_t file_write_all(FILE *f, const char *from, size_t n);
/* Write what waits. False: not all was, and the rest is given up. */
bool file_flush(FILE *f);
/* What was read ahead is to be read again, by others too: the descriptor's place is the file's, if it has one. */
void file_unread(FILE *f);
