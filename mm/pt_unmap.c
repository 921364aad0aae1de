/* Taking mappings away, and rights.
 *
 * Unmapping has three acts: park every valid entry of the range, and the links to tables that will be left
 * empty, so that whoever looks from now on finds nothing; flush, once; then sweep the range again and give up the
 * frames and tables, which the parked entries still name. That way one flush serves an operation of any
 * size, without memory to remember the frames in. Between the acts the owner's lock keeps
 * others from looking at the half-way state. */
#include <arch/mmu.h>
#include "pt_priv.h"

enum { FEW = 16 };

/* What act one parked. As long as it is little, where: act three need not look for it then. Entries of a table come before the link to it. */
struct parked {
	bool flush;		/* the machine may remember something */
	unsigned n;
	struct { pte_t *e; int height; } some[FEW];
};

static void park_entry(pte_t *e, int h, struct parked *found)
{
	found->flush |= pte_valid(*e);
	*e = pte_park(*e);
	if (found->n < FEW) {
		found->some[found->n].e = e;
		found->some[found->n].height = h;
	}
	found->n++;
}

/* Act one, in table t of height 0. Returns how many of t's entries will be gone. */
static unsigned park_leaves(pte_t *t, struct vrange r, struct parked *found)
{
	unsigned before = found->n;
	pte_t *e = &t[pt_slot(r.start, 0)];
	for (vaddr_t left = (r.end - r.start) >> PAGE_SHIFT; left > 0; left--, e++)
		if (*e)
			park_entry(e, 0, found);
	return found->n - before;
}

/* Act one, below table t of height h > 0. */
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
		} else {
			pte_t *child = pt_table(pt, *e);
			struct vrange part = { va, next };
			unsigned n = h == 1 ? park_leaves(child, part, found) : park(pt, child, h - 1, part, found);
			if (n < pt_counter(pt, child)->index)
				continue;
		}
		park_entry(e, h, found);
		gone++;
	}
	return gone;
}

/* Empty entry e of height h, which no walker can see any more. A table that it leads to is empty already. */
static void give_up(struct pt *pt, pte_t *e, int h)
{
	struct page *page = mm_page(pt->mm, pte_addr(*e));
	if (!pte_is_leaf(*e, h)) {
		pt->ntables--;
		table_free(pt->mm, page);
	} else if (h == 0) {
		pt->nleaves--;
		pt->nzero -= pt_is_zero_page(pt, *e);
		if (pt->owns_frames)
			frame_put(pt->mm, page);
	}
	*e = 0;
	pt_counter(pt, e)->index--;
}

/* Act three, in table t of height 0. */
static void sweep_leaves(struct pt *pt, pte_t *t, struct vrange r)
{
	struct page *counter = pt_counter(pt, t);
	uint64_t before = counter->index, n = before;
	pte_t *e = &t[pt_slot(r.start, 0)];
	for (vaddr_t left = (r.end - r.start) >> PAGE_SHIFT; left > 0 && n > 0; left--, e++) {
		if (!*e)
			continue;
		pt->nzero -= pt_is_zero_page(pt, *e);
		if (pt->owns_frames)
			frame_put(pt->mm, mm_page(pt->mm, pte_addr(*e)));
		*e = 0;
		n--;
	}
	counter->index = n;
	pt->nleaves -= before - n;
}

/* Act three, below table t of height h > 0: leaves go, and tables that this leaves empty. */
static void sweep(struct pt *pt, pte_t *t, int h, struct vrange r)
{
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t *e = &t[pt_slot(va, h)];
		if (!*e)
			continue;
		if (!pte_is_leaf(*e, h)) {
			pte_t *child = pt_table(pt, *e);
			struct vrange part = { va, next };
			if (h == 1)
				sweep_leaves(pt, child, part);
			else
				sweep(pt, child, h - 1, part);
			if (pt_counter(pt, child)->index > 0)
				continue;
		}
		give_up(pt, e, h);
	}
}

void pt_drop(struct pt *pt, struct vrange r) { sweep(pt, pt_root(pt), PT_HEIGHT - 1, r); }

static void note_peak(struct pt *pt)
{
	uint64_t now = pt->nleaves - pt->nzero;
	pt->peak = now > pt->peak ? now : pt->peak;
}

void pt_unmap(struct pt *pt, struct vrange r)
{
	struct parked found;
	note_peak(pt);
	found.flush = false;
	found.n = 0;
	park(pt, pt_root(pt), PT_HEIGHT - 1, r, &found);
	if (found.flush) {
		pt_owe(pt, r);
		pt_flush(pt, r);
	}
	pt_assert_paid(pt);
	if (found.n > FEW)
		sweep(pt, pt_root(pt), PT_HEIGHT - 1, r);
	else
		for (unsigned i = 0; i < found.n; i++)
			give_up(pt, found.some[i].e, found.some[i].height);
}

/* Leaf *e permits prot from now on; returns whether a valid one lost a right. */
static bool change_rights(pte_t *e, prot_t prot)
{
	pte_t old = *e;
	*e = pte_set_prot(old, prot | (pte_prot(old) & P_COW));
	return pt_loses_right(old, *e);
}

static bool change_leaves(pte_t *e, uint64_t n, prot_t prot)
{
	bool lost = false;
	for (; n > 0; n--, e++)
		if (*e)
			lost |= change_rights(e, prot);
	return lost;
}

/* The entry of va that leads no further: at height 0, or empty, or a block. */
static pte_t *last_entry(const struct pt *pt, vaddr_t va, int *height)
{
	pte_t *t = pt_root(pt);
	int h = PT_HEIGHT - 1;
	while (h > 0 && t[pt_slot(va, h)] && !pte_is_leaf(t[pt_slot(va, h)], h)) {
		t = pt_table(pt, t[pt_slot(va, h)]);
		h--;
	}
	*height = h;
	return &t[pt_slot(va, h)];
}

void pt_protect(struct pt *pt, struct vrange r, prot_t prot)
{
	bool lost = false;
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		int h;
		pte_t *e = last_entry(pt, va, &h);
		next = pt_next_slot(va, r.end, h == 0 ? 1 : h);
		ASSERT(h == 0 || !*e || next - va == pt_span(h));
		lost |= change_leaves(e, h == 0 ? (next - va) >> PAGE_SHIFT : 1, prot);
	}
	if (lost) {
		pt_owe(pt, r);
		pt_flush(pt, r);
	} else {
		arch_mmu_publish();
	}
}
