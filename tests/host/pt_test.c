/* Page tables: random operations against an array model, seen through the strict TLB; block leaves; fork's copy. */
#include "support.h"
#include <mm/pt.h>
#include "../../mm/mm_priv.h"

enum { NFRAMES = 4096, NPAGES = 2048 };

struct model { bool there; paddr_t pa; prot_t prot; };
static struct model model[NPAGES];
static vaddr_t base;
static const prot_t rights[] = { P_NONE, P_READ, P_READ | P_WRITE, P_READ | P_EXEC };

static struct vrange pages(uint64_t first, uint64_t n)
{
	return (struct vrange){ base + first * PAGE_SIZE, base + (first + n) * PAGE_SIZE };
}

static void fresh(struct pt *pt, bool owns_frames)
{
	struct mm *mm = world_make(NFRAMES, NULL, 0);
	memset(model, 0, sizeof model);
	base = 0x3fc00000ull - 512 * PAGE_SIZE;	/* across a 1 GiB line and several of 2 MiB */
	CHECK(pt_init(pt, mm, 2, owns_frames) == OK);
}

static prot_t hardware(prot_t p) { return p & P_COW ? p & ~(prot_t)P_WRITE : p; }

/* Table and TLB agree with the model. The machine looks at a few pages, so that there is something to forget. */
static void check(struct pt *pt)
{
	uint64_t there = 0;
	for (unsigned i = 0; i < NPAGES; i++) {
		vaddr_t va = base + i * PAGE_SIZE;
		paddr_t pa = 0, seen;
		prot_t prot = 0;
		bool valid = model[i].there && model[i].prot & P_READ;
		CHECK(pt_query(pt, va, &pa, &prot) == valid, "page %u", i);
		CHECK(!valid || (pa == model[i].pa && prot == hardware(model[i].prot)), "page %u: %x", i, prot);
		CHECK(!!pt_get(pt, va) == model[i].there);
		CHECK(!model[i].there || pte_addr(pt_get(pt, va)) == model[i].pa);
		there += model[i].there;
		if (rnd(4) == 0 && tlb_access(pt->root, pt->asid, va, P_READ, &seen))
			CHECK(valid && seen == model[i].pa, "page %u: the machine sees another", i);
	}
	CHECK(pt->nleaves == there);
	tlb_check(pt->root, pt->asid);
	pt_check(pt, (struct vrange){ 0, 1ull << 38 });
}

static bool is_clear(uint64_t i, uint64_t n)
{
	while (n--)
		if (model[i + n].there)
			return false;
	return true;
}

static void do_map(struct pt *pt, uint64_t i, uint64_t n)
{
	struct page_stack tables = { 0 };
	struct pt_target what = { 0x4000000000ull + rnd(1 << 20) * PAGE_SIZE, rights[1 + rnd(3)] | P_USER, MEM_NORMAL, 0 };
	CHECK(pt_tables_reserve(pt->mm, &tables, pt_tables_bound(pages(i, n))) == OK);
	pt_map(pt, pages(i, n), &what, &tables);
	pt_tables_release(pt->mm, &tables);
	for (uint64_t k = 0; k < n; k++)
		model[i + k] = (struct model){ true, what.pa + k * PAGE_SIZE, what.prot };
}

static void do_set(struct pt *pt, uint64_t i)
{
	struct page_stack tables = { 0 };
	struct model m = { true, 0x4000000000ull + rnd(1 << 20) * PAGE_SIZE, rights[rnd(4)] | P_USER | (rnd(3) ? 0 : P_COW) };
	if (model[i].there && rnd(2))
		m.pa = model[i].pa;
	vaddr_t va = pages(i, 1).start;
	CHECK(pt_tables_reserve(pt->mm, &tables, pt_tables_missing(pt, va)) == OK);
	pt_set(pt, va, m.pa, m.prot, &tables);
	CHECK(tables.count == 0, "asked for more tables than needed");
	model[i] = m;
}

static void do_protect(struct pt *pt, uint64_t i, uint64_t n)
{
	prot_t prot = rights[rnd(4)] | P_USER;
	pt_protect(pt, pages(i, n), prot);
	for (uint64_t k = i; k < i + n; k++)
		model[k].prot = prot | (model[k].prot & P_COW);
}

static void check_next(struct pt *pt)
{
	uint64_t i = rnd(NPAGES), n = 1 + rnd(NPAGES - i), want = i;
	while (want < i + n && !model[want].there)
		want++;
	CHECK(pt_next(pt, pages(i, n)) == pages(want, 0).start);
}

static void random_operations(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	for (unsigned step = 0; goes_on(step, 3000); step++) {
		uint64_t n = 1 + rnd(rnd(3) ? 600 : 4), i = rnd(NPAGES - n);
		unsigned long flushes = tlb_flushes;
		switch (rnd(4)) {
		case 0:
			if (is_clear(i, n))
				do_map(&pt, i, n);
			CHECK(tlb_flushes == flushes, "nothing was there to flush");
			break;
		case 1:
			pt_unmap(&pt, pages(i, n));
			memset(&model[i], 0, n * sizeof model[0]);
			CHECK(tlb_flushes <= flushes + 1);
			break;
		case 2:
			do_protect(&pt, i, n);
			CHECK(tlb_flushes <= flushes + 1);
			break;
		default:
			do_set(&pt, i);
			CHECK(tlb_flushes <= flushes + 1);
		}
		check(&pt);
		check_next(&pt);
	}
	pt_unmap(&pt, pages(0, NPAGES));
	CHECK(pt.ntables == 0 && pt.nleaves == 0);
	pt_destroy(&pt);
	CHECK(mm_check(pt.mm), "%s", support_log);
}

static void tables_come_and_go(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	uint64_t before = mm_fingerprint(pt.mm);
	struct pt_target what = { 0x90000000, P_READ | P_USER, MEM_NORMAL, 0 };
	CHECK(pt_tables_missing(&pt, base) == 2);
	CHECK(pt_map_alloc(&pt, pages(0, NPAGES), &what) == OK);
	CHECK(pt.ntables == 4 + 2 && pt_tables_missing(&pt, base) == 0, "%u", pt.ntables);
	CHECK(pt_tables_bound(pages(0, NPAGES)) == 6);
	pt_unmap(&pt, pages(0, 511));
	CHECK(pt.ntables == 6, "one page keeps its table");
	pt_unmap(&pt, pages(511, 1));
	CHECK(pt.ntables == 5);
	CHECK(tlb_flushes == 2);
	pt_unmap(&pt, pages(0, 512));
	CHECK(tlb_flushes == 2, "nothing was mapped");
	pt_unmap(&pt, (struct vrange){ PAGE_SIZE, 1ull << 38 });
	CHECK(pt.ntables == 0 && tlb_flushes == 3);
	CHECK(mm_fingerprint(pt.mm) == before);
	pt_destroy(&pt);
}

static void blocks(void **state)
{
	(void)state;
	struct pt pt;
	paddr_t pa;
	prot_t prot;
	fresh(&pt, false);
	uint64_t before = mm_fingerprint(pt.mm);
	/* 2 GiB at an odd 4 KiB edge: pages, then 2 MiB, then 1 GiB blocks, and back */
	vaddr_t va = 0xffffffc000000000ull + 0x40000000 - 0x201000;
	struct vrange r = { va, va + 0x201000 + 0x80000000 + 0x203000 };
	struct pt_target what = { 0x100000000ull + 0x40000000 - 0x201000, P_READ | P_WRITE, MEM_NORMAL, 2 };
	CHECK(pt_map_alloc(&pt, r, &what) == OK);
	CHECK(pt.ntables == 4, "%u", pt.ntables);
	CHECK(pt.nleaves == 4, "%llu", (unsigned long long)pt.nleaves);
	for (uint64_t off = 0; off < r.end - r.start; off += 0x3ff000)
		CHECK(pt_query(&pt, va + off, &pa, &prot) && pa == what.pa + off && prot == what.prot, "offset %llx", (unsigned long long)off);
	CHECK(!pt_query(&pt, r.end, &pa, &prot) && !pt_query(&pt, va - 1, &pa, &prot));
	pt_check(&pt, (struct vrange){ r.start, r.end });
	CHECK_PANICS(pt_unmap(&pt, (struct vrange){ va + 0x1000, va + 0x2000 }));
	CHECK_PANICS(pt_protect(&pt, (struct vrange){ va + 0x1000, va + 0x2000 }, P_READ));
	pt_protect(&pt, r, P_READ);
	CHECK(pt_query(&pt, va + 0x300000, &pa, &prot) && prot == P_READ);
	pt_unmap(&pt, r);
	CHECK(pt.ntables == 0 && pt.nleaves == 0 && mm_fingerprint(pt.mm) == before);
	what.max_height = 1;
	CHECK(pt_map_alloc(&pt, r, &what) == OK && pt.ntables == 6, "%u", pt.ntables);
	pt_unmap(&pt, r);
	pt_destroy(&pt);
}

/* A frame that is not aligned to 2 MiB cannot be in a leaf of that size. */
static void blocks_need_aligned_frames(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	struct vrange r = { 0x40000000, 0x40200000 };
	struct pt_target what = { 0x100001000ull, P_READ, MEM_NORMAL, 2 };
	CHECK(pt_map_alloc(&pt, r, &what) == OK && pt.nleaves == 512);
	pt_unmap(&pt, r);
	pt_destroy(&pt);
}

/* No more flushes than needed: what is parked is in no TLB, and nobody has to forget that less was permitted. */
static void flushes_are_saved(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	struct page_stack tables = { 0 };
	struct pt_target what = { 0x90000000, P_READ | P_USER, MEM_NORMAL, 0 };
	CHECK(pt_map_alloc(&pt, pages(0, 4), &what) == OK);
	pt_set(&pt, pages(0, 1).start, what.pa, P_READ | P_WRITE | P_USER, &tables);
	CHECK(tlb_flushes == 0, "a right was gained");
	pt_protect(&pt, pages(0, 3), P_USER);
	CHECK(tlb_flushes == 1);
	pt_unmap(&pt, pages(0, 3));
	CHECK(tlb_flushes == 1 && pt.nleaves == 1, "all were parked, and their table stays");
	pt_unmap(&pt, pages(3, 1));
	pt_destroy(&pt);
}

static void tables_are_kept(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	struct page *page = table_alloc(pt.mm);
	page->index = 1;
	CHECK_PANICS(table_free(pt.mm, page));
	page->index = 0;
	table_free(pt.mm, page);
	inject_failure(0);
	CHECK(!table_alloc(pt.mm) && injected(), "also where one is at hand");
	inject_failure(-1);
	pt_destroy(&pt);
}

/* The very last page of the address space, and the first. */
static void edges(void **state)
{
	(void)state;
	struct pt pt;
	paddr_t pa;
	prot_t prot;
	fresh(&pt, false);
	struct vrange top = { 0xfffffffffffff000ull, 0 }, bottom = { 0, PAGE_SIZE };
	struct page_stack tables = { 0 };
	struct pt_target what = { 0x90000000, P_READ, MEM_DEVICE, 0 };
	CHECK(pt_map_alloc(&pt, bottom, &what) == OK);
	CHECK(pt_tables_reserve(pt.mm, &tables, 2) == OK);
	pt_set(&pt, top.start, 0x91000000, P_READ | P_WRITE, &tables);
	CHECK(pt_query(&pt, top.start, &pa, &prot) && pa == 0x91000000);
	pt_unmap(&pt, top);
	CHECK(!pt_query(&pt, top.start, &pa, &prot) && pt.nleaves == 1);
	CHECK(pt_tables_reserve(pt.mm, &tables, 3) == OK);
	struct vrange last = { top.start - 512 * PAGE_SIZE, 0 };
	pt_set(&pt, last.start, 0x91000000, P_READ, &tables);
	pt_set(&pt, top.start, 0x92000000, P_READ, &tables);
	pt_tables_release(pt.mm, &tables);
	pt_unmap(&pt, last);
	CHECK(pt.nleaves == 1 && !pt_get(&pt, top.start), "two tables at the very end");
	CHECK_PANICS((void)pt_map_alloc(&pt, bottom, &what));
	CHECK_PANICS(pt_destroy(&pt));
}

struct op { struct pt *pt; struct vrange r; };

static bool map_and_unmap(void *ctx)
{
	struct op *op = ctx;
	struct pt_target what = { 0x90000000, P_READ, MEM_NORMAL, 0 };
	if (pt_map_alloc(op->pt, op->r, &what) != OK) {
		CHECK(op->pt->ntables == 0 && op->pt->nleaves == 0);
		return false;
	}
	pt_unmap(op->pt, op->r);
	return true;
}

static bool make_and_destroy(void *ctx)
{
	struct pt pt;
	if (pt_init(&pt, ctx, 3, true) != OK)
		return false;
	pt_destroy(&pt);
	return true;
}

static void injected_failures(void **state)
{
	(void)state;
	struct pt pt;
	fresh(&pt, false);
	struct op op = { &pt, pages(0, NPAGES) };
	CHECK(sweep_failures(pt.mm, map_and_unmap, NULL, &op) == 6);
	CHECK(sweep_failures(pt.mm, make_and_destroy, NULL, pt.mm) == 1);
}

static void fork_copies(void **state)
{
	(void)state;
	struct pt parent, child;
	fresh(&parent, true);
	struct mm *mm = parent.mm;
	uint64_t before = mm_fingerprint(mm);
	CHECK(pt_init(&child, mm, 3, true) == OK);
	for (int k = 0; k < 300; k++) {
		uint64_t i = rnd(NPAGES);
		struct page_stack tables = { 0 };
		if (model[i].there)
			continue;
		struct page *frame = frame_alloc(mm, 0, FRAME_USER);
		model[i] = (struct model){ true, page_pa(mm, frame), rights[rnd(4)] | P_USER };
		CHECK(pt_tables_reserve(mm, &tables, pt_tables_missing(&parent, pages(i, 1).start)) == OK);
		pt_set(&parent, pages(i, 1).start, model[i].pa, model[i].prot, &tables);
	}
	check(&parent);
	struct page_stack tables = { 0 };
	CHECK(pt_tables_reserve(mm, &tables, parent.ntables) == OK);
	uint64_t half = NPAGES / 2 + 7;
	CHECK(pt_copy(&child, &parent, pages(0, half), true, &tables), "some page was writable");
	CHECK(!pt_copy(&child, &parent, pages(half, NPAGES - half), false, &tables));
	CHECK(tables.count == 0, "the child has as many tables as its parent");
	arch_tlb_flush_asid(parent.asid);
	for (uint64_t i = 0; i < half; i++)
		model[i].prot |= P_COW;
	check(&parent);
	for (uint64_t i = 0; i < NPAGES; i++)
		CHECK(!model[i].there || page_of(mm, model[i].pa)->refs == 2);
	check(&child);
	pt_unmap(&parent, pages(0, NPAGES));
	check(&child);
	pt_unmap(&child, pages(0, NPAGES));
	pt_destroy(&child);
	CHECK(mm_fingerprint(mm) == before);
	pt_destroy(&parent);
	CHECK(mm_check(mm), "%s", support_log);
}

/* The codec: what goes in comes out, and a page is never both writable and P_COW. */
static void codec(void **state)
{
	(void)state;
	for (prot_t p = 0; p < 32; p++)
		for (int h = 0; h < PT_HEIGHT; h++) {
			pte_t e = pte_leaf(0x7f40000000, p, h ? MEM_DEVICE : MEM_NORMAL, h);
			bool valid = p & (P_READ | P_WRITE | P_EXEC);
			prot_t want = valid ? hardware(p) | P_READ : p & (P_USER | P_COW);
			CHECK(e && pte_valid(e) == valid && pte_is_leaf(e, h) && pte_addr(e) == 0x7f40000000);
			CHECK(pte_prot(e) == want, "%x gives %x", p, pte_prot(e));
			CHECK(pte_is_cow(e) == !!(p & P_COW) && pte_make_cow(e) == pte_set_prot(e, p | P_COW), "%x", p);
			e = pte_park(e);
			CHECK(e && !pte_valid(e) && pte_is_leaf(e, h) && pte_addr(e) == 0x7f40000000);
			CHECK(pte_prot(pte_set_prot(e, p)) == want);
		}
	pte_t t = pte_table(0x81234000);
	CHECK(pte_valid(t) && pte_addr(t) == 0x81234000 && !pte_is_leaf(t, 1) && !pte_is_leaf(t, 2));
	CHECK(pte_park(t) && !pte_valid(pte_park(t)) && !pte_is_leaf(pte_park(t), 1) && pte_addr(pte_park(t)) == 0x81234000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codec), cmocka_unit_test(random_operations), cmocka_unit_test(tables_come_and_go),
		cmocka_unit_test(blocks), cmocka_unit_test(edges), cmocka_unit_test(blocks_need_aligned_frames),
		cmocka_unit_test(flushes_are_saved), cmocka_unit_test(tables_are_kept), cmocka_unit_test(injected_failures), cmocka_unit_test(fork_copies),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
