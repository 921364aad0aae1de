/* Signals: sending, and delivery on the way back to user mode.
 *
 * A signal is pending for a thread or for a whole process; any thread of it that does not block it
 * takes it. Sending sets a bit under the process's signal lock and then wakes or kicks a thread; delivery
 * happens in signal_deliver, called before each return to user mode when the CPU's
 * need_return_work says so. */
#include <abi/signal.h>
#include <abi/errno.h>
#include <lib/bits.h>
#include <lib/string.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/time.h>
#include <kernel/trace.h>

#define BIT(sig) (1ull << ((sig) - 1))
#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))
#define IGNORED_BY_DEFAULT (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))
#define STOPS (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))

bool signal_is_pending(void)
{
	struct thread *t = thread_current();
	if (!t->proc)
		return false;
	return t->must_die || ((t->sig_pending | t->proc->sig_pending) & (~t->sig_mask | t->sig_waiting));
}

static bool is_ignored(const struct proc *p, int sig)
{
	uint64_t h = p->actions[sig - 1].handler;
	return h == (uintptr_t)SIG_IGN || (h == (uintptr_t)SIG_DFL && (BIT(sig) & IGNORED_BY_DEFAULT));
}

/* An ignored signal is kept while it is blocked: the program may be waiting for it. */
static bool is_blocked_by_first(const struct proc *p, int sig)
{
	struct list *n = list_first(&p->threads);
	return n && (container_of(n, struct thread, proc_link)->sig_mask & BIT(sig));
}

/* A signal that continues undoes pending stops, and the reverse. */
static void cancel_opposites(struct proc *p, int sig)
{
	if (sig == SIGCONT || sig == SIGKILL) {
		p->sig_pending &= ~STOPS;
		p->stop_taken = false;
		if (p->stopped) {
			p->stopped = false;
			p->continued = sig == SIGCONT;
			waitq_wake_all(&p->stop_wait);
			if (p->parent)
				waitq_wake_all(&p->parent->child_wait);
		}
	} else if (BIT(sig) & STOPS) {
		p->sig_pending &= ~BIT(SIGCONT);
	}
}

/* t is to look at the signal, if it does not block it. */
static bool notify(struct thread *t, int sig)
{
	if (t->sig_mask & ~t->sig_waiting & BIT(sig))
		return false;
	sched_signal(t);
	return true;
}

static void notify_one(struct proc *p, int sig)
{
	struct thread *t;
	list_for_each(t, &p->threads, proc_link)
		if (notify(t, sig))
			return;
}

/* The process's signal lock is held. *q, or NULL: room in a queue. */
static enum err make_pending(struct proc *p, struct thread *t, int sig, const struct abi_siginfo *info, struct queued_signal **q)
{
	struct abi_siginfo *told = t ? &t->siginfo : &p->siginfo;
	enum err e = q ? sigqueue_push(p, t ? &t->sig_queue : &p->sig_queue, info, q) : OK;
	if (e != OK)
		return e;
	*(t ? &t->sig_pending : &p->sig_pending) |= BIT(sig);
	if (info)
		*told = *info;
	else
		told->si_signo = 0;
	return OK;
}

/* To thread t of p, or NULL: any. proc_lock is held, or t is the current thread. */
static enum err post(struct proc *p, struct thread *t, int sig, const struct abi_siginfo *info, struct queued_signal **q)
{
	if (!sig || p->zombie)
		return OK;
	spin_lock(&p->sig_lock);
	cancel_opposites(p, sig);
	bool wanted = !is_ignored(p, sig) || (t ? (t->sig_mask & BIT(sig)) != 0 : is_blocked_by_first(p, sig));
	if (!t && p == proc_init && p->actions[sig - 1].handler == (uintptr_t)SIG_DFL)
		wanted = false;	/* process 1 cannot be killed */
	enum err e = wanted ? make_pending(p, t, sig, info, q) : OK;
	spin_unlock(&p->sig_lock);
	if (wanted && e == OK && t)
		notify(t, sig);
	else if (wanted && e == OK)
		notify_one(p, sig);
	if (wanted && e == OK)
		signalfd_notify();
	return e;
}

void signal_post(struct proc *p, int sig, const struct abi_siginfo *info) { (void)!post(p, NULL, sig, info, NULL); }

void signal_send_thread(struct thread *t, int sig, const struct abi_siginfo *info) { (void)!post(t->proc, t, sig, info, NULL); }

void signal_post_timer(struct proc *p, int tid, const struct abi_siginfo *info, struct queued_signal *q)
{
	struct thread *t = tid ? proc_find_thread(tid) : NULL;
	if (!tid || (t && t->proc == p))
		(void)!post(p, t, info->si_signo, info, &q);
}

enum err signal_send_tid(int tgid, int tid, int sig, const struct abi_siginfo *info)
{
	struct queued_signal *q = sigqueue_alloc(sig);
	spin_lock(&proc_lock);
	struct thread *t = proc_find_thread(tid);
	if (t && tgid && t->proc->pid != tgid)
		t = NULL;
	enum err e = t ? post(t->proc, t, sig, info, sig >= SIG_RT_FIRST ? &q : NULL) : ERR_SRCH;
	spin_unlock(&proc_lock);
	sigqueue_free(q);
	return e;
}

static enum err send_to_process(int pid, int sig, const struct abi_siginfo *info)
{
	struct queued_signal *q = sigqueue_alloc(sig);
	spin_lock(&proc_lock);
	struct proc *p = proc_find(pid);
	enum err e = p ? post(p, NULL, sig, info, sig >= SIG_RT_FIRST ? &q : NULL) : ERR_SRCH;
	spin_unlock(&proc_lock);
	sigqueue_free(q);
	return e;
}

enum err signal_send_group(int pgid, int sig)
{
	return signal_send_where(SIGNAL_GROUP, pgid, sig, NULL);
}

struct send { enum signal_to to; int id, sig; const struct abi_siginfo *info; unsigned hits; };

static void send_if(struct proc *p, void *ctx)
{
	struct send *s = ctx;
	bool hit = s->to == SIGNAL_GROUP ? p->pgid == s->id : p != proc_init && p != proc_current();
	if (!hit || p->zombie)
		return;
	s->hits++;
	signal_post(p, s->sig, s->info);
}

enum err signal_send_where(enum signal_to to, int id, int sig, const struct abi_siginfo *info)
{
	struct send s = { to, id, sig, info, 0 };
	if (to == SIGNAL_PROC)
		return send_to_process(id, sig, info);
	spin_lock(&proc_lock);
	proc_for_each(send_if, &s);
	spin_unlock(&proc_lock);
	return s.hits ? OK : ERR_SRCH;
}

void signal_force(int sig, const struct abi_siginfo *info)
{
	struct thread *t = thread_current();
	struct proc *p = t->proc;
	struct abi_sigaction *a = &p->actions[sig - 1];
	spin_lock(&p->sig_lock);
	if ((t->sig_mask & BIT(sig)) || a->handler == (uintptr_t)SIG_IGN) {
		a->handler = (uintptr_t)SIG_DFL;
		t->sig_mask &= ~BIT(sig);
	}
	t->sig_pending |= BIT(sig);
	t->siginfo = *info;
	spin_unlock(&p->sig_lock);
	cpu_this()->need_return_work = 1;
}

void signal_reset_handlers(struct proc *p)
{
	spin_lock(&p->sig_lock);
	for (int i = 0; i < 64; i++)
		if (p->actions[i].handler != (uintptr_t)SIG_IGN)
			memset(&p->actions[i], 0, sizeof p->actions[i]);
	spin_unlock(&p->sig_lock);
}

/* ---- delivery ---- */

/* What is known of signal sig, which last was known of told->si_signo. */
static void take_info(struct abi_siginfo *info, const struct abi_siginfo *told, int sig)
{
	if (told->si_signo == sig) {
		*info = *told;
	} else {
		memset(info, 0, sizeof *info);
		info->si_signo = sig;
	}
}

/* Take the next pending signal of those allowed, faults first; the process's signal lock is held. 0: none. *used is to be freed without it. */
static int take_locked(struct thread *t, uint64_t allowed, struct abi_siginfo *info, struct queued_signal **used)
{
	const uint64_t faults = BIT(SIGSEGV) | BIT(SIGBUS) | BIT(SIGILL) | BIT(SIGFPE) | BIT(SIGTRAP);
	struct proc *p = t->proc;
	uint64_t own = t->sig_pending & allowed, shared = p->sig_pending & allowed;
	bool more;
	*used = NULL;
	if (!own && !shared)
		return 0;
	int sig = 1 + (int)bit_lowest(own & faults ? own & faults : own ? own : shared);
	p->stop_taken |= (BIT(sig) & STOPS) != 0;
	if (!sigqueue_pop(p, own ? &t->sig_queue : &p->sig_queue, sig, info, used, &more))
		take_info(info, own ? &t->siginfo : &p->siginfo, sig);
	if (!more)
		*(own ? &t->sig_pending : &p->sig_pending) &= ~BIT(sig);
	return sig;
}

int signal_take(uint64_t set, struct abi_siginfo *info)
{
	struct thread *t = thread_current();
	struct queued_signal *used;
	spin_lock(&t->proc->sig_lock);
	int sig = take_locked(t, set, info, &used);
	spin_unlock(&t->proc->sig_lock);
	sigqueue_free(used);
	return sig;
}

/* Take the next deliverable signal. 0: none. */
static int take_signal(struct thread *t, struct abi_siginfo *info, struct abi_sigaction *action)
{
	struct proc *p = t->proc;
	struct queued_signal *used;
	spin_lock(&p->sig_lock);
	int sig = take_locked(t, ~t->sig_mask, info, &used);
	if (sig) {
		*action = p->actions[sig - 1];
		if ((action->flags & SA_RESETHAND) && action->handler != (uintptr_t)SIG_IGN)
			p->actions[sig - 1].handler = (uintptr_t)SIG_DFL;
	}
	spin_unlock(&p->sig_lock);
	sigqueue_free(used);
	return sig;
}

void signal_child_info(const struct proc *p, struct abi_siginfo *info)
{
	int sig = p->exit_status & 0x7f;
	memset(info, 0, sizeof *info);
	info->si_signo = SIGCHLD;
	info->si_pid = p->pid;
	info->si_code = p->zombie ? sig ? CLD_KILLED : CLD_EXITED : p->stopped ? CLD_STOPPED : CLD_CONTINUED;
	info->si_status = p->zombie ? sig ? sig : p->exit_status >> 8 & 0xff : p->stopped ? p->stop_sig : SIGCONT;
}

/* False: a SIGCONT came after the signal that stops was taken, and undid it. */
static bool use_taken_stop(struct proc *p)
{
	spin_lock(&p->sig_lock);
	bool stop = p->stop_taken;
	p->stop_taken = false;
	spin_unlock(&p->sig_lock);
	return stop;
}

static void stop_process(struct proc *p, int sig)
{
	spin_lock(&proc_lock);
	if (use_taken_stop(p)) {
		p->stopped = true;
		p->stop_reported = false;
		p->stop_sig = sig;
		proc_notify_parent(p);
	}
	spin_unlock(&proc_lock);
}

/* While the process is stopped its threads wait here. */
static void wait_while_stopped(struct thread *t)
{
	struct proc *p = t->proc;
	spin_lock(&proc_lock);
	while (p->stopped && !t->must_die && !(p->sig_pending & BIT(SIGKILL)))
		wait_on(&p->stop_wait, &proc_lock, 0, 0);
	spin_unlock(&proc_lock);
}

/* Make the thread run its handler. False: the stack cannot take the frame. */
static bool enter_handler(struct thread *t, const struct abi_siginfo *info, const struct abi_sigaction *a)
{
	if (sigframe_push(t, info, a) != OK)
		return false;
	t->sig_restore_mask = false;
	t->sig_mask |= a->mask;
	if (!(a->flags & SA_NODEFER))
		t->sig_mask |= BIT(info->si_signo);
	t->sig_mask &= ~UNBLOCKABLE;
	return true;
}

/* What a system call that gave up for a signal does next: run again, or say EINTR. */
static void settle_restart(struct thread *t, bool handler_restarts)
{
	if (!t->restart)
		return;
	if (handler_restarts || t->restart_always)
		tf_restart_syscall(t->tf);
	else
		tf_set_result(t->tf, -EINTR);
	t->restart = t->restart_always = false;
}

static void deliver_one(struct thread *t, const struct abi_siginfo *info, const struct abi_sigaction *a)
{
	int sig = info->si_signo;
	if (a->handler == (uintptr_t)SIG_IGN || (a->handler == (uintptr_t)SIG_DFL && (BIT(sig) & IGNORED_BY_DEFAULT)))
		return;
	if (a->handler != (uintptr_t)SIG_DFL) {
		settle_restart(t, a->flags & SA_RESTART);
		if (!enter_handler(t, info, a))
			proc_exit(SIGSEGV, true);
	} else if (BIT(sig) & STOPS) {
		stop_process(t->proc, sig);
	} else {
		proc_exit(sig, true);
	}
}

void signal_deliver(struct trapframe *tf)
{
	struct thread *t = thread_current();
	struct abi_siginfo info;
	struct abi_sigaction action;
	(void)tf;
	for (;;) {
		if (t->must_die)
			proc_exit(0, false);
		if (t->proc->stopped)
			wait_while_stopped(t);
		if (!take_signal(t, &info, &action))
			break;
		if (t->proc->trace)
			trace_signal(&info);
		deliver_one(t, &info, &action);
	}
	if (t->sig_restore_mask) {
		t->sig_restore_mask = false;
		t->sig_mask = t->sig_saved_mask;
		cpu_this()->need_return_work = 1;
	}
	settle_restart(t, true);
}

/* ---- interval timers ---- */

static uint64_t next_alarm = UINT64_MAX;

static void ring_if_due(struct proc *p, void *ctx)
{
	uint64_t now = *(uint64_t *)ctx;
	if (p->itimer_deadline && p->itimer_deadline <= now) {
		p->itimer_deadline = p->itimer_interval ? now + p->itimer_interval : 0;
		signal_post(p, SIGALRM, NULL);
	}
	if (p->itimer_deadline && p->itimer_deadline < next_alarm)
		next_alarm = p->itimer_deadline;
}

void alarm_set(struct proc *p, uint64_t deadline, uint64_t interval)
{
	spin_lock(&proc_lock);
	p->itimer_deadline = deadline;
	p->itimer_interval = interval;
	if (deadline && deadline < next_alarm)
		next_alarm = deadline;
	spin_unlock(&proc_lock);
}

uint64_t alarm_next(void) { return next_alarm; }

void alarm_tick(void)
{
	uint64_t now = time_now();
	if (now < next_alarm)
		return;
	spin_lock(&proc_lock);
	next_alarm = UINT64_MAX;
	proc_for_each(ring_if_due, &now);
	spin_unlock(&proc_lock);
}
