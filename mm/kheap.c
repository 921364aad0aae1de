/* kmalloc()'s simple heap: first fit (heap.c) over arenas that are blocks of frames.
 *
 *   block of 2^order frames, 64 KiB or more; its head is PAGE_HEAP
 *   | arena | H | live | H | free | H | live ... | H |
 *
 * An arena lies in one block of frames, so page_head() of any pointer into it leads to PAGE_HEAP: that is how kfree() knows. The last
 * idle arena is kept for the next allocation; all others go back to the buddy allocator. Frames are
 * fetched and returned without the heap's lock. kheap_check() checks that arenas and PAGE_HEAP blocks are the same. */
#include "mm_priv.h"
#include <lib/bits.h>

enum { ORDER_MIN = 4, IDLE_KEPT = 1 };

void kheap_init(struct mm *mm)
{
	heap_init(&mm->heap);
	spin_init(&mm->heap_lock, LOCK_SLAB, "heap");
}

/* Another CPU may allocate from the new arena only after this one has: the lock is not given up in between. */
static void *alloc_grown(struct mm *mm, size_t nbytes)
{
	if (nbytes - 1 >= (PAGE_SIZE << (FRAME_ORDERS - 1)) - BLOCKS_OVERHEAD)		/* 0 wraps round */
		return NULL;
	unsigned order = log2_up((nbytes + BLOCKS_OVERHEAD + PAGE_SIZE - 1) >> PAGE_SHIFT);
	if (order < ORDER_MIN)
		order = ORDER_MIN;
	struct page *page = frame_alloc(mm, order, FRAME_NORMAL);
	if (!page)
		return NULL;
	page->state = PAGE_HEAP;
	spin_lock(&mm->heap_lock);
	bool added = heap_add(&mm->heap, mm_page_ptr(mm, page), (size_t)PAGE_SIZE << order);
	void *p = heap_alloc(&mm->heap, nbytes, 0);
	spin_unlock(&mm->heap_lock);
	ASSERT(added && p);
	return p;
}

void *kheap_alloc(struct mm *mm, size_t nbytes)
{
	if (!mm_may_allocate(mm))
		return NULL;
	spin_lock(&mm->heap_lock);
	void *p = heap_alloc(&mm->heap, nbytes, 0);
	spin_unlock(&mm->heap_lock);
	return p ? p : alloc_grown(mm, nbytes);
}

/* Take an idle arena out if more than keep of them are there, or NULL. */
static void *pop_idle(struct mm *mm, size_t keep)
{
	size_t nbytes;
	REQUIRES(&mm->heap_lock);
	return mm->heap.blocks.nidle > keep ? heap_take_idle(&mm->heap, &nbytes, 0) : NULL;
}

/* Returns how many frames that were. */
static size_t give_back(struct mm *mm, void *arena)
{
	struct page *page = mm_page(mm, mm_pa(mm, arena));
	size_t nframes = (size_t)1 << page->order;
	page->state = PAGE_USED;
	frame_free(mm, page);
	return nframes;
}

const char *kheap_free(struct mm *mm, void *p)
{
	spin_lock(&mm->heap_lock);
	enum block_fault fault = heap_free(&mm->heap, p);
	void *idle = pop_idle(mm, IDLE_KEPT);
	spin_unlock(&mm->heap_lock);
	if (idle)
		give_back(mm, idle);
	if (fault == BLOCK_CORRUPT)
		mm_cpu(mm)->corruptions++;
	return fault == BLOCK_OK ? NULL : block_fault_text(fault);
}

size_t kheap_shrink(struct mm *mm)
{
	size_t nframes = 0;
	for (;;) {
		spin_lock(&mm->heap_lock);
		void *idle = pop_idle(mm, 0);
		spin_unlock(&mm->heap_lock);
		if (!idle)
			return nframes;
		nframes += give_back(mm, idle);
	}
}

/* The first fault, or NULL. */
static const char *check(struct mm *mm)
{
	const char *fault = heap_check(&mm->heap);
	size_t narenas = 0;
	for (uint64_t i = 0; i < mm->npages && !fault; i++) {
		const struct page *page = &mm->pages[i];
		if (page->state != PAGE_HEAP)
			continue;
		narenas++;
		if (!mm_is_direct(mm, page) || !blocks_is_arena(&mm->heap.blocks, mm_page_ptr(mm, page), (size_t)PAGE_SIZE << page->order))
			fault = "a block of frames for the heap is no arena of it";
	}
	return fault || narenas == mm->heap.blocks.narenas ? fault : "an arena has lost its frames";
}

bool kheap_check(struct mm *mm)
{
	spin_lock(&mm->heap_lock);
	const char *fault = check(mm);
	spin_unlock(&mm->heap_lock);
	if (fault)
		port_log("[memck] heap: %s", fault);
	return !fault;
}
