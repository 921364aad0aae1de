/* Figures of physical memory: indices against values computed by hand, a census in which every frame is counted once, and health. */
#include "support.h"
#include <mm/space.h>
#include "../../mm/mm_priv.h"

enum { NPAGES = 16384 };

/* ---- indices of layouts that are written down ---- */

static void indices_by_hand(void **state)
{
	(void)state;
	/* Four single frames and a block of 4: half of the 8 is of use to a request for 4. */
	struct zone_stats z = { .blocks = { 4, 0, 1 } };
	CHECK(zone_unusable_index(&z, 0) == 0 && zone_unusable_index(&z, 1) == 500 && zone_unusable_index(&z, 2) == 500);
	CHECK(zone_unusable_index(&z, 3) == 1000 && zone_unusable_index(&z, 10) == 1000);
	for (unsigned order = 0; order <= 2; order++)
		CHECK(zone_fragmentation_index(&z, order) == -1000, "order %u would succeed", order);
	/* 8 frames are enough for 8, but lie in 5 blocks: 1 - (1 + 8/8) / 5. */
	CHECK(zone_fragmentation_index(&z, 3) == 600);
	/* 8 for 1024: 1 - (1 + 8/1024) / 5, the quotient cut off. */
	CHECK(zone_fragmentation_index(&z, 10) == 1000 - 1007 / 5);
}

static void indices_of_extremes(void **state)
{
	(void)state;
	struct zone_stats none = { 0 }, dust = { .blocks = { 100 } }, one = { .blocks = { 1 } }, whole = { .blocks[10] = 7 };
	for (unsigned order = 0; order < FRAME_ORDERS; order++) {
		CHECK(zone_unusable_index(&none, order) == 1000 && zone_fragmentation_index(&none, order) == 0);
		CHECK(zone_unusable_index(&whole, order) == 0 && zone_fragmentation_index(&whole, order) == -1000);
		CHECK(order == 0 || (zone_unusable_index(&one, order) == 1000 && zone_fragmentation_index(&one, order) == 0));
	}
	CHECK(zone_fragmentation_index(&dust, 3) == 865, "1 - (1 + 100/8) / 100: in pieces");
	CHECK(zone_fragmentation_index(&dust, 10) == 990, "1 - 1.097 / 100, cut off to 10 thousandths");
	struct zone_stats huge = { .blocks = { 1ull << 40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1ull << 30 } };
	CHECK(zone_unusable_index(&huge, 10) == 500, "a petabyte of each");
	CHECK_PANICS(zone_unusable_index(&whole, FRAME_ORDERS));
	CHECK_PANICS(zone_fragmentation_index(&whole, FRAME_ORDERS));
}

static void ratio(void **state)
{
	(void)state;
	CHECK(mm_fragmentation(0, 0) == 0 && mm_fragmentation(8, 8) == 0 && mm_fragmentation(1, 4) == 750 && mm_fragmentation(0, 4) == 1000);
	CHECK_PANICS(mm_fragmentation(5, 4));
}

/* ---- a world that is cut to pieces ---- */

static struct page *held[NPAGES];
static unsigned nheld;

static void take_all(struct mm *mm)
{
	struct page *page;
	nheld = 0;
	while ((page = frame_alloc(mm, 0, FRAME_NORMAL)))
		held[nheld++] = page;
	while ((page = frame_alloc(mm, 0, FRAME_DMA)))
		held[nheld++] = page;
}

static uint64_t index_of(struct mm *mm, unsigned i) { return (page_pa(mm, held[i]) - RAM_BASE) >> PAGE_SHIFT; }

/* Free the frames whose number, modulo every, is under some. */
static void give_some(struct mm *mm, unsigned every, unsigned some)
{
	for (unsigned i = 0; i < nheld; i++)
		if (held[i] && index_of(mm, i) % every < some) {
			frame_free(mm, held[i]);
			held[i] = NULL;
		}
	frame_drain(mm);
}

static uint64_t listed(struct mm *mm, unsigned order)
{
	struct zone_stats z;
	uint64_t n = 0;
	for (unsigned i = 0; i < mm_zone_count(mm); i++) {
		mm_zone_stats(mm, i, &z);
		n += z.blocks[order];
	}
	return n;
}

static void combs(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	take_all(mm);
	CHECK(mm_free_pages(mm) == 0 && mm_largest_run(mm) == 0);
	give_some(mm, 4, 1);	/* every fourth frame: nothing merges */
	CHECK(listed(mm, 0) == mm_free_pages(mm) && mm_largest_run(mm) == 1);
	for (unsigned i = 0; i < mm_zone_count(mm); i++) {
		struct zone_stats z;
		mm_zone_stats(mm, i, &z);
		uint64_t n = z.free;
		CHECK(z.blocks[0] == n && zone_unusable_index(&z, 1) == 1000 && zone_fragmentation_index(&z, 0) == -1000);
		CHECK(zone_fragmentation_index(&z, 4) == (int)(1000 - (1000 + n * 1000 / 16) / n));
	}
	give_some(mm, 4, 2);	/* pairs */
	CHECK(listed(mm, 0) < 8 && listed(mm, 1) > 3000 && mm_largest_run(mm) >= 2 && mm_largest_run(mm) <= 4);
	give_some(mm, 1, 1);
	CHECK(mm_check(mm), "%s", support_log);
}

/* 64 MiB: blocks of order 10 that touch are one run, and a frame taken in the middle cuts it. */
static void runs(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct zone_stats z;
	mm_zone_stats(mm, 1, &z);
	CHECK(z.blocks[10] == 12 && z.largest_run == 12 * 1024, "%llu", (unsigned long long)z.largest_run);
	struct page *p[12];
	for (unsigned i = 0; i < 12; i++)
		p[i] = frame_alloc(mm, 10, FRAME_NORMAL);
	mm_zone_stats(mm, 1, &z);
	CHECK(z.largest_run == 0 && z.free == 0);
	unsigned seen = 0;
	for (unsigned i = 0; i < 12; i++)
		if ((page_pa(mm, p[i]) - RAM_BASE) >> 22 != 8) {	/* the fifth one of the zone stays */
			frame_free(mm, p[i]);
			seen++;
		}
	mm_zone_stats(mm, 1, &z);
	CHECK(seen == 11 && z.largest_run == 7 * 1024 && z.blocks[10] == 11, "%llu", (unsigned long long)z.largest_run);
}

/* ---- the census ---- */

static uint64_t everything(const struct mm_census *c)
{
	return c->reserved + c->free + c->cpu + c->anon + c->slab + c->kmalloc + c->heap + c->tables + c->other;
}

static void census(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_census a, b;
	struct mm_stats s;
	mm_count_frames(mm, &a);
	mm_stats(mm, &s);
	CHECK(everything(&a) == NPAGES && a.reserved == s.reserved_pages && a.free + a.cpu == s.free_pages && a.anon == 0 && a.other == 0);
	struct page *page = frame_alloc(mm, 3, FRAME_NORMAL);
	void *block = kmalloc(mm, 5 * PAGE_SIZE), *small = kmalloc(mm, 100);
	kmalloc_set_mode(mm, KMALLOC_SIMPLE);
	void *simple = kmalloc(mm, 100);
	mm_count_frames(mm, &b);
	mm_stats(mm, &s);
	CHECK(everything(&b) == NPAGES && b.other == 8 && b.kmalloc == 8 && b.heap == 16 && b.slab == s.slab_pages && b.slab > a.slab);
	CHECK(b.heap == s.heap_pages || s.heap_pages < b.heap, "arenas have headers");
	kfree(mm, simple);
	kfree(mm, block);
	kfree(mm, small);
	frame_free(mm, page);
}

static void pages_of_processes(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct space_config cfg = { .window = { 0x10000000, 0x20000000 }, .policy = VMAP_FIRSTFIT, .stack_top = 0x3fffffffff000 };
	struct mm_census c;
	struct space *s = space_create(mm, &cfg), *child;
	vaddr_t va;
	CHECK(s && space_map(s, &(struct map_req){ .npages = 10, .prot = P_READ | P_WRITE }, &va) == OK);
	for (unsigned i = 0; i < 7; i++)
		CHECK(space_fault(s, va + i * PAGE_SIZE, P_WRITE) == FAULT_OK);
	CHECK(space_fault(s, va + 9 * PAGE_SIZE, P_READ) == FAULT_OK, "a page of zeros is nobody's");
	mm_count_frames(mm, &c);
	CHECK(c.anon == 7 && everything(&c) == NPAGES);
	CHECK(space_fork(s, &child) == OK);
	mm_count_frames(mm, &c);
	CHECK(c.anon == 7, "a frame that two spaces share is one frame");
	CHECK(space_fault(child, va, P_WRITE) == FAULT_OK);
	mm_count_frames(mm, &c);
	CHECK(c.anon == 8);
	space_put(child);
	space_put(s);
	mm_count_frames(mm, &c);
	CHECK(c.anon == 0);
}

static void cpu_stacks(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct cpu_stats c;
	frame_free(mm, frame_alloc(mm, 0, FRAME_NORMAL));
	mm_cpu_stats(mm, 0, &c);
	CHECK(c.count == CPU_FRAMES_BATCH && c.batch == CPU_FRAMES_BATCH && c.most == CPU_FRAMES_MAX && c.zone == 1);
	uint64_t sum = c.count;
	for (unsigned i = 0; i < mm_zone_count(mm); i++) {
		struct zone_stats z;
		mm_zone_stats(mm, i, &z);
		sum += z.free;
	}
	CHECK(sum == mm_free_pages(mm));
	CHECK_PANICS(mm_cpu_stats(mm, MM_CPUS, &c));
}

/* ---- events and health ---- */

static void rates(void **state)
{
	(void)state;
	struct mm_limits limits = MM_LIMITS;
	struct mm_events e = { 0 };
	CHECK(mm_failure_rate(&e) == 0 && mm_is_healthy(&e, &limits));
	e = (struct mm_events){ .alloc_calls = 1000000, .failed_calls = 1 };
	CHECK(mm_failure_rate(&e) == 1, "one failure is never none");
	e = (struct mm_events){ .alloc_calls = 1000, .failed_calls = 49 };
	CHECK(mm_failure_rate(&e) == 49 && mm_is_healthy(&e, &limits));
	e.failed_calls = 50;
	CHECK(mm_failure_rate(&e) == 50 && !mm_is_healthy(&e, &limits), "5 %% is too much");
	e = (struct mm_events){ .alloc_calls = 3, .failed_calls = 3 };
	CHECK(mm_failure_rate(&e) == 1000);
	e = (struct mm_events){ .alloc_calls = 1000000, .failed_calls = 9, .oom_events = 9 };
	CHECK(mm_is_healthy(&e, &limits));
	e.oom_events = 10;
	CHECK(!mm_is_healthy(&e, &limits));
	limits.oom_events = 11;
	CHECK(mm_is_healthy(&e, &limits), "limits are the caller's");
}

static void health_turns(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_limits limits = MM_LIMITS;
	struct mm_events now, mark, since;
	take_all(mm);
	mm_events(mm, &mark);
	CHECK(mark.oom_events == 2 && mark.failed_calls == 2 && mark.alloc_calls >= nheld, "each zone ran out once");
	CHECK(mm_is_healthy(&mark, &limits));
	for (unsigned i = 0; i < 10; i++)
		CHECK(!frame_alloc(mm, 0, FRAME_USER));
	mm_events(mm, &now);
	since = mm_events_since(&now, &mark);
	CHECK(since.oom_events == 10 && since.failed_calls == 10 && since.alloc_calls == 10);
	CHECK(mm_failure_rate(&since) == 1000 && !mm_is_healthy(&since, &limits) && !mm_is_healthy(&now, &limits));
	mark = now;
	frame_free(mm, held[0]);
	for (unsigned i = 0; i < 100; i++)
		frame_free(mm, frame_alloc(mm, 0, FRAME_NORMAL));
	mm_events(mm, &now);
	since = mm_events_since(&now, &mark);
	CHECK(since.alloc_calls == 100 && since.failed_calls == 0 && mm_is_healthy(&since, &limits), "healthy again");
	CHECK(!mm_is_healthy(&now, &limits), "but not since boot");
}

/* A refusal without a try at recovery is a failure, but no OOM event; nor is a size that nobody can have. */
static void what_is_no_oom(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_events e;
	CHECK(!frame_alloc(mm, FRAME_ORDERS, FRAME_NORMAL) && !kmalloc(mm, SIZE_MAX) && !kmalloc(mm, 0));
	mm_set_fail_fast(mm, true);
	take_all(mm);
	mm_events(mm, &e);
	CHECK(e.oom_events == 0 && e.failed_calls == 3);
	kfree(mm, &e);
	mm_events(mm, &e);
	CHECK(e.bad_frees == 1);
}

static void events_since_a_mark(void **state)
{
	(void)state;
	struct mm_events now = { .alloc_calls = 100, .failed_calls = 50, .oom_events = 20, .bad_frees = 10, .corruptions = 5 };
	struct mm_events mark = { .alloc_calls = 99, .failed_calls = 48, .oom_events = 17, .bad_frees = 6, .corruptions = 0 };
	struct mm_events e = mm_events_since(&now, &mark);
	CHECK(e.alloc_calls == 1 && e.failed_calls == 2 && e.oom_events == 3 && e.bad_frees == 4 && e.corruptions == 5);
}

static bool find_things(const struct cache_stats *s, void *ctx)
{
	if (!strcmp(s->name, "things"))
		*(struct cache_stats *)ctx = *s;
	return true;
}

/* What a CPU keeps for the next allocation is nobody's. */
static void objects_in_magazines(void **state)
{
	(void)state;
	enum { N = 40, FREED = 7 };
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct slab_cache *c = slab_cache_create(mm, "things", 64, 0);
	struct cache_stats s = { 0 };
	void *all[N];
	for (unsigned k = 0; k < N; k++)
		CHECK((all[k] = slab_alloc(mm, c)));
	for (unsigned k = 0; k < FREED; k++)
		slab_free(mm, c, all[k]);
	mm_cache_for_each(mm, find_things, &s);
	CHECK(s.objects == N - FREED && s.cached >= FREED, "%u in use, %u cached", (unsigned)s.objects, (unsigned)s.cached);
	for (unsigned k = FREED; k < N; k++)
		slab_free(mm, c, all[k]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(indices_by_hand), cmocka_unit_test(indices_of_extremes), cmocka_unit_test(ratio), cmocka_unit_test(combs),
		cmocka_unit_test(runs), cmocka_unit_test(census), cmocka_unit_test(pages_of_processes), cmocka_unit_test(cpu_stacks),
		cmocka_unit_test(rates), cmocka_unit_test(health_turns), cmocka_unit_test(what_is_no_oom),
		cmocka_unit_test(objects_in_magazines), cmocka_unit_test(events_since_a_mark),
	};
	return RUN_TESTS(tests);
}
