/* kmalloc in its three modes: blocks outlive a change of mode, each comes from where the mode says, and all of it goes back. */
#include "support.h"
#include "../../mm/mm_priv.h"

enum { NPAGES = 4096, NLIVE = 1200 };

static struct mm_stats stats_of(struct mm *mm)
{
	struct mm_stats s;
	mm_stats(mm, &s);
	return s;
}

static uint64_t bad_frees(struct mm *mm) { return stats_of(mm).bad_frees; }

static enum page_state state_of(struct mm *mm, const void *p) { return page_head(mm, page_of(mm, port_pa(p)))->state; }

static struct mm *world_in_mode(enum kmalloc_mode mode)
{
	struct mm *mm = world_make(NPAGES, NULL, 0);
	CHECK(kmalloc_mode(mm) == KMALLOC_TWO_TIER);
	kmalloc_set_mode(mm, mode);
	CHECK(kmalloc_mode(mm) == mode);
	return mm;
}

struct object { unsigned char *p; size_t n; unsigned char fill; };
static struct object live[NLIVE];

static void drop(struct mm *mm, struct object *o)
{
	for (size_t i = 0; i < o->n; i++)
		CHECK(o->p[i] == o->fill, "a block of %zu bytes was overwritten", o->n);
	kfree(mm, o->p);
	o->p = NULL;
}

static void grab(struct mm *mm, struct object *o)
{
	size_t class = (size_t)8 << rnd(rnd(8) ? 9 : 14);
	o->n = rnd(3) ? class - rnd(class) : class;
	o->fill = (unsigned char)rnd(256);
	o->p = rnd(2) ? kmalloc(mm, o->n) : kzalloc(mm, o->n);
	if (!o->p)
		return;
	CHECK((uintptr_t)o->p % (o->n > 8 ? 16 : 8) == 0);
	CHECK((state_of(mm, o->p) == PAGE_HEAP) == (kmalloc_mode(mm) == KMALLOC_SIMPLE) || kmalloc_mode(mm) == KMALLOC_HYBRID);
	memset(o->p, o->fill, o->n);
}

/* One mode, or (KMALLOC_MODES) all of them in turn. */
static void work(enum kmalloc_mode mode)
{
	bool all = mode == KMALLOC_MODES;
	struct mm *mm = world_in_mode(all ? KMALLOC_TWO_TIER : mode);
	uint64_t before = mm_fingerprint(mm);
	memset(live, 0, sizeof live);
	for (unsigned step = 0; goes_on(step, 30000); step++) {
		struct object *o = &live[rnd(NLIVE)];
		if (all && step % 97 == 0)
			kmalloc_set_mode(mm, (enum kmalloc_mode)rnd(KMALLOC_MODES));
		if (o->p)
			drop(mm, o);
		else
			grab(mm, o);
		if (now_and_then(step, 500))
			CHECK(mm_check(mm), "%s", support_log);
	}
	CHECK(fuzzing() || (stats_of(mm).heap_blocks > 0) == (mode != KMALLOC_TWO_TIER && mode != KMALLOC_HYBRID));
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p)
			drop(mm, &live[i]);
	CHECK(mm_check(mm) && bad_frees(mm) == 0, "%s", support_log);
	CHECK(mm_fingerprint(mm) == before && stats_of(mm).heap_pages == 0, "something was kept");
}

static void simple(void **state) { (void)state, work(KMALLOC_SIMPLE); }
static void two_tier(void **state) { (void)state, work(KMALLOC_TWO_TIER); }
static void hybrid(void **state) { (void)state, work(KMALLOC_HYBRID); }
static void switching(void **state) { (void)state, work(KMALLOC_MODES); }

static void sizes(void **state)
{
	(void)state;
	const size_t most = (4u << 20) - BLOCKS_OVERHEAD;
	struct mm *mm = world_in_mode(KMALLOC_SIMPLE);
	uint64_t before = mm_fingerprint(mm);
	char *all = kmalloc(mm, most), *a = kmalloc(mm, 1), *b = kmalloc(mm, 65536);
	CHECK(all && a && b && stats_of(mm).heap_bytes == most + 1 + 65536);
	CHECK(state_of(mm, all + most - 1) == PAGE_HEAP && state_of(mm, a) == PAGE_HEAP);
	memset(all, 1, most);
	CHECK(!kmalloc(mm, most + 1) && !kmalloc(mm, SIZE_MAX) && !kmalloc(mm, SIZE_MAX - 127) && !kmalloc(mm, 0) && !kzalloc(mm, 0));
	kfree(mm, NULL);
	kfree(mm, a);
	kfree(mm, b);
	kfree(mm, all);
	CHECK(mm_fingerprint(mm) == before && bad_frees(mm) == 0);
	kmalloc_set_mode(mm, KMALLOC_HYBRID);
	all = kmalloc(mm, 4u << 20);
	CHECK(all && state_of(mm, all) == PAGE_KMALLOC && !kmalloc(mm, (4u << 20) + 1) && !kmalloc(mm, 0) && !kmalloc(mm, SIZE_MAX));
	kfree(mm, all);
	CHECK_PANICS(kmalloc_set_mode(mm, KMALLOC_MODES));
}

/* The frames are gone, but the heap has room: hybrid finds it, twotier does not. */
static void last_resort(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_SIMPLE);
	struct page_stack all = { 0 };
	void *keep = kmalloc(mm, 16), *p[3];
	for (struct page *page; (page = frame_alloc(mm, 0, 0));)
		page_stack_push(&all, page);
	kmalloc_set_mode(mm, KMALLOC_TWO_TIER);
	CHECK(!kmalloc(mm, 100) && !kmalloc(mm, 8192));
	kmalloc_set_mode(mm, KMALLOC_HYBRID);
	p[0] = kmalloc(mm, 100);
	p[1] = kmalloc(mm, 8192);
	p[2] = kmalloc(mm, 65536);
	CHECK(p[0] && p[1] && !p[2] && state_of(mm, p[0]) == PAGE_HEAP && state_of(mm, p[1]) == PAGE_HEAP);
	CHECK(mm_check(mm), "%s", support_log);
	for (struct page *page; (page = page_stack_pop(&all));)
		frame_free(mm, page);
	kfree(mm, keep);
	kfree(mm, p[0]);
	kfree(mm, p[1]);
	CHECK(bad_frees(mm) == 0 && mm_check(mm));
}

static void idle_arenas_go_back(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_SIMPLE);
	uint64_t before = mm_fingerprint(mm);
	void *p[8], *large = kmalloc(mm, (1 << 20) - BLOCKS_OVERHEAD);
	for (unsigned i = 0; i < 8; i++)
		CHECK((p[i] = kmalloc(mm, 60000)));
	CHECK(stats_of(mm).heap_pages >= 8 * 15 + 256);
	kfree(mm, large);
	CHECK(mm->heap.blocks.nidle == 1);
	for (unsigned i = 0; i < 8; i++)
		kfree(mm, p[i]);
	CHECK(stats_of(mm).heap_pages == 16, "the smallest is kept");
	CHECK(kheap_shrink(mm) == 16 && kheap_shrink(mm) == 0 && stats_of(mm).heap_pages == 0);
	kfree(mm, kmalloc(mm, 10));
	struct page_stack all = { 0 };
	for (struct page *page; (page = frame_alloc(mm, 0, 0));)
		page_stack_push(&all, page);
	CHECK(stats_of(mm).heap_pages == 0, "when memory is short none is");
	for (struct page *page; (page = page_stack_pop(&all));)
		frame_free(mm, page);
	CHECK(mm_fingerprint(mm) == before);
}

static void bad_frees_are_reported(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_SIMPLE);
	char *a = kmalloc(mm, 100), *b = kmalloc(mm, 100), *c = kmalloc(mm, 100);
	uint64_t n = 0;
	kfree(mm, a + 1);
	CHECK(bad_frees(mm) == ++n && strstr(support_log, "not the start of a block"));
	kfree(mm, a + 16);
	CHECK(bad_frees(mm) == ++n);
	kfree(mm, a + 8192);
	CHECK(bad_frees(mm) == ++n, "the free space of the arena");
	frame_free(mm, page_of(mm, port_pa(a)));
	CHECK(bad_frees(mm) == ++n, "an arena as a frame");
	kmalloc_set_mode(mm, KMALLOC_TWO_TIER);
	kfree(mm, b);
	CHECK(bad_frees(mm) == n && mm_check(mm), "%s", support_log);
	kfree(mm, b);
	CHECK(bad_frees(mm) == ++n && strstr(support_log, "double free"));
	uint64_t corruptions = stats_of(mm).corruptions;
	c[-4] ^= 1;
	kfree(mm, c);
	CHECK(bad_frees(mm) == ++n && stats_of(mm).corruptions == corruptions + 1 && strstr(support_log, "overwritten"));
	CHECK(!mm_check(mm));
	c[-4] ^= 1;
	kfree(mm, c);
	kfree(mm, a);
	CHECK(bad_frees(mm) == n && mm_check(mm));
}

static bool one_of_each(void *ctx)
{
	struct mm *mm = ctx;
	void *got[16];
	unsigned n = 0;
	for (size_t size = 8; size <= 262144 && (got[n] = kmalloc(mm, size)); size *= 2)
		n++;
	bool ok = n == 16;
	while (n)
		kfree(mm, got[--n]);
	return ok;
}

static void injected_failures(void **state)
{
	(void)state;
	CHECK(sweep_failures(world_in_mode(KMALLOC_SIMPLE), one_of_each, NULL, support_mm) > 18);
	CHECK(sweep_failures(world_in_mode(KMALLOC_TWO_TIER), one_of_each, NULL, support_mm) > 18);
}

/* One refusal is made up for by the heap; and nothing is left of it. */
static void injected_failures_in_hybrid(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_HYBRID);
	uint64_t before = mm_fingerprint(mm);
	for (long k = 0, more = true; more; k++) {
		inject_failure(k);
		CHECK(one_of_each(mm), "allocation %ld", k);
		more = injected();
		inject_failure(-1);
		CHECK(mm_check(mm) && mm_fingerprint(mm) == before, "allocation %ld: %s", k, support_log);
	}
}

static void failing_fast(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_TWO_TIER);
	struct page_stack all = { 0 };
	struct page *page;
	CHECK(!mm_fail_fast(mm) && stats_of(mm).recoveries == 0);
	while ((page = frame_alloc(mm, 0, 0)))
		page_stack_push(&all, page);
	uint64_t tried = stats_of(mm).recoveries, done = stats_of(mm).recovered;
	CHECK(tried > 0 && done < tried);
	unsigned reclaims = support_reclaims;
	support_reclaimable[support_nreclaimable++] = page_stack_pop(&all);
	mm_set_fail_fast(mm, true);
	CHECK(mm_fail_fast(mm) && !frame_alloc(mm, 0, 0) && !kmalloc(mm, 5000));
	CHECK(support_reclaims == reclaims && stats_of(mm).recoveries == tried);
	mm_set_fail_fast(mm, false);
	page = frame_alloc(mm, 0, 0);
	CHECK(page && support_reclaims == reclaims + 1 && stats_of(mm).recoveries == tried + 1 && stats_of(mm).recovered == done + 1);
	frame_free(mm, page);
	while ((page = page_stack_pop(&all)))
		frame_free(mm, page);
	CHECK(mm_check(mm));
}

/* Another CPU turns this one's magazine off, which stays full. */
static void full_magazine_turned_off(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_TWO_TIER);
	uint64_t before = mm_fingerprint(mm);
	struct magazine *m = magazine_here(&mm->classes[3]);
	void *p[20];
	for (unsigned i = 0; i < 20; i++)
		p[i] = kmalloc(mm, 64);
	for (unsigned i = 0; magazine_count(m) < MAGAZINE_SLOTS; i++) {
		kfree(mm, p[i]);
		p[i] = NULL;
	}
	struct magazine next = m[1];
	m->end = m->slots;
	for (unsigned i = 0; i < 20; i++)
		kfree(mm, p[i]);
	CHECK(magazine_count(m) == MAGAZINE_SLOTS && !memcmp(&next, &m[1], sizeof next));
	CHECK(mm_check(mm) && mm_fingerprint(mm) == before && bad_frees(mm) == 0, "%s", support_log);
}

static void check_finds_faults(void **state)
{
	(void)state;
	struct mm *mm = world_in_mode(KMALLOC_SIMPLE);
	char *p = kmalloc(mm, 100);
	struct page *head = page_head(mm, page_of(mm, port_pa(p)));
	CHECK(mm_check(mm));
	head->state = PAGE_USED;
	CHECK(!mm_check(mm), "an arena without its frames");
	head->state = PAGE_HEAP;
	struct page *other = frame_alloc(mm, 0, 0);
	other->state = PAGE_HEAP;
	CHECK(!mm_check(mm), "frames that are no arena");
	other->state = PAGE_USED;
	mm->heap.blocks.asked++;
	CHECK(!mm_check(mm), "a lost byte");
	mm->heap.blocks.asked--;
	memset(p + 100, 0, 20);
	CHECK(!mm_check(mm), "an overrun");
}

static void names(void **state)
{
	(void)state;
	enum kmalloc_mode mode = KMALLOC_MODES;
	const char *const wrong[] = { "", "Simple", "simple ", "hybri", "two-tier" };
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!kmalloc_mode_parse(wrong[i], &mode) && mode == KMALLOC_MODES);
	for (enum kmalloc_mode m = 0; m < KMALLOC_MODES; m++)
		CHECK(kmalloc_mode_parse(kmalloc_mode_name(m), &mode) && mode == m);
	CHECK_PANICS(kmalloc_mode_name(KMALLOC_MODES));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(simple), cmocka_unit_test(two_tier), cmocka_unit_test(hybrid), cmocka_unit_test(switching),
		cmocka_unit_test(sizes), cmocka_unit_test(last_resort), cmocka_unit_test(idle_arenas_go_back),
		cmocka_unit_test(bad_frees_are_reported), cmocka_unit_test(injected_failures), cmocka_unit_test(injected_failures_in_hybrid),
		cmocka_unit_test(failing_fast), cmocka_unit_test(full_magazine_turned_off), cmocka_unit_test(check_finds_faults), cmocka_unit_test(names),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
