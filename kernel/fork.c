/* Making processes and threads: clone's two forms, and process 1.
 *
 * Everything that can fail is prepared in a struct birth, which nobody else sees, under a transaction; publishing it
 * needs nothing more. A failure on the way, or a signal that the parent must hear of first, rolls back what was prepared,
 * and nothing has changed. */
#include <abi/sched.h>
#include <abi/signal.h>
#include <arch/trap.h>
#include <lib/string.h>
#include <mm/txn.h>
#include <kernel/boot.h>
#include <kernel/exec.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/thread.h>
#include <kernel/trace.h>

struct birth {
	struct proc *proc;	/* NULL for a thread of the current process */
	struct thread *thread;
	int tid;
};

static void user_thread_entry(void *arg)
{
	struct thread *t = arg;
	sched_thread_begin();
	if (t->set_tid) {
		uint32_t tid = (uint32_t)t->tid;
		if (copy_to_user(t->set_tid, &tid, sizeof tid) != OK)
			t->set_tid = 0;
	}
	trap_return_work(t->tf);
	arch_return_to_user(t->tf);
}

static void undo_pid(void *tid) { pid_free(*(int *)tid); }
static void undo_thread(void *t) { thread_free(t); }
static void undo_space(void *s) { space_put(s); }
static void undo_files(void *t) { files_free(t); }
static void undo_fs_context(void *fs) { fs_context_drop(fs); }

static enum err birth_thread(struct txn *txn, struct birth *b, const char *name)
{
	b->tid = pid_alloc();
	if (b->tid < 0)
		return ERR_AGAIN;
	enum err e = txn_on_rollback(txn, undo_pid, &b->tid);
	if (e != OK)
		return e;
	struct thread *t = b->thread = thread_alloc(name, user_thread_entry, NULL);
	if (!t)
		return ERR_NOMEM;
	e = txn_on_rollback(txn, undo_thread, t);
	if (e != OK)
		return e;
	arch_context_init(&t->context, t->kstack_top - sizeof(struct trapframe), user_thread_entry, t);
	return thread_add_user_state(t);
}

static enum err share_or_copy_space(struct txn *txn, struct proc *p, uint64_t flags)
{
	struct space *from = proc_current()->space;
	if (flags & CLONE_VM) {
		space_get(from);
		p->space = from;
	} else {
		enum err e = space_fork(from, &p->space);
		if (e != OK)
			return e;
	}
	return txn_on_rollback(txn, undo_space, p->space);
}

static enum err birth_proc(struct txn *txn, struct birth *b, uint64_t flags)
{
	struct proc *from = proc_current(), *p;
	struct pool_stats limits;
	pool_stats(from->pool, &limits);
	p = b->proc = proc_alloc(txn, limits.limit);
	if (!p)
		return ERR_NOMEM;
	enum err e = share_or_copy_space(txn, p, flags);
	if (e != OK)
		return e;
	p->files = files_copy(from->files, p->pool);
	if (!p->files)
		return ERR_NOMEM;
	e = txn_on_rollback(txn, undo_files, p->files);
	if (e != OK)
		return e;
	fs_context_copy(&p->fs, &from->fs);
	memcpy(p->name, from->name, sizeof p->name);
	memcpy(p->path, from->path, sizeof p->path);
	memcpy(p->cmdline, from->cmdline, sizeof p->cmdline);
	p->cmdline_len = from->cmdline_len;
	p->env = from->env;
	memcpy(p->actions, from->actions, sizeof p->actions);
	p->sigtramp = from->sigtramp;
	p->va = from->va;
	memcpy(p->limits, from->limits, sizeof p->limits);
	return txn_on_rollback(txn, undo_fs_context, &p->fs);
}

/* The child's registers: the parent's, returning 0. */
static void copy_user_state(struct thread *child, const struct clone_args *args)
{
	struct thread *t = thread_current();
	arch_user_state_save(t->fp, t->tf);
	*child->fp = *t->fp;
	*child->tf = *t->tf;
	tf_set_result(child->tf, 0);
	if (args->stack)
		tf_set_sp(child->tf, args->stack);
	if (args->flags & CLONE_SETTLS)
		arch_set_tls(child->tf, child->fp, args->tls);
	child->sig_mask = t->sig_mask;
	if (!(args->flags & CLONE_VM) || args->flags & CLONE_VFORK)
		child->altstack = t->altstack;	/* whose memory the child has, and nobody runs on */
	child->cpus_barred = t->cpus_barred;
	if (args->flags & CLONE_CHILD_CLEARTID)
		child->clear_tid = args->child_tid;
	if (args->flags & CLONE_CHILD_SETTID)
		child->set_tid = args->child_tid;
}

/* False, and nobody has seen the child: a new process would miss a signal to its parent's group that the parent has just got, a new thread that
 * all of its process die. That is for the parent first; then the call runs again. Whoever tells all of them holds proc_lock all the while. */
static bool publish(struct birth *b)
{
	struct proc *parent = proc_current();
	struct proc *p = b->proc ? b->proc : parent;
	struct thread *t = b->thread;
	spin_lock(&proc_lock);
	if (b->proc ? signal_is_pending() : thread_current()->must_die) {
		spin_unlock(&proc_lock);
		return false;
	}
	t->tid = b->tid;
	t->proc = p;
	if (b->proc) {
		p->pid = b->tid;
		p->pgid = parent->pgid;
		p->sid = parent->sid;
		p->parent = parent;
		p->ppid = parent->pid;
		list_push_back(&parent->children, &p->sibling);
		proc_insert(p);
		trace_inherit(p);
	}
	list_push_back(&p->threads, &t->proc_link);
	p->nthreads++;
	spin_unlock(&proc_lock);
	return true;
}

/* Not by a look at the child: another thread may have waited for it by then, and it is gone. */
static void wait_for_vfork(const bool *released)
{
	struct proc *me = proc_current();
	spin_lock(&proc_lock);
	while (!*released)
		wait_on(&me->child_wait, &proc_lock, 0, 0);
	spin_unlock(&proc_lock);
}

static enum err check_flags(uint64_t flags)
{
	const uint64_t thread = CLONE_VM | CLONE_SIGHAND | CLONE_FILES;
	if ((flags & CLONE_THREAD) && (flags & thread) != thread)
		return ERR_INVAL;
	if ((flags & CLONE_SIGHAND) && !(flags & CLONE_VM))
		return ERR_INVAL;
	return OK;
}

/* Memory is promised to those who run: they pay for copy-on-write with frames at any moment, and a fault that gets none ends its
 * process. So the last of it is not for new processes: fork is refused first. */
static bool memory_suffices(void)
{
	uint64_t least = 64 + mm_total_pages(kernel_mm) / 64;
	while (mm_free_pages(kernel_mm) < least)
		if (!pagecache_reclaim())	/* a batch at a time */
			return false;
	return true;
}

enum err proc_clone(const struct clone_args *args, int *child)
{
	struct birth b = { 0 };
	SCOPED_TXN(txn, kernel_mm);
	enum err e = check_flags(args->flags);
	if (e != OK)
		return e;
	sched_reap();
	if (!memory_suffices())
		return ERR_NOMEM;
	e = birth_thread(&txn, &b, thread_current()->name);
	if (e == OK && !(args->flags & CLONE_THREAD))
		e = birth_proc(&txn, &b, args->flags);
	uint32_t tid = (uint32_t)b.tid;
	if (e == OK && (args->flags & CLONE_PARENT_SETTID))
		e = copy_to_user(args->parent_tid, &tid, sizeof tid);
	if (e != OK)
		return e;
	copy_user_state(b.thread, args);
	bool released = false, vfork = b.proc && (args->flags & CLONE_VFORK);
	if (vfork)
		b.proc->vfork_released = &released;
	if (!publish(&b)) {
		thread_current()->restart_always = true;
		return ERR_INTR;
	}
	txn_commit(&txn);
	*child = b.tid;
	sched_start(b.thread);
	if (vfork)
		wait_for_vfork(&released);
	return OK;
}

/* ---- process 1 ---- */

static void init_entry(void *arg)
{
	struct thread *t = thread_current();
	const char *path = arg;
	sched_thread_begin();
	enum err e = exec_init_program(path);
	if (e != OK) {
		printk("[boot] cannot run %s: error %ld\n", path, (long)err_to_errno(e));
		boot_give_up("no first program", "give init=PATH on the kernel command line, or build the disk again");
	}
	trap_return_work(t->tf);
	arch_return_to_user(t->tf);
}

static enum err birth_init(struct txn *txn, struct birth *b)
{
	struct proc *p = b->proc = proc_alloc(txn, proc_pool_limit());
	if (!p || !(p->files = files_create(p->pool)))
		return ERR_NOMEM;
	enum err e = txn_on_rollback(txn, undo_files, p->files);
	if (e == OK)
		e = fs_context_init(&p->fs);
	if (e == OK)
		e = txn_on_rollback(txn, undo_fs_context, &p->fs);
	return e == OK ? files_open_console(p->files) : e;
}

enum err proc_start_init(const char *path)
{
	struct birth b = { 0 };
	SCOPED_TXN(txn, kernel_mm);
	enum err e = birth_thread(&txn, &b, "init");
	if (e == OK)
		e = birth_init(&txn, &b);
	if (e != OK)
		return e;
	txn_commit(&txn);
	struct proc *p = b.proc;
	struct thread *t = b.thread;
	arch_context_init(&t->context, t->kstack_top - sizeof(struct trapframe), init_entry, (void *)(uintptr_t)path);
	t->tid = p->pid = p->pgid = p->sid = b.tid;
	t->proc = proc_init = p;
	spin_lock(&proc_lock);
	proc_insert(p);
	list_push_back(&p->threads, &t->proc_link);
	p->nthreads = 1;
	spin_unlock(&proc_lock);
	sched_start(t);
	return OK;
}
