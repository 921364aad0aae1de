/* Pipes: a ring of pages that are allocated as the writer reaches them.
 *
 *   tail .. head: bytes not yet read; both count up for ever, and go back to 0 when the pipe is empty
 *
 * Bytes are copied to and from user memory with the end's own sleeping lock held, not the spinlock: only one writer moves
 * head, only one reader moves tail. Nobody sleeps for room or for data with that lock held. */
#include "vfs_priv.h"
#include <abi/poll.h>
#include <abi/signal.h>
#include <abi/termios.h>
#include <kernel/syscall.h>
#include <kernel/proc.h>
#include <lib/string.h>

enum { PIPE_PAGES = 16, PIPE_ATOMIC = 4096 };

struct pipe {
	struct inode i;
	struct spinlock lock;		/* p */
	uint64_t head, tail;		/* [p]; also the writer's, the reader's lock to move */
	unsigned readers, writers;	/* [p] open files */
	char *pages[PIPE_PAGES];	/* the writer's lock */
	struct mutex write_end, read_end;
	struct waitq for_data, for_room;
};

static struct pipe *of(struct file *f) { return container_of(f->inode, struct pipe, i); }
static bool reads(const struct file *f) { return (f->flags & O_ACCMODE) != O_WRONLY; }
static bool writes(const struct file *f) { return (f->flags & O_ACCMODE) != O_RDONLY; }
static char *at(struct pipe *p, uint64_t pos) { return p->pages[pos / PAGE_SIZE % PIPE_PAGES] + pos % PAGE_SIZE; }
static uint64_t room(const struct pipe *p) { return PIPE_PAGES * PAGE_SIZE - (p->head - p->tail); }

/* ---- reading ---- */

/* Wait for data, with the lock held and the read end's given up. OK: look again. */
static enum err wait_data(struct pipe *p, const struct file *f)
{
	mutex_unlock(&p->read_end);
	enum err e = OK;
	if (f->flags & O_NONBLOCK)
		e = ERR_AGAIN;
	else if (wait_on(&p->for_data, &p->lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL)
		e = ERR_INTR;
	spin_unlock(&p->lock);
	return e;
}

/* Copy out what is there, up to the request. */
static enum err drain(struct pipe *p, struct io *io)
{
	while (io->done < io->n) {
		spin_lock(&p->lock);	/* an emptied pipe starts from 0 again: head and tail are read together */
		uint64_t have = p->head - p->tail, in_page = PAGE_SIZE - p->tail % PAGE_SIZE;
		spin_unlock(&p->lock);
		size_t n = io->n - io->done;
		n = n < have ? n : have;
		n = n < in_page ? n : in_page;
		if (!n)
			break;
		size_t got = io_copy_out(io, at(p, p->tail), n);
		io->done += got;
		spin_lock(&p->lock);
		p->tail += got;
		spin_unlock(&p->lock);
		if (got < n)
			return io->done ? OK : ERR_FAULT;
	}
	return OK;
}

static enum err pipe_read(struct file *f, struct io *io)
{
	struct pipe *p = of(f);
	if (!io->n)
		return OK;
	for (;;) {
		mutex_lock(&p->read_end);
		spin_lock(&p->lock);
		if (p->head != p->tail)
			break;
		if (!p->writers) {
			spin_unlock(&p->lock);
			mutex_unlock(&p->read_end);
			return OK;
		}
		enum err e = wait_data(p, f);
		if (e != OK)
			return e;
	}
	spin_unlock(&p->lock);
	enum err e = drain(p, io);
	mutex_unlock(&p->read_end);
	waitq_wake_all(&p->for_room);
	poll_notify(&p->i.edges, POLLOUT);
	return e;
}

/* ---- writing ---- */

static enum err broken(void)
{
	signal_send_thread(thread_current(), SIGPIPE, NULL);
	return ERR_PIPE;
}

/* Wait for room, with the lock held and the write end's given up. */
static enum err wait_room(struct pipe *p, const struct file *f)
{
	mutex_unlock(&p->write_end);
	enum err e = OK;
	if (f->flags & O_NONBLOCK)
		e = ERR_AGAIN;
	else if (wait_on(&p->for_room, &p->lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL)
		e = ERR_INTR;
	spin_unlock(&p->lock);
	return e;
}

/* Copy in up to n bytes, which there is room for. */
static enum err pour(struct pipe *p, struct io *io, size_t n)
{
	while (n) {
		uint64_t in_page = PAGE_SIZE - p->head % PAGE_SIZE;
		size_t part = n < in_page ? n : in_page;
		char **page = &p->pages[p->head / PAGE_SIZE % PIPE_PAGES];
		if (!*page && !(*page = kmalloc(kernel_mm, PAGE_SIZE)))
			return ERR_NOMEM;
		size_t got = io_copy_in(io, at(p, p->head), part);
		io->done += got;
		n -= got;
		spin_lock(&p->lock);
		p->head += got;
		spin_unlock(&p->lock);
		if (got < part)
			return ERR_FAULT;
	}
	return OK;
}

/* One step of a write: wait for room, then fill it. A write of up to PIPE_ATOMIC bytes waits until all of it fits. */
static enum err write_some(struct pipe *p, const struct file *f, struct io *io)
{
	size_t left = io->n - io->done, need = io->n <= PIPE_ATOMIC ? left : 1;
	for (;;) {
		mutex_lock(&p->write_end);
		spin_lock(&p->lock);
		if (!p->readers) {
			spin_unlock(&p->lock);
			mutex_unlock(&p->write_end);
			return broken();
		}
		if (p->head == p->tail)
			p->head = p->tail = 0;
		if (room(p) >= need)
			break;
		enum err e = wait_room(p, f);
		if (e != OK)
			return e;
	}
	size_t n = room(p) < left ? room(p) : left;
	spin_unlock(&p->lock);
	enum err e = pour(p, io, n);
	mutex_unlock(&p->write_end);
	waitq_wake_all(&p->for_data);
	poll_notify(&p->i.edges, POLLIN);
	return e;
}

static enum err pipe_write(struct file *f, struct io *io)
{
	enum err e = OK;
	while (e == OK && io->done < io->n)
		e = write_some(of(f), f, io);
	return io->done ? OK : e;
}

/* ---- the rest ---- */

static unsigned pipe_poll(struct file *f)
{
	struct pipe *p = of(f);
	spin_lock(&p->lock);
	unsigned r = 0;
	if (writes(f))
		r = (room(p) >= PIPE_ATOMIC ? POLLOUT : 0u) | (p->readers ? 0u : POLLERR);
	if (reads(f))
		r |= (p->head != p->tail ? POLLIN : 0u) | (p->writers ? 0u : POLLHUP);
	spin_unlock(&p->lock);
	return r;
}

static enum err pipe_ioctl(struct file *f, uint64_t cmd, vaddr_t arg)
{
	struct pipe *p = of(f);
	if (cmd != FIONREAD)
		return ERR_NOTTY;
	int n = (int)(p->head - p->tail);
	return copy_to_user(arg, &n, sizeof n);
}

/* An end of a new pipe, or one opened again through /proc/PID/fd. */
static enum err pipe_open(struct file *f)
{
	struct pipe *p = of(f);
	spin_lock(&p->lock);
	p->writers += writes(f);
	p->readers += reads(f);
	spin_unlock(&p->lock);
	return OK;
}

static void pipe_release(struct file *f)
{
	struct pipe *p = of(f);
	spin_lock(&p->lock);
	p->writers -= writes(f);
	p->readers -= reads(f);
	spin_unlock(&p->lock);
	waitq_wake_all(&p->for_data);
	waitq_wake_all(&p->for_room);
	poll_notify(&p->i.edges, POLLIN | POLLOUT);
}

static const struct file_ops pipe_ops = {
	.open = pipe_open, .read = pipe_read, .write = pipe_write, .ioctl = pipe_ioctl, .poll = pipe_poll, .release = pipe_release, .stream = true,
	.name = "pipe",
};

static struct slab_cache *pipe_cache;

bool pipe_init_caches(void)
{
	pipe_cache = slab_cache_create(kernel_mm, "pipe", sizeof(struct pipe), 0);
	return pipe_cache;
}

static void pipe_free(struct inode *i)
{
	struct pipe *p = container_of(i, struct pipe, i);
	for (unsigned k = 0; k < PIPE_PAGES; k++)
		kfree(kernel_mm, p->pages[k]);
	slab_free(kernel_mm, pipe_cache, p);
}

static const struct inode_ops pipe_inode_ops = { .free = pipe_free };

static struct pipe *pipe_new(void)
{
	struct pipe *p = slab_zalloc(kernel_mm, pipe_cache);
	if (!p)
		return NULL;
	inode_init_nameless(&p->i, &pipe_inode_ops, &pipe_ops, S_IFIFO | 0600);
	p->i.mtime = p->i.ctime = p->i.atime = time_wall_ns();
	spin_init(&p->lock, LOCK_PIPE, "pipe");
	mutex_init(&p->write_end, LOCK_FILE, "pipe write end");
	mutex_init(&p->read_end, LOCK_FILE, "pipe read end");
	waitq_init(&p->for_data);
	waitq_init(&p->for_room);
	return p;
}

enum err pipe_create(uint32_t flags, struct file **rd, struct file **wr)
{
	struct pipe *p = pipe_new();
	if (!p)
		return ERR_NOMEM;
	enum err e = file_create(&p->i, O_RDONLY | flags, rd);
	if (e != OK)
		return e;
	inode_get(&p->i);
	e = file_create(&p->i, O_WRONLY | flags, wr);
	if (e != OK)
		file_put(*rd);
	return e;
}
