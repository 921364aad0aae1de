/* Looking at a space from outside: region by region, and in them page by page. What /proc says of a process's memory comes from here. */
#include "space_priv.h"
#include "pt_priv.h"

static struct vrange overlap(struct vrange a, struct vrange b)
{
	return (struct vrange){ a.start > b.start ? a.start : b.start, a.end < b.end ? a.end : b.end };
}

static bool show_page(struct space *s, const struct region *r, vaddr_t va, const struct space_visitor *visitor, void *ctx)
{
	pte_t e = pt_get(&s->pt, va);
	struct space_page p = {
		.va = va, .pfn = pte_addr(e) >> PAGE_SHIFT, .page = mm_page(s->mm, pte_addr(e)), .region = r, .prot = pte_prot(e),
		.is_zero = pt_is_zero_page(&s->pt, e),
	};
	return visitor->page(&p, ctx);
}

/* span is part of region r. */
static bool show_pages(struct space *s, const struct region *r, struct vrange span, const struct space_visitor *visitor, void *ctx)
{
	for (span.start = pt_next(&s->pt, span); span.start < span.end; span.start = pt_next(&s->pt, span)) {
		if (!show_page(s, r, span.start, visitor, ctx))
			return false;
		span.start += PAGE_SIZE;
	}
	return true;
}

static void walk_locked(struct space *s, struct vrange r, const struct space_visitor *visitor, void *ctx)
{
	for (struct region *at = region_find_from(s, r.start); at && at->node.range.start < r.end; at = region_next(s, at)) {
		if (visitor->region && !visitor->region(at, ctx))
			return;
		if (visitor->page && !show_pages(s, at, overlap(at->node.range, r), visitor, ctx))
			return;
		if (visitor->leave && !visitor->leave(at, ctx))
			return;
	}
}

void space_walk(struct space *s, struct vrange r, const struct space_visitor *visitor, void *ctx)
{
	r = overlap(r, USER_RANGE);
	if (r.start >= r.end)
		return;
	mutex_lock(&s->lock);
	walk_locked(s, r, visitor, ctx);
	space_unlock(s);
}

/* Of several who ask first at once, one gives it its number. */
static uint64_t object_id(struct mm *mm, struct vm_object *o)
{
	uint64_t id = __atomic_load_n(&o->id, __ATOMIC_RELAXED);
	if (id)
		return id;
	uint64_t fresh = __atomic_add_fetch(&mm->last_object_id, 1, __ATOMIC_RELAXED);
	return __atomic_compare_exchange_n(&o->id, &id, fresh, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED) ? fresh : id;
}

struct space_place space_place(struct space *s, vaddr_t va)
{
	struct space_place p = { 0, va };
	mutex_lock(&s->lock);
	const struct region *r = region_find(s, va);
	if (r && r->flags & MAPF_SHARED)
		p = (struct space_place){ object_id(s->mm, r->object), (r->pgoff << PAGE_SHIFT) + (va - r->node.range.start) };
	space_unlock(s);
	return p;
}

struct vrange space_window(const struct space *s) { return s->vmap.window; }
