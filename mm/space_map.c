/* mmap, munmap, mprotect and madvise(DONTNEED): each decides first, then does. */
#include "space_priv.h"

/* Where a request goes. What the caller fixed is looked at here, and nothing else decides. */
static enum err place_fixed(struct space *s, const struct map_req *req, struct vrange *out)
{
	struct vrange r = { req->hint, req->hint + req->npages * PAGE_SIZE };
	if (req->hint & (PAGE_SIZE - 1))
		return ERR_INVAL;
	if (req->hint < USER_MIN)
		return ERR_PERM;
	if (req->npages > (USER_END >> PAGE_SHIFT) || r.end > USER_END || r.end < r.start)
		return ERR_NOSPACE_VA;
	if (req->flags & MAPF_NOREPLACE && !vmap_is_free(&s->vmap, r))
		return ERR_EXIST;
	*out = r;
	return OK;
}

static bool hint_is_good(struct space *s, const struct map_req *req, struct vrange *out)
{
	if (!req->hint || req->npages > (USER_END >> PAGE_SHIFT))
		return false;
	struct vrange r = { req->hint, req->hint + req->npages * PAGE_SIZE };
	*out = r;
	return range_is_user(r) && vmap_is_free(&s->vmap, r);
}

static enum err place(struct space *s, const struct map_req *req, struct vrange *out)
{
	if (req->flags & MAPF_FIXED)
		return place_fixed(s, req, out);
	if (hint_is_good(s, req, out))
		return OK;
	if (vmap_find_hole(&s->vmap, req->npages, req->flags & MAPF_GUARD ? 1 : 0, out))
		return OK;
	port_log("[mmap] REJECT: size 0x%llx exceeds limit", (unsigned long long)(req->npages << PAGE_SHIFT));
	return ERR_NOSPACE_VA;
}

/* What the new region will be. */
static struct region describe(struct space *s, const struct map_req *req, struct vrange r)
{
	struct region like = {
		.node = { .range = r },
		.prot = req->prot & (P_READ | P_WRITE | P_EXEC),
		.max_prot = req->max_prot ? req->max_prot : P_READ | P_WRITE | P_EXEC,
		.flags = (req->flags & (MAPF_SHARED | MAPF_STACK | MAPF_LOCKS)) | s->lock_later,
		.object = req->object,
		.pgoff = req->object ? req->pgoff : 0,
		.name = req->name,
	};
	if (req->flags & MAPF_GUARD)
		like.node.pad_before = like.node.pad_after = 1;
	if (req->flags & MAPF_STACK) {
		uint64_t room = s->stack_max_pages > req->npages ? s->stack_max_pages - req->npages : 0;
		like.node.pad_before = (uint32_t)room + STACK_GAP_PAGES;
	}
	return like;
}

/* How much of r is mapped. */
static uint64_t covered_pages(struct space *s, struct vrange r)
{
	uint64_t n = 0;
	for (struct region *at = region_find_from(s, r.start); at && at->node.range.start < r.end; at = region_next(s, at)) {
		vaddr_t start = at->node.range.start > r.start ? at->node.range.start : r.start;
		vaddr_t end = at->node.range.end < r.end ? at->node.range.end : r.end;
		n += (end - start) >> PAGE_SHIFT;
	}
	return n;
}

/* The space is locked. */
static enum err map_locked(struct space *s, const struct map_req *req, vaddr_t *out)
{
	struct vrange r;
	enum err e = place(s, req, &r);
	if (e != OK)
		return e;
	bool replaces = req->flags & MAPF_FIXED && !vmap_is_free(&s->vmap, r);
	e = space_budget(s, req->npages - (replaces ? covered_pages(s, r) : 0));
	if (e != OK)
		return e;
	struct region like = describe(s, req, r);
	struct region_stock stock = { 0 };
	struct region_fit fit = { NULL, NULL };
	if (!replaces)
		fit = region_fit(s, &like);
	unsigned needs = region_add_needs(fit) + (replaces ? region_carve_needs(s, r) : 0);
	if (region_stock_fill(s->mm, &stock, needs) != OK)
		return ERR_NOMEM;
	if (replaces) {
		region_carve(s, r, &stock);
		fit = region_fit(s, &like);
	}
	region_add(s, &like, fit, &stock);
	region_stock_release(s->mm, &stock);
	if (!(req->flags & MAPF_FIXED) && r.start != req->hint)
		vmap_took(&s->vmap, (struct vrange){ r.start, r.end + like.node.pad_after * PAGE_SIZE });
	if (!(req->flags & MAPF_OUTSIDE))
		s->mmaps++;
	if (req->flags & MAPF_POPULATE || (like.flags & MAPF_LOCKS) == MAPF_LOCKED)
		(void)space_fill(s, r);
	*out = r.start;
	return OK;
}

enum err space_map(struct space *s, const struct map_req *req, vaddr_t *out)
{
	if (req->npages == 0 || (req->flags & MAPF_SHARED && !req->object))
		return ERR_INVAL;
	if (req->max_prot && req->prot & ~req->max_prot)
		return ERR_ACCESS;
	mutex_lock(&s->lock);
	enum err e = space_note(s, map_locked(s, req, out));
	space_unlock(s);
	return e;
}

enum err space_unmap(struct space *s, struct vrange r)
{
	struct region_stock stock = { 0 };
	if (r.start < USER_MIN && r.start < r.end)
		r.start = r.end < USER_MIN ? r.end : USER_MIN;	/* nothing is mapped there */
	if (r.start == r.end)
		return OK;
	if (!range_is_user(r))
		return ERR_INVAL;
	mutex_lock(&s->lock);
	enum err e = region_stock_fill(s->mm, &stock, region_carve_needs(s, r));
	if (e == OK) {
		region_carve(s, r, &stock);
		s->munmaps++;
	}
	space_unlock(s);
	return e;
}

enum err space_covered(struct space *s, struct vrange r, prot_t prot, struct region *ends[2])
{
	struct region *at = ends[0] = region_find(s, r.start);
	if (!at)
		return ERR_NOMEM;
	for (;; at = ends[1]) {
		if (prot & ~at->max_prot)
			return ERR_ACCESS;
		if (at->node.range.end >= r.end)
			break;
		ends[1] = region_next(s, at);
		if (!ends[1] || ends[1]->node.range.start > at->node.range.end)
			return ERR_NOMEM;
	}
	ends[1] = at;
	return OK;
}

enum err space_isolate(struct space *s, struct vrange r, prot_t prot, struct region **first)
{
	REQUIRES(&s->lock);
	struct region *ends[2];
	struct region_stock stock = { 0 };
	enum err e = space_covered(s, r, prot, ends);
	if (e != OK)
		return e;
	bool cut_start = ends[0]->node.range.start < r.start, cut_end = ends[1]->node.range.end > r.end;
	if (region_stock_fill(s->mm, &stock, (unsigned)cut_start + cut_end) != OK)
		return ERR_NOMEM;
	if (cut_end)
		region_split(s, ends[1], r.end, &stock);
	*first = cut_start ? region_split(s, ends[0], r.start, &stock) : ends[0];
	return OK;
}

/* The space is locked; r is user addresses. */
static enum err protect_locked(struct space *s, struct vrange r, prot_t prot)
{
	struct region *first;
	enum err e = space_isolate(s, r, prot, &first);
	if (e != OK)
		return e;
	for (struct region *at = first; at && at->node.range.start < r.end; at = region_next(s, at))
		at->prot = prot;
	pt_protect(&s->pt, r, region_hw_prot(prot, P_READ));
	region_merge(s, first, r.end);
	return OK;
}

enum err space_protect(struct space *s, struct vrange r, prot_t prot)
{
	if (r.start == r.end)
		return OK;
	if (!range_is_user(r))
		return ERR_NOMEM;
	mutex_lock(&s->lock);
	enum err e = protect_locked(s, r, prot & (P_READ | P_WRITE | P_EXEC));
	space_unlock(s);
	return e;
}
