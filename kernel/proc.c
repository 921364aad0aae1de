/* The process table: processes by id, the tree, what /proc shows. */
#include <lib/string.h>
#include <mm/txn.h>
#include <kernel/cmdline.h>
#include <kernel/kmap.h>
#include <kernel/proc.h>
#include <kernel/proc_priv.h>
#include <kernel/thread.h>

enum { HASH_SIZE = 64 };

struct spinlock proc_lock = SPINLOCK_INIT(LOCK_PROC_TABLE, "proc");
struct proc *proc_init;
static struct list all = LIST_INIT(all);
static struct list by_pid[HASH_SIZE];
static unsigned count;

static struct list *bucket(int pid)
{
	struct list *b = &by_pid[pid % HASH_SIZE];
	if (!b->next)
		list_init(b);
	return b;
}

uint64_t proc_pool_limit(void)
{
	uint64_t share = mm_total_pages(kernel_mm) * PAGE_SIZE / 32, most = 4 << 20;
	return cmdline_size("pool.limit", share < most ? share : most);
}

static void undo_pool(void *pool) { pool_destroy(pool); }

struct proc *proc_alloc(struct txn *txn, uint64_t pool_limit)
{
	struct proc *p = txn_kzalloc(txn, sizeof *p);
	if (!p || !(p->pool = pool_create(kernel_mm, pool_limit)) || txn_on_rollback(txn, undo_pool, p->pool) != OK)
		return NULL;
	list_init(&p->children);
	list_init(&p->sibling);
	list_init(&p->all_link);
	list_init(&p->hash_link);
	list_init(&p->threads);
	list_init(&p->sig_queue);
	list_init(&p->ptimers);
	waitq_init(&p->child_wait);
	waitq_init(&p->stop_wait);
	spin_init(&p->sig_lock, LOCK_SIGNAL, "signal");
	p->start_ns = time_ns();
	for (unsigned k = 0; k < RLIMITS; k++)
		p->limits[k] = (struct rlimit64){ RLIM64_INFINITY, RLIM64_INFINITY };
	p->limits[RLIMIT_STACK].rlim_cur = 8 << 20;
	p->limits[RLIMIT_CORE].rlim_cur = 0;
	p->limits[RLIMIT_SIGPENDING] = (struct rlimit64){ SIGNALS_QUEUED_MAX, SIGNALS_QUEUED_MAX };
	p->limits[RLIMIT_NOFILE] = (struct rlimit64){ FD_MAX, FD_MAX };
	return p;
}

void proc_free(struct proc *p)
{
	sigqueue_drop(p, &p->sig_queue);
	pool_destroy(p->pool);
	kfree(kernel_mm, p);
}

void proc_insert(struct proc *p)
{
	list_push_back(&all, &p->all_link);
	list_push_back(bucket(p->pid), &p->hash_link);
	count++;
}

void proc_remove(struct proc *p)
{
	list_remove(&p->all_link);
	list_remove(&p->hash_link);
	list_remove(&p->sibling);
	count--;
}

struct proc *proc_find(int pid)
{
	struct proc *p;
	if (pid <= 0)
		return NULL;
	list_for_each(p, bucket(pid), hash_link)
		if (p->pid == pid)
			return p;
	return NULL;
}

struct thread *proc_find_thread(int tid)
{
	struct proc *p;
	struct thread *t;
	list_for_each(p, &all, all_link)
		list_for_each(t, &p->threads, proc_link)
			if (t->tid == tid)
				return t;
	return NULL;
}

void proc_for_each(void (*fn)(struct proc *, void *), void *ctx)
{
	struct proc *p;
	list_for_each(p, &all, all_link)
		fn(p, ctx);
}

unsigned proc_count(void) { return count; }

static char state_letter(const struct proc *p)
{
	struct thread *t;
	if (p->zombie)
		return 'Z';
	if (p->stopped)
		return 'T';
	list_for_each(t, &p->threads, proc_link)
		if (t->state == THREAD_RUNNING || t->state == THREAD_RUNNABLE)
			return 'R';
	return 'S';
}

static void fill_info(struct proc *p, struct proc_info *out)
{
	out->pid = p->pid;
	out->ppid = p->parent ? p->parent->pid : 0;
	out->pgid = p->pgid;
	out->sid = p->sid;
	out->nthreads = (int)p->nthreads;
	out->state = state_letter(p);
	memcpy(out->name, p->name, sizeof out->name);
	memcpy(out->path, p->path, sizeof out->path);
	memcpy(out->cmdline, p->cmdline, sizeof out->cmdline);
	out->cmdline_len = p->cmdline_len;
	out->env = p->env;
	out->user_ticks = p->user_ticks;
	out->sys_ticks = p->sys_ticks;
	out->start_ns = p->start_ns;
	out->space = p->space;
	if (p->space)
		space_get(p->space);
}

bool proc_info_next(int pid, struct proc_info *out)
{
	struct proc *p, *best = NULL;
	spin_lock(&proc_lock);
	list_for_each(p, &all, all_link)
		if (p->pid >= pid && (!best || p->pid < best->pid))
			best = p;
	if (best)
		fill_info(best, out);
	spin_unlock(&proc_lock);
	return best;
}
