/* The scheduler: one run queue for all CPUs, round robin, 10 ms slices.
 *
 * One spinlock, sched_lock, guards the run queue, every thread's state, every wait queue's list
 * and the list of timed sleeps. It is held across a switch: the thread that switches away takes it, the one
 * that is switched to releases it. So a thread that is seen on a queue has its context saved.
 *
 *   RUNNABLE  on run_queue          RUNNING  current on a CPU
 *   SLEEPING  on a waitq (and on sleepers, if it has a deadline)      DEAD  on dead_threads
 *
 * An idle CPU and a kernel thread run on a translation with no user half, so a space is never the translation of a
 * CPU that does not run one of its threads. */
#include <kernel/proc.h>
#include <kernel/printk.h>
#include <kernel/kmap.h>
#include <kernel/load.h>
#include <kernel/time.h>
#include <lib/bits.h>
#include <kernel/thread.h>
#include <arch/mmu.h>

enum { IDLE_MAX_NS = 1000000000, SOONEST_NS = 100000 };

struct cpu cpus[CPUS_MAX];
unsigned ncpus = 1;

static struct spinlock sched_lock = SPINLOCK_INIT(LOCK_RUNQUEUE, "sched");
static struct list run_queue = LIST_INIT(run_queue);
static struct list sleepers = LIST_INIT(sleepers);	/* by ascending deadline */
static struct list dead_threads = LIST_INIT(dead_threads);
static unsigned idle_cpus;				/* bit per CPU that waits in sched_idle */

/* ---- waking ---- */

static bool may_run(const struct thread *t, const struct cpu *c) { return !(t->cpus_barred >> c->id & 1); }

static void kick_idle_cpu(const struct thread *t)
{
	unsigned others = idle_cpus & ~(1u << cpu_this()->id) & ~t->cpus_barred;
	if (!others)
		return;
	unsigned id = t->cpu && (others >> t->cpu->id & 1) ? t->cpu->id : bit_lowest(others);
	idle_cpus &= ~(1u << id);
	arch_cpu_kick(&cpus[id]);
}

static void make_runnable(struct thread *t)
{
	t->state = THREAD_RUNNABLE;
	list_push_back(&run_queue, &t->run_link);
	kick_idle_cpu(t);
}

static void wake(struct thread *t, enum wake why)
{
	list_remove(&t->wait_link);
	if (t->deadline) {
		list_remove(&t->timer_link);
		t->deadline = 0;
	}
	t->wake_reason = why;
	make_runnable(t);
}

static struct thread *first_waiter(struct waitq *q)
{
	struct list *n = list_first(&q->threads);
	return n ? container_of(n, struct thread, wait_link) : NULL;
}

struct thread *sched_hand_over(struct waitq *q)
{
	spin_lock(&sched_lock);
	struct thread *t = first_waiter(q);
	if (t)
		wake(t, WAKE_UP);
	spin_unlock(&sched_lock);
	return t;
}

void waitq_wake_one(struct waitq *q)
{
	if (!list_is_empty(&q->threads))
		sched_hand_over(q);
}

void waitq_wake_all(struct waitq *q)
{
	if (list_is_empty(&q->threads))
		return;
	spin_lock(&sched_lock);
	for (struct thread *t; (t = first_waiter(q));)
		wake(t, WAKE_UP);
	spin_unlock(&sched_lock);
}

void sched_start(struct thread *t)
{
	spin_lock(&sched_lock);
	make_runnable(t);
	spin_unlock(&sched_lock);
}

void sched_signal(struct thread *t)
{
	spin_lock(&sched_lock);
	if (t->state == THREAD_SLEEPING && t->killable_sleep)
		wake(t, WAKE_SIGNAL);
	else if (t->state == THREAD_RUNNING && t->cpu == cpu_this())
		t->cpu->need_return_work = 1;
	else if (t->state == THREAD_RUNNING)
		arch_cpu_kick(t->cpu);
	spin_unlock(&sched_lock);
}

/* ---- switching ---- */

static uint64_t ns_to_ticks(uint64_t ns)
{
	uint64_t hz = time_frequency();
	return ns / 1000000000 * hz + ns % 1000000000 * hz / 1000000000;
}

/* The next time this CPU must look up: the end of a slice, the first timed sleep or alarm. A timer that is already set for
 * earlier than that is left alone, since on RISC-V setting it may be a call to the firmware: a slice may so be cut short. Never at once, or
 * a program with a timer for each nanosecond would leave no time for any other. */
static void set_timer(bool idle, uint64_t now)
{
	struct cpu *c = cpu_this();
	uint64_t at = now + ns_to_ticks(idle ? IDLE_MAX_NS : SLICE_NS);
	struct list *n = list_first(&sleepers);
	if (n && container_of(n, struct thread, timer_link)->deadline < at)
		at = container_of(n, struct thread, timer_link)->deadline;
	at = alarm_next() < at ? alarm_next() : at;
	at = timerfd_next() < at ? timerfd_next() : at;
	at = ptimer_next() < at ? ptimer_next() : at;
	uint64_t soonest = now + ns_to_ticks(SOONEST_NS);
	at = at > soonest ? at : soonest;
	if (c->timer_at > now && c->timer_at <= at)
		return;
	c->timer_at = at;
	arch_timer_set(at);
}

static void load_space(const struct thread *t)
{
	if (t->proc && t->proc->space)
		arch_mmu_switch(space_root(t->proc->space), space_asid(t->proc->space));
	else
		arch_mmu_switch(kmap_idle_root(), 0);
}

/* The thread that has waited longest of those that may run here; NULL: none. */
static struct thread *first_runnable(const struct cpu *c)
{
	struct thread *t;
	list_for_each(t, &run_queue, run_link)
		if (may_run(t, c))
			return t;
	return NULL;
}

/* c's current thread has run since it was switched to, until now. */
static uint64_t charge(struct cpu *c)
{
	uint64_t now = time_now(), used = now - c->switched_at;
	struct thread *t = c->current;
	t->user_ticks += used;
	if (t->proc)
		t->proc->user_ticks += used;
	c->switched_at = now;
	return now;
}

void sched_charge(void)
{
	spin_lock(&sched_lock);
	charge(cpu_this());
	spin_unlock(&sched_lock);
}

/* Leave the current thread, whose new state is set, for the next one. sched_lock is held, and so it is on
 * return, when this thread runs again. */
static void switch_away(void)
{
	struct cpu *c = cpu_this();
	struct thread *prev = c->current;
	struct thread *next = first_runnable(c);
	if (next)
		list_remove(&next->run_link);
	else
		next = c->idle;
	if (next != prev) {
		if (prev->tf)
			arch_user_state_save(prev->fp, prev->tf);
		uint64_t now = charge(c);
		c->current = next;
		c->kstack_top = next->kstack_top;
		c->switches++;
		next->cpu = c;
		if (!prev->proc || !next->proc || prev->proc->space != next->proc->space)
			load_space(next);
		if (next->tf)
			arch_user_state_restore(next->fp, next->tf);
		c->need_return_work = 1;
		next->state = THREAD_RUNNING;
		set_timer(next == c->idle, now);
		arch_switch(&prev->context, &next->context);
	} else {
		next->state = THREAD_RUNNING;
	}
}

void sched_thread_begin(void)
{
	spin_unlock(&sched_lock);
}

void sched_yield(void)
{
	struct cpu *c = cpu_this();
	KASSERT(!c->spin_depth);
	spin_lock(&sched_lock);
	c->need_resched = false;
	struct thread *t = c->current;
	if (!list_is_empty(&run_queue) || !may_run(t, c)) {
		if (t != c->idle) {
			t->state = THREAD_RUNNABLE;
			list_push_back(&run_queue, &t->run_link);
			if (!may_run(t, c))
				kick_idle_cpu(t);
		}
		switch_away();
	}
	spin_unlock(&sched_lock);
}

void sched_set_affinity(struct thread *t, unsigned mask)
{
	spin_lock(&sched_lock);
	t->cpus_barred = ~mask;
	if (t->state == THREAD_RUNNABLE)
		kick_idle_cpu(t);
	spin_unlock(&sched_lock);
	if (t == thread_current() && !may_run(t, cpu_this()))
		sched_yield();
}

void sched_point(void)
{
	irq_on();
	irq_off();
	if (cpu_this()->need_resched)
		sched_yield();
}

static void insert_sleeper(struct thread *t, uint64_t deadline)
{
	struct thread *s;
	t->deadline = deadline;
	list_for_each(s, &sleepers, timer_link)
		if (s->deadline > deadline)
			break;
	list_insert_after(s->timer_link.prev, &t->timer_link);
}

enum wake wait_on(struct waitq *q, struct spinlock *guard, unsigned flags, uint64_t deadline)
{
	struct thread *t = thread_current();
	spin_lock(&sched_lock);
	KASSERT(cpu_this()->spin_depth == (guard ? 2u : 1u));
	if ((flags & SLEEP_KILLABLE) && signal_is_pending()) {
		spin_unlock(&sched_lock);
		return WAKE_SIGNAL;
	}
	t->state = THREAD_SLEEPING;
	t->killable_sleep = flags & SLEEP_KILLABLE;
	list_push_back(&q->threads, &t->wait_link);
	if (deadline)
		insert_sleeper(t, deadline);
	if (guard)
		spin_unlock(guard);
	switch_away();
	enum wake why = t->wake_reason;
	spin_unlock(&sched_lock);
	if (guard)
		spin_lock(guard);
	return why;
}

/* ---- the clock ---- */

static unsigned active_threads(void)
{
	unsigned n = 0;
	for (const struct list *l = run_queue.next; l != &run_queue; l = l->next)
		n++;
	for (unsigned k = 0; k < ncpus; k++)
		n += cpus[k].current != cpus[k].idle;
	return n;
}

void sched_tick(void)
{
	struct cpu *c = cpu_this();
	uint64_t now = time_now();
	spin_lock(&sched_lock);
	for (struct list *n; (n = list_first(&sleepers));) {
		struct thread *t = container_of(n, struct thread, timer_link);
		if (t->deadline > now)
			break;
		wake(t, WAKE_TIMEOUT);
	}
	if (!list_is_empty(&run_queue) || !may_run(c->current, c)) {
		c->need_resched = true;
		c->need_return_work = 1;
	}
	if (load_is_due(now))
		load_sample(active_threads(), now);
	c->timer_at = 0;
	set_timer(c->current == c->idle, now);
	spin_unlock(&sched_lock);
}

/* ---- the end of threads ---- */

_Noreturn void sched_exit(bool *gone)
{
	spin_lock(&sched_lock);
	struct thread *t = thread_current();
	if (gone)
		*gone = true;
	t->state = THREAD_DEAD;
	list_push_back(&dead_threads, &t->run_link);
	switch_away();
	panic("a dead thread runs");
}

bool sched_is_gone(const bool *gone)
{
	spin_lock(&sched_lock);
	bool r = *gone;
	spin_unlock(&sched_lock);
	return r;
}

void sched_reap(void)
{
	while (!list_is_empty(&dead_threads)) {
		spin_lock(&sched_lock);
		struct list *n = list_pop_front(&dead_threads);
		spin_unlock(&sched_lock);
		if (n)
			thread_free(container_of(n, struct thread, run_link));
	}
}

/* ---- idle ---- */

static void idle_entry(void *arg)
{
	(void)arg;
	sched_thread_begin();
	sched_idle();
}

enum err sched_init_cpu(struct cpu *c)
{
	struct thread *t = thread_alloc("idle", idle_entry, NULL);
	if (!t)
		return ERR_NOMEM;
	t->state = THREAD_RUNNING;
	t->cpu = c;
	c->idle = c->current = t;
	c->kstack_top = t->kstack_top;
	return OK;
}

_Noreturn void sched_idle(void)
{
	struct cpu *c = cpu_this();
	for (;;) {
		sched_reap();
		spin_lock(&sched_lock);
		idle_cpus &= ~(1u << c->id);
		if (first_runnable(c)) {
			switch_away();
			spin_unlock(&sched_lock);
			continue;
		}
		idle_cpus |= 1u << c->id;
		set_timer(true, time_now());
		spin_unlock(&sched_lock);
		uint64_t from = time_now();
		cpu_wait();
		c->idle_ticks += time_now() - from;
		irq_on();
		irq_off();
	}
}

_Noreturn void sched_enter(void)
{
	struct context boot;
	spin_lock(&sched_lock);
	arch_switch(&boot, &cpu_this()->idle->context);
	panic("the boot context runs again");
}
