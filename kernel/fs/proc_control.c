/* Files of procfs that are written to, or read again and again: what tests hold on to. */
#include "proc.h"
#include <kernel/cmdline.h>
#include <kernel/inject.h>
#include <kernel/membench.h>
#include <kernel/memck.h>
#include <kernel/proc_priv.h>
#include <kernel/selftest.h>
#include <kernel/rendezvous.h>
#include <kernel/va.h>
#include <lib/string.h>

/* ---- /proc/PID/fail-nth, of the process's first thread ---- */

enum err proc_fail_nth(struct text *t, int pid)
{
	spin_lock(&proc_lock);
	const struct thread *who = proc_find_thread(pid);
	unsigned left = who ? inject_left(who) : 0;
	spin_unlock(&proc_lock);
	text_printf(t, "%u\n", left);
	return who ? OK : ERR_SRCH;
}

/* A number up to a billion; what follows it does not count. */
static enum err parse(const char *s, unsigned *out)
{
	unsigned n = 0;
	if (*s < '0' || *s > '9')
		return ERR_INVAL;
	for (; *s >= '0' && *s <= '9'; s++) {
		if (n >= 100000000)
			return ERR_INVAL;
		n = n * 10 + (unsigned)(*s - '0');
	}
	*out = n;
	return OK;
}

static enum err store_fail_nth(const char *text, int pid)
{
	unsigned n;
	enum err e = parse(text, &n);
	if (e != OK)
		return e;
	spin_lock(&proc_lock);
	struct thread *who = proc_find_thread(pid);
	if (who)
		inject_set(who, n);
	spin_unlock(&proc_lock);
	return who ? OK : ERR_SRCH;
}

/* ---- /proc/PID/pool: what it causes the kernel to hold (mm/pool.h). A number of bytes written to it is the new limit ---- */

static bool put_block(const struct pool_block *b, void *ctx)
{
	struct text *t = ctx;
	char where[64];
	text_printf(t, "block 0x%lx %lu %c%c %s\n", (unsigned long)(uintptr_t)b->p, (unsigned long)b->nbytes, b->prot & P_READ ? 'r' : '-',
		    b->prot & P_WRITE ? 'w' : '-', port_where(b->site, where, sizeof where));
	return t->len < t->cap;
}

static void put_pool(struct text *t, struct pool *pool)
{
	struct pool_stats st;
	pool_stats(pool, &st);
	text_printf(t, "limit %lu\ncurrent %lu\npeak %lu\n", (unsigned long)st.limit, (unsigned long)st.current, (unsigned long)st.peak);
	text_printf(t, "blocks %lu\nrequests %lu\nrefused %lu\n", (unsigned long)st.count, (unsigned long)st.allocs,
		    (unsigned long)st.failures);
	text_printf(t, "arenas %lu\narena_bytes %lu\n", (unsigned long)st.arenas, (unsigned long)st.arena_bytes);
	if (!pool_for_each(pool, put_block, t))
		text_printf(t, "corrupted\n");
}

enum err proc_pool(struct text *t, int pid)
{
	spin_lock(&proc_lock);
	const struct proc *p = proc_find(pid);
	if (p)
		put_pool(t, p->pool);
	spin_unlock(&proc_lock);
	return p ? OK : ERR_SRCH;
}

static enum err store_pool(const char *text, int pid)
{
	unsigned n;
	enum err e = parse(text, &n);
	if (e != OK)
		return e;
	spin_lock(&proc_lock);
	const struct proc *p = proc_find(pid);
	if (p)
		pool_set_limit(p->pool, n);
	spin_unlock(&proc_lock);
	return p ? OK : ERR_SRCH;
}

/* ---- /proc/PID/va_policy: how its mmaps will be placed once it execs; written, another way. Its children inherit it ---- */

enum err proc_va_policy(struct text *t, int pid)
{
	spin_lock(&proc_lock);
	const struct proc *p = proc_find(pid);
	if (p)
		text_printf(t, "%s %s\n", cmdline_va_policy_name(va_choice_policy(&p->va)), va_choice_is_legacy(&p->va) ? "legacy" : "default");
	spin_unlock(&proc_lock);
	return p ? OK : ERR_SRCH;
}

static enum err store_va_policy(const char *text, int pid)
{
	struct va_choice choice;
	if (!va_choice_parse(text, &choice))
		return ERR_INVAL;
	spin_lock(&proc_lock);
	struct proc *p = proc_find(pid);
	if (p)
		p->va = choice;
	spin_unlock(&proc_lock);
	return p ? OK : ERR_SRCH;
}

/* ---- /proc/fingerprint ---- */

static bool put_cache(const struct cache_stats *s, void *ctx)
{
	text_printf(ctx, "%s %lu\n", s->name, (unsigned long)s->objects);
	return true;
}

static void trim(void *arg)
{
	(void)arg;
	mm_trim(kernel_mm);
}

void proc_trim_memory(void)
{
	sched_reap();
	kstack_drain();
	cpus_call(trim, NULL);
	trim(NULL);
}

/* How much is in use, of each kind, once all that is only kept for speed was given up: two readings differ if what the kernel holds
 * did. Counts, not places: a cache that was emptied and filled again lies elsewhere. */
enum err proc_fingerprint(struct text *t, int pid)
{
	struct mm_stats st;
	(void)pid;
	sched_reap();
	vfs_drop_caches();
	proc_trim_memory();
	mm_stats(kernel_mm, &st);
	text_printf(t, "frames %lu\n", (unsigned long)(st.total_pages - st.free_pages - st.slab_pages - st.table_pages - st.heap_pages));
	text_printf(t, "heap %lu in %lu\n", (unsigned long)st.heap_bytes, (unsigned long)st.heap_blocks);
	text_printf(t, "tables %lu\n", (unsigned long)(st.table_pages - st.spare_tables));
	mm_cache_for_each(kernel_mm, put_cache, t);
	return OK;
}

/* ---- /proc/memck ---- */

static void say_line(void *ctx, const char *line) { text_printf(ctx, "%s\n", line); }

enum err proc_memck(struct text *t, int pid)
{
	struct memck_result r;
	(void)pid;
	enum err e = memck_all(say_line, t, &r);
	if (e != OK)
		return e;
	if (r.faults)
		text_printf(t, "%lu fault%s\n", (unsigned long)r.faults, r.faults == 1 ? "" : "s");
	else
		text_printf(t, "sound: %lu frames, %lu slabs, %u processes\n", (unsigned long)r.frames, (unsigned long)r.slabs, r.processes);
	return OK;
}

#ifdef CONFIG_DEBUG
static enum err store_memck(const char *text, int pid) { (void)pid; return memck_plant(text); }
#else
#define store_memck NULL	/* release builds have nothing to plant */
#endif

const struct proc_control proc_controls[] = {
	{ proc_fail_nth, store_fail_nth }, { proc_memck, store_memck }, { proc_pool, store_pool }, { proc_va_policy, store_va_policy }, { proc_fingerprint, NULL }, { NULL, NULL },
};

const struct proc_command proc_commands[] = {
	{ membench_list, membench_run },
#ifdef CONFIG_DEBUG
	{ selftest_list, selftest_run },
#endif
	{ NULL, NULL },
};
