/* Creation, and the order in which an allocation looks for memory. */
#include <errno.h>
#include <sched.h>
#include <sys/mman.h>
#include <time.h>
#include "segpool_priv.h"

/* How often an allocation looks again because something moved while it looked, before it counts that as waiting. */
enum { LOOKS = 100, DEFAULT_REGION = 2 * 1024 * 1024 };

/* ---- the kernel ---- */

static void *os_map(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void os_unmap(void *p, size_t n) { munmap(p, n); }
static int os_discard(void *p, size_t n) { return madvise(p, n, MADV_DONTNEED) == 0 ? 0 : errno; }
static int os_populate(void *p, size_t n) { return madvise(p, n, MADV_POPULATE_WRITE) == 0 ? 0 : errno; }
static const struct segpool_os os_kernel = { os_map, os_unmap, os_discard, os_populate };

#ifdef CONFIG_HOST
__attribute__((weak)) void segpool_step(void) {}
#endif

/* ---- creation ---- */

static bool config_is_sane(const struct segpool_config *c)
{
	size_t region = c->region_bytes ? c->region_bytes : DEFAULT_REGION;
	return region % SEGPOOL_LARGEST == 0 && region <= SEGPOOL_REGION_MAX && c->virtual_budget >= region
		&& c->virtual_budget / region < UINT32_MAX / 2;
}

/* The tables, in one mapping that costs memory only where there are regions. */
static bool make_tables(struct segpool *sp)
{
	size_t n = sp->max_regions, segments = n * sizeof *sp->region, bits = segments + n * sp->region_segments * sizeof *sp->segment;
	size_t room = bits + n * sp->region_bits * sizeof *sp->bits, end = room + SEGPOOL_POOLS * sp->room_words * sizeof *sp->room;
	sp->tables_bytes = (end + SEGPOOL_SMALLEST - 1) & ~(size_t)(SEGPOOL_SMALLEST - 1);
	char *base = os_map(sp->tables_bytes);
	if (!base)
		return false;
	sp->tables = base;
	sp->region = (struct region *)(void *)base;
	sp->segment = (_Atomic uint64_t *)(void *)(base + segments);
	sp->bits = (_Atomic uint64_t *)(void *)(base + bits);
	sp->room = (_Atomic uint64_t *)(void *)(base + room);
	return true;
}

/* Who is told of a missing frame at a segment is not to be ended for one of ours. */
static bool populate_own(struct segpool *sp)
{
	return !sp->config.populate || (!sp->os.populate(sp, sizeof *sp) && !sp->os.populate(sp->tables, sp->tables_bytes));
}

struct segpool *segpool_create(const struct segpool_config *config)
{
	struct segpool *sp = config_is_sane(config) ? os_map(sizeof *sp) : NULL;
	if (!sp)
		return NULL;
	sp->config = *config;
	sp->os = config->os ? *config->os : os_kernel;
	sp->region_bytes = config->region_bytes ? config->region_bytes : DEFAULT_REGION;
	sp->max_regions = config->virtual_budget / sp->region_bytes;
	sp->region_segments = sp->region_bytes / SEGPOOL_SMALLEST;
	sp->region_bits = (sp->region_segments + 63) / 64;
	sp->room_words = (sp->max_regions + 63) / 64;
	if (make_tables(sp)) {
		if (populate_own(sp) && wait_init(sp))
			return sp;
		os_unmap(sp->tables, sp->tables_bytes);
	}
	os_unmap(sp, sizeof *sp);
	return NULL;
}

size_t segpool_destroy(struct segpool *sp)
{
	size_t in_use = 0;
	for (uint32_t r = 0; r < sp->nregions; r++) {
		in_use += word_used(sp->region[r].word);
		sp->os.unmap(sp->region[r].base, sp->region_bytes);
	}
	wait_end(sp);
	os_unmap(sp->tables, sp->tables_bytes);
	os_unmap(sp, sizeof *sp);
	return in_use;
}

/* ---- allocation ---- */

unsigned segpool_pool_of(size_t nbytes)
{
	unsigned pool = 0;
	while (pool < SEGPOOL_POOLS && segment_bytes(pool) < nbytes)
		pool++;
	return pool;
}

/* What another pool has freed, or holds idle. An idle region of our own has room, so it is not passed over here. */
static bool take_from_others(struct segpool *sp, unsigned pool, struct segment *out)
{
	for (unsigned i = 1; i < SEGPOOL_POOLS; i++)
		if (region_reuse(sp, pool, (pool + i) % SEGPOOL_POOLS, out))
			return true;
	return false;
}

/* The budget is spent: reclaim, then reuse, of our own first. */
static bool under_pressure(struct segpool *sp, unsigned pool, struct segment *out)
{
	if (segment_take_fast(sp, pool, out))
		return true;
	segpool_free_idle(sp, SEGPOOL_POOLS, 1);
	return region_reuse(sp, pool, pool, out) || take_from_others(sp, pool, out) || segment_take_any(sp, pool, out);
}

static void note_pressure(struct segpool *sp, unsigned pool)
{
	atomic_fetch_add(&sp->pressures, 1);
	trace(sp, SEGPOOL_EV_PRESSURE, pool, NO_REGION);
	say(sp, "Virtual budget pressure: pool %u, virtual %zu KiB of %zu KiB, physical %zu KiB", pool, atomic_load(&sp->virtual_bytes) / 1024,
		sp->config.virtual_budget / 1024, atomic_load(&sp->physical_bytes) / 1024);
}

static struct timespec deadline_in(unsigned ms)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000L;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

static bool has_passed(const struct timespec *deadline)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec > deadline->tv_sec || (t.tv_sec == deadline->tv_sec && t.tv_nsec >= deadline->tv_nsec);
}

static enum segpool_err refuse(struct segpool *sp, unsigned pool)
{
	atomic_fetch_add(&sp->refusals, 1);
	trace(sp, SEGPOOL_EV_REFUSE, pool, NO_REGION);
	return SEGPOOL_BUDGET;
}

/* Nothing was found. If nothing has moved since the look began, and no region was on its way, there was nothing: only then does one
 * sleep, or give up. */
static enum segpool_err press(struct segpool *sp, unsigned pool, struct segment *out)
{
	struct timespec deadline = deadline_in(sp->config.wait_ms);
	note_pressure(sp, pool);
	for (int looks = 0;;) {
		uint64_t seen = atomic_load(&sp->changes);
		bool moving = atomic_load(&sp->transit) != 0;
		if (under_pressure(sp, pool, out) || region_map(sp, pool, out) == SEGPOOL_OK)
			return SEGPOOL_OK;
		if ((moving || atomic_load(&sp->changes) != seen) && looks++ < LOOKS) {
			sched_yield();
			continue;
		}
		if (!sp->config.wait_ms || has_passed(&deadline))
			return refuse(sp, pool);
		atomic_fetch_add(&sp->waits, 1);
		trace(sp, SEGPOOL_EV_WAIT, pool, NO_REGION);
		await_change(sp, seen, &deadline);
	}
}

static enum segpool_err find(struct segpool *sp, unsigned pool, struct segment *out)
{
	if (segment_take_fast(sp, pool, out) || region_reuse(sp, pool, pool, out))
		return SEGPOOL_OK;
	enum segpool_err e = region_map(sp, pool, out);
	if (e == SEGPOOL_BUDGET)
		return press(sp, pool, out);
	return e == SEGPOOL_NOMEM && under_pressure(sp, pool, out) ? SEGPOOL_OK : e;
}

/* Idle regions are where frames are to be had, so theirs go back before anybody is told that there are none. */
static enum segpool_err populate(struct segpool *sp, unsigned pool, const struct segment *s)
{
	if (!sp->os.populate(s->base, s->nbytes))
		return SEGPOOL_OK;
	if (segpool_free_idle(sp, SEGPOOL_POOLS, SIZE_MAX) && !sp->os.populate(s->base, s->nbytes))
		return SEGPOOL_OK;
	atomic_fetch_add(&sp->populate_failures, 1);
	trace(sp, SEGPOOL_EV_NO_FRAMES, pool, s->region);
	segpool_release(sp, s);
	return SEGPOOL_NOMEM;
}

enum segpool_err segpool_alloc(struct segpool *sp, size_t nbytes, struct segment *out)
{
	struct segment s;
	unsigned pool = segpool_pool_of(nbytes);
	if (!nbytes || pool == SEGPOOL_POOLS)
		return SEGPOOL_INVALID;
	enum segpool_err e = find(sp, pool, &s);
	if (e == SEGPOOL_OK && sp->config.populate)
		e = populate(sp, pool, &s);
	if (e == SEGPOOL_OK)
		*out = s;
	return e;
}
