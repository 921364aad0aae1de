#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/list.h>
#include <lib/lock.h>
#include <lib/err.h>
/* What the rest of the kernel needs of the scheduler: sleeping and waking, time. */
struct thread;
struct cpu;

/* Threads that wait for something, first come first. Guarded by the scheduler's lock. */
struct waitq { struct list threads; };
#define WAITQ_INIT(q) { LIST_INIT((q).threads) }
static inline void waitq_init(struct waitq *q) { list_init(&q->threads); }

/* Give a CPU its idle thread. ERR_NOMEM. */
enum err sched_init_cpu(struct cpu *c) MUST_CHECK;
/* What each CPU does when nothing is runnable. */
_Noreturn void sched_idle(void);
/* Leave the boot stack for the idle thread: the end of the boot CPU's start-up. */
_Noreturn void sched_enter(void);

enum wake { WAKE_UP, WAKE_SIGNAL, WAKE_TIMEOUT };
enum { SLEEP_KILLABLE = 1 };	/* flags: signals end the sleep (otherwise nothing but a wake-up does) */

/* Wait on q. The caller holds guard (any spinlock, or NULL), under which it saw that it must wait and under which the
 * waker changes that condition; it is released while asleep and held again on return. The caller re-checks its condition in a loop.
 * deadline: time_now() ticks, 0 = none. */
enum wake wait_on(struct waitq *q, struct spinlock *guard, unsigned flags, uint64_t deadline);
void waitq_wake_one(struct waitq *q);
void waitq_wake_all(struct waitq *q);

/* Wake the first waiter and say who it was (NULL: nobody waited), so that a lock can be handed to it. */
struct thread *sched_hand_over(struct waitq *q);

/* Put a new thread on the run queue. */
void sched_start(struct thread *t);
/* Wake t if it sleeps killably, or make the CPU it runs on look at its signals. */
void sched_signal(struct thread *t);
/* The end of the current thread: switch away for good. Its memory is freed by sched_reap(). *gone (unless NULL) is set so that
 * sched_is_gone() tells when the switch is done and nothing of the thread is in use any more. */
_Noreturn void sched_exit(bool *gone);
bool sched_is_gone(const bool *gone);
/* Count the current thread's CPU time up to now. proc_lock may be held. */
void sched_charge(void);
enum { SLICE_NS = 10000000 };		/* a turn of a thread, when others wait */
/* Free the memory of threads that have ended. May sleep. */
void sched_reap(void);
/* t, which cannot end meanwhile, runs on the CPUs of mask alone; one that runs elsewhere moves within a slice, the current thread at once. */
void sched_set_affinity(struct thread *t, unsigned mask);
/* Expired sleeps wake up; the current thread's slice ends. From the timer interrupt. */
void sched_tick(void);

/* Let others run; take pending interrupts. Call between bounded pieces of long work, with no spinlock held. */
void sched_point(void);
void sched_yield(void);
/* A pending fatal or handled signal of the current thread? Long loops give up with ERR_INTR. */
bool signal_is_pending(void);

/* A kernel thread. NULL-safe name is kept. ERR_NOMEM. */
enum err kthread_start(const char *name, void (*fn)(void *), void *arg) MUST_CHECK;

/* Ticks of time_now() <-> nanoseconds. */
uint64_t time_ns(void);			/* since the counter began */
uint64_t ticks_ns(uint64_t ticks);
uint64_t time_deadline(uint64_t ns);	/* that far from now, in ticks, never 0 */
/* Wall-clock: seconds since 1970 at boot (RTC, or 0) + time_ns(). */
uint64_t time_wall_ns(void);
