/* The end of threads and processes, and waiting for it. */
#include <abi/signal.h>
#include <abi/wait.h>
#include <arch/mmu.h>
#include <kernel/futex.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

void proc_notify_parent(struct proc *p)
{
	if (!p->parent)
		return;
	struct abi_sigaction *a = &p->parent->actions[SIGCHLD - 1];
	struct abi_siginfo info;
	signal_child_info(p, &info);
	if (!(p->stopped && (a->flags & SA_NOCLDSTOP)))
		signal_post(p->parent, SIGCHLD, &info);
	waitq_wake_all(&p->parent->child_wait);
}

/* Children go to process 1, which waits for everybody. */
static void give_children_away(struct proc *p)
{
	for (struct list *n; (n = list_pop_front(&p->children));) {
		struct proc *child = container_of(n, struct proc, sibling);
		child->parent = proc_init;
		child->ppid = proc_init->pid;
		list_push_back(&proc_init->children, &child->sibling);
		if (child->zombie)
			proc_notify_parent(child);
	}
}

static void report_fatal(const struct proc *p, int status)
{
	int sig = status & 0x7f;
	if (sig && sig != SIGINT && sig != SIGPIPE && sig != SIGTERM && sig != SIGHUP && sig != SIGKILL)
		printk("[exception] Process %d (%s) exited: signal %d\n", p->pid, p->path, sig);
}

void proc_release_vfork(struct proc *p)
{
	spin_lock(&proc_lock);
	if (p->vfork_released) {
		*p->vfork_released = true;
		p->vfork_released = NULL;
		waitq_wake_all(&p->parent->child_wait);
	}
	spin_unlock(&proc_lock);
}

#ifdef CONFIG_DEBUG
static bool report_block(const struct pool_block *b, void *ctx)
{
	const struct proc *p = ctx;
	char where[64];
	printk("[pool] process %d (%s) ends with %lu bytes allocated by %s\n", p->pid, p->path, (unsigned long)b->nbytes,
	       port_where(b->site, where, sizeof where));
	return true;
}

static void report_pool(struct proc *p) { pool_for_each(p->pool, report_block, p); }
#else
static void report_pool(struct proc *p) { (void)p; }
#endif

/* Free what a process no longer needs as a zombie. Nobody else runs in it. */
static void drop_resources(struct proc *p)
{
	struct space *s = p->space;
	struct files *files = p->files;
	spin_lock(&proc_lock);
	p->files = NULL;	/* /proc/PID/fd looks, with this lock */
	spin_unlock(&proc_lock);
	files_free(files);
	fs_context_drop(&p->fs);
	spin_lock(&proc_lock);
	p->space = NULL;
	spin_unlock(&proc_lock);
	proc_release_vfork(p);
	ptimer_drop_all(p);
	report_pool(p);
	pool_free_all(p->pool);
	arch_mmu_switch(kmap_idle_root(), 0);
	memck_space_ends(s);
	space_put(s);
	memck_at_exit();
}

static void become_zombie(struct proc *p)
{
	spin_lock(&proc_lock);
	give_children_away(p);
	p->zombie = true;
	proc_notify_parent(p);
	spin_unlock(&proc_lock);
}

static void tell_threads_to_die(struct proc *p, const struct thread *except)
{
	struct thread *t;
	list_for_each(t, &p->threads, proc_link)
		if (t != except) {
			t->must_die = true;
			sched_signal(t);
		}
	waitq_wake_all(&p->stop_wait);
}

static void clear_tid(struct thread *t)
{
	uint32_t zero = 0;
	if (t->clear_tid && copy_to_user(t->clear_tid, &zero, sizeof zero) == OK)
		futex_wake(t->clear_tid, 1);
}

_Noreturn void proc_exit(int status, bool whole)
{
	struct thread *t = thread_current();
	struct proc *p = t->proc;
	if (p == proc_init && (whole || p->nthreads == 1))
		panic("process 1 (%s) ended with status 0x%x", p->path, (unsigned)status);
	robust_thread_ends(t);
	if (p->nthreads > 1)
		clear_tid(t);
	spin_lock(&proc_lock);
	if (whole && !p->exiting) {
		p->exiting = true;
		p->exit_status = status;
		report_fatal(p, status);
		tell_threads_to_die(p, t);
	}
	sched_charge();
	list_remove(&t->proc_link);	/* nobody finds the thread any more */
	spin_unlock(&proc_lock);
	sigqueue_drop(p, &t->sig_queue);
	spin_lock(&proc_lock);
	bool last = --p->nthreads == 0;	/* if not, p may be gone as soon as the lock is */
	if (last && !p->exiting)
		p->exit_status = status;
	if (t->tid == p->pid)
		t->tid = 0;	/* the number stays taken until the process is waited for */
	waitq_wake_all(&p->child_wait);
	spin_unlock(&proc_lock);
	if (last) {
		p->exiting = true;
		trace_end(p->exit_status);
		drop_resources(p);
		sched_charge();
		become_zombie(p);
	} else {
		arch_mmu_switch(kmap_idle_root(), 0);
	}
	t->proc = NULL;
	t->tf = NULL;
	sched_exit(last ? &p->thread_gone : NULL);
}

enum err proc_end_other_threads(void)
{
	struct thread *t = thread_current();
	struct proc *p = t->proc;
	spin_lock(&proc_lock);
	if (!t->must_die)	/* else another thread was first */
		tell_threads_to_die(p, t);
	while (p->nthreads > 1 && !t->must_die)
		wait_on(&p->child_wait, &proc_lock, 0, 0);
	spin_unlock(&proc_lock);
	return t->must_die ? ERR_INTR : OK;
}

/* ---- wait4 ---- */

static bool matches(const struct proc *child, int pid)
{
	if (pid > 0)
		return child->pid == pid;
	if (pid == -1)
		return true;
	return child->pgid == (pid == 0 ? proc_current()->pgid : -pid);
}

static void reap(struct proc *child)
{
	struct proc *me = proc_current();
	while (!sched_is_gone(&child->thread_gone))
		cpu_relax();
	sched_reap();
	me->child_user_ticks += child->user_ticks + child->child_user_ticks;
	me->child_sys_ticks += child->sys_ticks + child->child_sys_ticks;
	pid_free(child->pid);
	proc_free(child);
}

enum scan { SCAN_NONE, SCAN_NOTHING_YET, SCAN_ZOMBIE, SCAN_CHANGED };

/* Look for a child to report; proc_lock is held. */
static enum scan scan_children(int pid, int options, struct proc **found, int *status)
{
	struct proc *child;
	enum scan r = SCAN_NONE;
	list_for_each(child, &proc_current()->children, sibling) {
		if (!matches(child, pid))
			continue;
		if (child->zombie && !(options & WEXITED))
			continue;	/* nothing that was asked for can come any more */
		r = SCAN_NOTHING_YET;
		*found = child;
		*status = child->exit_status;
		if (child->zombie)
			return SCAN_ZOMBIE;
		if ((options & WUNTRACED) && child->stopped && !child->stop_reported) {
			child->stop_reported = !(options & WNOWAIT);
			*status = child->stop_sig << 8 | 0x7f;
			return SCAN_CHANGED;
		}
		if ((options & WCONTINUED) && child->continued) {
			child->continued = options & WNOWAIT;
			*status = 0xffff;
			return SCAN_CHANGED;
		}
	}
	return r;
}

enum err proc_wait(int pid, int options, struct wait_result *out)
{
	struct proc *child = NULL;
	enum scan found;
	*out = (struct wait_result){ 0 };
	spin_lock(&proc_lock);
	while ((found = scan_children(pid, options, &child, &out->status)) == SCAN_NOTHING_YET) {
		if ((options & WNOHANG) ||
		    wait_on(&proc_current()->child_wait, &proc_lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL) {
			spin_unlock(&proc_lock);
			return options & WNOHANG ? OK : ERR_INTR;
		}
	}
	if (found == SCAN_NONE) {
		spin_unlock(&proc_lock);
		return ERR_CHILD;
	}
	out->pid = child->pid;
	out->user_ticks = child->user_ticks + child->child_user_ticks;
	out->sys_ticks = child->sys_ticks + child->child_sys_ticks;
	bool take = found == SCAN_ZOMBIE && !(options & WNOWAIT);
	if (take)
		proc_remove(child);
	spin_unlock(&proc_lock);
	if (take)
		reap(child);
	return OK;
}
