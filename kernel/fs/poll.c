/* ppoll and pselect6. A thread can wait on one queue only, so all pollers wait on one, and whatever may have become ready
 * wakes them all to look again. When nobody polls, that costs a load. */
#include "poll.h"
#include <abi/errno.h>
#include <abi/poll.h>
#include <kernel/proc.h>
#include <kernel/sys_time.h>
#include <kernel/syscall.h>
#include <lib/string.h>

enum { POLL_SMALL = 8, SELECT_MAX = FD_MAX, WORDS = SELECT_MAX / 64 };

static struct spinlock poll_lock = SPINLOCK_INIT(LOCK_WAIT, "poll");
static struct waitq pollers_wait = WAITQ_INIT(pollers_wait);
static uint32_t pollers;	/* [a] threads between their first look and their last */
static uint64_t events;		/* [poll_lock] */

void poll_notify(struct poll_edges *e, unsigned is)
{
	if (is & POLLIN)
		__atomic_add_fetch(&e->in, 1, __ATOMIC_RELAXED);
	if (is & POLLOUT)
		__atomic_add_fetch(&e->out, 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (!__atomic_load_n(&pollers, __ATOMIC_RELAXED))
		return;
	spin_lock(&poll_lock);
	events++;
	waitq_wake_all(&pollers_wait);
	spin_unlock(&poll_lock);
}

static unsigned ready(int fd)
{
	struct fdref r;
	if (!fd_get(fd, &r))
		return POLLNVAL;
	unsigned e = r.file->ops->poll ? r.file->ops->poll(r.file) : POLLIN | POLLOUT;
	fd_put(&r);
	return e;
}

struct poll_set { struct pollfd *p; unsigned n; };

static unsigned look_at_set(void *ctx)
{
	const struct poll_set *s = ctx;
	struct pollfd *p = s->p;
	unsigned count = 0;
	for (unsigned k = 0; k < s->n; k++) {
		unsigned e = p[k].fd < 0 ? 0 : ready(p[k].fd);
		p[k].revents = (short)(e & ((unsigned)(unsigned short)p[k].events | POLLERR | POLLHUP | POLLNVAL));
		count += p[k].revents != 0;
	}
	return count;
}

static enum err wait_ready(poll_look *look, void *ctx, uint64_t deadline, unsigned *count)
{
	enum wake why = WAKE_UP;
	__atomic_add_fetch(&pollers, 1, __ATOMIC_SEQ_CST);
	for (;;) {
		uint64_t seen = __atomic_load_n(&events, __ATOMIC_ACQUIRE);
		*count = look(ctx);
		if (*count || why != WAKE_UP || deadline == 1)
			break;
		spin_lock(&poll_lock);
		if (events == seen)
			why = wait_on(&pollers_wait, &poll_lock, SLEEP_KILLABLE, deadline);
		spin_unlock(&poll_lock);
	}
	__atomic_sub_fetch(&pollers, 1, __ATOMIC_RELAXED);
	return !*count && why == WAKE_SIGNAL ? ERR_INTR : OK;
}

/* A timeout argument: none, now, or a span. */
static enum err deadline_of(vaddr_t ts, uint64_t *out)
{
	struct timespec t;
	*out = 0;
	if (!ts)
		return OK;
	if (copy_from_user(&t, ts, sizeof t) != OK)
		return ERR_FAULT;
	if (!t.tv_sec && !t.tv_nsec) {
		*out = 1;
		return OK;
	}
	return user_deadline(ts, false, false, out);
}

/* A signal that ends the wait is delivered before the old mask is back. */
enum err poll_until(poll_look *look, void *ctx, uint64_t deadline, const uint64_t *mask, unsigned *count)
{
	struct thread *t = thread_current();
	uint64_t old = t->sig_mask;
	if (mask)
		t->sig_mask = *mask & ~(1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1));
	enum err e = wait_ready(look, ctx, deadline, count);
	if (mask && e == ERR_INTR) {
		t->sig_saved_mask = old;
		t->sig_restore_mask = true;
		cpu_this()->need_return_work = 1;	/* the signal was there before, perhaps, and only blocked */
	} else if (mask) {
		t->sig_mask = old;
	}
	return e;
}

enum err poll_fetch_mask(vaddr_t at, uint64_t size, uint64_t *mask)
{
	return size == 8 ? copy_from_user(mask, at, sizeof *mask) : ERR_INVAL;
}

int64_t poll_result(enum err e, unsigned count) { return e == ERR_INTR ? -EINTR : e != OK ? err_to_errno(e) : (int64_t)count; }

int64_t sys_ppoll(const uint64_t *a)
{
	unsigned n = (unsigned)a[1], count = 0;
	uint64_t deadline, mask;
	if (a[1] > fd_limit() || (a[3] && a[4] != 8))
		return -EINVAL;
	enum err e = deadline_of(a[2], &deadline);
	if (e == OK && a[3])
		e = copy_from_user(&mask, a[3], sizeof mask);
	if (e != OK)
		return err_to_errno(e);
	struct pollfd small[POLL_SMALL], *p = n > POLL_SMALL ? pool_get(proc_current()->pool, n * sizeof *p) : small;
	if (!p)
		return -ENOMEM;
	e = copy_from_user(p, a[0], n * sizeof *p);
	if (e == OK)
		e = poll_until(look_at_set, &(struct poll_set){ p, n }, deadline, a[3] ? &mask : NULL, &count);
	if (e == OK)
		e = copy_to_user(a[0], p, n * sizeof *p);
	if (p != small)
		pool_put(proc_current()->pool, p);
	return poll_result(e, count);
}

/* ---- pselect6: three bit sets, turned into pollfds and back ---- */

struct select { unsigned nfds; uint64_t set[3][WORDS]; struct pollfd p[SELECT_MAX]; unsigned n; };
static const short asks[3] = { POLLIN, POLLOUT, POLLPRI };

static enum err fetch_sets(struct select *s, const vaddr_t *sets)
{
	size_t bytes = (s->nfds + 63) / 64 * 8;
	for (unsigned k = 0; k < 3; k++)
		if (sets[k] && copy_from_user(s->set[k], sets[k], bytes) != OK)
			return ERR_FAULT;
	for (unsigned fd = 0; fd < s->nfds; fd++) {
		short want = 0;
		for (unsigned k = 0; k < 3; k++)
			if (s->set[k][fd / 64] >> fd % 64 & 1)
				want |= asks[k];
		if (want)
			s->p[s->n++] = (struct pollfd){ (int)fd, want, 0 };
	}
	return OK;
}

static enum err store_sets(struct select *s, const vaddr_t *sets, unsigned *count)
{
	static const short means[3] = { POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, POLLPRI };
	memset(s->set, 0, sizeof s->set);
	*count = 0;
	for (unsigned at = 0; at < s->n; at++)
		for (unsigned k = 0; k < 3; k++)
			if (s->p[at].events & asks[k] && s->p[at].revents & means[k]) {
				s->set[k][s->p[at].fd / 64] |= 1ull << s->p[at].fd % 64;
				++*count;
			}
	for (unsigned k = 0; k < 3; k++)
		if (sets[k] && copy_to_user(sets[k], s->set[k], (s->nfds + 63) / 64 * 8) != OK)
			return ERR_FAULT;
	return OK;
}

static enum err select_run(struct select *s, const vaddr_t *sets, uint64_t deadline, const uint64_t *mask, unsigned *count)
{
	enum err e = fetch_sets(s, sets);
	if (e == OK)
		e = poll_until(look_at_set, &(struct poll_set){ s->p, s->n }, deadline, mask, count);
	for (unsigned k = 0; k < s->n && e == OK; k++)
		if (s->p[k].revents & POLLNVAL)
			e = ERR_BADF;
	return e == OK ? store_sets(s, sets, count) : e;
}

/* As Linux does: what cannot be written is not. */
static void store_time_left(vaddr_t to, uint64_t deadline)
{
	uint64_t now = time_now();
	struct timespec left = timespec_of(deadline > now ? ticks_ns(deadline - now) : 0);
	if (to)
		(void)!copy_to_user(to, &left, sizeof left);
}

int64_t sys_pselect6(const uint64_t *a)
{
	struct { vaddr_t at; uint64_t size; } sig = { 0, 0 };
	uint64_t deadline, mask = 0;
	unsigned count = 0;
	if ((int)a[0] < 0)
		return -EINVAL;
	enum err e = deadline_of(a[4], &deadline);
	if (e == OK && a[5])
		e = copy_from_user(&sig, a[5], sizeof sig);
	if (e == OK && sig.at)
		e = poll_fetch_mask(sig.at, sig.size, &mask);
	if (e != OK)
		return err_to_errno(e);
	struct select *s = kzalloc(kernel_mm, sizeof *s);
	if (!s)
		return -ENOMEM;
	s->nfds = a[0] < SELECT_MAX ? (unsigned)a[0] : SELECT_MAX;
	e = select_run(s, a + 1, deadline, sig.at ? &mask : NULL, &count);
	kfree(kernel_mm, s);
	store_time_left(a[4], deadline);
	return poll_result(e, count);
}
