/* /proc/PID/trace: kernel/trace.h as a file. What it says is in abi/trace.h. */
#include "proc.h"
#include <abi/poll.h>
#include <lib/string.h>
#include <kernel/trace.h>

/* The file is found by this; it has no text. */
enum err proc_trace(struct text *t, int pid)
{
	(void)t, (void)pid;
	return ERR_INVAL;
}

static enum err open(struct file *f)
{
	struct trace *t;
	if ((f->flags & O_ACCMODE) != O_RDWR)
		return ERR_ACCESS;
	enum err e = trace_attach(proc_inode_pid(f->inode), &t);
	if (e == OK)
		f->priv = t;
	return e;
}

static void release(struct file *f) { trace_close(f->priv); }

static enum err read(struct file *f, struct io *io) { return trace_read(f->priv, io, f->flags & O_NONBLOCK); }

static enum err write(struct file *f, struct io *io)
{
	char word[8];
	size_t n = io->n < sizeof word ? io->n : sizeof word;
	if (io_copy_in(io, word, n) < n)
		return ERR_FAULT;
	if (n < 6 || memcmp(word, "follow", 6) || (n > 6 && word[6] != '\n') || n > 7)
		return ERR_INVAL;
	trace_follow(f->priv);
	io->done = io->n;
	return OK;
}

static unsigned poll(struct file *f) { return POLLOUT | (trace_readable(f->priv) ? POLLIN : 0u); }

const struct file_ops proc_trace_ops = { .open = open, .release = release, .read = read, .write = write, .poll = poll, .edges = &trace_edges, .stream = true };
