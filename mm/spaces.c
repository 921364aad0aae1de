/* All spaces of a world, for what happens to an object and so to everyone who has it mapped. A space is on the list from the moment it
 * has regions until its last reference goes. fork enters the child behind its parent, while the parent is still locked: who walks the
 * list and has not seen the parent yet will come by the child too, and who has seen it left nothing to copy. */
#include "space_priv.h"

void spaces_add(struct space *s)
{
	spin_lock(&s->mm->spaces_lock);
	list_push_back(&s->mm->spaces, &s->link);
	spin_unlock(&s->mm->spaces_lock);
}

void spaces_remove(struct space *s)
{
	spin_lock(&s->mm->spaces_lock);
	list_remove(&s->link);
	spin_unlock(&s->mm->spaces_lock);
}

/* One more reference, unless the last one is gone already. */
static bool get_live(struct space *s)
{
	uint32_t refs = __atomic_load_n(&s->refs, __ATOMIC_RELAXED);
	while (refs)
		if (__atomic_compare_exchange_n(&s->refs, &refs, refs + 1, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return true;
	return false;
}

/* The first live space after s, which the caller has a reference to; of all if s is NULL. With a reference; NULL: none. */
static struct space *next_live(struct mm *mm, struct space *s)
{
	struct space *found = NULL;
	spin_lock(&mm->spaces_lock);
	for (struct list *at = s ? s->link.next : mm->spaces.next; at != &mm->spaces && !found; at = at->next) {
		struct space *next = container_of(at, struct space, link);
		found = get_live(next) ? next : NULL;
	}
	spin_unlock(&mm->spaces_lock);
	return found;
}

/* Take what lies beyond the object's first npages pages out of s: copies too. */
static void forget_beyond(struct space *s, const struct vm_object *object, uint64_t npages)
{
	mutex_lock(&s->lock);
	for (struct vmap_node *n = vmap_first(&s->vmap); n; n = vmap_next(&s->vmap, n)) {
		const struct region *r = region_of(n);
		uint64_t keep = npages > r->pgoff ? npages - r->pgoff : 0;
		if (r->object == object && keep < (n->range.end - n->range.start) >> PAGE_SHIFT)
			pt_unmap(&s->pt, (struct vrange){ n->range.start + keep * PAGE_SIZE, n->range.end });
	}
	space_unlock(s);
}

void spaces_truncate(struct mm *mm, struct vm_object *object, uint64_t npages)
{
	struct space *s = NULL, *next;
	if (!__atomic_load_n(&object->nregions, __ATOMIC_SEQ_CST))
		return;
	for (; (next = next_live(mm, s)); s = next) {
		if (s)
			space_put(s);
		forget_beyond(next, object, npages);
	}
	if (s)
		space_put(s);
}
