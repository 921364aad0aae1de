#pragma once
/* All CPUs together. The others are interrupted, which they let happen in user mode, in the idle loop and in sched_point() only: so
 * each is between two steps of its work and holds no spinlock. Threads that sleep may hold sleeping locks.
 *
 * Locking: call without spinlocks. Two callers at once take turns. */

/* Each other CPU that runs calls fn(arg), in its interrupt handler; done when all have. */
void cpus_call(void (*fn)(void *arg), void *arg);
/* The others wait from the first of these until the second. Nothing but this CPU runs meanwhile; it must not sleep. */
void cpus_hold(void);
void cpus_release(void);
/* From the interrupt by which one CPU kicks another. */
void rendezvous_serve(void);
