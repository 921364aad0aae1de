/* Copying a table's leaves, for fork. Costs what is mapped, not what could be: absent tables are stepped over. */
#include <arch/mmu.h>
#include "pt_priv.h"

struct copy {
	struct pt *child, *parent;
	struct page_stack *tables;
	bool cow;
	bool lost;	/* a valid entry of parent lost its write permission */
};

/* r lies within one table of height 0, from, of the parent, which has entries that are not 0. */
static void copy_leaves(struct copy *c, pte_t *from, struct vrange r)
{
	pte_t *to = NULL;
	uint64_t copied = 0, zeros = 0;
	unsigned first = pt_slot(r.start, 0), end = first + (unsigned)((r.end - r.start) >> PAGE_SHIFT);
	for (unsigned i = first; i < end; i++) {
		pte_t e = from[i];
		if (!e)
			continue;
		if (c->cow && !pte_is_cow(e)) {
			c->lost |= (pte_prot(e) & P_WRITE) != 0;
			from[i] = e = pte_make_cow(e);
		}
		if (!to)
			to = pt_walk_build(c->child, r.start & ~(pt_span(1) - 1), 0, c->tables);
		frame_get(mm_page(c->parent->mm, pte_addr(e)));
		ASSERT(to[i] == 0);
		to[i] = e;
		zeros += pt_is_zero_page(c->parent, e);
		copied++;
	}
	if (copied)
		pt_counter(c->child, to)->index += copied;
	c->child->nleaves += copied;
	c->child->nzero += zeros;
}

static void copy_tables(struct copy *c, pte_t *t, int h, struct vrange r)
{
	if (h == 0) {
		copy_leaves(c, t, r);
		return;
	}
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t e = t[pt_slot(va, h)];
		if (!e)
			continue;
		ASSERT(!pte_is_leaf(e, h));
		copy_tables(c, pt_table(c->parent, e), h - 1, (struct vrange){ va, next });
	}
}

bool pt_copy(struct pt *child, struct pt *parent, struct vrange r, bool cow, struct page_stack *tables)
{
	struct copy c = { .child = child, .parent = parent, .tables = tables, .cow = cow };
	ASSERT(child->owns_frames && parent->owns_frames);
	copy_tables(&c, pt_root(parent), PT_HEIGHT - 1, r);
	arch_mmu_publish();
	if (c.lost)
		pt_owe(parent, r);
	return c.lost;
}
