/* Regions: records of what a range of addresses is; splitting and merging them. */
#include "space_priv.h"

enum err region_stock_fill(struct mm *mm, struct region_stock *stock, unsigned n)
{
	unsigned had = stock->count;
	while (stock->count < n) {
		struct region *r = slab_alloc(mm, &mm->region_cache);
		if (!r)
			break;
		r->object = (void *)stock->top;
		stock->top = r;
		stock->count++;
	}
	if (stock->count >= n)
		return OK;
	while (stock->count > had) {
		struct region *r = stock->top;
		stock->top = (void *)r->object;
		stock->count--;
		slab_free(mm, &mm->region_cache, r);
	}
	return ERR_NOMEM;
}

static struct region *stock_take(struct region_stock *stock)
{
	struct region *r = stock->top;
	ASSERT(r);
	stock->top = (void *)r->object;
	stock->count--;
	return r;
}

void region_stock_release(struct mm *mm, struct region_stock *stock)
{
	while (stock->top)
		slab_free(mm, &mm->region_cache, stock_take(stock));
}

static uint64_t pages_between(vaddr_t a, vaddr_t b) { return (b - a) >> PAGE_SHIFT; }

/* One more region refers to its object, if it has one. */
static void hold_object(struct region *r)
{
	if (!r->object)
		return;
	r->object->ops->get(r->object);
	__atomic_fetch_add(&r->object->nregions, 1, __ATOMIC_SEQ_CST);	/* before a fault looks at the object's size */
}

static void release_object(struct region *r)
{
	if (!r->object)
		return;
	__atomic_fetch_sub(&r->object->nregions, 1, __ATOMIC_RELAXED);
	r->object->ops->put(r->object);
}

static void remove(struct space *s, struct region *r)
{
	vmap_remove(&s->vmap, &r->node);
	release_object(r);
	slab_free(s->mm, &s->mm->region_cache, r);
}

/* r begins at start from now on, or ends at end. */
static void resize(struct space *s, struct region *r, struct vrange to)
{
	if (r->object)
		r->pgoff += pages_between(r->node.range.start, to.start);
	vmap_resize(&s->vmap, &r->node, to);
}

struct region *region_split(struct space *s, struct region *r, vaddr_t at, struct region_stock *stock)
{
	REQUIRES(&s->lock);
	struct region *upper = stock_take(stock);
	*upper = *r;
	vmap_split(&s->vmap, &r->node, at, &upper->node);
	hold_object(upper);
	if (upper->object)
		upper->pgoff += pages_between(r->node.range.start, at);
	return upper;
}

unsigned region_carve_needs(struct space *s, struct vrange r)
{
	const struct region *at = region_find_from(s, r.start);
	return at && at->node.range.start < r.start && at->node.range.end > r.end;
}

void region_carve(struct space *s, struct vrange r, struct region_stock *stock)
{
	REQUIRES(&s->lock);
	struct region *at = region_find_from(s, r.start), *next;
	if (!at || at->node.range.start >= r.end)
		return;
	pt_unmap(&s->pt, r);
	for (; at && at->node.range.start < r.end; at = next) {
		struct vrange was = at->node.range;
		next = region_next(s, at);
		if (was.start < r.start && was.end > r.end) {
			region_split(s, at, r.end, stock);
			resize(s, at, (struct vrange){ was.start, r.start });
		} else if (was.start < r.start) {
			resize(s, at, (struct vrange){ was.start, r.start });
		} else if (was.end > r.end) {
			resize(s, at, (struct vrange){ r.end, was.end });
		} else {
			remove(s, at);
		}
	}
}

/* May b, which starts where a ends, be one region with it? */
static bool joins(const struct region *a, const struct region *b)
{
	return a->node.range.end == b->node.range.start && a->prot == b->prot && a->max_prot == b->max_prot
		&& a->flags == b->flags && a->object == b->object && a->name == b->name
		&& !(a->node.pad_after | b->node.pad_before)
		&& (!a->object || a->pgoff + pages_between(a->node.range.start, a->node.range.end) == b->pgoff);
}

struct region_fit region_fit(struct space *s, const struct region *like)
{
	struct vmap_node *below, *above;
	vmap_find_around(&s->vmap, like->node.range.start, &below, &above);
	struct region_fit fit = { region_of(below), region_of(above) };
	if (fit.below && !joins(fit.below, like))
		fit.below = NULL;
	if (fit.above && !joins(like, fit.above))
		fit.above = NULL;
	return fit;
}

void region_add(struct space *s, const struct region *like, struct region_fit fit, struct region_stock *stock)
{
	REQUIRES(&s->lock);
	if (fit.below) {
		vaddr_t end = fit.above ? fit.above->node.range.end : like->node.range.end;
		if (fit.above)
			remove(s, fit.above);
		vmap_resize(&s->vmap, &fit.below->node, (struct vrange){ fit.below->node.range.start, end });
	} else if (fit.above) {
		vmap_resize(&s->vmap, &fit.above->node, (struct vrange){ like->node.range.start, fit.above->node.range.end });
		fit.above->pgoff = like->pgoff;
	} else {
		struct region *r = stock_take(stock);
		*r = *like;
		hold_object(r);
		vmap_insert(&s->vmap, &r->node);
	}
}

void region_copy(struct space *to, const struct region *r, struct region_stock *stock)
{
	struct region *copy = stock_take(stock);
	*copy = *r;
	copy->flags &= ~(unsigned)MAPF_LOCKS;
	hold_object(copy);
	vmap_insert(&to->vmap, &copy->node);
}

void region_merge(struct space *s, struct region *first, vaddr_t end)
{
	REQUIRES(&s->lock);
	struct region *a = region_of(vmap_prev(&s->vmap, &first->node)), *b;
	for (a = a ? a : first; a->node.range.end <= end; ) {
		b = region_next(s, a);
		if (!b)
			return;
		if (!joins(a, b)) {
			a = b;
			continue;
		}
		vaddr_t b_end = b->node.range.end;
		remove(s, b);
		vmap_resize(&s->vmap, &a->node, (struct vrange){ a->node.range.start, b_end });
	}
}

void region_drop_all(struct space *s)
{
	struct vmap_node *n;
	while ((n = vmap_first(&s->vmap))) {
		pt_drop(&s->pt, n->range);
		remove(s, region_of(n));
	}
}
