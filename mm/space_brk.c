/* The heap of brk(2): one region, from where exec put its start up to the break. */
#include "space_priv.h"

static const char heap_name[] = "[heap]";

static vaddr_t page_up(vaddr_t va) { return (va + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1); }

void space_set_heap(struct space *s, vaddr_t start)
{
	mutex_lock(&s->lock);
	s->heap_start = s->brk = start;
	space_unlock(s);
}

/* The pages of r, which follow the heap, join it. */
static enum err grow(struct space *s, struct vrange r)
{
	struct region_stock stock = { 0 };
	struct region like = {
		.node = { .range = r },
		.prot = P_READ | P_WRITE,
		.max_prot = P_READ | P_WRITE | P_EXEC,
		.flags = s->lock_later,
		.name = heap_name,
	};
	if (!range_is_user(r) || !vmap_is_free(&s->vmap, r))
		return ERR_NOSPACE_VA;
	enum err e = space_budget(s, (r.end - r.start) >> PAGE_SHIFT);
	if (e != OK)
		return e;
	struct region_fit fit = region_fit(s, &like);
	if (region_stock_fill(s->mm, &stock, region_add_needs(fit)) != OK)
		return ERR_NOMEM;
	region_add(s, &like, fit, &stock);
	space_fill_locked(s, r);
	return OK;
}

static enum err shrink(struct space *s, struct vrange r)
{
	struct region_stock stock = { 0 };
	enum err e = region_stock_fill(s->mm, &stock, region_carve_needs(s, r));
	if (e == OK)
		region_carve(s, r, &stock);
	return e;
}

static enum err move_break(struct space *s, vaddr_t want)
{
	vaddr_t old = page_up(s->brk), new = page_up(want);
	if (want < s->heap_start || want > USER_END)
		return ERR_INVAL;
	if (new > old)
		return grow(s, (struct vrange){ old, new });
	if (new < old)
		return shrink(s, (struct vrange){ new, old });
	return OK;
}

vaddr_t space_brk(struct space *s, vaddr_t want)
{
	mutex_lock(&s->lock);
	if (s->heap_start && space_note(s, move_break(s, want)) == OK)
		s->brk = want;
	vaddr_t now = s->brk;
	space_unlock(s);
	return now;
}
