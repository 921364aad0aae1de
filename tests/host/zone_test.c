/* Zones: High memory that is really out of reach, nodes and their order, reserves and watermarks, stacks of frames that other
 * CPUs may take away. What blocks look like inside a zone is buddy_test.c's. */
#include <stdio.h>
#include "support.h"
#include "../../mm/mm_priv.h"

enum { NPAGES = 8192, DMA_PAGES = 4096, DIRECT_PAGES = 6000 };

static struct page *all[3 * NPAGES];

static struct zone_stats stats_of(struct mm *mm, unsigned i)
{
	struct zone_stats s;
	mm_zone_stats(mm, i, &s);
	return s;
}

static uint64_t free_pages(struct mm *mm)
{
	frame_drain(mm);
	return mm_free_pages(mm);
}

/* Take all that such requests get. */
static uint64_t take_all(struct mm *mm, unsigned flags)
{
	uint64_t n = 0;
	while ((all[n] = frame_alloc(mm, 0, flags)))
		n++;
	return n;
}

static void give_all(struct mm *mm, uint64_t n)
{
	while (n)
		frame_free(mm, all[--n]);
}

/* ---- High ---- */

static struct mm *high_world(void)
{
	support_direct_pages = DIRECT_PAGES;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	support_direct_pages = 0;
	return mm;
}

static bool is_high(struct mm *mm, struct page *page) { return page_pa(mm, page) >= RAM_BASE + DIRECT_PAGES * PAGE_SIZE; }

static void high_is_a_zone(void **state)
{
	(void)state;
	struct mm *mm = high_world();
	CHECK(mm_zone_count(mm) == 3 && mm_node_count(mm) == 1);
	struct zone_stats s = stats_of(mm, 2);
	CHECK(!strcmp(s.name, "High") && s.node == 0 && s.managed == NPAGES - DIRECT_PAGES && s.free == s.managed);
	CHECK(s.reserve[2] == 0 && stats_of(mm, 1).reserve[2] > 0 && stats_of(mm, 1).reserve[1] == 0);
	CHECK(mm_check(mm), "%s", support_log);
}

/* User pages that may lie in High lie there first, then in Normal and DMA down to their marks. */
static void high_first(void **state)
{
	(void)state;
	struct mm *mm = high_world();
	uint64_t before = mm_fingerprint(mm), n = take_all(mm, FRAME_USER | FRAME_HIGH);
	struct zone_stats dma = stats_of(mm, 0), normal = stats_of(mm, 1), high = stats_of(mm, 2);
	for (uint64_t i = 0; i < high.managed - high.min; i++)
		CHECK(is_high(mm, all[i]), "%llu", (unsigned long long)i);
	CHECK(high.free == high.min);
	CHECK(normal.free == (normal.reserve[2] > normal.min ? normal.reserve[2] : normal.min));
	CHECK(dma.free == dma.reserve[2]);
	CHECK(frame_alloc(mm, 0, FRAME_NORMAL) && frame_alloc(mm, 3, FRAME_DMA), "the reserves are for others");
	give_all(mm, n);
	mm = high_world();
	CHECK(mm_fingerprint(mm) == before);
}

static void others_stay_below(void **state)
{
	(void)state;
	static const unsigned flags[] = { FRAME_NORMAL, FRAME_USER, FRAME_DMA, FRAME_USER | FRAME_ZERO };
	for (unsigned k = 0; k < 4; k++) {
		struct mm *mm = high_world();
		uint64_t n = take_all(mm, flags[k]);
		CHECK(n > 1000 && stats_of(mm, 2).free == stats_of(mm, 2).managed);
		for (uint64_t i = 0; i < n; i++)
			CHECK(!is_high(mm, all[i]) && page_ptr(mm, all[i]) == port_ptr(page_pa(mm, all[i])));
		CHECK(frame_alloc(mm, 0, FRAME_USER | FRAME_HIGH) && mm_check(mm));
	}
}

static bool all_bytes(const unsigned char *p, unsigned char value)
{
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		if (p[i] != value)
			return false;
	return true;
}

static void reached_through_windows(void **state)
{
	(void)state;
	struct mm *mm = high_world();
	struct page *a = frame_alloc(mm, 0, FRAME_USER | FRAME_HIGH | FRAME_ZERO), *b = frame_alloc(mm, 0, FRAME_USER | FRAME_HIGH);
	struct page *low = frame_alloc(mm, 0, FRAME_ZERO);
	CHECK(is_high(mm, a) && is_high(mm, b) && !is_high(mm, low));
	CHECK(all_bytes(ram_at(page_pa(mm, a)), 0) && all_bytes(ram_at(page_pa(mm, b)), 0xa5));
	memset(frame_map(mm, a, 1), 7, PAGE_SIZE);
	frame_unmap(mm, a, 1);
	frame_copy(mm, b, a);
	frame_copy(mm, low, b);
	CHECK(all_bytes(ram_at(page_pa(mm, b)), 7) && all_bytes(page_ptr(mm, low), 7));
	CHECK(frame_map(mm, low, 0) == page_ptr(mm, low));
	CHECK_PANICS(page_ptr(mm, a));
	CHECK_PANICS(frame_map(mm, a, FRAME_SLOTS));
	CHECK_PANICS(frame_alloc(mm, 1, FRAME_HIGH));
}

/* highmem= so low that there is no Normal zone: then DMA is the highest for the kernel, and keeps nothing from it. */
static void no_normal_zone(void **state)
{
	(void)state;
	support_direct_pages = 3000;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	support_direct_pages = 0;
	CHECK(mm_zone_count(mm) == 2 && !strcmp(stats_of(mm, 1).name, "High"));
	take_all(mm, FRAME_USER | FRAME_HIGH);
	CHECK(stats_of(mm, 0).free == stats_of(mm, 0).reserve[2] && stats_of(mm, 0).reserve[2] > 0);
	take_all(mm, FRAME_NORMAL);
	CHECK(stats_of(mm, 0).free == 0 && mm_check(mm));
}

/* ---- nodes ---- */

/*     0 ... 6000 | ... 12000 | ... 16000 | ... 20000
 *     node 0       node 2      node 1      node 0 again, High from 18000 on */
static struct mm *nodes_world(void)
{
	static const struct mm_node_range ranges[] = {
		{ { RAM_BASE + 6000 * PAGE_SIZE, RAM_BASE + 12000 * PAGE_SIZE }, 2 },
		{ { RAM_BASE + 12000 * PAGE_SIZE, RAM_BASE + 16000 * PAGE_SIZE }, 1 },
		{ { RAM_BASE + 16000 * PAGE_SIZE, RAM_BASE + 20000 * PAGE_SIZE }, 0 },
	};
	static const struct mm_boot boot = {
		.node_ranges = ranges, .nnode_ranges = 3, .distance = { { 10, 40, 30 }, { 40, 10, 15 }, { 30, 15, 10 } },
	};
	support_boot = &boot;
	support_direct_pages = 18000;
	struct mm *mm = world_make(20000, NULL, 0);
	support_boot = NULL;
	support_direct_pages = 0;
	return mm;
}

static unsigned node_by_frame(struct mm *mm, struct page *page)
{
	uint64_t i = (page_pa(mm, page) - RAM_BASE) >> PAGE_SHIFT;
	return i < 6000 || i >= 16000 ? 0 : i < 12000 ? 2 : 1;
}

static void nodes_have_zones(void **state)
{
	(void)state;
	static const struct { const char *name; unsigned node; uint64_t start, end; } expected[] = {
		{ "DMA", 0, 0, 4096 }, { "Normal", 0, 4096, 18000 }, { "Normal", 2, 6000, 12000 }, { "Normal", 1, 12000, 16000 },
		{ "High", 0, 18000, 20000 },
	};
	struct mm *mm = nodes_world();
	CHECK(mm_zone_count(mm) == 5 && mm_node_count(mm) == 3);
	for (unsigned i = 0; i < 5; i++) {
		struct zone_stats s = stats_of(mm, i);
		CHECK(!strcmp(s.name, expected[i].name) && s.node == expected[i].node, "zone %u", i);
		CHECK(s.start == (RAM_BASE >> PAGE_SHIFT) + expected[i].start && s.end == (RAM_BASE >> PAGE_SHIFT) + expected[i].end);
	}
	CHECK(stats_of(mm, 1).managed == 18000 - 16000 + 6000 - 4096, "two stretches, and others in between");
	CHECK(mm_node_distance(mm, 1, 2) == 15 && mm_node_distance(mm, 3, 3) == NODE_NEAR && mm_node_distance(mm, 3, 0) == NODE_FAR);
	CHECK_PANICS(mm_node_distance(mm, MM_NODES, 0));
	CHECK_PANICS(mm_set_cpu_node(mm, 0, MM_NODES));
	CHECK_PANICS(mm_set_cpu_node(mm, PORT_CPUS, 0));
	CHECK(mm_check(mm), "%s", support_log);
}

/* Count, in the order of allocation, from which node and zone the frames came; all of one before any of the next. */
static void expect_order(struct mm *mm, unsigned cpu, unsigned flags, const char *order)
{
	uint64_t before = mm_fingerprint(mm);
	char seen[64] = "";
	support_cpu = cpu;
	uint64_t n = take_all(mm, flags);
	for (uint64_t i = 0; i < n; i++) {
		char place[8];
		CHECK(mm->zones[all[i]->zone].node == node_by_frame(mm, all[i]));
		snprintf(place, sizeof place, "%u%c ", node_by_frame(mm, all[i]), mm->zones[all[i]->zone].name[0]);
		if (strlen(seen) < 3 || strcmp(seen + strlen(seen) - 3, place))
			strncat(seen, place, sizeof seen - strlen(seen) - 1);
	}
	CHECK(!strcmp(seen, order), "cpu %u flags %u: %s", cpu, flags, seen);
	CHECK(mm_check(mm));
	give_all(mm, n);
	CHECK(mm_fingerprint(mm) == before && mm_check(mm), "%s", support_log);
	support_cpu = 0;
}

static void nearest_first(void **state)
{
	(void)state;
	struct mm *mm = nodes_world();
	mm_set_cpu_node(mm, 1, 1);
	mm_set_cpu_node(mm, 2, 2);
	mm_set_cpu_node(mm, 3, 3);
	expect_order(mm, 0, FRAME_NORMAL, "0N 0D 2N 1N ");
	expect_order(mm, 1, FRAME_NORMAL, "1N 2N 0N 0D ");
	expect_order(mm, 2, FRAME_NORMAL, "2N 1N 0N 0D ");
	expect_order(mm, 3, FRAME_NORMAL, "0N 0D 1N 2N ");
	expect_order(mm, 0, FRAME_USER | FRAME_HIGH, "0H 0N 0D 2N 1N ");
	expect_order(mm, 1, FRAME_USER | FRAME_HIGH, "1N 2N 0H 0N 0D ");
	expect_order(mm, 1, FRAME_DMA, "0D ");
}

/* A frame that was allocated on another node goes home, not onto this CPU's stack. */
static void foreign_frames_go_home(void **state)
{
	(void)state;
	struct mm *mm = nodes_world();
	mm_set_cpu_node(mm, 1, 1);
	struct page *near = frame_alloc(mm, 0, FRAME_NORMAL);
	support_cpu = 1;
	struct page *far = frame_alloc(mm, 0, FRAME_NORMAL);
	CHECK(node_by_frame(mm, near) == 0 && node_by_frame(mm, far) == 1);
	frame_free(mm, far);
	CHECK(far->state == PAGE_CPU);
	far = frame_alloc(mm, 0, FRAME_NORMAL);
	support_cpu = 0;
	frame_free(mm, far);
	CHECK(far->state != PAGE_CPU);
	frame_free(mm, near);
	CHECK(near->state == PAGE_CPU && mm_check(mm), "%s", support_log);
}

/* ---- watermarks ---- */

/* A user request that finds memory low asks for cached pages until it is high again; the kernel's go on. */
static void low_gives_back(void **state)
{
	(void)state;
	struct mm *mm = world_make(DMA_PAGES, NULL, 0);
	struct zone_stats z = stats_of(mm, 0);
	CHECK(z.min < z.low && z.low < z.high);
	while (support_nreclaimable < 64)
		support_reclaimable[support_nreclaimable++] = frame_alloc(mm, 0, FRAME_NORMAL);
	while (stats_of(mm, 0).free >= z.low)
		CHECK(frame_alloc(mm, 0, FRAME_NORMAL) && !support_reclaims);
	for (unsigned i = 0; i < CPU_FRAMES_BATCH; i++)
		CHECK(frame_alloc(mm, 0, FRAME_USER));
	CHECK(support_reclaims > 0 && support_nreclaimable < 64);
	frame_drain(mm);
	unsigned left = support_nreclaimable;
	CHECK(frame_alloc(mm, 0, FRAME_USER) && stats_of(mm, 0).free + CPU_FRAMES_BATCH >= z.high);
	CHECK(left > 0, "no more is given back than it takes");
	uint64_t n = take_all(mm, FRAME_USER);
	CHECK(stats_of(mm, 0).free == z.min && n > 0 && support_nreclaimable == 0);
	CHECK(take_all(mm, FRAME_NORMAL) == z.min && mm_check(mm));
}

/* ---- the CPUs' stacks ---- */

/* Memory that others keep on their stacks is not lost to who needs it. */
static void stacks_are_taken_away(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_stats s;
	uint64_t total = free_pages(mm);
	for (support_cpu = 1; support_cpu < PORT_CPUS; support_cpu++) {
		for (unsigned i = 0; i < CPU_FRAMES_MAX; i++)
			all[i] = frame_alloc(mm, 0, FRAME_NORMAL);
		give_all(mm, CPU_FRAMES_MAX);
		CHECK(frame_stack_count(&mm->cpu[support_cpu].frames) >= CPU_FRAMES_MAX - CPU_FRAMES_BATCH);
	}
	support_cpu = 0;
	CHECK(mm_free_pages(mm) == total && mm_check(mm), "%s", support_log);
	uint64_t n = take_all(mm, FRAME_NORMAL);
	CHECK(n == total - stats_of(mm, 0).reserve[1], "%llu", (unsigned long long)n);
	mm_stats(mm, &s);
	CHECK(s.refills > 0 && s.drains > 0);
	give_all(mm, n);
	mm_stats(mm, &s);
	CHECK(s.flushes > 0 && free_pages(mm) == total && mm_check(mm), "%s", support_log);
}

/* Taken at any moment: also between the frames of a burst on the other CPU. */
static void taken_in_between(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t total = free_pages(mm), n = 0;
	for (unsigned i = 0; i < 20000; i++) {
		support_cpu = rnd(3);
		if (rnd(50) == 0)
			frame_drain(mm);
		else if (n < 300 && rnd(2))
			CHECK(all[n] = frame_alloc(mm, 0, FRAME_NORMAL)), n += 1;
		else if (n)
			frame_free(mm, all[--n]);
		if (i % 64 == 0)
			CHECK(mm_free_pages(mm) == total - n && mm_check(mm), "%s", support_log);
	}
	give_all(mm, n);
	CHECK(free_pages(mm) == total);
}

/* ---- cost ---- */

static uint64_t steps_of(struct mm *mm, uint64_t *ops)
{
	uint64_t steps = *ops = 0;
	for (unsigned i = 0; i < mm_zone_count(mm); i++) {
		struct zone_stats s = stats_of(mm, i);
		steps += s.steps;
		*ops += s.ops;
	}
	return steps;
}

static unsigned longest;

static void bounded(struct mm *mm, unsigned order, uint64_t steps_before, uint64_t ops_before)
{
	uint64_t ops, steps = steps_of(mm, &ops) - steps_before;
	CHECK(ops - ops_before <= 1 && steps <= FRAME_ORDERS - 1 - order, "%llu steps, order %u", (unsigned long long)steps, order);
	longest = steps > longest ? (unsigned)steps : longest;
}

/* A block of order k is cut off, or merged, in at most FRAME_ORDERS - 1 - k steps. Requests that no stack serves. */
static struct page *count_alloc(struct mm *mm, unsigned order)
{
	uint64_t ops, steps = steps_of(mm, &ops);
	struct page *page = frame_alloc(mm, order, FRAME_DMA);
	bounded(mm, order, steps, ops);
	return page;
}

static void count_free(struct mm *mm, struct page *page)
{
	uint64_t ops, steps = steps_of(mm, &ops);
	unsigned order = page->order;
	frame_free(mm, page);
	bounded(mm, order, steps, ops);
}

static void one_step_an_order(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t n = 0;
	for (unsigned i = 0; i < 50000; i++) {
		struct page *page = n < 1500 && rnd(2) ? count_alloc(mm, (unsigned)rnd(4)) : NULL;
		if (page)
			all[n++] = page;
		else if (n)
			count_free(mm, all[--n]);
	}
	give_all(mm, n);
	longest = 0;
	for (n = 0; mm->zones[0].free > 0; n++)
		all[n] = count_alloc(mm, 0);
	CHECK(longest == FRAME_ORDERS - 1, "the longest way down is taken: %u", longest);
	for (longest = 0; n > 0;)
		count_free(mm, all[--n]);
	CHECK(longest == FRAME_ORDERS - 1 && mm_check(mm), "the longest way up is taken: %u", longest);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(high_is_a_zone), cmocka_unit_test(high_first), cmocka_unit_test(others_stay_below),
		cmocka_unit_test(reached_through_windows), cmocka_unit_test(no_normal_zone), cmocka_unit_test(nodes_have_zones),
		cmocka_unit_test(nearest_first), cmocka_unit_test(foreign_frames_go_home), cmocka_unit_test(low_gives_back),
		cmocka_unit_test(stacks_are_taken_away), cmocka_unit_test(taken_in_between), cmocka_unit_test(one_step_an_order),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
