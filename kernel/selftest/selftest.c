/* /proc/selftest: reading it lists the tests; writing the name of one runs it, and the same descriptor then reads how it went.
 *
 * Nothing may be lost: before and after a test, all that the kernel only keeps for speed is given up, on every CPU, and what is in
 * use is counted. Then, with every other CPU held, mm_check() goes through the frames and slabs. */
#include <lib/fmt.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <kernel/selftest.h>
#include <kernel/thread.h>
#include <kernel/vfs.h>
#include "selftest.h"

static const struct { const char *name; const struct selftest *tests; } groups[] = {
	{ "buddy", selftest_frames }, { "zone", selftest_zones }, { "slab", selftest_slab }, { "kmalloc", selftest_kmalloc },
	{ "blocks", selftest_blocks }, { "vmap", selftest_vmap }, { "txn", selftest_txn }, { "pool", selftest_pool },
};
static unsigned is_running;

/* ---- for the tests ---- */

uint64_t selftest_random(uint64_t *state, uint64_t n)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % n;
}

void selftest_fill(void *p, size_t nbytes, uint64_t tag)
{
	uint64_t *word = p;
	for (size_t i = 0; i < nbytes / sizeof *word; i++)
		word[i] = tag * 0x9e3779b97f4a7c15 + i;
}

bool selftest_is_filled(const void *p, size_t nbytes, uint64_t tag)
{
	const uint64_t *word = p;
	for (size_t i = 0; i < nbytes / sizeof *word; i++)
		if (word[i] != tag * 0x9e3779b97f4a7c15 + i)
			return false;
	return true;
}

uint64_t selftest_bad_frees(void)
{
	struct mm_stats st;
	mm_stats(kernel_mm, &st);
	return st.bad_frees;
}

struct everywhere { const char *(*work)(void *ctx, unsigned k); void *ctx; const char *why; };

static void work_and_tell(void *arg, unsigned k)
{
	struct everywhere *e = arg;
	const char *why = e->work(e->ctx, k);
	if (why)
		__atomic_store_n(&e->why, why, __ATOMIC_RELAXED);
}

const char *selftest_everywhere(const char *(*work)(void *ctx, unsigned k), void *ctx)
{
	struct everywhere e = { work, ctx, NULL };
	if (crew_run(crew_max(), work_and_tell, &e) != OK)
		return "no memory for threads";
	return e.why;
}

/* ---- what is in use ---- */

struct in_use { uint64_t frames, tables, objects; };

static const char *trim(void *ctx, unsigned k)
{
	(void)ctx, (void)k;
	mm_trim(kernel_mm);
	return NULL;
}

static bool add_objects(const struct cache_stats *s, void *ctx)
{
	((struct in_use *)ctx)->objects += s->objects;
	return true;
}

static struct in_use count(void)
{
	struct in_use u = { 0 };
	struct mm_stats st;
	vfs_drop_caches();
	selftest_everywhere(trim, NULL);
	sched_reap();
	kstack_drain();
	mm_trim(kernel_mm);
	mm_stats(kernel_mm, &st);
	u.frames = st.total_pages - st.free_pages - st.slab_pages - st.table_pages - st.heap_pages;
	u.tables = st.table_pages;
	u.objects = st.heap_blocks;
	mm_cache_for_each(kernel_mm, add_objects, &u);
	return u;
}

static void sleep_ms(unsigned ms)
{
	struct waitq nobody;
	waitq_init(&nobody);
	wait_on(&nobody, NULL, 0, time_deadline(ms * 1000000ull));
}

/* Threads that have ended are freed by whatever CPU is idle, some time later: count until it comes out the same twice. */
static struct in_use count_settled(void)
{
	struct in_use last = count(), now = count();
	for (int tries = 0; tries < 20 && memcmp(&last, &now, sizeof now); tries++) {
		sleep_ms(2);
		last = now;
		now = count();
	}
	return now;
}

/* The same from the other side: it is a leak if it stays. */
static bool leaks(const struct in_use *before, struct in_use *after)
{
	for (int tries = 0; tries < 100; tries++) {
		*after = count();
		if (after->frames <= before->frames && after->tables <= before->tables && after->objects <= before->objects)
			return false;
		sleep_ms(5);
	}
	return true;
}

static const char *check_world(void *ctx, unsigned k)
{
	(void)ctx;
	return k || mm_check(kernel_mm) ? NULL : "mm_check() finds a fault; the log says which";
}

/* ---- running ---- */

static void run(struct text *t, const struct selftest *test)
{
	struct in_use before = count_settled(), after;
	const char *why = test->run();
	if (!why)
		why = selftest_everywhere(check_world, NULL);
	if (why)
		text_printf(t, "%s\n", why);
	else if (leaks(&before, &after))
		text_printf(t, "leaks: frames %lu -> %lu, tables %lu -> %lu, objects %lu -> %lu\n", (unsigned long)before.frames,
			(unsigned long)after.frames, (unsigned long)before.tables, (unsigned long)after.tables,
			(unsigned long)before.objects, (unsigned long)after.objects);
	else
		text_printf(t, "OK\n");
}

enum err selftest_list(struct text *t, int pid)
{
	(void)pid;
	for (unsigned g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct selftest *test = groups[g].tests; test->name; test++)
			text_printf(t, "%s.%s\n", groups[g].name, test->name);
	return OK;
}

static const struct selftest *find(const char *name)
{
	char full[64];
	for (unsigned g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct selftest *test = groups[g].tests; test->name; test++) {
			snprintf(full, sizeof full, "%s.%s", groups[g].name, test->name);
			if (!strcmp(full, name))
				return test;
		}
	return NULL;
}

enum err selftest_run(struct text *t, const char *name)
{
	const struct selftest *test = find(name);
	if (!test)
		return ERR_INVAL;
	if (__atomic_exchange_n(&is_running, 1, __ATOMIC_ACQUIRE))
		return ERR_BUSY;
	run(t, test);
	__atomic_store_n(&is_running, 0, __ATOMIC_RELEASE);
	return OK;
}
