#pragma once
#include <kernel/proc.h>
/* Between proc.c, fork.c, exit.c and exec.c. */
extern struct proc *proc_init;			/* process 1 */
struct txn;
struct proc *proc_alloc(struct txn *txn);	/* zeroed, no id, on no list; NULL: no memory */
void proc_insert(struct proc *p);		/* into the table; proc_lock is held */
void proc_remove(struct proc *p);		/* out of it and of its parent's children; proc_lock is held */
struct thread *proc_find_thread(int tid);	/* proc_lock is held */
void proc_release_vfork(struct proc *p);	/* the child no longer uses its vfork parent's memory */
