/* Threads as memory: allocation, kernel stacks, ids, kernel threads. */
#include <lib/string.h>
#include <kernel/inject.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <kernel/thread.h>

static struct spinlock pid_lock = SPINLOCK_INIT(LOCK_PROC_TABLE, "pids");
static uint64_t pid_taken[(PID_MAX + 1) / 64] = { 1 };	/* 0 is nobody's */
static int pid_last;

int pid_alloc(void)
{
	int pid = -1;
	spin_lock(&pid_lock);
	for (int i = 0; i < PID_MAX; i++) {
		int p = pid_last % PID_MAX + 1;
		pid_last = p;
		if (!(pid_taken[p / 64] >> (p % 64) & 1)) {
			pid_taken[p / 64] |= 1ull << (p % 64);
			pid = p;
			break;
		}
	}
	spin_unlock(&pid_lock);
	return pid;
}

void pid_free(int pid)
{
	spin_lock(&pid_lock);
	pid_taken[pid / 64] &= ~(1ull << (pid % 64));
	spin_unlock(&pid_lock);
}

static struct slab_cache *thread_cache, *fpstate_cache;

void thread_init_caches(void)
{
	thread_cache = slab_cache_create(kernel_mm, "thread", sizeof(struct thread), 0);
	fpstate_cache = slab_cache_create(kernel_mm, "fpstate", sizeof(struct fpstate), 0);
	if (!thread_cache || !fpstate_cache)
		panic("too little memory for threads");
}

struct thread *thread_alloc(const char *name, void (*entry)(void *), void *arg)
{
	struct thread *t = slab_zalloc(kernel_mm, thread_cache);
	if (!t)
		return NULL;
	t->kstack_top = kstack_alloc();
	if (!t->kstack_top) {
		slab_free(kernel_mm, thread_cache, t);
		return NULL;
	}
	list_init(&t->run_link);
	list_init(&t->wait_link);
	list_init(&t->timer_link);
	list_init(&t->proc_link);
	list_init(&t->sig_queue);
	strlcpy(t->name, name, sizeof t->name);
	arch_context_init(&t->context, t->kstack_top - sizeof(struct trapframe), entry, arg);
	return t;
}

enum err thread_add_user_state(struct thread *t)
{
	t->fp = slab_zalloc(kernel_mm, fpstate_cache);
	if (!t->fp)
		return ERR_NOMEM;
	t->tf = (struct trapframe *)(t->kstack_top - sizeof(struct trapframe));
	memset(t->tf, 0, sizeof *t->tf);
	arch_fpstate_init(t->fp);
	return OK;
}

void thread_free(struct thread *t)
{
	if (t->tid)
		pid_free(t->tid);
	inject_set(t, 0);
	slab_free(kernel_mm, fpstate_cache, t->fp);
	kstack_free(t->kstack_top);
	slab_free(kernel_mm, thread_cache, t);
}

static void kthread_entry(void *arg)
{
	struct thread *t = arg;
	sched_thread_begin();
	t->kfn(t->karg);
	sched_exit(NULL);
}

enum err kthread_start(const char *name, void (*fn)(void *), void *arg)
{
	struct thread *t = thread_alloc(name, kthread_entry, NULL);
	if (!t)
		return ERR_NOMEM;
	arch_context_init(&t->context, t->kstack_top, kthread_entry, t);
	t->kfn = fn;
	t->karg = arg;
	sched_start(t);
	return OK;
}
