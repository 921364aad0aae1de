/* timer_create(2): timers that send signals.
 *
 * Each has one signal of its own, had when it is made, so that ringing needs no memory. While that waits to be taken, what comes meanwhile is
 * counted as overruns. Times are those of the monotonic clock, in ns; the wall clock is set at boot alone, as for timerfd. */
#include <abi/errno.h>
#include <abi/signal.h>
#include <abi/time.h>
#include <lib/string.h>
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>
#include <kernel/sys_time.h>
#include <kernel/syscall.h>
#include <kernel/time.h>

enum { SIGNALS = 64, TIMERS_MAX = 256 };

struct ptimer {
	struct list link;		/* [p] in proc->ptimers, by id */
	int id;				/* [p] */
	bool wall;			/* [I] absolute times are the wall clock's */
	int sig, tid;			/* [I] 0: none; 0: to the process */
	void *value;			/* [I] what the signal says */
	uint64_t at, every;		/* [p] its next time, 0: it is off; 0: once */
	struct queued_signal *signal;	/* [I] */
};

static uint64_t next = UINT64_MAX;	/* [p] ticks; not later than the earliest of their times */

uint64_t ptimer_next(void) { return __atomic_load_n(&next, __ATOMIC_RELAXED); }

/* proc_lock is held. */
static void look_again_at(uint64_t at, uint64_t now)
{
	uint64_t ticks = time_deadline(at > now ? at - now : 0);
	if (at && ticks < next)
		__atomic_store_n(&next, ticks, __ATOMIC_RELAXED);
}

static void ring(struct proc *p, struct ptimer *t, uint64_t now)
{
	uint64_t n = t->every ? 1 + (now - t->at) / t->every : 1;
	struct abi_siginfo info;
	t->at = t->every ? t->at + n * t->every : 0;
	if (!t->sig)
		return;
	memset(&info, 0, sizeof info);
	info.si_signo = t->sig;
	info.si_code = SI_TIMER;
	info.si_timerid = t->id;
	info.si_overrun = n - 1 < INT32_MAX ? (int)(n - 1) : INT32_MAX;
	info.si_ptr = t->value;
	signal_post_timer(p, t->tid, &info, t->signal);
}

static void ring_those_due(struct proc *p, void *ctx)
{
	uint64_t now = *(uint64_t *)ctx;
	struct ptimer *t;
	list_for_each(t, &p->ptimers, link) {
		if (t->at && t->at <= now)
			ring(p, t, now);
		look_again_at(t->at, now);
	}
}

void ptimer_tick(void)
{
	if (time_now() < ptimer_next())
		return;
	spin_lock(&proc_lock);
	uint64_t now = time_ns();
	__atomic_store_n(&next, UINT64_MAX, __ATOMIC_RELAXED);
	proc_for_each(ring_those_due, &now);
	spin_unlock(&proc_lock);
}

/* ---- making and ending ---- */

static void destroy(struct proc *p, struct ptimer *t)
{
	sigqueue_timer_ends(p, t->signal);
	kfree(kernel_mm, t);
}

void ptimer_drop_all(struct proc *p)
{
	for (struct list *n;;) {
		spin_lock(&proc_lock);
		n = list_pop_front(&p->ptimers);
		spin_unlock(&proc_lock);
		if (!n)
			return;
		destroy(p, container_of(n, struct ptimer, link));
	}
}

/* The current process's timer of that number; proc_lock is held. */
static struct ptimer *find(uint64_t id)
{
	struct ptimer *t;
	list_for_each(t, &proc_current()->ptimers, link)
		if (t->id == (int)id)
			return t;
	return NULL;
}

/* Give t the first free number and its place; without an event the number is what its signal says. ERR_AGAIN: there are too many. */
static enum err insert(struct ptimer *t, bool no_event, int *id)
{
	struct list *after = &proc_current()->ptimers;
	struct ptimer *other;
	spin_lock(&proc_lock);
	list_for_each(other, after, link) {
		if (other->id != t->id)
			break;
		t->id++;
	}
	for (int k = 0; k < t->id; k++)
		after = after->next;
	if (no_event)
		t->value = (void *)(intptr_t)t->id;
	*id = t->id;
	if (*id < TIMERS_MAX)
		list_insert_after(after, &t->link);
	spin_unlock(&proc_lock);
	return *id < TIMERS_MAX ? OK : ERR_AGAIN;
}

static enum err check_event(const struct abi_sigevent *ev)
{
	if (ev->sigev_notify == SIGEV_NONE)
		return OK;
	if (ev->sigev_signo < 1 || ev->sigev_signo > SIGNALS)
		return ERR_INVAL;
	if (ev->sigev_notify != SIGEV_THREAD_ID)
		return ev->sigev_notify == SIGEV_SIGNAL ? OK : ERR_INVAL;
	spin_lock(&proc_lock);
	struct thread *t = proc_find_thread(ev->sigev_tid);
	bool ours = t && t->proc == proc_current();
	spin_unlock(&proc_lock);
	return ours ? OK : ERR_INVAL;
}

static enum err create(bool wall, const struct abi_sigevent *ev, bool no_event, int *id)
{
	struct ptimer *t = kzalloc(kernel_mm, sizeof *t);
	enum err e = t ? sigqueue_alloc_timer(proc_current(), &t->signal) : ERR_NOMEM;
	if (e != OK) {
		kfree(kernel_mm, t);
		return e;
	}
	list_init(&t->link);
	t->wall = wall;
	if (ev->sigev_notify != SIGEV_NONE)
		t->sig = ev->sigev_signo;
	if (ev->sigev_notify == SIGEV_THREAD_ID)
		t->tid = ev->sigev_tid;
	t->value = ev->sigev_value;
	e = insert(t, no_event, id);
	if (e != OK)
		destroy(proc_current(), t);
	return e;
}

static enum err take_out(uint64_t id)
{
	spin_lock(&proc_lock);
	struct ptimer *t = find(id);
	if (t)
		list_remove(&t->link);
	spin_unlock(&proc_lock);
	if (t)
		destroy(proc_current(), t);
	return t ? OK : ERR_INVAL;
}

int64_t sys_timer_create(const uint64_t *a)
{
	struct abi_sigevent ev = { .sigev_signo = SIGALRM, .sigev_notify = SIGEV_SIGNAL };
	int id, clock = (int)a[0];
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC && clock != CLOCK_BOOTTIME && clock != CLOCK_TAI)
		return -EINVAL;
	if (a[1] && copy_from_user(&ev, a[1], sizeof ev) != OK)
		return -EFAULT;
	enum err e = check_event(&ev);
	if (e == OK)
		e = create(clock == CLOCK_REALTIME || clock == CLOCK_TAI, &ev, !a[1], &id);
	if (e != OK)
		return err_to_errno(e);
	e = copy_to_user(a[2], &id, sizeof id);
	if (e != OK)
		(void)!take_out((uint64_t)id);
	return err_to_errno(e);
}

int64_t sys_timer_delete(const uint64_t *a) { return err_to_errno(take_out(a[0])); }

/* ---- setting ---- */

/* Set a timer unless new is NULL; *old is what it was. */
static enum err change(uint64_t id, const uint64_t *new, bool absolute, struct itimerspec *old)
{
	spin_lock(&proc_lock);
	uint64_t now = time_ns();
	struct ptimer *t = find(id);
	if (t)
		*old = (struct itimerspec){ timespec_of(t->every), timespec_of(!t->at ? 0 : t->at > now ? t->at - now : 1) };
	if (t && new) {
		t->at = new[0] ? timer_time(new[0], absolute, t->wall, now) : 0;
		t->every = new[1];
		look_again_at(t->at, now);
	}
	spin_unlock(&proc_lock);
	return t ? OK : ERR_INVAL;
}

int64_t sys_timer_settime(const uint64_t *a)
{
	struct itimerspec spec, old;
	uint64_t new[2];
	if (!a[2])
		return -EINVAL;
	if (copy_from_user(&spec, a[2], sizeof spec) != OK)
		return -EFAULT;
	if (!timespec_span(&spec.it_value, &new[0]) || !timespec_span(&spec.it_interval, &new[1]))
		return -EINVAL;
	enum err e = change(a[0], new, a[1] & TIMER_ABSTIME, &old);
	return err_to_errno(e == OK && a[3] ? copy_to_user(a[3], &old, sizeof old) : e);
}

int64_t sys_timer_gettime(const uint64_t *a)
{
	struct itimerspec now;
	enum err e = change(a[0], NULL, false, &now);
	return err_to_errno(e == OK ? copy_to_user(a[1], &now, sizeof now) : e);
}

int64_t sys_timer_getoverrun(const uint64_t *a)
{
	spin_lock(&proc_lock);
	struct ptimer *t = find(a[0]);
	int64_t n = t ? sigqueue_overrun(proc_current(), t->signal) : -EINVAL;
	spin_unlock(&proc_lock);
	return n;
}
