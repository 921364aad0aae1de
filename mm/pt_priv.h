#pragma once
#include <mm/pt.h>
#include "mm_priv.h"
/* What the files of the page-table walker share: how an address is cut into slots.
 *
 *   38      30 29      21 20      12 11        0
 *  |  slot 2  |  slot 1  |  slot 0  |  offset   |     PT_BITS bits a slot, one slot a height */

enum { PT_ENTRIES = 1 << PT_BITS };
_Static_assert(sizeof(pte_t) * PT_ENTRIES == 4096, "a table is a page");

static inline unsigned pt_shift(int height) { return PAGE_SHIFT + PT_BITS * (unsigned)height; }
static inline vaddr_t pt_span(int height) { return (vaddr_t)1 << pt_shift(height); }
static inline unsigned pt_slot(vaddr_t va, int height) { return (unsigned)(va >> pt_shift(height)) & (PT_ENTRIES - 1); }

/* Where the next entry's part of r begins, or r's end. Right even in the last slot of the address space. */
static inline vaddr_t pt_next_slot(vaddr_t va, vaddr_t end, int height)
{
	vaddr_t last = va | (pt_span(height) - 1);
	return last >= end - 1 ? end : last + 1;
}

static inline pte_t *pt_table(const struct pt *pt, pte_t e) { return mm_ptr(pt->mm, pte_addr(e)); }
static inline pte_t *pt_root(const struct pt *pt) { return mm_ptr(pt->mm, pt->root); }

/* The struct page of the table that entry e is in: it counts the entries that are not 0. */
static inline struct page *pt_counter(const struct pt *pt, const pte_t *e)
{
	return mm_page(pt->mm, mm_pa(pt->mm, e));
}

/* Whether leaf e, not 0, leads to the shared page of zeros: 1 or 0. */
static inline uint64_t pt_is_zero_page(const struct pt *pt, pte_t e)
{
	return pte_addr(e) == pt->mm->zero_pa;
}

/* Does something that old permits trap under new? */
static inline bool pt_loses_right(pte_t old, pte_t new)
{
	return pte_prot(old) & ~pte_prot(new) & (P_READ | P_WRITE | P_EXEC);
}

/* Valid entries of r have lost a right, or their frame. */
static inline void pt_owe(struct pt *pt, struct vrange r)
{
#ifdef CONFIG_DEBUG
	if (pt->owed.start == pt->owed.end)
		pt->owed = r;
	pt->owed.start = r.start < pt->owed.start ? r.start : pt->owed.start;
	pt->owed.end = r.end > pt->owed.end ? r.end : pt->owed.end;
#else
	(void)pt, (void)r;
#endif
}

/* va's entry at height target, with missing tables built; the entry may be 0. */
pte_t *pt_walk_build(struct pt *pt, vaddr_t va, int target, struct page_stack *tables);
