/* Pools: the six errors, limits, bounds, and that every frame comes back. */
#include "support.h"
#include <mm/guard.h>
#include <mm/pool.h>
#include <mm/slab.h>
#include <mm/txn.h>

enum { NPAGES = 4096 };
#define NO_LIMIT UINT64_MAX

/* What was refused last, and how. */
static struct mm_error why;
static bool refused(enum err e, enum mm_error_kind kind)
{
	bool ok = e == mm_error_err(kind) && why.kind == kind;
	if (!ok) {
		char text[160];
		mm_error_text(&why, text, sizeof text);
		print_error("err %d, %s\n", e, text);
	}
	memset(&why, 0, sizeof why);
	return ok;
}

static struct pool_stats stats(struct pool *pool)
{
	struct pool_stats st;
	pool_stats(pool, &st);
	return st;
}

static void *must_alloc(struct pool *pool, size_t nbytes)
{
	void *p;
	CHECK(pool_alloc(pool, nbytes, 0, &p, NULL) == OK);
	return p;
}

/* ---- alloc and free against a naive model ---- */

enum { NLIVE = 300 };
struct live { unsigned char *p; size_t nbytes; unsigned char fill; };
static struct live live[NLIVE];
struct model { uint64_t current, peak, count, failures; };

static size_t some_size(void) { return rnd(20) ? rnd(2000) : rnd(8) ? rnd(40000) : rnd(500000); }

static void step_alloc(struct pool *pool, struct live *o, struct model *m)
{
	static const size_t aligns[] = { 0, 8, 16, 64, 512, 4096 };
	size_t align = aligns[rnd(6)];
	uint64_t limit = stats(pool).limit;
	void *p;
	o->nbytes = some_size();
	enum err e = pool_alloc(pool, o->nbytes, align, &p, &why);
	CHECK((e == OK) == (m->current + pool_cost(o->nbytes) <= limit));
	if (e != OK) {
		m->failures++;
		CHECK(refused(e, MM_PROCESS_LIMIT_EXCEEDED));
		return;
	}
	CHECK((uintptr_t)p % (align ? align : 16) == 0);
	o->p = p;
	o->fill = (unsigned char)rnd(256);
	memset(p, o->fill, o->nbytes);
	m->current += pool_cost(o->nbytes);
	m->peak = m->current > m->peak ? m->current : m->peak;
	m->count++;
}

static void step_free(struct pool *pool, struct live *o, struct model *m)
{
	for (size_t i = 0; i < o->nbytes; i++)
		CHECK(o->p[i] == o->fill, "a block of %zu bytes was overwritten", o->nbytes);
	CHECK(pool_free(pool, o->p, &why) == OK);
	o->p = NULL;
	m->current -= pool_cost(o->nbytes);
	m->count--;
}

static void agrees_with_a_model(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	struct pool *pool = pool_create(mm, 200 << 10);
	struct model m = { 0 };
	memset(live, 0, sizeof live);
	for (unsigned step = 0; goes_on(step, 30000); step++) {
		struct live *o = &live[rnd(NLIVE)];
		if (o->p)
			step_free(pool, o, &m);
		else
			step_alloc(pool, o, &m);
		struct pool_stats st = stats(pool);
		CHECK(st.current == m.current && st.peak == m.peak && st.count == m.count && st.failures == m.failures);
		if (now_and_then(step, 300))
			CHECK(pool_check(pool) && mm_check(mm), "%s", support_log);
	}
	CHECK(fuzzing() || m.failures > 100, "the limit was felt");
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p)
			step_free(pool, &live[i], &m);
	CHECK(m.current == 0 && stats(pool).arenas == 0 && stats(pool).arena_bytes == 0, "no arena is kept");
	pool_destroy(pool);
	CHECK(mm_fingerprint(mm) == before);
}

/* ---- the six errors ---- */

static void out_of_memory(void **state)
{
	(void)state;
	struct mm *mm = world_make(512, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	struct mm_stats st;
	unsigned n = 0;
	enum err e;
	void *p;
	while ((e = pool_alloc(pool, 10000, 0, &p, &why)) == OK)
		n++;
	mm_stats(mm, &st);
	CHECK(n > 100 && why.requested == 10000 && why.total == st.total_pages << PAGE_SHIFT, "%u blocks", n);
	CHECK(why.available == st.free_pages << PAGE_SHIFT && why.used == why.total - why.available && why.available < 64 << PAGE_SHIFT);
	CHECK(refused(e, MM_OUT_OF_MEMORY) && stats(pool).count == n && stats(pool).failures == 1 && pool_check(pool));
	CHECK(refused(pool_alloc(pool, 4 << 20, 0, &p, &why), MM_OUT_OF_MEMORY), "more than the largest block of frames");
	CHECK(refused(pool_alloc(pool, SIZE_MAX / 2, 0, &p, &why), MM_OUT_OF_MEMORY));
	CHECK(mm_error_count(mm, MM_OUT_OF_MEMORY) == 3);
	CHECK(pool_free_all(pool) == n && pool_alloc(pool, 10000, 0, &p, &why) == OK);
	pool_destroy(pool);
}

static void process_limit_exceeded(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, 10 * pool_cost(1000));
	uint64_t before;
	void *p[10], *more = NULL;
	for (unsigned i = 0; i < 10; i++)
		CHECK(pool_alloc(pool, 1000, 0, &p[i], &why) == OK);
	CHECK(stats(pool).current == stats(pool).limit, "exactly reached");
	before = mm_fingerprint(mm);
	enum err e = pool_alloc(pool, 0, 0, &more, &why);
	CHECK(why.requested == pool_cost(0) && why.available == 0 && why.used == why.total && why.total == 10 * pool_cost(1000));
	CHECK(refused(e, MM_PROCESS_LIMIT_EXCEEDED) && !more && mm_fingerprint(mm) == before && stats(pool).failures == 1);
	CHECK(refused(pool_alloc(pool, SIZE_MAX, 0, &more, &why), MM_PROCESS_LIMIT_EXCEEDED) && !pool_get(pool, 1));
	CHECK(pool_free(pool, p[3], NULL) == OK);
	CHECK(refused(pool_alloc(pool, 1009, 0, &more, &why), MM_PROCESS_LIMIT_EXCEEDED), "one unit more");
	CHECK(pool_alloc(pool, 1000, 0, &p[3], &why) == OK && stats(pool).peak == stats(pool).limit);
	pool_set_limit(pool, 1);
	CHECK(stats(pool).count == 10 && refused(pool_alloc(pool, 0, 0, &more, &why), MM_PROCESS_LIMIT_EXCEEDED));
	pool_set_limit(pool, 0);
	pool_destroy(pool);
	pool = pool_create(mm, 0);
	CHECK(refused(pool_alloc(pool, 0, 0, &more, &why), MM_PROCESS_LIMIT_EXCEEDED) && stats(pool).arenas == 0);
	pool_destroy(pool);
}

static void invalid_address(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT), *other = pool_create(mm, NO_LIMIT);
	char *p = must_alloc(pool, 100), *q = must_alloc(other, 100), *guard = must_alloc(pool, 300), byte;
	int on_stack;
	void *wrong[] = { NULL, &on_stack, p + 1, p + 16, guard + 32, q, p - 16, (void *)(uintptr_t)-16, mm, kmalloc(mm, 64) };
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		enum err e = pool_free(pool, wrong[i], &why);
		CHECK(why.address == (uintptr_t)wrong[i] && why.site && why.detail && !why.earlier_site);
		CHECK(refused(e, MM_INVALID_ADDRESS), "%u", i);
		CHECK(refused(pool_read(pool, wrong[i], 0, &byte, 1, &why), MM_INVALID_ADDRESS));
		CHECK(refused(pool_write(pool, wrong[i], 0, &byte, 1, &why), MM_INVALID_ADDRESS));
		CHECK(refused(pool_protect(pool, wrong[i], P_READ, &why), MM_INVALID_ADDRESS));
	}
	CHECK(strstr(support_log, "[pool] InvalidAddress") && pool_check(pool) && pool_check(other) && stats(pool).count == 2);
	pool_put(pool, NULL);
	CHECK(pool_free(pool, p, NULL) == OK);
	CHECK(refused(pool_read(pool, p, 0, &byte, 1, &why), MM_INVALID_ADDRESS), "after its end");
	pool_destroy(other);
	pool_destroy(pool);
	pool_destroy(NULL);
}

__attribute__((noinline)) static enum err free_here(struct pool *pool, void *p, const void **site)
{
	enum err e = pool_free(pool, p, &why);
	*site = __builtin_return_address(0);
	return e;
}

static void double_frees_name_both(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	const void *site;
	for (int keep = 0; keep < 2; keep++) {	/* the arena lives on, or goes back */
		void *p = must_alloc(pool, 100), *rest = must_alloc(pool, 5000);
		if (!keep)
			pool_put(pool, rest);
		CHECK(free_here(pool, p, &site) == OK);
		enum err e = pool_free(pool, p, &why);
		CHECK(why.earlier_site && why.site && why.earlier_site != why.site && why.address == (uintptr_t)p);
		CHECK(!strcmp(why.detail, "double free"));
		uint64_t first = why.earlier_site;
		CHECK(refused(e, MM_INVALID_ADDRESS));
		e = free_here(pool, p, &site);
		CHECK(why.site == first, "the same call site, now the second");
		CHECK(refused(e, MM_INVALID_ADDRESS) && strstr(support_log, "double free, by 0x") && strstr(support_log, ", after 0x"));
		if (keep)
			pool_put(pool, rest);
	}
	CHECK(stats(pool).current == 0 && stats(pool).count == 0 && mm_error_count(mm, MM_INVALID_ADDRESS) == 4);
	pool_destroy(pool);
}

static void corruption_detected(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	for (size_t n = 0; n <= 64; n++) {
		struct pool *pool = pool_create(mm, NO_LIMIT);
		unsigned char *p = must_alloc(pool, n), *next = must_alloc(pool, 64), saved = p[n], byte = 1;
		p[n] ^= 0x40;
		CHECK(!pool_check(pool) && refused(pool_free(pool, p, &why), MM_CORRUPTION_DETECTED), "a byte too far behind %zu", n);
		CHECK(refused(pool_read(pool, p, 0, &byte, n ? 1 : 0, &why), MM_CORRUPTION_DETECTED));
		CHECK(stats(pool).count == 2, "it stays");
		p[n] = saved;
		CHECK(pool_check(pool) && pool_free(pool, p, &why) == OK, "%s", support_log);
		next[-1] ^= 1;
		CHECK(refused(pool_free(pool, next, &why), MM_CORRUPTION_DETECTED), "the header before a block");
		CHECK(!pool_for_each(pool, NULL, NULL));
		CHECK(pool_free_all(pool) == 1 && stats(pool).current == 0 && pool_check(pool));
		pool_destroy(pool);
		CHECK(mm_fingerprint(mm) == before, "frames of corrupted blocks come back, too");
	}
}

static void alignment_error(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	static const size_t bad[] = { 3, 24, 4095, 4097, 8192, SIZE_MAX, SIZE_MAX / 2 + 1 };
	void *p = NULL;
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		enum err e = pool_alloc(pool, 100, bad[i], &p, &why);
		CHECK(why.requested == bad[i]);
		CHECK(refused(e, MM_ALIGNMENT_ERROR) && !p && stats(pool).arenas == 0);
	}
	for (size_t align = 1; align <= POOL_ALIGN_MAX; align *= 2) {
		CHECK(pool_alloc(pool, 3000, align, &p, &why) == OK && (uintptr_t)p % align == 0 && (uintptr_t)p % 16 == 0);
		CHECK(pool_alloc(pool, 1, align, &p, &why) == OK && (uintptr_t)p % align == 0);
	}
	CHECK(pool_check(pool), "%s", support_log);
	pool_destroy(pool);
}

static void protection_violation(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	char *p = must_alloc(pool, 100), got[4] = { 0 };
	CHECK(pool_write(pool, p, 10, "abc", 3, &why) == OK && pool_protect(pool, p, P_READ, &why) == OK);
	enum err e = pool_write(pool, p, 10, "xyz", 3, &why);
	CHECK(why.address == (uintptr_t)p + 10 && why.site);
	CHECK(refused(e, MM_PROTECTION_VIOLATION) && strstr(support_log, "may not be written"));
	CHECK(pool_read(pool, p, 10, got, 3, &why) == OK && !strcmp(got, "abc"));
	CHECK(pool_protect(pool, p, P_NONE, &why) == OK);
	CHECK(refused(pool_read(pool, p, 0, got, 1, &why), MM_PROTECTION_VIOLATION) && pool_check(pool));
	CHECK(refused(pool_write(pool, p, 200, "x", 1, &why), MM_INVALID_ADDRESS), "no such byte comes first");
	CHECK(pool_protect(pool, p, P_READ | P_WRITE, &why) == OK && pool_write(pool, p, 10, "xyz", 3, &why) == OK && p[12] == 'z');
	CHECK_PANICS((void)!pool_protect(pool, p, P_EXEC, &why));
	CHECK(pool_protect(pool, p, P_READ, &why) == OK && pool_free(pool, p, &why) == OK, "freeing is no writing");
	CHECK(mm_error_count(mm, MM_PROTECTION_VIOLATION) == 2);
	pool_destroy(pool);
}

/* ---- bounds ---- */

static void bounds(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	static char from[128], to[128];
	for (size_t n = 0; n <= 100; n += 7) {
		char *p = must_alloc(pool, n);
		for (size_t at = 0; at <= n + 2; at++)
			for (size_t len = 0; len <= n + 2; len++) {
				bool inside = at + len <= n;
				memset(from, (int)(at + len), sizeof from);
				enum err e = pool_write(pool, p, at, from, len, &why);
				CHECK(inside ? e == OK : refused(e, MM_INVALID_ADDRESS), "%zu bytes at %zu of %zu", len, at, n);
				e = pool_read(pool, p, at, to, len, &why);
				CHECK(inside ? e == OK && !memcmp(from, to, len) : refused(e, MM_INVALID_ADDRESS));
			}
		CHECK(refused(pool_read(pool, p, 1, to, SIZE_MAX, &why), MM_INVALID_ADDRESS) && refused(pool_write(pool, p, SIZE_MAX, to, 2, &why), MM_INVALID_ADDRESS));
	}
	CHECK(pool_check(pool), "%s", support_log);
	pool_destroy(pool);
}

/* ---- the list ---- */

struct seen { const char *last; unsigned n; size_t nbytes; const void *site; };

static bool see(const struct pool_block *b, void *ctx)
{
	struct seen *s = ctx;
	CHECK((const char *)b->p > s->last && b->prot == (P_READ | P_WRITE) && b->site);
	s->last = b->p;
	s->nbytes += b->nbytes;
	CHECK(!s->site || s->site == b->site, "all from one line");
	s->site = b->site;
	return ++s->n != 7;
}

static void the_list(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	struct seen s = { 0 };
	CHECK(pool_for_each(pool, see, &s) && s.n == 0);
	for (unsigned i = 0; i < 5; i++) {
		void *p = pool_get(pool, 30000 + i);
		CHECK(p);
	}
	CHECK(pool_for_each(pool, see, &s) && s.n == 5 && s.nbytes == 150010 && stats(pool).arenas >= 2);
	s.last = NULL;
	CHECK(pool_for_each(pool, see, &s) && s.n == 7, "stops when told");
	CHECK(pool_free_all(pool) == 5 && pool_free_all(pool) == 0 && stats(pool).arenas == 0);
	pool_destroy(pool);
}

/* ---- failures ---- */

struct world { struct mm *mm; struct pool *pool; };

static uint64_t same(void *ctx)
{
	struct pool_stats st = stats(((struct world *)ctx)->pool);
	return ((st.current * 31 + st.peak) * 31 + st.count) * 31 + st.arena_bytes;
}

static bool some_blocks(void *ctx)
{
	struct world *w = ctx;
	static const size_t sizes[] = { 10, 5000, 70000, 0, 300000 };
	SCOPED_TXN(t, w->mm);
	void *p[5];
	for (unsigned i = 0; i < 5; i++)
		if (!(p[i] = txn_pool(&t, w->pool, sizes[i])))
			return false;
	SCOPED_POOL(scratch, w->pool, 100);
	SCOPED_POOL(kept, w->pool, 200);
	if (!scratch.p || !kept.p)
		return false;
	txn_commit(&t);
	for (unsigned i = 0; i < 5; i++)
		pool_put(w->pool, p[i]);
	pool_put(w->pool, pool_keep(&kept));
	return true;
}

static void every_failure(void **state)
{
	(void)state;
	struct world w = { world_make(NPAGES, NULL, 0), NULL };
	uint64_t before = mm_fingerprint(w.mm);
	w.pool = pool_create(w.mm, NO_LIMIT);
	void *p = must_alloc(w.pool, 600000);	/* the peak of both tries */
	pool_put(w.pool, p);
	CHECK(sweep_failures(w.mm, some_blocks, same, &w) >= 7);
	CHECK(stats(w.pool).current == 0 && stats(w.pool).arenas == 0);
	pool_destroy(w.pool);
	inject_failure(0);
	CHECK(!pool_create(w.mm, 1));
	inject_failure(-1);
	CHECK(mm_fingerprint(w.mm) == before);
}

/* Where frames are scarce, a small block does not ask for a large arena. */
static void small_arenas_when_scarce(void **state)
{
	(void)state;
	struct mm *mm = world_make(512, NULL, 0);
	struct pool *pool = pool_create(mm, NO_LIMIT);
	struct page_stack held = { 0 };
	void *p = must_alloc(pool, 100);
	CHECK(stats(pool).arena_bytes == 64 << 10);
	pool_put(pool, p);
	while (mm_free_pages(mm) > 8)
		page_stack_push(&held, frame_alloc(mm, 0, FRAME_NORMAL));
	p = must_alloc(pool, 100);
	CHECK(stats(pool).arena_bytes == 4096 && support_reclaims == 0);
	pool_put(pool, p);
	while (held.top)
		frame_free(mm, page_stack_pop(&held));
	pool_destroy(pool);
}

/* Free frames that no pool can use are not plenty. */
static void high_memory_does_not_count(void **state)
{
	(void)state;
	struct page *held[200];
	unsigned n = 0;
	void *p;
	support_direct_pages = 300;
	struct mm *mm = world_make(4096, NULL, 0);
	support_direct_pages = 0;
	struct pool *pool = pool_create(mm, NO_LIMIT);
	while (n < 200 && (held[n] = frame_alloc(mm, 1, FRAME_NORMAL)))
		n++;
	CHECK(n > 50 && mm_free_pages(mm) > 3000);
	frame_free(mm, held[--n]);
	CHECK(pool_alloc(pool, 2000, 0, &p, &why) == OK && stats(pool).arena_bytes <= 8192);
	pool_destroy(pool);
	while (n)
		frame_free(mm, held[--n]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_model), cmocka_unit_test(out_of_memory), cmocka_unit_test(process_limit_exceeded),
		cmocka_unit_test(invalid_address), cmocka_unit_test(double_frees_name_both), cmocka_unit_test(corruption_detected),
		cmocka_unit_test(alignment_error), cmocka_unit_test(protection_violation), cmocka_unit_test(bounds), cmocka_unit_test(the_list),
		cmocka_unit_test(every_failure), cmocka_unit_test(small_arenas_when_scarce),
		cmocka_unit_test(high_memory_does_not_count),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
