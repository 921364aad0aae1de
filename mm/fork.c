/* fork: a copy of a space whose private pages are shared until someone stores to one. */
#include "space_priv.h"
#include <arch/mmu.h>

/* Everything is at hand: copy regions and entries. Returns whether a valid entry of the parent lost a right. */
static bool copy_all(struct space *parent, struct space *child, struct region_stock *stock, struct page_stack *tables)
{
	bool lost = false;
	for (struct vmap_node *n = vmap_first(&parent->vmap); n; n = vmap_next(&parent->vmap, n)) {
		const struct region *r = region_of(n);
		region_copy(child, r, stock);
		lost |= pt_copy(&child->pt, &parent->pt, n->range, !(r->flags & MAPF_SHARED), tables);
	}
	child->vmap.bump = parent->vmap.bump;
	child->max_mapped = parent->max_mapped;
	child->max_resident = parent->max_resident;
	child->heap_start = parent->heap_start;
	child->brk = parent->brk;
	return lost;
}

enum err space_fork(struct space *parent, struct space **out)
{
	struct space_config cfg = {
		.window = parent->vmap.window, .policy = parent->vmap.policy, .stack_max_pages = parent->stack_max_pages,
	};
	struct region_stock stock = { 0 };
	struct page_stack tables = { 0 };
	struct space *child = space_new(parent->mm, &cfg);
	if (!child)
		return ERR_NOMEM;
	mutex_lock(&parent->lock);
	enum err e = region_stock_fill(parent->mm, &stock, (unsigned)parent->vmap.nnodes);
	if (e == OK)
		e = pt_tables_reserve(parent->mm, &tables, parent->pt.ntables);
	if (e == OK && copy_all(parent, child, &stock, &tables))
		pt_flush_all(&parent->pt);
	if (e == OK)
		spaces_add(child);
	space_unlock(parent);
	region_stock_release(parent->mm, &stock);
	pt_tables_release(parent->mm, &tables);
	if (e == OK)
		*out = child;
	else
		space_put(child);
	return e;
}
