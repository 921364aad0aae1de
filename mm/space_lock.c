/* mlock and its kin. No page is ever taken from a mapping here but by its owner, so to lock memory is to bring it in, at once, and to refuse
 * the owner's own madvise() until it is unlocked. What is brought in is what a program will need: where it may store to memory of its own,
 * a frame of its own, and not the page of zeros or a file's. */
#include "space_priv.h"

/* Bring in all of r, which lies in region at. */
static enum fault_result fill(struct space *s, struct region *at, struct vrange r)
{
	bool own = at->prot & P_WRITE && !(at->flags & MAPF_SHARED);
	enum fault_result result = at->prot ? FAULT_OK : FAULT_DENIED;
	for (vaddr_t va = r.start; result == FAULT_OK && va < r.end; va += PAGE_SIZE)
		result = fault_resolve(s, at, va, own ? P_WRITE : P_READ);
	return result;
}

enum fault_result space_fill(struct space *s, struct vrange r)
{
	REQUIRES(&s->lock);
	enum fault_result first_bad = FAULT_OK;
	for (struct region *at = region_find_from(s, r.start); at && at->node.range.start < r.end; at = region_next(s, at)) {
		struct vrange part = at->node.range;
		part.start = part.start > r.start ? part.start : r.start;
		part.end = part.end < r.end ? part.end : r.end;
		enum fault_result result = fill(s, at, part);
		first_bad = first_bad == FAULT_OK ? result : first_bad;
	}
	return first_bad;
}

void space_fill_locked(struct space *s, struct vrange r)
{
	const struct region *at = region_find(s, r.start);
	if (at && (at->flags & MAPF_LOCKS) == MAPF_LOCKED)
		(void)space_fill(s, r);
}

static void set_locks(struct region *r, unsigned flags) { r->flags = (r->flags & ~(unsigned)MAPF_LOCKS) | flags; }

static enum err lock_locked(struct space *s, struct vrange r, unsigned flags)
{
	struct region *first;
	enum err e = space_isolate(s, r, P_NONE, &first);
	if (e != OK)
		return e;
	for (struct region *at = first; at && at->node.range.start < r.end; at = region_next(s, at))
		set_locks(at, flags);
	region_merge(s, first, r.end);
	enum fault_result result = flags == MAPF_LOCKED ? space_fill(s, r) : FAULT_OK;
	return result == FAULT_OK ? OK : result == FAULT_NOMEM ? ERR_AGAIN : ERR_FAULT;
}

enum err space_lock(struct space *s, struct vrange r, unsigned flags)
{
	ASSERT(!(flags & ~(unsigned)MAPF_LOCKS));
	if (!range_is_user(r))
		return ERR_NOMEM;
	mutex_lock(&s->lock);
	enum err e = lock_locked(s, r, flags);
	space_unlock(s);
	return e;
}

void space_lock_all(struct space *s, unsigned flags)
{
	ASSERT(!(flags & ~(unsigned)MAPF_LOCKS));
	mutex_lock(&s->lock);
	struct region *first = region_of(vmap_first(&s->vmap));
	for (struct region *at = first; at; at = region_next(s, at))
		set_locks(at, flags);
	if (first)
		region_merge(s, first, USER_END);
	if (flags == MAPF_LOCKED)
		(void)space_fill(s, USER_RANGE);
	space_unlock(s);
}

void space_lock_later(struct space *s, unsigned flags)
{
	ASSERT(!(flags & ~(unsigned)MAPF_LOCKS));
	mutex_lock(&s->lock);
	s->lock_later = flags;
	space_unlock(s);
}
