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
	char from[PORT_WHERE_MAX];
	mm_cpu(mm)->bad_frees++;
	port_log("[mm] bad free of %p from %s: %s", what, port_where(caller, from, sizeof from), why);
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

/* What frame_alloc() says of a frame it gives out, besides what its free state says. */
static inline void make_used(struct page *page)
{
	page->state = PAGE_USED;
	page->flags = 0;
	page->refs = 1;
	page->owner = NULL;
	page->index = 0;
}

static __attribute__((noinline)) struct page *zeroed(struct mm *mm, struct page *page)
{
	memset(mm_page_ptr(mm, page), 0, PAGE_SIZE << page->order);
	return page;
}

static __attribute__((noinline)) struct page *alloc_slowly(struct mm *mm, unsigned order, unsigned flags)
{
	struct page *page = NULL;
	if (!mm_may_allocate(mm))
		return NULL;
	if (order < FRAME_ORDERS) {
		page = alloc_once(mm, order, flags);
		if (!page)
			page = alloc_after_reclaim(mm, order, flags);
	}
	if (!page) {
		mm_cpu(mm)->failed_calls++;
		return NULL;
	}
	make_used(page);
	return flags & FRAME_ZERO ? zeroed(mm, page) : page;
}

/* The common case calls nothing: a single frame, and this CPU has one. */
struct page *frame_alloc(struct mm *mm, unsigned order, unsigned flags)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	struct page *page = cpu->frames.top;
	if (order | (flags & FRAME_DMA) | mm->injecting || !page)
		return alloc_slowly(mm, order, flags);
	cpu->alloc_calls++;
	cpu->frames.top = page->owner;
	cpu->frames.count--;
	make_used(page);
	return flags & FRAME_ZERO ? zeroed(mm, page) : page;
}

static __attribute__((noinline)) void release_slowly(struct mm *mm, struct page *page)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (page->order > 0 || page->zone != cpu->frames_zone) {
		zone_free(mm, page, page->order);
		return;
	}
	zone_free_batch(mm, &cpu->frames, CPU_FRAMES_BATCH);
	page->state = PAGE_CPU;
	page_stack_push(&cpu->frames, page);
}

/* The block has no references left. */
static inline void release(struct mm *mm, struct page *page)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	page->refs = 0;
	if (page->order > 0 || page->zone != cpu->frames_zone || cpu->frames.count >= CPU_FRAMES_MAX) {
		release_slowly(mm, page);
		return;
	}
	page->state = PAGE_CPU;
	page_stack_push(&cpu->frames, page);
}

static __attribute__((noinline)) void not_allocated(struct mm *mm, struct page *page, const void *caller)
{
	mm_bad_free(mm, page, "not an allocated frame", caller);
}

void frame_free(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		not_allocated(mm, page, __builtin_return_address(0));
		return;
	}
	ASSERT(page->refs == 1);
	release(mm, page);
}

void frame_put(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		not_allocated(mm, page, __builtin_return_address(0));
		return;
	}
	if (__atomic_sub_fetch(&page->refs, 1, __ATOMIC_ACQ_REL) == 0)
		release(mm, page);
}
