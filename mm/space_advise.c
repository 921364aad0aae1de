/* madvise, mincore: frames come and go, the map stays what it is. */
#include "space_priv.h"

static bool is_private_anonymous(const struct region *r) { return !r->object && !(r->flags & MAPF_SHARED); }

/* Each is given all of r, which is mapped, with the space locked. */
typedef enum err advice(struct space *s, struct vrange r, struct region *first);

static enum err advise(struct space *s, struct vrange r, advice *fn)
{
	struct region *ends[2];
	if (r.start == r.end)
		return OK;
	if (!range_is_user(r))
		return ERR_NOMEM;
	mutex_lock(&s->lock);
	enum err e = space_covered(s, r, P_NONE, ends);
	if (e == OK)
		e = fn(s, r, ends[0]);
	space_unlock(s);
	return e;
}

static enum err nothing(struct space *s, struct vrange r, struct region *first)
{
	(void)s, (void)r, (void)first;
	return OK;
}

enum err space_is_mapped(struct space *s, struct vrange r) { return advise(s, r, nothing); }

static enum err discard_locked(struct space *s, struct vrange r, struct region *first)
{
	(void)first;
	pt_unmap(&s->pt, r);
	return OK;
}

static enum err discard(struct space *s, struct vrange r, struct region *first)
{
	for (struct region *at = first; at && at->node.range.start < r.end; at = region_next(s, at))
		if (at->flags & MAPF_LOCKED)
			return ERR_INVAL;
	return discard_locked(s, r, first);
}

static enum err give_up(struct space *s, struct vrange r, struct region *first)
{
	for (struct region *at = first; at && at->node.range.start < r.end; at = region_next(s, at))
		if (!is_private_anonymous(at))
			return ERR_INVAL;
	return discard(s, r, first);
}

enum err space_discard(struct space *s, struct vrange r) { return advise(s, r, discard); }
enum err space_discard_locked(struct space *s, struct vrange r) { return advise(s, r, discard_locked); }
enum err space_free(struct space *s, struct vrange r) { return advise(s, r, give_up); }

static enum err populate(struct space *s, struct vrange r, struct region *at, prot_t access)
{
	for (vaddr_t va = r.start; va < r.end; va += PAGE_SIZE) {
		if (va == at->node.range.end)
			at = region_next(s, at);
		if (access & ~at->prot || !at->prot)
			return ERR_INVAL;
		enum fault_result result = fault_resolve(s, at, va, access);
		if (result != FAULT_OK)
			return result == FAULT_NOMEM ? ERR_NOMEM : ERR_FAULT;
	}
	return OK;
}

static enum err populate_for_loads(struct space *s, struct vrange r, struct region *first) { return populate(s, r, first, P_READ); }
static enum err populate_for_stores(struct space *s, struct vrange r, struct region *first) { return populate(s, r, first, P_WRITE); }

enum err space_populate(struct space *s, struct vrange r, prot_t access)
{
	return advise(s, r, access & P_WRITE ? populate_for_stores : populate_for_loads);
}

enum err space_present(struct space *s, struct vrange r, unsigned char *out)
{
	struct region *ends[2];
	if (!range_is_user(r))
		return ERR_NOMEM;
	mutex_lock(&s->lock);
	enum err e = space_covered(s, r, P_NONE, ends);
	for (vaddr_t va = r.start; e == OK && va < r.end; va += PAGE_SIZE)
		*out++ = pt_get(&s->pt, va) != 0;
	space_unlock(s);
	return e;
}
