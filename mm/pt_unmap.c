/* Taking mappings away, and rights.
 *
 * Unmapping has three acts: park every valid entry of the range, and the links to tables that will be left
 * empty, so that whoever looks from now on finds nothing; flush, once; then sweep the range again and give up the
 * frames and tables, which the parked entries still name. That way one flush serves an operation of any
 * size, without memory to remember the frames in. Between the acts the owner's lock keeps
 * others from looking at the half-way state. */
#include <arch/mmu.h>
#include "pt_priv.h"

struct parked {
	bool any;	/* there are leaves to sweep */
	bool flush;	/* the machine may remember something */
};

/* Act one, below table t. Returns how many of t's entries will be gone. */
static unsigned park(struct pt *pt, pte_t *t, int h, struct vrange r, struct parked *found)
{
	unsigned gone = 0;
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t *e = &t[pt_slot(va, h)];
		if (!*e)
			continue;
		if (pte_is_leaf(*e, h)) {
			ASSERT(next - va == pt_span(h));
			found->any = true;
		} else {
			pte_t *child = pt_table(pt, *e);
			if (park(pt, child, h - 1, (struct vrange){ va, next }, found) < pt_counter(pt, child)->index)
				continue;
		}
		found->flush |= pte_valid(*e);
		*e = pte_park(*e);
		gone++;
	}
	return gone;
}

static void sweep(struct pt *pt, pte_t *t, int h, struct vrange r);

/* Give up what parked entry e of height h leads to. */
static void give_up(struct pt *pt, pte_t e, int h, struct vrange r)
{
	if (!pte_is_leaf(e, h)) {
		sweep(pt, pt_table(pt, e), h - 1, r);
		pt->ntables--;
		table_free(pt->mm, mm_page(pt->mm, pte_addr(e)));
	} else if (h == 0) {
		pt->nleaves--;
		if (pt->owns_frames)
			frame_put(pt->mm, mm_page(pt->mm, pte_addr(e)));
	}
}

/* Act three, below table t. */
static void sweep(struct pt *pt, pte_t *t, int h, struct vrange r)
{
	struct page *counter = pt_counter(pt, t);
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t *e = &t[pt_slot(va, h)];
		if (pte_valid(*e)) {
			sweep(pt, pt_table(pt, *e), h - 1, (struct vrange){ va, next });
		} else if (*e) {
			give_up(pt, *e, h, (struct vrange){ va, next });
			*e = 0;
			counter->index--;
		}
	}
}

void pt_unmap(struct pt *pt, struct vrange r)
{
	struct parked found = { false, false };
	park(pt, pt_root(pt), PT_HEIGHT - 1, r, &found);
	if (found.flush)
		arch_tlb_flush(pt->asid, r);
	if (found.any)
		sweep(pt, pt_root(pt), PT_HEIGHT - 1, r);
}

/* The rights of the leaves of r below table t become prot; returns whether a valid one lost a right. */
static bool restrict_leaves(struct pt *pt, pte_t *t, int h, struct vrange r, prot_t prot)
{
	bool lost = false;
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t *e = &t[pt_slot(va, h)];
		if (!*e)
			continue;
		if (!pte_is_leaf(*e, h)) {
			lost |= restrict_leaves(pt, pt_table(pt, *e), h - 1, (struct vrange){ va, next }, prot);
			continue;
		}
		ASSERT(next - va == pt_span(h));
		pte_t old = *e;
		*e = pte_set_prot(old, prot | (pte_prot(old) & P_COW));
		lost |= pt_loses_right(old, *e);
	}
	return lost;
}

void pt_protect(struct pt *pt, struct vrange r, prot_t prot)
{
	if (restrict_leaves(pt, pt_root(pt), PT_HEIGHT - 1, r, prot))
		arch_tlb_flush(pt->asid, r);
	else
		arch_mmu_publish();
}
