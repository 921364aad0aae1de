/* mremap: a mapping changes its size, and its place if need be. Its frames stay the same. */
#include "space_priv.h"

/* Move the entries of from to addresses that follow to. tables suffices for the new place. The references are
 * counted twice for a moment, so that giving up the old range is an ordinary pt_unmap(). */
static void move_entries(struct space *s, struct vrange from, vaddr_t to, struct page_stack *tables)
{
	struct vrange rest = from;
	for (rest.start = pt_next(&s->pt, rest); rest.start < rest.end; rest.start = pt_next(&s->pt, rest)) {
		pte_t e = pt_get(&s->pt, rest.start);
		frame_get(mm_page(s->mm, pte_addr(e)));
		pt_set(&s->pt, to + (rest.start - from.start), pte_addr(e), pte_prot(e), tables);
		rest.start += PAGE_SIZE;
	}
	pt_unmap(&s->pt, from);
}

/* region's part old becomes the region like, elsewhere, where nothing is or what is there gives way. */
static enum err move(struct space *s, struct vrange old, const struct region *like)
{
	struct region_stock stock = { 0 };
	struct page_stack tables = { 0 };
	struct vrange to = like->node.range, kept = old, used = to;
	if (old.end - old.start < to.end - to.start)
		used.end = to.start + (old.end - old.start);
	else
		kept.end = old.start + (to.end - to.start);
	if (region_stock_fill(s->mm, &stock, 1 + region_carve_needs(s, old) + region_carve_needs(s, to)) != OK)
		return ERR_NOMEM;
	if (pt_tables_reserve(s->mm, &tables, pt_tables_bound(used)) != OK) {
		region_stock_release(s->mm, &stock);
		return ERR_NOMEM;
	}
	region_carve(s, to, &stock);
	region_add(s, like, region_fit(s, like), &stock);
	move_entries(s, kept, used.start, &tables);
	region_carve(s, old, &stock);
	region_stock_release(s->mm, &stock);
	pt_tables_release(s->mm, &tables);
	return OK;
}

static enum err shrink(struct space *s, struct vrange tail)
{
	struct region_stock stock = { 0 };
	enum err e = region_stock_fill(s->mm, &stock, region_carve_needs(s, tail));
	if (e == OK)
		region_carve(s, tail, &stock);
	return e;
}

/* Append to r, which ends where extra starts. */
static enum err grow(struct space *s, const struct region *r, struct vrange extra)
{
	struct region_stock stock = { 0 };
	struct region like = *r;
	like.node.range = extra;
	like.node.pad_before = 0;
	if (like.object)
		like.pgoff += (extra.start - r->node.range.start) >> PAGE_SHIFT;
	struct region_fit fit = region_fit(s, &like);
	if (region_stock_fill(s->mm, &stock, region_add_needs(fit)) != OK)
		return ERR_NOMEM;
	region_add(s, &like, fit, &stock);
	return OK;
}

/* Where a mapping goes that cannot stay. */
static enum err new_place(struct space *s, struct vrange old, uint64_t npages, const vaddr_t *fixed, struct vrange *out)
{
	if (!fixed) {
		if (vmap_find_hole(&s->vmap, npages, 0, out))
			return OK;
		port_log("[mmap] REJECT: size 0x%llx exceeds limit", (unsigned long long)(npages << PAGE_SHIFT));
		return ERR_NOSPACE_VA;
	}
	*out = (struct vrange){ *fixed, *fixed + npages * PAGE_SIZE };
	return range_is_user(*out) && (out->end <= old.start || out->start >= old.end) ? OK : ERR_INVAL;
}

/* A region like r's part old, of another size, elsewhere. */
static enum err move_to(struct space *s, const struct region *r, struct vrange old, uint64_t npages, vaddr_t *at, bool fixed)
{
	struct region like = *r;
	enum err e = new_place(s, old, npages, fixed ? at : NULL, &like.node.range);
	if (e != OK)
		return e;
	like.node.pad_before = like.node.pad_after = 0;
	like.flags &= ~(unsigned)MAPF_STACK;
	if (like.object)
		like.pgoff += (old.start - r->node.range.start) >> PAGE_SHIFT;
	e = move(s, old, &like);
	if (e != OK)
		return e;
	if (!fixed)
		vmap_took(&s->vmap, like.node.range);
	*at = like.node.range.start;
	return OK;
}

static enum err remap_locked(struct space *s, struct vrange old, uint64_t new_npages, unsigned flags, vaddr_t *at)
{
	const struct region *r = region_find(s, old.start);
	struct vrange extra = { old.end, old.start + new_npages * PAGE_SIZE };
	uint64_t had = (old.end - old.start) >> PAGE_SHIFT;
	if (!r || r->node.range.end < old.end)
		return ERR_FAULT;
	enum err e = new_npages > had ? space_budget(s, new_npages - had) : OK;
	if (e != OK || flags & REMAPF_FIXED)
		return e != OK ? e : move_to(s, r, old, new_npages, at, true);
	*at = old.start;
	if (extra.end == old.end)
		return OK;
	if (extra.end < old.end)
		return shrink(s, (struct vrange){ extra.end, old.end });
	if (r->node.range.end == old.end && range_is_user(extra) && vmap_is_free(&s->vmap, extra))
		return grow(s, r, extra);
	return flags & REMAPF_MAY_MOVE ? move_to(s, r, old, new_npages, at, false) : ERR_NOSPACE_VA;
}

enum err space_remap(struct space *s, struct vrange old, uint64_t new_npages, unsigned flags, vaddr_t *at)
{
	if (!range_is_user(old) || new_npages == 0)
		return ERR_INVAL;
	if (new_npages > USER_END >> PAGE_SHIFT)
		return flags & REMAPF_FIXED ? ERR_INVAL : ERR_NOSPACE_VA;
	vaddr_t to = *at;
	mutex_lock(&s->lock);
	enum err e = space_note(s, remap_locked(s, old, new_npages, flags, &to));
	space_unlock(s);
	if (e == OK)
		*at = to;
	return e;
}
