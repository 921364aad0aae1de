/* Frames: the memmap, and allocation of blocks of frames. Single frames of the highest zone pass through a
 * short stack of this CPU's, without a lock; everything else asks a zone. A frame on such a stack is
 * PAGE_CPU: neither allocated nor on a zone's list. */
#include "mm_priv.h"
#include <lib/string.h>

struct page *page_of(struct mm *mm, paddr_t pa) { return mm_page(mm, pa); }
paddr_t page_pa(const struct mm *mm, const struct page *page) { return mm_page_pa(mm, page); }
void *page_ptr(const struct mm *mm, const struct page *page) { return mm_page_ptr(mm, page); }

struct page *page_head(struct mm *mm, struct page *page)
{
	pfn_t pfn = mm_pfn(mm, page);
	for (unsigned order = 1; page->state == PAGE_TAIL && order < FRAME_ORDERS; order++)
		page = &mm->pages[(pfn & ~((1ull << order) - 1)) - mm->base];
	return page;
}

void mm_bad_free(struct mm *mm, const void *what, const char *why, const void *caller)
{
	mm_cpu(mm)->bad_frees++;
	port_log("[mm] bad free of %p from %p: %s", what, caller, why);
}

void frame_drain_cpu(struct mm *mm)
{
	struct page_stack *frames = &mm_cpu(mm)->frames;
	zone_free_batch(mm, frames, frames->count);
}

static struct page *alloc_once(struct mm *mm, unsigned order, unsigned flags)
{
	struct page_stack *frames = &mm_cpu(mm)->frames;
	if (order > 0 || flags & FRAME_DMA)
		return zone_alloc(mm, order, flags);
	if (!frames->top)
		zone_alloc_batch(mm, frames, CPU_FRAMES_BATCH, flags);
	struct page *page = page_stack_pop(frames);
	return page ? page : zone_alloc(mm, 0, flags);
}

/* Take back what this CPU and the slabs keep for later, then what the surroundings only cache. */
static struct page *alloc_after_reclaim(struct mm *mm, unsigned order, unsigned flags)
{
	frame_drain_cpu(mm);
	table_drain_cpu(mm);
	slab_shrink(mm);
	frame_drain_cpu(mm);
	struct page *page = alloc_once(mm, order, flags);
	while (!page && port_reclaim()) {
		frame_drain_cpu(mm);
		page = alloc_once(mm, order, flags);
	}
	return page;
}

static struct page *alloc_slowly(struct mm *mm, unsigned order, unsigned flags)
{
	struct page *page = NULL;
	if (order < FRAME_ORDERS) {
		page = alloc_once(mm, order, flags);
		if (!page)
			page = alloc_after_reclaim(mm, order, flags);
	}
	if (!page)
		mm_cpu(mm)->failed_calls++;
	return page;
}

struct page *frame_alloc(struct mm *mm, unsigned order, unsigned flags)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (!mm_may_allocate(cpu))
		return NULL;
	struct page *page = order == 0 && !(flags & FRAME_DMA) ? page_stack_pop(&cpu->frames) : NULL;
	if (!page)
		page = alloc_slowly(mm, order, flags);
	if (!page)
		return NULL;
	page->state = PAGE_USED;
	page->flags = 0;
	page->refs = 1;
	page->owner = NULL;
	page->index = 0;
	if (flags & FRAME_ZERO)
		memset(mm_page_ptr(mm, page), 0, PAGE_SIZE << order);
	return page;
}

/* The block has no references left. */
static void release(struct mm *mm, struct page *page)
{
	struct page_stack *frames = &mm_cpu(mm)->frames;
	page->refs = 0;
	if (page->order > 0 || page->zone != mm_top_zone(mm)->id) {
		zone_free(mm, page, page->order);
		return;
	}
	page->state = PAGE_CPU;
	page_stack_push(frames, page);
	if (frames->count > CPU_FRAMES_MAX)
		zone_free_batch(mm, frames, CPU_FRAMES_BATCH);
}

void frame_free(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		mm_bad_free(mm, page, "not an allocated frame", __builtin_return_address(0));
		return;
	}
	ASSERT(page->refs == 1);
	release(mm, page);
}

void frame_put(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		mm_bad_free(mm, page, "not an allocated frame", __builtin_return_address(0));
		return;
	}
	if (__atomic_sub_fetch(&page->refs, 1, __ATOMIC_ACQ_REL) == 0)
		release(mm, page);
}
