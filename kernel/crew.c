/* The same work on several CPUs at once.
 *
 * A kernel thread that does not ask for the scheduler keeps its CPU, since the kernel is not preempted. So threads that wait for
 * each other by spinning, no more of them than there are CPUs, end up on different ones, without a way to pin them.
 *
 *   member:  arrive ... all here? | work | ready ... all ready? | leave
 *
 * The caller sleeps meanwhile, so its CPU is one of theirs. */
#include <kernel/cpu.h>
#include <kernel/crew.h>
#include <kernel/printk.h>
#include <kernel/sched.h>

/* Locks: [c] lock; [a] atomic; [I] constant once members run. */
struct crew {
	void (*work)(void *ctx, unsigned k);	/* [I] */
	void *ctx;				/* [I] */
	unsigned wanted;			/* [a] members that will come; set lower if some could not be started */
	unsigned arrived, ready;		/* [a] */
	bool cancelled;				/* [a] set before wanted is lowered */
	struct spinlock lock;
	struct waitq caller;
	unsigned left;				/* [c] members that have let go of all this */
};

unsigned crew_max(void)
{
	unsigned n = 0;
	for (unsigned i = 0; i < ncpus; i++)
		n += cpus[i].online;
	return n;
}

static void wait_for_all(const unsigned *count, const unsigned *wanted)
{
	while (__atomic_load_n(count, __ATOMIC_ACQUIRE) < __atomic_load_n(wanted, __ATOMIC_ACQUIRE))
		cpu_relax();
}

static void member(void *arg)
{
	struct crew *c = arg;
	unsigned k = __atomic_fetch_add(&c->arrived, 1, __ATOMIC_ACQ_REL);
	wait_for_all(&c->arrived, &c->wanted);
	if (!c->cancelled)
		c->work(c->ctx, k);
	__atomic_fetch_add(&c->ready, 1, __ATOMIC_ACQ_REL);
	wait_for_all(&c->ready, &c->wanted);
	spin_lock(&c->lock);
	c->left++;
	waitq_wake_all(&c->caller);
	spin_unlock(&c->lock);
}

enum err crew_run(unsigned n, void (*work)(void *ctx, unsigned k), void *ctx)
{
	struct crew c = { .work = work, .ctx = ctx, .wanted = n };
	unsigned started = 0;
	KASSERT(n >= 1 && n <= crew_max());
	spin_init(&c.lock, LOCK_WAIT, "crew");
	waitq_init(&c.caller);
	while (started < n && kthread_start("crew", member, &c) == OK)
		started++;
	c.cancelled = started < n;
	__atomic_store_n(&c.wanted, started, __ATOMIC_RELEASE);
	spin_lock(&c.lock);
	while (c.left < started)
		wait_on(&c.caller, &c.lock, 0, 0);
	spin_unlock(&c.lock);
	return started == n ? OK : ERR_NOMEM;
}
