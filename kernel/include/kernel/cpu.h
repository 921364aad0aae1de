#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <arch/cpu.h>
#include <arch/switch.h>

struct thread;

/* One per CPU. Assembly reads some members: arch/<a>/include/arch/offsets.h has
 * their offsets, checked by static_asserts.
 * [I] constant after start, [c] this CPU only, [a] atomic. */
struct cpu {
	struct thread *current;		/* [c] offset 0 */
	uintptr_t kstack_top;		/* [c] offset 8: of the current thread; the trap frame of a user thread lies just below it */
	volatile uint32_t need_return_work; /* [a] offset 16: look at need_resched and signals before going back to user mode */
	uint32_t id;			/* [I] 0..ncpus-1 */
	uint64_t hwid;			/* [I] hart id, MPIDR affinity */
	volatile bool online;		/* [a] */
	volatile bool need_resched;	/* [a] */
	struct thread *idle;		/* [I] */
	struct context sched_context;	/* [c] */
	unsigned spin_depth;		/* [c] spinlocks held, for the assertions */
	uint64_t ranks_held;		/* [c] bit set of lock ranks held as spinlocks */
	uintptr_t scratch[4];		/* [c] of the entry code */
	uint64_t idle_since, idle_ticks;/* [c] */
	uint64_t switched_at;		/* [c] when current began to run */
	uint64_t timer_at;		/* [c] what the timer is set for; 0: it went off */
	uint64_t switches;		/* [c] */
	uint64_t locks_taken;		/* [c] spinlocks, since boot */
	uint64_t locks_contended;	/* [c] of them, held by another CPU at the first try */
	uint64_t lock_spins;		/* [c] turns waited for those */
};

extern struct cpu cpus[CPUS_MAX];
extern unsigned ncpus;

/* Where a secondary CPU enters C, on its own stack, with translation on and cpu_this() set. */
_Noreturn void cpu_secondary_main(struct cpu *c);

