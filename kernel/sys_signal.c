/* System calls on signals: kill(2), rt_sigaction(2) and their kin. */
#include <abi/signal.h>
#include <abi/errno.h>
#include <lib/string.h>
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/sys_time.h>

#define UNBLOCKABLE (1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1))
enum { SIGNALS = 64 };

static bool is_signal(uint64_t sig) { return (uint32_t)sig >= 1 && (uint32_t)sig <= SIGNALS; }

static void fill_sender(struct abi_siginfo *info, int sig, int code)
{
	memset(info, 0, sizeof *info);
	info->si_signo = sig;
	info->si_code = code;
	info->si_pid = proc_current()->pid;
}

int64_t sys_kill(const uint64_t *a)
{
	int pid = (int)a[0], sig = (int)a[1];
	struct abi_siginfo info;
	if (sig && !is_signal(a[1]))
		return -EINVAL;
	fill_sender(&info, sig, SI_USER);
	if (pid > 0)
		return err_to_errno(signal_send_where(SIGNAL_PROC, pid, sig, &info));
	if (pid == -1)
		return err_to_errno(signal_send_where(SIGNAL_ALL, 0, sig, &info));
	return err_to_errno(signal_send_where(SIGNAL_GROUP, pid ? -pid : proc_current()->pgid, sig, &info));
}

static int64_t send_to_thread(int tgid, int tid, int sig)
{
	struct abi_siginfo info;
	if (tid <= 0 || sig < 0 || sig > SIGNALS)
		return -EINVAL;
	fill_sender(&info, sig, SI_TKILL);
	return err_to_errno(signal_send_tid(tgid, tid, sig, &info));
}

int64_t sys_tkill(const uint64_t *a) { return send_to_thread(0, (int)a[0], (int)a[1]); }

int64_t sys_tgkill(const uint64_t *a)
{
	return (int)a[0] <= 0 ? -EINVAL : send_to_thread((int)a[0], (int)a[1], (int)a[2]);
}

/* A signal with details of the sender's own: negative codes are the program's to choose, the kernel's are not, but for oneself. */
static int64_t fetch_info(vaddr_t from, uint64_t sig, int to, struct abi_siginfo *info)
{
	if (copy_from_user(info, from, sizeof *info) != OK)
		return -EFAULT;
	if ((info->si_code >= 0 || info->si_code == SI_TKILL) && to != proc_current()->pid)
		return -EPERM;
	info->si_signo = (int)sig;
	return (int)sig && !is_signal(sig) ? -EINVAL : 0;
}

int64_t sys_rt_sigqueueinfo(const uint64_t *a)
{
	struct abi_siginfo info;
	int64_t r = fetch_info(a[2], a[1], (int)a[0], &info);
	return r ? r : (int)a[0] <= 0 ? -ESRCH : err_to_errno(signal_send_where(SIGNAL_PROC, (int)a[0], (int)a[1], &info));
}

int64_t sys_rt_tgsigqueueinfo(const uint64_t *a)
{
	struct abi_siginfo info;
	int64_t r = fetch_info(a[3], a[2], (int)a[1], &info);
	if (r != -EFAULT && ((int)a[0] <= 0 || (int)a[1] <= 0))
		return -EINVAL;
	return r ? r : err_to_errno(signal_send_tid((int)a[0], (int)a[1], (int)a[2], &info));
}

enum err signal_wait(uint64_t set, uint64_t deadline, bool look_only, struct abi_siginfo *info, int *sig)
{
	struct thread *t = thread_current();
	struct waitq never = WAITQ_INIT(never);
	*sig = signal_take(set, info);
	if (*sig || look_only)
		return *sig ? OK : ERR_AGAIN;
	spin_lock(&t->proc->sig_lock);
	t->sig_waiting = set;
	spin_unlock(&t->proc->sig_lock);
	enum wake why = wait_on(&never, NULL, SLEEP_KILLABLE, deadline);
	*sig = signal_take(set, info);
	spin_lock(&t->proc->sig_lock);
	t->sig_waiting = 0;
	spin_unlock(&t->proc->sig_lock);
	return *sig ? OK : why == WAKE_TIMEOUT ? ERR_AGAIN : ERR_INTR;
}

int64_t sys_rt_sigtimedwait(const uint64_t *a)
{
	struct abi_siginfo info;
	struct { int64_t s, ns; } span = { 1, 0 };
	uint64_t set, deadline = 0;
	if (a[3] != 8)
		return -EINVAL;
	if (copy_from_user(&set, a[0], sizeof set) != OK || (a[2] && copy_from_user(&span, a[2], sizeof span) != OK))
		return -EFAULT;
	enum err e = a[2] ? user_deadline(a[2], false, false, &deadline) : OK;
	if (e != OK)
		return err_to_errno(e);
	int sig;
	e = signal_wait(set & ~UNBLOCKABLE, deadline, !span.s && !span.ns, &info, &sig);
	if (e != OK)
		return e == ERR_INTR ? -EINTR : err_to_errno(e);
	return a[1] && copy_to_user(a[1], &info, sizeof info) != OK ? -EFAULT : sig;
}

int64_t sys_rt_sigaction(const uint64_t *a)
{
	struct proc *p = proc_current();
	struct abi_sigaction new, old;
	if (!is_signal(a[0]) || a[3] != 8)
		return -EINVAL;
	if (a[1] && copy_from_user(&new, a[1], sizeof new) != OK)
		return -EFAULT;
	if (a[1] && (a[0] == SIGKILL || a[0] == SIGSTOP))
		return -EINVAL;
	spin_lock(&p->sig_lock);
	old = p->actions[a[0] - 1];
	if (a[1])
		p->actions[a[0] - 1] = new;
	spin_unlock(&p->sig_lock);
	return a[2] && copy_to_user(a[2], &old, sizeof old) != OK ? -EFAULT : 0;
}

int64_t sys_rt_sigprocmask(const uint64_t *a)
{
	struct thread *t = thread_current();
	uint64_t old = t->sig_mask, set = 0;
	if (a[3] != 8)
		return -EINVAL;
	if (a[1]) {
		if (copy_from_user(&set, a[1], sizeof set) != OK)
			return -EFAULT;
		set &= ~UNBLOCKABLE;
		switch (a[0]) {
		case SIG_BLOCK: t->sig_mask |= set; break;
		case SIG_UNBLOCK: t->sig_mask &= ~set; break;
		case SIG_SETMASK: t->sig_mask = set; break;
		default: return -EINVAL;
		}
		cpu_this()->need_return_work = 1;
	}
	return a[2] && copy_to_user(a[2], &old, sizeof old) != OK ? -EFAULT : 0;
}

int64_t sys_rt_sigpending(const uint64_t *a)
{
	struct thread *t = thread_current();
	uint64_t set = (t->sig_pending | t->proc->sig_pending) & t->sig_mask;
	if (a[1] > 8)
		return -EINVAL;
	return copy_to_user(a[0], &set, a[1]) == OK ? 0 : -EFAULT;
}

int64_t sys_rt_sigsuspend(const uint64_t *a)
{
	struct thread *t = thread_current();
	struct waitq never = WAITQ_INIT(never);
	uint64_t set;
	if (a[1] != 8)
		return -EINVAL;
	if (copy_from_user(&set, a[0], sizeof set) != OK)
		return -EFAULT;
	t->sig_saved_mask = t->sig_mask;
	t->sig_restore_mask = true;
	t->sig_mask = set & ~UNBLOCKABLE;
	while (wait_on(&never, NULL, SLEEP_KILLABLE, 0) != WAKE_SIGNAL)
		;
	cpu_this()->need_return_work = 1;
	return -EINTR;
}

int64_t sys_rt_sigreturn(const uint64_t *a)
{
	struct thread *t = thread_current();
	uint64_t mask = 0;
	(void)a;
	if (sigframe_pop(t, &mask) != OK)
		proc_exit(SIGSEGV, true);
	t->sig_mask = mask & ~UNBLOCKABLE;
	cpu_this()->need_return_work = 1;
	return tf_result(t->tf);
}

int64_t sys_sigaltstack(const uint64_t *a)
{
	struct thread *t = thread_current();
	stack_t new, old = t->altstack;
	bool on = old.ss_size && tf_sp(t->tf) - (vaddr_t)old.ss_sp < old.ss_size;
	old.ss_flags = on ? SS_ONSTACK : old.ss_size ? 0 : SS_DISABLE;
	if (a[0]) {
		if (copy_from_user(&new, a[0], sizeof new) != OK)
			return -EFAULT;
		if (on)
			return -EPERM;
		if (new.ss_flags & ~(int)(SS_DISABLE | SS_ONSTACK))
			return -EINVAL;
		if (!(new.ss_flags & SS_DISABLE) && new.ss_size < MINSIGSTKSZ)
			return -ENOMEM;
		memset(&t->altstack, 0, sizeof t->altstack);
		if (!(new.ss_flags & SS_DISABLE))
			t->altstack = new;
	}
	return a[1] && copy_to_user(a[1], &old, sizeof old) != OK ? -EFAULT : 0;
}
