/* timerfd(2): a descriptor that counts how often its time has come. A read takes the count, and waits while it is 0.
 *
 * Times are those of the monotonic clock, in ns. The wall clock is set at boot alone, so a wall time is turned into one of these when it is set. */
#include "vfs_priv.h"
#include <abi/errno.h>
#include <abi/poll.h>
#include <abi/time.h>
#include <kernel/proc.h>
#include <kernel/sys_time.h>
#include <kernel/syscall.h>
#include <kernel/time.h>

enum { CANCEL_ON_SET = 2 };

struct timerfd {
	struct inode i;
	struct list link;		/* [lock] in timers */
	uint64_t at, every;		/* [lock] its next time, 0: it is off; 0: once */
	uint64_t count;			/* [lock] since the last read or setting */
	bool wall;			/* [I] absolute times are the wall clock's */
	struct waitq changed;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_PIPE, "timerfd");	/* of all of them */
static struct list timers = LIST_INIT(timers);
static uint64_t next = UINT64_MAX;	/* [lock] ticks; the earliest of their times */
static const struct file_ops timer_ops;

static struct timerfd *of(struct file *f) { return container_of(f->inode, struct timerfd, i); }

/* Count what is over by now. */
static bool update(struct timerfd *t, uint64_t now)
{
	if (!t->at || t->at > now)
		return false;
	uint64_t n = t->every ? 1 + (now - t->at) / t->every : 1;
	t->count += n;
	t->i.edges.in++;
	t->at = t->every ? t->at + n * t->every : 0;
	return true;
}

static void find_next(uint64_t now)
{
	struct timerfd *t;
	uint64_t first = UINT64_MAX;
	list_for_each(t, &timers, link)
		if (t->at && t->at < first)
			first = t->at;
	__atomic_store_n(&next, first == UINT64_MAX ? first : time_deadline(first > now ? first - now : 0), __ATOMIC_RELAXED);
}

uint64_t timerfd_next(void) { return __atomic_load_n(&next, __ATOMIC_RELAXED); }

void timerfd_tick(void)
{
	struct timerfd *t;
	bool any = false;
	if (time_now() < timerfd_next())
		return;
	spin_lock(&lock);
	uint64_t now = time_ns();
	list_for_each(t, &timers, link)
		if (update(t, now)) {
			any = true;
			waitq_wake_all(&t->changed);
		}
	find_next(now);
	spin_unlock(&lock);
	if (any)
		poll_notify(NULL, 0);
}

/* ---- the file ---- */

static enum err timer_read(struct file *f, struct io *io)
{
	struct timerfd *t = of(f);
	enum err e = OK;
	if (io->n < sizeof t->count)
		return ERR_INVAL;
	spin_lock(&lock);
	update(t, time_ns());
	while (e == OK && !t->count)
		e = f->flags & O_NONBLOCK ? ERR_AGAIN : wait_on(&t->changed, &lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL ? ERR_INTR : OK;
	uint64_t count = t->count;
	t->count = 0;
	spin_unlock(&lock);
	if (e != OK)
		return e;
	io->done = io_copy_out(io, &count, sizeof count);
	return io->done == sizeof count ? OK : ERR_FAULT;
}

/* What is over by now counts, but is left to the tick, which tells those who wait. */
static unsigned timer_poll(struct file *f)
{
	struct timerfd *t = of(f);
	spin_lock(&lock);
	unsigned r = t->count || (t->at && t->at <= time_ns()) ? POLLIN : 0;
	spin_unlock(&lock);
	return r;
}

static void timer_free(struct inode *i)
{
	struct timerfd *t = container_of(i, struct timerfd, i);
	spin_lock(&lock);
	list_remove(&t->link);
	spin_unlock(&lock);
	kfree(kernel_mm, t);
}

static const struct file_ops timer_ops = { .read = timer_read, .poll = timer_poll, .stream = true, .name = "anon_inode:[timerfd]" };
static const struct inode_ops timer_inode_ops = { .free = timer_free };

static struct inode *timer_new(bool wall)
{
	struct timerfd *t = kzalloc(kernel_mm, sizeof *t);
	if (!t)
		return NULL;
	inode_init_nameless(&t->i, &timer_inode_ops, &timer_ops, S_IFREG | 0600);
	t->wall = wall;
	waitq_init(&t->changed);
	spin_lock(&lock);
	list_push_back(&timers, &t->link);
	spin_unlock(&lock);
	return &t->i;
}

int64_t sys_timerfd_create(const uint64_t *a)
{
	int clock = (int)a[0];
	if (a[1] & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK) || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME))
		return -EINVAL;
	return fd_open(timer_new(clock == CLOCK_REALTIME), O_RDWR | (uint32_t)a[1]);
}

/* ---- setting ---- */

static struct itimerspec state(const struct timerfd *t, uint64_t now)
{
	return (struct itimerspec){ timespec_of(t->every), timespec_of(t->at > now ? t->at - now : 0) };
}

/* Set f's timer unless new is NULL; *old is what it was. */
static enum err change(struct file *f, const uint64_t *new, bool absolute, struct itimerspec *old)
{
	if (f->ops != &timer_ops)
		return ERR_INVAL;
	struct timerfd *t = of(f);
	spin_lock(&lock);
	uint64_t now = time_ns();
	if (update(t, now))
		waitq_wake_all(&t->changed);
	*old = state(t, now);
	if (new) {
		t->at = new[0] ? timer_time(new[0], absolute, t->wall, now) : 0;
		t->every = new[1];
		t->count = 0;
		find_next(now);
	}
	spin_unlock(&lock);
	poll_notify(NULL, 0);	/* its time may be over already */
	return OK;
}

int64_t sys_timerfd_settime(const uint64_t *a)
{
	struct itimerspec spec, old;
	uint64_t new[2];
	struct fdref r;
	if (copy_from_user(&spec, a[2], sizeof spec) != OK)
		return -EFAULT;
	if (a[1] & ~(uint64_t)(TIMER_ABSTIME | CANCEL_ON_SET) || !timespec_span(&spec.it_value, &new[0]) || !timespec_span(&spec.it_interval, &new[1]))
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = change(r.file, new, a[1] & TIMER_ABSTIME, &old);
	fd_put(&r);
	return e == OK && a[3] ? err_to_errno(copy_to_user(a[3], &old, sizeof old)) : err_to_errno(e);
}

int64_t sys_timerfd_gettime(const uint64_t *a)
{
	struct itimerspec now;
	struct fdref r;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	enum err e = change(r.file, NULL, false, &now);
	fd_put(&r);
	return err_to_errno(e == OK ? copy_to_user(a[1], &now, sizeof now) : e);
}
