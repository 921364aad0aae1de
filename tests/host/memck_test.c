/* memck: a sound world is found sound, and each planted fault is found, named and nothing else. */
#include "support.h"
#include <stdio.h>
#include <mm/memck.h>
#include <mm/pool.h>
#include <mm/space.h>
#include "../../mm/space_priv.h"

enum { NPAGES = 4096, WORD = 0x10000000 };

static struct {
	struct mm *mm;
	struct space *space, *child;
	struct page *cached;		/* a block with a holder outside mm/, of a page in its middle: memck_hold() */
	struct pool *pool;		/* of several arenas */
	uint32_t *found;
	char what[100];			/* of the first fault */
	struct memck_fault first;
	unsigned holders;
	vaddr_t held_at;
} w;

static void report(struct memck *m, const struct memck_fault *f)
{
	if (m->faults > 1)
		return;
	w.first = *f;
	snprintf(w.what, sizeof w.what, "%s", f->what);
}

static void holder(struct memck *m, vaddr_t va)
{
	(void)m;
	w.holders++;
	w.held_at = va;
}

static void show(struct memck *m)
{
	memck_begin(m);
	memck_space(m, w.space);
	memck_space(m, w.child);
	memck_hold(m, page_pa(w.mm, w.cached) + 2 * PAGE_SIZE, 0);
	memck_pool(m, w.pool);
	memck_hold(m, 0x1000, 0);	/* no RAM: nobody's */
}

static uint64_t check(void)
{
	struct memck m = { .mm = w.mm, .found = w.found, .report = report };
	w.what[0] = 0;
	show(&m);
	memck_end(&m);
	return m.faults;
}

static void find_holders(struct page *page)
{
	struct memck m = { .mm = w.mm, .watch = page, .holder = holder };
	w.holders = 0;
	show(&m);
}

/* A space with touched and shared pages, a fork of it, slabs, blocks, a page of somebody else's. */
static void make(void)
{
	struct space_config cfg = { .window = { WORD, 2 * WORD }, .policy = VMAP_BESTFIT };
	struct map_req req = { .hint = WORD, .npages = 600, .prot = P_READ | P_WRITE, .flags = MAPF_FIXED };
	vaddr_t at;
	w.mm = world_make(NPAGES, NULL, 0);
	w.found = malloc(memck_frames(w.mm) * sizeof *w.found);
	w.space = space_create(w.mm, &cfg);
	CHECK(w.space && space_map(w.space, &req, &at) == OK);
	for (unsigned i = 0; i < 600; i += 5)
		CHECK(space_fault(w.space, at + i * PAGE_SIZE, P_WRITE) == FAULT_OK);
	CHECK(space_fork(w.space, &w.child) == OK);
	for (unsigned i = 0; i < 600; i += 10)
		CHECK(space_fault(w.child, at + i * PAGE_SIZE, P_WRITE) == FAULT_OK);
	CHECK((w.pool = pool_create(w.mm, 4 << 20)));
	for (unsigned i = 0; i < 8; i++)
		CHECK(pool_get(w.pool, 60000));
	w.cached = frame_alloc(w.mm, 2, FRAME_NORMAL);
	CHECK(w.cached && kmalloc(w.mm, 100) && kmalloc(w.mm, 9000));
}

static void unmake(void)
{
	free(w.found);
	world_end();
}

static struct page *page_at(struct space *s, vaddr_t va)
{
	return mm_page(w.mm, pte_addr(pt_get(&s->pt, va)));
}

static void sound(void **state)
{
	(void)state;
	make();
	CHECK(check() == 0, "%s %s", w.what, support_log);
	find_holders(page_at(w.space, WORD + 5 * PAGE_SIZE));
	CHECK(w.holders == 2 && w.held_at == WORD + 5 * PAGE_SIZE);
	space_put(w.child);
	struct space_config cfg = { .window = { WORD, 2 * WORD }, .policy = VMAP_BESTFIT };
	w.child = space_create(w.mm, &cfg);
	CHECK(check() == 0, "%s", w.what);
	unmake();
}

/* The fault that plant() makes is the only one, and is told in these words; mend() makes the world sound again. */
static void expect(const char *what, void (*plant)(void), void (*mend)(void))
{
	make();
	plant();
	CHECK(check() == 1, "%s: %s", what, w.what);
	CHECK(!strcmp(w.what, what), "'%s', not '%s'", w.what, what);
	mend();
	CHECK(check() == 0, "%s", w.what);
	unmake();
}

static struct page *planted;
static void leak(void) { planted = frame_alloc(w.mm, 2, FRAME_NORMAL); }
static void unleak(void) { frame_free(w.mm, planted); }
static void ref(void) { frame_get(planted = page_at(w.space, WORD)); }
static void unref(void) { frame_put(w.mm, planted); }
static void lose_ref(void) { planted = page_at(w.space, WORD + 5 * PAGE_SIZE), planted->refs--; }
static void give_ref(void) { planted->refs++; }
static struct page *table(void) { return mm_page(w.mm, mm_pa(w.mm, pt_entry(&w.space->pt, WORD))); }
static void miscount(void) { planted = table(), planted->index++; }
static void recount(void) { planted->index--; }
static void miscount_root(void) { mm_page(w.mm, w.child->pt.root)->index++; }
static void recount_root(void) { mm_page(w.mm, w.child->pt.root)->index--; }
static void lose_leaf(void) { w.space->pt.nleaves++; }
static void find_leaf(void) { w.space->pt.nleaves--; }
static void lose_zero(void) { w.space->pt.nzero++; }
static void find_zero(void) { w.space->pt.nzero--; }
static void hold_free(void) { planted = w.cached, frame_free(w.mm, planted); }
static void hold_again(void) { CHECK((w.cached = frame_alloc(w.mm, 2, FRAME_NORMAL))); }
static void drop_table(void) { CHECK((planted = table_alloc(w.mm))); }
static void keep_table(void) { table_free(w.mm, planted); }
static pte_t *upper_entry(void) { return &((pte_t *)mm_ptr(w.mm, w.space->pt.root))[0]; }
static pte_t saved;
static void enter_page(void) { saved = *upper_entry(), *upper_entry() = pte_table(page_pa(w.mm, w.cached)); }
static void enter_table(void) { *upper_entry() = saved; }

static void planted_faults(void **state)
{
	(void)state;
	expect("belongs to nobody", leak, unleak);
	expect("counts holders that are none", ref, unref);
	expect("is held more often than it counts", lose_ref, give_ref);
	expect("is a page table that miscounts its entries", miscount, recount);
	expect("is a root that miscounts its entries", miscount_root, recount_root);
	expect("is the root of a space that miscounts its tables or pages", lose_leaf, find_leaf);
	expect("is the root of a space that miscounts its tables or pages", lose_zero, find_zero);
	expect("is free, and somebody holds it", hold_free, hold_again);
	expect("is a page table that no table leads to", drop_table, keep_table);
}

/* Whoever puts a page where a table belongs makes many faults; the first says so, and nothing crashes. */
static void page_as_table(void **state)
{
	(void)state;
	make();
	enter_page();
	CHECK(check() > 1);
	CHECK(!strcmp(w.what, "is entered as a page table, and is none"), "%s", w.what);
	enter_table();
	CHECK(check() == 0);
	unmake();
}

static void the_numbers(void **state)
{
	(void)state;
	make();
	ref();
	CHECK(check() == 1 && w.first.counted && w.first.refs == w.first.found + 1);
	CHECK(w.first.pfn == mm_pfn(w.mm, planted) && w.first.site);
	unref();
	unmake();
}

/* What the allocator says of itself. */
static void allocator_faults(void **state)
{
	(void)state;
	make();
	w.mm->cpu[0].table_pages++;
	CHECK(check() == 1 && strstr(support_log, "page tables by state and by count"), "%s", support_log);
	w.mm->cpu[0].table_pages--;
	log_clear();
	w.mm->region_cache.nslabs++;
	CHECK(check() == 1 && strstr(support_log, "frames of slabs by state and by count"), "%s", support_log);
	w.mm->region_cache.nslabs -= 2;
	log_clear();
	CHECK(check() == 1 && strstr(support_log, "frames of slabs by state and by count"), "%s", support_log);
	w.mm->region_cache.nslabs++;
	log_clear();
	w.mm->cpu[0].table_pages--;
	CHECK(check() == 1 && strstr(support_log, "page tables by state and by count"), "%s", support_log);
	w.mm->cpu[0].table_pages++;
	CHECK(check() == 0, "%s", w.what);
	unmake();
}

/* A frame that is called free and lies nowhere, on no list and on no CPU's stack. */
static void nowhere(void **state)
{
	(void)state;
	make();
	struct page *page = frame_alloc(w.mm, 0, FRAME_NORMAL), was = *page;
	page->state = PAGE_FREE;
	CHECK(check() >= 1 && strstr(support_log, "free frames by state and by list"), "%s", support_log);
	log_clear();
	page->state = PAGE_CPU;
	CHECK(check() >= 1 && strstr(support_log, "stacks by state and by count"), "%s", support_log);
	*page = was;
	frame_put(w.mm, page);
	CHECK(check() == 0, "%s", w.what);
	unmake();
}

/* Each zone is looked at, the last one too. */
static void every_zone(void **state)
{
	(void)state;
	support_direct_pages = NPAGES / 2;
	make();
	unsigned n = w.mm->nzones;
	CHECK(n > 1 && check() == 0, "%u zones: %s", n, w.what);
	for (unsigned i = 0; i < n; i++) {
		w.mm->zones[i].nblocks[0]++;
		CHECK(check() == 1, "zone %u of %u", i, n);
		w.mm->zones[i].nblocks[0]--;
	}
	CHECK(check() == 0, "%s", w.what);
	unmake();
	support_direct_pages = 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sound), cmocka_unit_test(planted_faults), cmocka_unit_test(page_as_table),
		cmocka_unit_test(the_numbers), cmocka_unit_test(allocator_faults), cmocka_unit_test(nowhere),
		cmocka_unit_test(every_zone),
	};
	return RUN_TESTS(tests);
}
