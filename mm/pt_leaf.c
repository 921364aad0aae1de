/* Single entries of height 0: what faults look at and change. */
#include <arch/mmu.h>
#include "pt_priv.h"

pte_t *pt_entry(const struct pt *pt, vaddr_t va)
{
	pte_t *t = pt_root(pt);
	for (int h = PT_HEIGHT - 1; h > 0; h--) {
		pte_t *e = &t[pt_slot(va, h)];
		if (!*e)
			return NULL;
		if (pte_is_leaf(*e, h))
			return e;
		t = pt_table(pt, *e);
	}
	return &t[pt_slot(va, 0)];
}

pte_t pt_get(const struct pt *pt, vaddr_t va)
{
	const pte_t *e = pt_entry(pt, va);
	return e ? *e : 0;
}

bool pt_query(const struct pt *pt, vaddr_t va, paddr_t *pa, prot_t *prot)
{
	const pte_t *t = pt_root(pt);
	for (int h = PT_HEIGHT - 1; h >= 0; h--) {
		pte_t e = t[pt_slot(va, h)];
		if (!e)
			return false;
		if (!pte_is_leaf(e, h)) {
			t = pt_table(pt, e);
			continue;
		}
		if (!pte_valid(e))
			return false;
		*pa = pte_addr(e) + (va & (pt_span(h) - 1) & ~(PAGE_SIZE - 1));
		*prot = pte_prot(e);
		return true;
	}
	return false;
}

/* Whether the machine may go on using old once new is stored, to someone's harm. */
static bool must_forget(pte_t old, pte_t new)
{
	return pte_valid(old) && (pte_addr(old) != pte_addr(new) || pt_loses_right(old, new));
}

/* Break before make. */
static __attribute__((noinline)) void replace(struct pt *pt, pte_t *e, vaddr_t va, pte_t new)
{
	struct vrange page = { va, va + PAGE_SIZE };
	*e = pte_park(*e);
	pt_owe(pt, page);
	pt_flush(pt, page);
	pt_assert_paid(pt);
	*e = new;
	arch_mmu_publish();
}

void pt_store(struct pt *pt, pte_t *e, vaddr_t va, pte_t new)
{
	pte_t old = *e;
	pt->nzero += pt_is_zero_page(pt, new);
	if (!old) {
		pt_counter(pt, e)->index++;
		pt->nleaves++;
	} else {
		pt->nzero -= pt_is_zero_page(pt, old);
	}
	if (old && must_forget(old, new)) {
		replace(pt, e, va, new);
		return;
	}
	*e = new;
	arch_mmu_publish();
}

void pt_set(struct pt *pt, vaddr_t va, paddr_t pa, prot_t prot, struct page_stack *tables)
{
	pt_store(pt, pt_walk_build(pt, va, 0, tables), va, pte_leaf(pa, prot, MEM_NORMAL, 0));
}

void pt_fill(struct pt *pt, pte_t *e, struct page **pages, unsigned n, prot_t prot)
{
	uint64_t before = pt->nleaves;
	for (unsigned k = 0; k < n; k++) {
		if (!pages[k] || e[k])
			continue;
		e[k] = pte_leaf(mm_page_pa(pt->mm, pages[k]), prot, MEM_NORMAL, 0);
		pt->nzero += pt_is_zero_page(pt, e[k]);
		pt->nleaves++;
		pages[k] = NULL;
	}
	pt_counter(pt, e)->index += pt->nleaves - before;
	arch_mmu_publish();
}

vaddr_t pt_next(const struct pt *pt, struct vrange r)
{
	for (vaddr_t va = r.start; va < r.end;) {
		const pte_t *t = pt_root(pt);
		int h = PT_HEIGHT - 1;
		while (t[pt_slot(va, h)] && !pte_is_leaf(t[pt_slot(va, h)], h)) {
			t = pt_table(pt, t[pt_slot(va, h)]);
			h--;
		}
		if (t[pt_slot(va, h)])
			return va;
		va = pt_next_slot(va, r.end, h);
	}
	return r.end;
}
