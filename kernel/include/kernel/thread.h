#pragma once
#include <kernel/proc.h>
/* The life of a struct thread: kernel/thread.c. */

/* A thread with a kernel stack whose first switch calls entry(arg), and entry must call sched_thread_begin() first.
 * No process, no user state. NULL: no memory. */
/* At boot, before the first thread. */
void thread_init_caches(void);
struct thread *thread_alloc(const char *name, void (*entry)(void *), void *arg);
/* Add the user part: a zeroed trap frame at the top of the stack, floating-point state. ERR_NOMEM. */
enum err thread_add_user_state(struct thread *t) MUST_CHECK;
/* Free a thread that never ran, or whose last switch is done. */
void thread_free(struct thread *t);
/* First thing that a new thread does: release the scheduler's lock, held since the switch. */
void sched_thread_begin(void);

/* Process and thread ids, 1..PID_MAX. pid_alloc() gives -1 when all are taken. */
enum { PID_MAX = 32767 };
int pid_alloc(void);
void pid_free(int pid);
