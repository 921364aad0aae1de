/* Frames, zones and the buddy allocator against a naive model: an array that says who owns each frame. */
#include "support.h"
#include "../../mm/mm_priv.h"

enum { NPAGES = 8192, DMA_PAGES = 4096, NLIVE = 600 };

struct block { struct page *page; unsigned order; };
static struct block live[NLIVE];
static unsigned char owned[NPAGES];

static uint64_t index_of(struct mm *mm, const struct page *page) { return (page_pa(mm, page) - RAM_BASE) >> PAGE_SHIFT; }

static uint64_t free_pages(struct mm *mm)
{
	struct mm_stats s;
	mm_stats(mm, &s);
	CHECK(s.free_pages == mm_free_pages(mm));
	return s.free_pages;
}

static void model_take(struct mm *mm, struct block b)
{
	uint64_t first = index_of(mm, b.page);
	CHECK(first % (1ull << b.order) == 0, "order %u at frame %llu", b.order, (unsigned long long)first);
	for (uint64_t i = first; i < first + (1ull << b.order); i++) {
		CHECK(i < NPAGES && !owned[i], "frame %llu handed out twice", (unsigned long long)i);
		owned[i] = 1;
	}
}

static void model_give(struct mm *mm, struct block b)
{
	memset(owned + index_of(mm, b.page), 0, 1ull << b.order);
}

static struct mm *fresh(void)
{
	struct mm *mm = world_make(NPAGES, NULL, 0);
	memset(owned, 0, sizeof owned);
	memset(live, 0, sizeof live);
	for (uint64_t i = 0; i < NPAGES; i++)
		owned[i] = page_of(mm, RAM_BASE + i * PAGE_SIZE)->state == PAGE_RESERVED;
	return mm;
}

static void step(struct mm *mm)
{
	struct block *b = &live[rnd(NLIVE)];
	if (b->page) {
		model_give(mm, *b);
		frame_free(mm, b->page);
		b->page = NULL;
		return;
	}
	unsigned flags = rnd(8) ? (unsigned)(rnd(2) ? FRAME_USER : FRAME_NORMAL) : FRAME_DMA;
	unsigned order = rnd(3) ? 0 : (unsigned)rnd(FRAME_ORDERS);
	struct page *page = frame_alloc(mm, order, flags);
	if (!page)
		return;
	CHECK(page->refs == 1 && page->state == PAGE_USED && page->order == order && !page->owner && !page->index);
	CHECK(!(flags & FRAME_DMA) || index_of(mm, page) < DMA_PAGES, "not in the DMA zone");
	*b = (struct block){ page, order };
	model_take(mm, *b);
}

static void random_operations(void **state)
{
	(void)state;
	struct mm *mm = fresh();
	uint64_t before = mm_fingerprint(mm), nfree = free_pages(mm);
	for (unsigned i = 0; goes_on(i, 20000); i++) {
		step(mm);
		uint64_t used = 0;
		if (!now_and_then(i, 50))
			continue;
		CHECK(mm_check(mm), "%s", support_log);
		for (unsigned k = 0; k < NLIVE; k++)
			used += live[k].page ? 1ull << live[k].order : 0;
		CHECK(free_pages(mm) == nfree - used);
	}
	for (unsigned k = 0; k < NLIVE; k++)
		if (live[k].page)
			frame_free(mm, live[k].page);
	CHECK(mm_fingerprint(mm) == before, "not all was coalesced");
	CHECK(!support_log[0], "%s", support_log);
}

/* Every single frame can be had, once, and everything comes together again, in whatever order it is freed. */
static void exhaustion(void **state)
{
	(void)state;
	for (int order_of_free = 0; order_of_free < 3; order_of_free++) {
		struct mm *mm = fresh();
		uint64_t before = mm_fingerprint(mm), n = free_pages(mm), got = 0;
		static struct page *all[NPAGES];
		while ((all[got] = frame_alloc(mm, 0, FRAME_NORMAL)))
			model_take(mm, (struct block){ all[got++], 0 });
		while ((all[got] = frame_alloc(mm, 0, FRAME_DMA)))
			model_take(mm, (struct block){ all[got++], 0 });
		CHECK(got == n && free_pages(mm) == 0);
		CHECK(support_reclaims == 2, "asked for reclaim %u times", support_reclaims);
		for (uint64_t i = 0; i < got; i++) {
			uint64_t j = order_of_free == 0 ? i : order_of_free == 1 ? got - 1 - i : i + rnd(got - i);
			frame_free(mm, all[j]);
			if (order_of_free == 2)
				all[j] = all[i];
		}
		CHECK(mm_check(mm), "%s", support_log);
		CHECK(mm_fingerprint(mm) == before);
	}
}

static void largest_blocks(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	unsigned n = 0;
	static struct page *all[NPAGES >> 10];
	while (n < NPAGES >> 10 && (all[n] = frame_alloc(mm, 10, FRAME_NORMAL)))
		n++;
	CHECK(n >= (NPAGES >> 10) - 2, "only %u blocks of 4 MiB", n);
	CHECK(!frame_alloc(mm, FRAME_ORDERS, FRAME_NORMAL) && !frame_alloc(mm, 63, FRAME_NORMAL));
	while (n)
		frame_free(mm, all[--n]);
	CHECK(mm_check(mm));
}

static void reserved_ranges(void **state)
{
	(void)state;
	const struct mm_range reserved[] = {
		{ RAM_BASE + 5000 * PAGE_SIZE + 100, RAM_BASE + 5001 * PAGE_SIZE + 1 },	/* two frames, in part */
		{ RAM_BASE + 7000 * PAGE_SIZE, RAM_BASE + 7100 * PAGE_SIZE },
		{ RAM_BASE + 7050 * PAGE_SIZE, RAM_BASE + 7200 * PAGE_SIZE },
		{ RAM_BASE + 6000 * PAGE_SIZE, RAM_BASE + 6001 * PAGE_SIZE },
		{ RAM_BASE + 8100 * PAGE_SIZE, RAM_BASE + 9000 * PAGE_SIZE },		/* beyond the end */
		{ 0, 0x1000 },
	};
	struct mm_boot boot = { .ram = (struct mm_range[]){ { RAM_BASE, RAM_BASE + NPAGES * PAGE_SIZE } }, .nram = 1 };
	struct mm *mm = world_make(NPAGES, reserved, 6);
	uint64_t taken = mm_boot_bytes(&boot) / PAGE_SIZE + 2 + 200 + 1 + 92;
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(free_pages(mm) == NPAGES - taken);
	struct page *page;
	while ((page = frame_alloc(mm, 0, FRAME_NORMAL)) || (page = frame_alloc(mm, 0, FRAME_DMA)))
		for (unsigned i = 0; i < 6; i++)
			CHECK(page_pa(mm, page) + PAGE_SIZE <= reserved[i].start || page_pa(mm, page) >= reserved[i].end);
}

/* The memmap may lie anywhere in RAM. */
static void placed_in_the_middle(void **state)
{
	(void)state;
	struct mm_range ram = { RAM_BASE, RAM_BASE + NPAGES * PAGE_SIZE };
	struct mm_boot boot = { .ram = &ram, .nram = 1 };
	world_make(NPAGES, NULL, 0);
	paddr_t place = RAM_BASE + 5000 * PAGE_SIZE, end = place + mm_boot_bytes(&boot);
	struct mm *mm = mm_init(&boot, place);
	CHECK(mm_check(mm) && free_pages(mm) == NPAGES - (end - place) / PAGE_SIZE);
	struct page *page;
	while ((page = frame_alloc(mm, 0, FRAME_NORMAL)) || (page = frame_alloc(mm, 0, FRAME_DMA)))
		CHECK(page_pa(mm, page) < place || page_pa(mm, page) >= end);
}

static void gaps_in_ram(void **state)
{
	(void)state;
	const struct mm_range ram[] = {
		{ RAM_BASE, RAM_BASE + 1000 * PAGE_SIZE },
		{ RAM_BASE + 3000 * PAGE_SIZE + 1, RAM_BASE + 5000 * PAGE_SIZE - 1 },
		{ RAM_BASE + 6000 * PAGE_SIZE, RAM_BASE + 6002 * PAGE_SIZE },
	};
	struct mm *mm = world_make_ram(ram, 3, NULL, 0);
	uint64_t n = free_pages(mm), got = 0;
	struct mm_stats s;
	mm_stats(mm, &s);
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(s.total_pages == n && s.reserved_pages == 6002 - n);
	struct page *page;
	while ((page = frame_alloc(mm, 0, FRAME_NORMAL)) || (page = frame_alloc(mm, 0, FRAME_DMA))) {
		uint64_t i = index_of(mm, page);
		CHECK(i < 1000 || (i > 3000 && i < 4999) || i >= 6000, "frame %llu is in a gap", (unsigned long long)i);
		got++;
	}
	CHECK(got == n);
}

/* RAM that starts at an odd frame: the border of the zones cuts through what would be one block. */
static void zones_do_not_merge(void **state)
{
	(void)state;
	const struct mm_range ram = { RAM_BASE + 3 * PAGE_SIZE, RAM_BASE + NPAGES * PAGE_SIZE };
	struct mm *mm = world_make_ram(&ram, 1, NULL, 0);
	uint64_t before = mm_fingerprint(mm), n = 0;
	static struct page *all[NPAGES];
	CHECK(mm_check(mm), "%s", support_log);
	while ((all[n] = frame_alloc(mm, 0, FRAME_NORMAL)) || (all[n] = frame_alloc(mm, 0, FRAME_DMA)))
		n++;
	while (n)
		frame_free(mm, all[--n]);
	CHECK(mm_fingerprint(mm) == before && mm_check(mm), "%s", support_log);
}

static void zones_and_reserves(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct zone_stats dma, normal;
	CHECK(mm_zone_count(mm) == 2);
	mm_zone_stats(mm, 0, &dma);
	mm_zone_stats(mm, 1, &normal);
	CHECK(!strcmp(dma.name, "DMA") && dma.end - dma.start == DMA_PAGES && !strcmp(normal.name, "Normal"));
	uint64_t n = 0;
	struct page *page;
	while ((page = frame_alloc(mm, 0, FRAME_USER)))
		n++;
	mm_zone_stats(mm, 0, &dma);
	mm_zone_stats(mm, 1, &normal);
	CHECK(normal.free == normal.min && dma.free == mm->zones[0].reserve[ZONE_NORMAL], "user pages took the reserve: %llu, %llu",
		(unsigned long long)normal.free, (unsigned long long)dma.free);
	while (frame_alloc(mm, 0, FRAME_NORMAL))
		n++;
	mm_zone_stats(mm, 0, &dma);
	mm_zone_stats(mm, 1, &normal);
	CHECK(normal.free == 0 && dma.free == mm->zones[0].reserve[ZONE_NORMAL]);
	CHECK(frame_alloc(mm, 2, FRAME_DMA), "the reserve is for DMA");
	CHECK(mm_zone_count(world_make(DMA_PAGES, NULL, 0)) == 1);
	CHECK(frame_alloc(support_mm, 0, FRAME_USER) && frame_alloc(support_mm, 0, FRAME_NORMAL), "16 MiB of RAM are all DMA zone");
}

static void reclaim_is_asked(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct page *page;
	while ((page = frame_alloc(mm, 0, FRAME_NORMAL)))
		if (support_nreclaimable < 3 && !support_reclaims)
			support_reclaimable[support_nreclaimable++] = page;
	CHECK(support_reclaims == 4 && support_nreclaimable == 0, "%u", support_reclaims);
	CHECK(mm_check(mm));
}

/* What comes back one frame at a time becomes a block only after several times. */
static void reclaim_until_it_is_enough(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	while (frame_alloc(mm, 0, FRAME_NORMAL))
		;
	for (unsigned i = 0; i < 4; i++)
		support_reclaimable[support_nreclaimable++] = page_of(mm, RAM_BASE + (1024 + i) * PAGE_SIZE);
	support_reclaims = 0;
	CHECK(frame_alloc(mm, 2, FRAME_NORMAL) && support_reclaims == 4, "%u", support_reclaims);
}

/* However many frames a CPU gives back at once, none is out of reach. */
static void stacks_end_somewhere(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	for (unsigned n = 1; n <= 3 * CPU_FRAMES_MAX; n++) {
		struct page *all[3 * CPU_FRAMES_MAX];
		support_cpu = 1;	/* so that those which are left over from it are not this one's */
		for (unsigned i = 0; i < n; i++)
			all[i] = frame_alloc(mm, 0, FRAME_NORMAL);
		support_cpu = 0;
		for (unsigned i = 0; i < n; i++)
			frame_free(mm, all[i]);
		CHECK(mm_fingerprint(mm) == before && mm_check(mm), "%u frames: %s", n, support_log);
	}
}

/* Between low and high a zone is as it was. */
static void levels(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct zone *z = &mm->zones[0];
	struct page *all[64];
	unsigned n = 0;
	while (z->free >= z->high + 32)
		CHECK(frame_alloc(mm, 0, FRAME_DMA));	/* one at a time, past the stack */
	while (z->free >= z->low) {
		CHECK(!z->is_low && n < 64);
		all[n++] = frame_alloc(mm, 0, FRAME_DMA);
	}
	CHECK(z->is_low);
	while (n) {
		frame_free(mm, all[--n]);
		frame_drain(mm);
		CHECK(z->is_low == (z->free < z->high), "%llu free", (unsigned long long)z->free);
	}
}

/* Nothing that is only kept for later stands in the way of the last frame: stacks of other CPUs, empty slabs, idle arenas, tables. */
static void all_is_taken_back(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	uint64_t n = free_pages(mm), got = 0;
	for (support_cpu = 0; support_cpu < 3; support_cpu++)
		frame_free(mm, frame_alloc(mm, 0, FRAME_NORMAL));
	support_cpu = 0;
	for (size_t size = 8; size <= 4096; size *= 2)
		kfree(mm, kmalloc(mm, size));
	table_free(mm, table_alloc(mm));
	root_free(mm, root_alloc(mm));
	kmalloc_set_mode(mm, KMALLOC_SIMPLE);
	kfree(mm, kmalloc(mm, 100));
	kmalloc_set_mode(mm, KMALLOC_TWO_TIER);
	CHECK(free_pages(mm) < n - 12);
	while (frame_alloc(mm, 0, FRAME_NORMAL))
		got++;
	CHECK(got == n, "%llu of %llu", (unsigned long long)got, (unsigned long long)n);
}

static void references(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	struct page *page = frame_alloc(mm, 0, FRAME_ZERO);
	const char *bytes = page_ptr(mm, page);
	for (unsigned i = 0; i < PAGE_SIZE; i++)
		CHECK(!bytes[i]);
	frame_get(page);
	CHECK_PANICS(frame_free(mm, page));
	frame_put(mm, page);
	CHECK(page->state == PAGE_USED && page->refs == 1);
	frame_put(mm, page);
	CHECK(mm_fingerprint(mm) == before);
	page = frame_alloc(mm, 3, FRAME_ZERO);
	bytes = page_ptr(mm, page);
	for (unsigned i = 0; i < PAGE_SIZE << 3; i++)
		CHECK(!bytes[i], "byte %u of a block", i);
	frame_free(mm, page);
}

static void bad_frees_are_reported(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct mm_stats s;
	struct page *block = frame_alloc(mm, 3, FRAME_NORMAL);
	struct page *single = frame_alloc(mm, 0, FRAME_NORMAL);
	frame_free(mm, block + 1);
	frame_free(mm, page_of(mm, RAM_BASE));
	frame_free(mm, single);
	frame_free(mm, single);
	frame_put(mm, single);
	frame_free(mm, block);
	frame_free(mm, block);
	mm_stats(mm, &s);
	CHECK(s.bad_frees == 5, "%llu", (unsigned long long)s.bad_frees);
	CHECK(strstr(support_log, "[mm] bad free"));
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(page_head(mm, block) == block);
}

static void finds_frames(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	CHECK(!page_of(mm, RAM_BASE - 1) && !page_of(mm, 0) && !page_of(mm, RAM_BASE + 2048 * PAGE_SIZE) && !page_of(mm, ~0ull));
	for (unsigned order = 0; order < 8; order++) {
		struct page *block = frame_alloc(mm, order, FRAME_NORMAL);
		for (unsigned i = 0; i < 1u << order; i++)
			CHECK(page_head(mm, block + i) == block);
		CHECK(page_of(mm, page_pa(mm, block) + 4095) == block && page_ptr(mm, block) == port_ptr(page_pa(mm, block)));
	}
}

static bool alloc_a_few(void *ctx)
{
	struct mm *mm = ctx;
	struct page *a = frame_alloc(mm, 0, 0), *b = a ? frame_alloc(mm, 4, 0) : NULL, *c = b ? frame_alloc(mm, 0, FRAME_DMA) : NULL;
	if (b && !c)
		frame_free(mm, b);
	if (a && !c)
		frame_free(mm, a);
	return c;
}

static void injected_failures(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	CHECK(sweep_failures(mm, alloc_a_few, NULL, mm) == 3);
	struct mm_stats s;
	mm_stats(mm, &s);
	CHECK(s.failed_calls == 3);
}

/* memck finds what is wrong with the free lists. */
static void check_finds_faults(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct page *a = frame_alloc(mm, 1, 0);
	a->refs = 0;
	CHECK(!mm_check(mm));
	a->refs = 1;
	CHECK(mm_check(mm));
	a[1].state = PAGE_USED;
	a[1].order = 0;
	a[1].refs = 1;
	a->order = 0;
	CHECK(mm_check(mm), "two single frames are as good as a block");
	struct zone *z = &mm->zones[0];
	z->free++;
	CHECK(!mm_check(mm));
	z->free--;
	struct page *head = container_of(z->blocks[10].next, struct page, link);
	head[5].state = PAGE_USED;
	CHECK(!mm_check(mm));
	head[5].state = PAGE_TAIL;
	head->state = PAGE_USED;
	CHECK(!mm_check(mm));
}

/* Two halves that are free, side by side. */
static void check_finds_unmerged_buddies(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct zone *z = &mm->zones[0];
	struct page *lower = container_of(list_pop_front(&z->blocks[10]), struct page, link), *halves[] = { lower, lower + 512 };
	z->nblocks[10]--;
	z->orders = (z->orders & ~(1u << 10)) | (z->nblocks[10] ? 1u << 10 : 0) | 1u << 9;
	for (unsigned i = 0; i < 2; i++) {
		halves[i]->state = PAGE_FREE;
		halves[i]->order = 9;
		halves[i]->zone = z->id;
		list_push_front(&z->blocks[9], &halves[i]->link);
		z->nblocks[9]++;
	}
	log_clear();
	CHECK(!mm_check(mm) && strstr(support_log, "free buddy"), "%s", support_log);
}

/* A CPU's stack is filled from what is small already. */
static void single_frames_spare_large_blocks(void **state)
{
	(void)state;
	struct mm *mm = world_make(2048, NULL, 0);
	struct zone *z = &mm->zones[0];
	uint64_t largest = z->nblocks[10];
	CHECK(largest && z->free - (largest << 10) > CPU_FRAMES_BATCH);
	struct page *page = frame_alloc(mm, 0, 0);
	CHECK(z->nblocks[10] == largest);
	frame_free(mm, page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations), cmocka_unit_test(exhaustion), cmocka_unit_test(largest_blocks),
		cmocka_unit_test(reserved_ranges), cmocka_unit_test(placed_in_the_middle),
		cmocka_unit_test(gaps_in_ram), cmocka_unit_test(zones_and_reserves), cmocka_unit_test(zones_do_not_merge),
		cmocka_unit_test(reclaim_is_asked), cmocka_unit_test(reclaim_until_it_is_enough), cmocka_unit_test(all_is_taken_back),
		cmocka_unit_test(stacks_end_somewhere), cmocka_unit_test(levels),
		cmocka_unit_test(references), cmocka_unit_test(bad_frees_are_reported),
		cmocka_unit_test(finds_frames), cmocka_unit_test(injected_failures), cmocka_unit_test(check_finds_faults),
		cmocka_unit_test(check_finds_unmerged_buddies), cmocka_unit_test(single_frames_spare_large_blocks),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
