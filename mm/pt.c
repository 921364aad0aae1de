/* Page tables of either machine: one walker over arch/pte.h's entries. This file makes tables and builds
 * mappings; pt_unmap.c takes them away, pt_leaf.c changes single ones, pt_copy.c serves fork. */
#include <arch/mmu.h>
#include "pt_priv.h"

enum err pt_init(struct pt *pt, struct mm *mm, asid_t asid, bool owns_frames)
{
	struct page *page = root_alloc(mm);
	if (!page)
		return ERR_NOMEM;
	*pt = (struct pt){ .mm = mm, .root = mm_page_pa(mm, page), .asid = asid, .owns_frames = owns_frames };
	return OK;
}

void pt_destroy(struct pt *pt)
{
	ASSERT(pt->ntables == 0);
	root_free(pt->mm, mm_page(pt->mm, pt->root));
	pt->root = 0;
}

void pt_flush(struct pt *pt, struct vrange r)
{
	arch_tlb_flush(pt->asid, r);
#ifdef CONFIG_DEBUG
	if (r.start <= pt->owed.start && r.end >= pt->owed.end)
		pt->owed.start = pt->owed.end = 0;
#endif
}

void pt_flush_all(struct pt *pt)
{
	arch_tlb_flush_asid(pt->asid);
#ifdef CONFIG_DEBUG
	pt->owed.start = pt->owed.end = 0;
#endif
}

enum err pt_tables_reserve(struct mm *mm, struct page_stack *stack, unsigned n)
{
	struct page_stack got = { 0 };
	while (got.count < n) {
		struct page *page = table_alloc(mm);
		if (!page) {
			pt_tables_release(mm, &got);
			return ERR_NOMEM;
		}
		page_stack_push(&got, page);
	}
	while (got.top)
		page_stack_push(stack, page_stack_pop(&got));
	return OK;
}

void pt_tables_release(struct mm *mm, struct page_stack *stack)
{
	while (stack->top)
		table_free(mm, page_stack_pop(stack));
}

unsigned pt_tables_bound(struct vrange r)
{
	vaddr_t n = 0;
	for (int h = 1; h < PT_HEIGHT; h++)
		n += ((r.end - 1) >> pt_shift(h)) - (r.start >> pt_shift(h)) + 1;
	return (unsigned)n;
}

unsigned pt_tables_missing(const struct pt *pt, vaddr_t va)
{
	const pte_t *t = pt_root(pt);
	for (int h = PT_HEIGHT - 1; h > 0; h--) {
		pte_t e = t[pt_slot(va, h)];
		if (!e)
			return (unsigned)h;
		ASSERT(!pte_is_leaf(e, h));
		t = pt_table(pt, e);
	}
	return 0;
}

static pte_t new_table(struct pt *pt, struct page_stack *tables)
{
	struct page *page = page_stack_pop(tables);
	ASSERT(page);
	pt->ntables++;
	__atomic_thread_fence(__ATOMIC_RELEASE);	/* its zeros come before the link to it */
	return pte_table(mm_page_pa(pt->mm, page));
}

pte_t *pt_walk_build(struct pt *pt, vaddr_t va, int target, struct page_stack *tables)
{
	pte_t *t = pt_root(pt);
	for (int h = PT_HEIGHT - 1; h > target; h--) {
		pte_t *e = &t[pt_slot(va, h)];
		if (!*e) {
			*e = new_table(pt, tables);
			pt_counter(pt, e)->index++;
		}
		ASSERT(!pte_is_leaf(*e, h));
		t = pt_table(pt, *e);
	}
	return &t[pt_slot(va, target)];
}

static int leaf_height(vaddr_t va, vaddr_t end, paddr_t pa, int max_height)
{
	int h = max_height;
	while (h > 0 && ((va | pa) & (pt_span(h) - 1) || end - va < pt_span(h)))
		h--;
	return h;
}

void pt_map(struct pt *pt, struct vrange r, const struct pt_target *what, struct page_stack *tables)
{
	paddr_t pa = what->pa;
	for (vaddr_t va = r.start; va < r.end;) {
		int h = leaf_height(va, r.end, pa, what->max_height);
		pte_t *e = pt_walk_build(pt, va, h, tables);
		vaddr_t limit = h == 0 ? pt_next_slot(va, r.end, 1) : va + pt_span(h);
		struct page *counter = pt_counter(pt, e);
		for (; va < limit; va += pt_span(h), pa += pt_span(h), e++) {
			ASSERT(*e == 0);
			*e = pte_leaf(pa, what->prot, what->type, h);
			counter->index++;
			pt->nleaves += h == 0;
		}
	}
	arch_mmu_publish();
}

/* Tables that mapping r would need if the table were empty, given the largest leaf. */
static unsigned tables_for(struct vrange r, const struct pt_target *what)
{
	unsigned n = 0;
	vaddr_t seen[PT_HEIGHT];
	for (int h = 0; h < PT_HEIGHT; h++)
		seen[h] = ~(vaddr_t)0;
	for (vaddr_t va = r.start; va < r.end;) {
		int h = leaf_height(va, r.end, what->pa + (va - r.start), what->max_height);
		for (int above = h + 1; above < PT_HEIGHT; above++) {
			n += seen[above] != va >> pt_shift(above);
			seen[above] = va >> pt_shift(above);
		}
		va = h == 0 ? pt_next_slot(va, r.end, 1) : va + pt_span(h);
	}
	return n;
}

enum err pt_map_alloc(struct pt *pt, struct vrange r, const struct pt_target *what)
{
	struct page_stack tables = { 0 };
	if (pt_tables_reserve(pt->mm, &tables, tables_for(r, what)) != OK)
		return ERR_NOMEM;
	pt_map(pt, r, what, &tables);
	pt_tables_release(pt->mm, &tables);
	return OK;
}
