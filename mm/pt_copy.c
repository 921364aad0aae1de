/* Copying a table's leaves, for fork. Costs what is mapped, not what could be: absent tables are stepped over. */
#include <arch/mmu.h>
#include "pt_priv.h"

struct copy {
	struct pt *child, *parent;
	struct page_stack *tables;
	bool cow;
	bool lost;	/* a valid entry of parent lost its write permission */
};

/* r lies within one table of height 0, from, of the parent. */
static void copy_leaves(struct copy *c, pte_t *from, struct vrange r)
{
	pte_t *to = NULL;
	unsigned copied = 0;
	for (vaddr_t va = r.start; va != r.end; va += PAGE_SIZE) {
		pte_t *e = &from[pt_slot(va, 0)];
		if (!*e)
			continue;
		if (!to)
			to = pt_walk_build(c->child, va & ~(pt_span(1) - 1), 0, c->tables);
		if (c->cow) {
			c->lost |= (pte_prot(*e) & P_WRITE) != 0;
			*e = pte_set_prot(*e, pte_prot(*e) | P_COW);
		}
		frame_get(mm_page(c->parent->mm, pte_addr(*e)));
		ASSERT(to[pt_slot(va, 0)] == 0);
		to[pt_slot(va, 0)] = *e;
		copied++;
	}
	if (copied)
		pt_counter(c->child, to)->index += copied;
	c->child->nleaves += copied;
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
	return c.lost;
}
