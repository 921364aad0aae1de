/* eventfd(2): a descriptor that is a counter. A read takes all of it (or 1, as a semaphore) and waits while it is 0; a write adds, and waits
 * while it would not fit. */
#include "vfs_priv.h"
#include <abi/errno.h>
#include <abi/poll.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>

enum { EFD_SEMAPHORE = 1 };
#define MOST (UINT64_MAX - 1)

struct eventfd {
	struct inode i;
	struct spinlock lock;
	uint64_t count;			/* [lock] */
	bool semaphore;			/* [I] */
	struct waitq changed;
};

static struct eventfd *of(struct file *f) { return container_of(f->inode, struct eventfd, i); }

/* With the lock held: wait for another count, unless the file is not to wait. */
static enum err wait_changed(struct eventfd *v, const struct file *f)
{
	if (f->flags & O_NONBLOCK)
		return ERR_AGAIN;
	return wait_on(&v->changed, &v->lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL ? ERR_INTR : OK;
}

static void tell(struct eventfd *v, unsigned is)
{
	waitq_wake_all(&v->changed);
	poll_notify(&v->i.edges, is);
}

static enum err event_read(struct file *f, struct io *io)
{
	struct eventfd *v = of(f);
	uint64_t got = 0;
	enum err e = OK;
	if (io->n < sizeof got)
		return ERR_INVAL;
	spin_lock(&v->lock);
	while (e == OK && !v->count)
		e = wait_changed(v, f);
	if (e == OK) {
		got = v->semaphore ? 1 : v->count;
		v->count -= got;
	}
	spin_unlock(&v->lock);
	if (e != OK)
		return e;
	tell(v, POLLOUT);
	io->done = io_copy_out(io, &got, sizeof got);
	return io->done == sizeof got ? OK : ERR_FAULT;
}

static enum err event_write(struct file *f, struct io *io)
{
	struct eventfd *v = of(f);
	uint64_t add;
	enum err e = OK;
	if (io->n < sizeof add)
		return ERR_INVAL;
	if (io_copy_in(io, &add, sizeof add) != sizeof add)
		return ERR_FAULT;
	if (add > MOST)
		return ERR_INVAL;
	spin_lock(&v->lock);
	while (e == OK && add > MOST - v->count)
		e = wait_changed(v, f);
	if (e == OK)
		v->count += add;
	spin_unlock(&v->lock);
	if (e != OK)
		return e;
	io->done = sizeof add;
	tell(v, POLLIN);
	return OK;
}

static unsigned event_poll(struct file *f)
{
	struct eventfd *v = of(f);
	spin_lock(&v->lock);
	unsigned r = (v->count ? POLLIN : 0u) | (v->count < MOST ? POLLOUT : 0u);
	spin_unlock(&v->lock);
	return r;
}

static void event_free(struct inode *i) { kfree(kernel_mm, container_of(i, struct eventfd, i)); }

static const struct file_ops event_ops = { .read = event_read, .write = event_write, .poll = event_poll, .stream = true,
	.name = "anon_inode:[eventfd]" };
static const struct inode_ops event_inode_ops = { .free = event_free };

static struct inode *event_new(uint32_t count, bool semaphore)
{
	struct eventfd *v = kzalloc(kernel_mm, sizeof *v);
	if (!v)
		return NULL;
	inode_init_nameless(&v->i, &event_inode_ops, &event_ops, S_IFREG | 0600);
	v->count = count;
	v->semaphore = semaphore;
	spin_init(&v->lock, LOCK_PIPE, "eventfd");
	waitq_init(&v->changed);
	return &v->i;
}

int64_t sys_eventfd2(const uint64_t *a)
{
	if (a[1] & ~(uint64_t)(EFD_SEMAPHORE | O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	return fd_open(event_new((uint32_t)a[0], a[1] & EFD_SEMAPHORE), O_RDWR | (a[1] & (O_CLOEXEC | O_NONBLOCK)));
}
