/* Spinlocks and sleeping locks, with the lock order asserted.
 *
 * Spinlocks are taken with interrupts off (the kernel never runs with them on, but for idle
 * and sched_point), so a holder is never interrupted and never preempted. The ranks of the
 * spinlocks held are a bit set in the CPU's record, those of the sleeping locks one in the thread's. */
#include <lib/lock.h>
#include <kernel/proc.h>
#include <kernel/printk.h>

void spin_init(struct spinlock *l, enum lock_rank rank, const char *name)
{
	*l = (struct spinlock)SPINLOCK_INIT((uint16_t)rank, name);
}

#ifdef CONFIG_DEBUG
/* A lock of this rank is wanted: the highest in the set of those held must lie below it. */
static void check_order(const char *name, unsigned rank, uint64_t held)
{
	if (held >> rank)
		panic("lock order: %s (rank %u) taken while rank set 0x%lx is held", name, rank, (unsigned long)held);
}
static void note_taken(uint64_t *held, unsigned rank) { *held |= 1ull << rank; }
static void note_given(uint64_t *held, unsigned rank) { *held &= ~(1ull << rank); }
#else
static inline void check_order(const char *name, unsigned rank, uint64_t held) { (void)name, (void)rank, (void)held; }
static inline void note_taken(uint64_t *held, unsigned rank) { (void)held, (void)rank; }
static inline void note_given(uint64_t *held, unsigned rank) { (void)held, (void)rank; }
#endif

/* Another CPU holds l. Looking is cheap, taking is not: the line moves to whoever tries. */
static void spin_for(struct cpu *c, struct spinlock *l)
{
	c->locks_contended++;
	do {
		while (l->held) {
			c->lock_spins++;
			cpu_relax();
		}
	} while (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE));
}

void spin_lock(struct spinlock *l)
{
	struct cpu *c = cpu_this();
	check_order(l->name, l->rank, c->ranks_held);
	c->locks_taken++;
	if (__atomic_exchange_n(&l->held, 1, __ATOMIC_ACQUIRE))
		spin_for(c, l);
	l->cpu = (uint16_t)(c->id + 1);
	note_taken(&c->ranks_held, l->rank);
	c->spin_depth++;
}

void spin_unlock(struct spinlock *l)
{
	struct cpu *c = cpu_this();
#ifdef CONFIG_DEBUG
	if (!l->held || l->cpu != c->id + 1)
		panic("spin_unlock: %s is not held by this CPU", l->name);
#endif
	note_given(&c->ranks_held, l->rank);
	c->spin_depth--;
	__atomic_store_n(&l->held, 0, __ATOMIC_RELEASE);
}

void mutex_init(struct mutex *m, enum lock_rank rank, const char *name)
{
	spin_init(&m->guard, LOCK_WAIT, name);
	m->owner = NULL;
	list_init(&m->waiters);
	m->rank = (uint16_t)rank;
	m->name = name;
}

/* The owner's address, with bit 0 set while somebody waits: taking a free lock, and giving up one that nobody waits
 * for, is one atomic operation. All else happens under m->guard. */
enum { WAITED_FOR = 1 };
static uintptr_t owner_of(const struct mutex *m) { return (uintptr_t)__atomic_load_n(&m->owner, __ATOMIC_ACQUIRE); }

static bool change_owner(struct mutex *m, uintptr_t from, uintptr_t to)
{
	void *expected = (void *)from;
	return __atomic_compare_exchange_n(&m->owner, &expected, (void *)to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static struct waitq *waiters_of(struct mutex *m) { return container_of(&m->waiters, struct waitq, threads); }

bool mutex_is_held(const struct mutex *m)
{
	return (owner_of(m) & ~(uintptr_t)WAITED_FOR) == (uintptr_t)thread_current();
}

/* A waiter is handed the lock by mutex_unlock, so nobody overtakes it. */
static void wait_for_lock(struct mutex *m, struct thread *t)
{
	spin_lock(&m->guard);
	while (!mutex_is_held(m)) {
		uintptr_t o = owner_of(m);
		if (!o && change_owner(m, 0, (uintptr_t)t))
			break;
		if (o && (o & WAITED_FOR || change_owner(m, o, o | WAITED_FOR)))
			wait_on(waiters_of(m), &m->guard, 0, 0);
	}
	spin_unlock(&m->guard);
}

void mutex_lock(struct mutex *m)
{
	struct thread *t = thread_current();
	check_order(m->name, m->rank, t->ranks_held);
#ifdef CONFIG_DEBUG
	if (cpu_this()->spin_depth)
		panic("mutex %s taken under a spinlock", m->name);
#endif
	if (!change_owner(m, 0, (uintptr_t)t))
		wait_for_lock(m, t);
	note_taken(&t->ranks_held, m->rank);
}

void mutex_unlock(struct mutex *m)
{
	struct thread *t = thread_current();
	note_given(&t->ranks_held, m->rank);
	if (change_owner(m, (uintptr_t)t, 0))
		return;
	KASSERT(mutex_is_held(m));
	spin_lock(&m->guard);
	uintptr_t next = (uintptr_t)sched_hand_over(waiters_of(m));
	if (!list_is_empty(&m->waiters))
		next |= WAITED_FOR;
	__atomic_store_n(&m->owner, (void *)next, __ATOMIC_RELEASE);
	spin_unlock(&m->guard);
}
