/* Fault-around: a load from a mapped file that follows on one brings in what of its neighbourhood the page cache has anyway. Who has read two
 * pages in a row mostly reads the next, and a fault costs far more than an entry.
 *
 *   aligned window of 16 pages       |. . . . . . . . . . . . . . . .|
 *   of which in the region                |= = = = = = = = = = = = =|
 *   in the cache                       x x x x x   x x       x x
 *   mapped before                         M
 *   mapped by a load of F                   F +   + +       + +
 *
 * The window lies in one table, which the fault has just made sure of. Nothing is read in, nothing is allocated, nothing flushed. A frame
 * that is mapped cannot be taken back from the cache, so none is when memory is short; and who jumps about in a file, never next to where it
 * has been, gets single pages. */
#include "space_priv.h"

enum { WINDOW = 16 };

/* The pages around va that r maps. */
static struct vrange window(const struct region *r, vaddr_t va)
{
	struct vrange w = { va & ~(WINDOW * PAGE_SIZE - 1), 0 };
	w.end = w.start + WINDOW * PAGE_SIZE;
	w.start = w.start > r->node.range.start ? w.start : r->node.range.start;
	w.end = w.end < r->node.range.end ? w.end : r->node.range.end;
	return w;
}

static bool follows_on(const struct space *s, const struct region *r, vaddr_t va)
{
	return va > r->node.range.start && pt_get(&s->pt, va - PAGE_SIZE);
}

/* A space with a limit gets no frame that it did not ask for. Code would have to be made visible to instruction fetch page by page. */
static bool pays(const struct space *s, const struct region *r, prot_t prot)
{
	return r->object->ops->peek_pages && !(prot & P_EXEC) && s->max_resident == UINT64_MAX && !zone_is_low(s->mm, FRAME_USER);
}

void fault_around(struct space *s, const struct region *r, vaddr_t va, prot_t prot)
{
	REQUIRES(&s->lock);
	struct page *pages[WINDOW];
	struct vrange w = window(r, va);
	unsigned n = (unsigned)((w.end - w.start) >> PAGE_SHIFT);
	if (!follows_on(s, r, va) || !pays(s, r, prot))
		return;
	r->object->ops->peek_pages(r->object, r->pgoff + ((w.start - r->node.range.start) >> PAGE_SHIFT), n, pages);
	pt_fill(&s->pt, pt_entry(&s->pt, w.start), pages, n, prot);
	for (unsigned k = 0; k < n; k++)
		if (pages[k])
			frame_put(s->mm, pages[k]);
}
