#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <abi/resource.h>
#include <abi/signal.h>
#include <lib/list.h>
#include <lib/lock.h>
#include <mm/pool.h>
#include <mm/space.h>
#include <kernel/cpu.h>
#include <kernel/sched.h>
#include <kernel/va.h>
#include <kernel/vfs.h>
/* Processes and threads. A process owns an address space, a descriptor table and signal handlers; its
 * threads share them. Kernel threads have no process. */

enum thread_state { THREAD_RUNNABLE, THREAD_RUNNING, THREAD_SLEEPING, THREAD_DEAD };

/* ITIMER_VIRTUAL, ITIMER_PROF: when it rings, in ticks of CPU time that its process has used by then, 0: it is off; and how long after that again. */
struct cputimer { uint64_t at, every; };
enum { CPUTIMERS = 2 };

struct thread {
	/* [r] the scheduler's lock, [c] the thread itself, [p] proc_lock, [s] the process's signal lock, [I] constant */
	struct context context;		/* [r] */
	uintptr_t kstack_top;		/* [I] */
	struct trapframe *tf;		/* [I] user registers at the top of the kernel stack; NULL of a kernel thread */
	struct fpstate *fp;		/* [c] NULL of a kernel thread */
	struct proc *proc;		/* [I] NULL of a kernel thread */
	int tid;			/* [I] */
	enum thread_state state;	/* [r] */
	struct cpu *cpu;		/* [r] where it runs, or ran last */
	unsigned cpus_barred;		/* [r] bit per CPU that it must not run on; never all of them */
	struct list run_link;		/* [r] */
	struct list wait_link;		/* [wait queue] */
	enum wake wake_reason;		/* [r] */
	bool killable_sleep;		/* [r] */
	uint64_t deadline;		/* [r] of a timed sleep, 0 = none */
	struct list timer_link;		/* [r] in the list of timed sleeps */
	uint64_t sig_mask;		/* [s] blocked signals, bit n-1 */
	uint64_t sig_pending;		/* [s] for this thread alone */
	uint64_t sig_saved_mask;	/* [c] sigsuspend's */
	bool sig_restore_mask;		/* [c] */
	stack_t altstack;		/* [c] */
	struct abi_siginfo siginfo;	/* [s] of the last signal sent with details to this thread */
	struct list sig_queue;		/* [s] real-time signals with their details, in the order in which they came */
	volatile bool must_die;		/* [a] its process ends, or execs in another thread */
	bool restart;			/* [c] the system call gave up for a signal; run it again if no handler runs */
	bool restart_always;		/* [c] or even if one does, whatever it asked for */
	unsigned fail_nth;		/* [a] kernel/inject.h */
	bool nofault;			/* [c] user copies fail at once instead of faulting pages in (under a spinlock) */
	vaddr_t clear_tid;		/* [c] set_tid_address: cleared and woken at the thread's end */
	vaddr_t robust_list;		/* [c] set_robust_list: looked at when the thread ends */
	uint64_t sig_waiting;		/* [s] signals that sigtimedwait takes, blocked or not */
	vaddr_t set_tid;	/* [c] CLONE_CHILD_SETTID: where the child writes its id */
	uint64_t user_ticks;		/* [r] CPU time, up to the switch away from it */
	uint64_t ranks_held;		/* [c] sleeping locks held, for the lock-order assertion */
	void (*kfn)(void *);		/* [I] of a kernel thread */
	void *karg;
	struct list proc_link;		/* [p] in proc->threads */
	char name[16];			/* [p] */
};

struct proc {
	int pid, pgid, sid;		/* [I], [p], [p] */
	struct proc *parent;		/* [p] */
	volatile int ppid;		/* [p] written, read by getppid without: parent's pid, 0 of process 1 */
	struct list children, sibling;	/* [p] */
	struct list all_link;		/* [p] */
	struct list threads;		/* [p] */
	unsigned nthreads;		/* [p] live */
	struct list hash_link;		/* [p] by pid */
	struct space *space;		/* changed by exec only; NULL of a zombie */
	struct files *files;		/* [I] */
	struct fs_context fs;		/* [p] */
	char name[16];			/* [p] the program's file name */
	char path[64];			/* [p] as "/bin/sh" */
	char cmdline[256];		/* [p] arguments, each ended by 0 */
	unsigned cmdline_len;
	struct vrange env;		/* [p] where exec put the environment's strings */
	bool exiting, zombie, stopped, continued, stop_reported;	/* [p] */
	int exit_status;		/* [p] wait4's status word */
	int stop_sig;			/* [p] the signal that stopped it */
	bool thread_gone;		/* [r] of a zombie: the thread that ended last has left its stack */
	struct waitq child_wait;	/* [p] waits for children's changes, and for its own threads' end */
	struct waitq stop_wait;		/* [p] stopped threads wait for SIGCONT */
	bool *vfork_released;		/* [p] a vfork parent waits, on its child_wait, until this is true; NULL: none does */
	struct spinlock sig_lock;
	struct abi_sigaction actions[64];	/* [s] */
	uint64_t sig_pending;		/* [s] for any thread */
	struct abi_siginfo siginfo;	/* [s] of the last one */
	struct list sig_queue;		/* [s] as in a thread */
	uint64_t nqueued;		/* [s] in the queues of the process and of its threads, or kept by timers */
	bool stop_taken;		/* [s] a signal that stops is no longer pending, but has not stopped it yet */
	uint64_t itimer_deadline, itimer_interval;	/* [t] ticks */
	struct list ptimers;		/* [p] timer_create's, by number */
	struct cputimer cputimers[CPUTIMERS];	/* [p] */
	uint64_t cpu_warned;		/* [p] seconds of CPU time before which no further SIGXCPU comes */
	uint64_t user_ticks, sys_ticks, child_user_ticks, child_sys_ticks;	/* [r] the first, up to the last switch away */
	uint64_t start_ns;
	vaddr_t sigtramp;		/* where the trampoline is mapped */
	struct rlimit64 limits[RLIMITS];	/* by RLIMIT_*, in its unit; only some are looked at */
	struct va_choice va;		/* [p] how the next program's mmaps are placed; fork copies it */
	struct trace *trace;		/* [p] who follows its system calls: kernel/trace.h. Its own threads look without the lock whether it is set */
	struct pool *pool;		/* [I] kernel memory of variable size that it causes: mm/pool.h. Only its own threads allocate there, or its parent in fork */
};

/* A limit of bytes as mm/space.h takes it, in pages. */
static inline uint64_t limit_pages(uint64_t nbytes)
{
	return nbytes == ~0ull ? 0 : nbytes < PAGE_SIZE ? 1 : nbytes >> PAGE_SHIFT;
}

extern struct spinlock proc_lock;	/* rank LOCK_PROC_TABLE: the process tree */

static inline struct thread *thread_current(void) { return cpu_this()->current; }
static inline struct proc *proc_current(void) { return thread_current()->proc; }

/* Make the first process from this kernel thread's CPU: a thread that execs path with the arguments {path}. ERR_*. */
enum err proc_start_init(const char *path) MUST_CHECK;

/* fork, vfork and thread creation, with clone's arguments. *child gets the new thread's id. */
struct clone_args { uint64_t flags; vaddr_t stack, parent_tid, tls, child_tid; };
enum err proc_clone(const struct clone_args *args, int *child) MUST_CHECK;

/* Replace the program of the current process (kernel/exec.c). Returns only on failure, with the process as it was; on OK the
 * thread's trap frame starts the new program. The strings are kernel memory. */
struct argbuf;
enum err proc_exec(const char *path, struct argbuf *args) MUST_CHECK;

/* End the current thread; with whole, all threads of its process. status is wait4's word: (code & 255) << 8, or a signal number. */
_Noreturn void proc_exit(int status, bool whole);
/* Wait for the other threads of the current process to be gone (execve). ERR_INTR if this one is told to die. */
enum err proc_end_other_threads(void) MUST_CHECK;

/* waitid. pid as in wait4(2), options WEXITED and the rest. out->pid = 0 with WNOHANG and nothing to report. */
struct wait_result { int pid, status; uint64_t user_ticks, sys_ticks; };
enum err proc_wait(int pid, int options, struct wait_result *out) MUST_CHECK;

/* The process with that id, or NULL; proc_lock is held. */
struct proc *proc_find(int pid);
/* CPU time up to now, in ticks; of other CPUs' threads, up to when they were last switched away from. */
uint64_t cpu_time_used(const struct proc *p);
uint64_t thread_time_used(const struct thread *t);
/* Walk all processes under proc_lock; fn must not sleep. */
void proc_for_each(void (*fn)(struct proc *, void *), void *ctx);
/* The process whose number is the first >= pid, with a copy of what /proc shows; false at the end. No lock needed. */
struct proc_info {
	int pid, ppid, pgid, sid, nthreads;
	char state;			/* R S T Z */
	char name[16]; char path[64]; char cmdline[256]; unsigned cmdline_len;
	struct vrange env;
	uint64_t user_ticks, sys_ticks, start_ns;
	struct space *space;		/* with a reference (space_put it), or NULL of a zombie */
};
bool proc_info_next(int pid, struct proc_info *out);

/* Tell p's parent that p has changed; proc_lock is held. */
void proc_notify_parent(struct proc *p);
/* The current thread ends, or begins another program: its robust futexes are marked. kernel/robust.c */
void robust_thread_ends(struct thread *t);
/* The thread with that id, or NULL; proc_lock is held. */
struct thread *proc_find_thread(int tid);

/* Send sig to one thread, with details or NULL. Locking: takes the process's signal lock; proc_lock may be held. */
void signal_send_thread(struct thread *t, int sig, const struct abi_siginfo *info);
/* A fault's signal, which cannot be blocked or ignored: the current thread gets it before it runs on. */
void signal_force(int sig, const struct abi_siginfo *info);
/* Deliver what is pending to the current thread, which returns to user mode by tf. May not return (death). */
void signal_deliver(struct trapframe *tf);
/* Take a pending signal of set from the current thread or its process: its number, with its details; 0: none. */
int signal_take(uint64_t set, struct abi_siginfo *info);
/* Take one without running its handler, and wait for it to the deadline (ticks, 0: none): meanwhile those of set count as not blocked. ERR_AGAIN:
 * there was none in time, or at once if it only looks; ERR_INTR: another signal is to be delivered. */
enum err signal_wait(uint64_t set, uint64_t deadline, bool look_only, struct abi_siginfo *info, int *sig) MUST_CHECK;
/* fs/signalfd.c: a signal is pending, which somebody may poll for. */
void signalfd_notify(void);
/* What SIGCHLD says of p. */
void signal_child_info(const struct proc *p, struct abi_siginfo *info);
/* Forget handlers (exec); blocked and ignored ones stay. */
void signal_reset_handlers(struct proc *p);

/* Make sig pending for p, with details or NULL; proc_lock is held. sig 0: nothing. */
void signal_post(struct proc *p, int sig, const struct abi_siginfo *info);
/* The same for a process, a group, or all processes but 1 and the caller's. ERR_SRCH if there is none. A real-time signal to one process is
 * queued, with info, which is not NULL: ERR_AGAIN if there is no room and it is not one of kill's. */
enum signal_to { SIGNAL_PROC, SIGNAL_GROUP, SIGNAL_ALL };
enum err signal_send_where(enum signal_to to, int id, int sig, const struct abi_siginfo *info);

/* The same for one thread, of process tgid unless that is 0. */
enum err signal_send_tid(int tgid, int tid, int sig, const struct abi_siginfo *info) MUST_CHECK;

/* Send sig to a process group. ERR_SRCH. May be called from interrupts (tty). */
enum err signal_send_group(int pgid, int sig);
/* Number of processes alive, load for sysinfo. */
unsigned proc_count(void);
/* How many processes were ended because a page fault of theirs found no memory. */
uint64_t proc_oom_kills(void);
