#pragma once
#include "vfs_priv.h"
#include <abi/termios.h>
#include <kernel/sched.h>
#include <lib/lock.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* The console as a terminal. tty_line.c has what is typed and what it does; tty.c the file that programs read, write and control. */

enum { TTY_RING = 4096 };

struct tty {
	struct spinlock lock;		/* t */
	struct termios t;		/* [t] */
	struct winsize size;		/* [t] */
	int pgid, sid;			/* [t] foreground group; session. 0: none yet */
	uint16_t ring[TTY_RING];	/* [t] */
	unsigned start, commit, end;	/* [t] count up for ever */
	bool stopped;			/* [t] by VSTOP: writers wait for VSTART */
	struct waitq readers, writers;
	struct poll_edges edges;
};
extern struct tty tty;
extern const struct file_ops tty_ops;

/* With the lock held: output; and bytes for a read of up to n, one line at most in canonical mode. *eof: an end of file was taken. */
void tty_put(const char *s, size_t n);
size_t tty_take(char *buf, size_t n, bool *eof);
/* Change the settings, taking the lock; flush: what was typed is gone. */
void tty_set_termios(const struct termios *t, bool flush);
