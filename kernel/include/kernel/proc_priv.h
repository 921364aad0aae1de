#pragma once
#include <kernel/proc.h>
/* Between proc.c, fork.c, exit.c and exec.c. */
extern struct proc *proc_init;			/* process 1 */
struct txn;
/* Zeroed, no id, on no list, with an empty pool of pool_limit bytes. NULL: no memory. */
struct proc *proc_alloc(struct txn *txn, uint64_t pool_limit);
/* The limit of process 1, which all others inherit: pool.limit= of the command line, or 4 MiB, or a 32nd of RAM if that is less. */
uint64_t proc_pool_limit(void);
void proc_free(struct proc *p);			/* a zombie that nobody else can find */
void proc_insert(struct proc *p);		/* into the table; proc_lock is held */
void proc_remove(struct proc *p);		/* out of it and of its parent's children; proc_lock is held */
void proc_release_vfork(struct proc *p);	/* the child no longer uses its vfork parent's memory */

/* ---- sigframe.c: the current thread's signal frames ---- */

struct abi_siginfo;
struct abi_sigaction;
/* Save t's user state on its stack, or its alternate one, and set it to enter a's handler. ERR_FAULT: the stack cannot take the frame. */
enum err sigframe_push(struct thread *t, const struct abi_siginfo *info, const struct abi_sigaction *a) MUST_CHECK;
/* Take the frame at t's stack pointer back; *mask is what it says of blocked signals. ERR_FAULT, ERR_INVAL: t's registers are anything. */
enum err sigframe_pop(struct thread *t, uint64_t *mask) MUST_CHECK;

/* ---- ptimer.c ---- */

struct queued_signal;
/* The current process's timers are gone: it ends, or runs another program. */
void ptimer_drop_all(struct proc *p);
/* signal.c: one of p's timers has rung; to thread tid of it, or 0. proc_lock is held. */
void signal_post_timer(struct proc *p, int tid, const struct abi_siginfo *info, struct queued_signal *q);

/* ---- sigqueue.c ---- */

enum { SIG_RT_FIRST = 32, SIGNALS_QUEUED_MAX = 256 /* RLIMIT_SIGPENDING, unless a process changes it */ };
/* Room for one; NULL: there is no memory, or sig is none that is queued. */
struct queued_signal *sigqueue_alloc(int sig);
/* One that its timer keeps, and that counts as queued all the while; queued once more while it waits, it counts an overrun. ERR_NOMEM;
 * ERR_AGAIN: p has as many as it may. */
enum err sigqueue_alloc_timer(struct proc *p, struct queued_signal **out) MUST_CHECK;
int sigqueue_overrun(struct proc *p, const struct queued_signal *q);	/* what was told with a timer's last one */
void sigqueue_timer_ends(struct proc *p, struct queued_signal *q);	/* it is freed, now or when it is taken */
void sigqueue_free(struct queued_signal *q);	/* or NULL */
/* The next two: the process's signal lock is held. Append info; *q is NULL if it was used. ERR_AGAIN: no room. */
enum err sigqueue_push(struct proc *p, struct list *queue, const struct abi_siginfo *info, struct queued_signal **q) MUST_CHECK;
/* Take the first one of that number out, if there is one. *used is for sigqueue_free(); *more: there is another. */
bool sigqueue_pop(struct proc *p, struct list *queue, int sig, struct abi_siginfo *info, struct queued_signal **used, bool *more);
void sigqueue_drop(struct proc *p, struct list *queue);	/* all of them; takes the lock */
