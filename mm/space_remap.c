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

/* What mremap was asked for. */
struct order {
	struct vrange old;
	uint64_t npages;	/* it is to have */
	unsigned flags;
	vaddr_t at;		/* with REMAPF_FIXED; then where it went */
};

/* Its old place stays mapped: empty by REMAPF_KEEP, or as it was if nothing of it was to move. */
static bool keeps_old(const struct order *o) { return o->flags & REMAPF_KEEP || o->old.start == o->old.end; }

/* region's part old becomes the region like, elsewhere, where nothing is or what is there gives way. */
static enum err move(struct space *s, const struct order *o, const struct region *like)
{
	struct vrange old = o->old;
	struct region_stock stock = { 0 };
	struct page_stack tables = { 0 };
	struct vrange to = like->node.range, kept = old, used = to;
	if (old.end - old.start < to.end - to.start)
		used.end = to.start + (old.end - old.start);
	else
		kept.end = old.start + (to.end - to.start);
	unsigned needs = 1 + region_carve_needs(s, to) + (keeps_old(o) ? 0 : region_carve_needs(s, old));
	if (region_stock_fill(s->mm, &stock, needs) != OK)
		return ERR_NOMEM;
	if (used.start < used.end && pt_tables_reserve(s->mm, &tables, pt_tables_bound(used)) != OK) {
		region_stock_release(s->mm, &stock);
		return ERR_NOMEM;
	}
	region_carve(s, to, &stock);
	region_add(s, like, region_fit(s, like), &stock);
	if (used.start < used.end)
		move_entries(s, kept, used.start, &tables);
	if (!keeps_old(o))
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

/* Where a mapping goes that cannot stay. What is there gives way, but not the page that the order names: its region keeps the object alive. */
static enum err new_place(struct space *s, const struct order *o, struct vrange *out)
{
	if (!(o->flags & REMAPF_FIXED)) {
		if (vmap_find_hole(&s->vmap, o->npages, 0, out))
			return OK;
		port_log("[mmap] REJECT: size 0x%llx exceeds limit", (unsigned long long)(o->npages << PAGE_SHIFT));
		return ERR_NOSPACE_VA;
	}
	vaddr_t old_end = o->old.end > o->old.start ? o->old.end : o->old.start + PAGE_SIZE;
	*out = (struct vrange){ o->at, o->at + o->npages * PAGE_SIZE };
	return range_is_user(*out) && (out->end <= o->old.start || out->start >= old_end) ? OK : ERR_INVAL;
}

/* A region like r's part old, of another size, elsewhere. */
static enum err move_to(struct space *s, const struct region *r, struct order *o)
{
	struct region like = *r;
	enum err e = new_place(s, o, &like.node.range);
	if (e != OK)
		return e;
	like.node.pad_before = like.node.pad_after = 0;
	like.flags &= ~(unsigned)MAPF_STACK;
	if (like.object)
		like.pgoff += (o->old.start - r->node.range.start) >> PAGE_SHIFT;
	e = move(s, o, &like);
	if (e != OK)
		return e;
	if (!(o->flags & REMAPF_FIXED))
		vmap_took(&s->vmap, like.node.range);
	o->at = like.node.range.start;
	return OK;
}

/* Where the frames moved away, and the region stayed: it begins anew, unlocked. */
static void unlock_rest(struct space *s, struct vrange r)
{
	struct region *first;
	if (space_isolate(s, r, P_NONE, &first) != OK)
		return;		/* locked still, which costs nobody anything */
	for (struct region *at = first; at && at->node.range.start < r.end; at = region_next(s, at))
		at->flags &= ~(unsigned)MAPF_LOCKS;
	region_merge(s, first, r.end);
}

/* How many more pages than before will be mapped. */
static uint64_t growth(const struct order *o)
{
	uint64_t had = (o->old.end - o->old.start) >> PAGE_SHIFT;
	return keeps_old(o) ? o->npages : o->npages > had ? o->npages - had : 0;
}

/* At the same address, if that is possible: else ERR_NOSPACE_VA. */
static enum err resize_here(struct space *s, const struct region *r, struct order *o)
{
	struct vrange extra = { o->old.end, o->old.start + o->npages * PAGE_SIZE };
	o->at = o->old.start;
	if (extra.end == extra.start)
		return OK;
	if (extra.end < extra.start)
		return shrink(s, (struct vrange){ extra.end, extra.start });
	if (r->node.range.end == extra.start && range_is_user(extra) && vmap_is_free(&s->vmap, extra))
		return grow(s, r, extra);
	return ERR_NOSPACE_VA;
}

static enum err remap_locked(struct space *s, struct order *o)
{
	const struct region *r = region_find(s, o->old.start);
	if (!r || r->node.range.end < o->old.end)
		return ERR_FAULT;
	if (o->old.start == o->old.end && !(r->flags & MAPF_SHARED))
		return ERR_INVAL;
	enum err e = growth(o) ? space_budget(s, growth(o)) : OK;
	if (e != OK)
		return e;
	e = o->flags & REMAPF_FIXED || keeps_old(o) ? ERR_NOSPACE_VA : resize_here(s, r, o);
	if (e == ERR_NOSPACE_VA && o->flags & (REMAPF_MAY_MOVE | REMAPF_FIXED))
		e = move_to(s, r, o);
	return e;
}

static enum err remap_and_fill(struct space *s, struct order *o)
{
	uint64_t had = (o->old.end - o->old.start) >> PAGE_SHIFT;
	enum err e = remap_locked(s, o);
	if (e == OK && o->flags & REMAPF_KEEP)
		unlock_rest(s, o->old);
	if (e == OK && o->npages > had)
		space_fill_locked(s, (struct vrange){ o->at + had * PAGE_SIZE, o->at + o->npages * PAGE_SIZE });
	return e;
}

/* Nothing moves from an empty range, but it must say where a mapping is. */
static bool is_place(struct vrange old)
{
	return range_is_user(old.start == old.end ? (struct vrange){ old.start, old.start + PAGE_SIZE } : old);
}

enum err space_remap(struct space *s, struct vrange old, uint64_t new_npages, unsigned flags, vaddr_t *at)
{
	struct order o = { old, new_npages, flags, *at };
	if (!is_place(old) || new_npages == 0)
		return ERR_INVAL;
	if (flags & REMAPF_KEEP && (!(flags & REMAPF_MAY_MOVE) || new_npages != (old.end - old.start) >> PAGE_SHIFT))
		return ERR_INVAL;
	if (new_npages > USER_END >> PAGE_SHIFT)
		return flags & REMAPF_FIXED ? ERR_INVAL : ERR_NOSPACE_VA;
	mutex_lock(&s->lock);
	enum err e = space_note(s, remap_and_fill(s, &o));
	space_unlock(s);
	if (e == OK)
		*at = o.at;
	return e;
}
