#pragma once
#include <mm/types.h>
#include <lib/list.h>
/* One struct page for each frame of RAM. Free frames keep nothing in their own bytes. */
struct mm;

/* A frame is the head of a block of 2^order frames, or in its tail; only the head says what
 * the block is, so that no operation has to touch every frame of a block. */
enum page_state {
	PAGE_TAIL,		/* not the first frame of its block; page_head() finds that one */
	PAGE_RESERVED,		/* firmware, the kernel image, the memmap itself, a gap between two stretches of RAM */
	PAGE_FREE,		/* a free block, on its zone's list */
	PAGE_CPU,		/* a free frame, on a CPU's list */
	PAGE_USED,		/* an allocated block */
	PAGE_SLAB,		/* a slab; owner is its struct slab */
	PAGE_KMALLOC,		/* a block given out by kmalloc() */
	PAGE_HEAP,		/* an arena of kmalloc()'s simple heap */
	PAGE_TABLE,		/* a page table; index counts its entries */
};

enum { PAGE_ANON = 128 };	/* a private page of a process, in page->flags */

/* Locks: [z] the zone's lock; [o] whoever owns the allocated block; [a] atomic. */
struct page {
	uint8_t state;		/* [z] enum page_state */
	uint8_t order;		/* [z] of the block, in its head */
	uint8_t zone;		/* [z] index in mm->zones, in a head */
	uint8_t flags;		/* [o] the owner's own flags (page cache: dirty; processes: PAGE_ANON); 0 after allocation */
	uint32_t refs;		/* [a] references to an allocated block; 1 after allocation */
	struct list link;	/* [z] free list; [o] for the owner when allocated; not initialised */
	void *owner;		/* [o] slab, page-cache object; in a stack, the page below; NULL after allocation */
#ifdef CONFIG_DEBUG
	const void *site;	/* [o] who allocated it */
#endif
	uint64_t index;		/* [o] slab bookkeeping; page-cache page number; entries of a table; PAGE_CPU: how many are left from here down; 0 after allocation */
};

/* What an allocation asks for. */
enum frame_flags {
	FRAME_NORMAL = 0,	/* Normal, falling back to DMA */
	FRAME_DMA = 1,		/* the DMA zones only: first 16 MiB of RAM */
	FRAME_ZERO = 2,		/* filled with zero bytes */
	FRAME_USER = 4,		/* for a user's page: stops at the zone's min watermark */
	FRAME_HIGH = 8,		/* High first: the owner reaches the frame through frame_map() alone. Single frames only */
};

enum { FRAME_ORDERS = 11 };	/* orders 0..10: 4 KiB to 4 MiB */

/* Allocate 2^order frames in a row, naturally aligned; refs = 1. NULL: no memory, even after port_reclaim(), or order is no order.
 * Locking: takes the zone's lock; call without spinlocks of that rank or above. */
struct page *frame_alloc(struct mm *mm, unsigned order, unsigned flags);
/* Free a block at once; refs must be 1 (ASSERT). A frame that is not the head of an allocated block is
 * reported in the log with the caller, counted, and otherwise left alone. */
void frame_free(struct mm *mm, struct page *page);
/* One more / one less reference; the last one frees the block. Putting a free one is reported as above. */
static inline void frame_get(struct page *page)
{
	__atomic_fetch_add(&page->refs, 1, __ATOMIC_RELAXED);
}
void frame_put(struct mm *mm, struct page *page);

/* From a frame's address to its struct page and back, and to its bytes. */
struct page *page_of(struct mm *mm, paddr_t pa);	/* NULL outside RAM */
paddr_t page_pa(const struct mm *mm, const struct page *page);
void *page_ptr(const struct mm *mm, const struct page *page);	/* through the direct map, in which the frame must be (ASSERT) */

/* A pointer to a single frame that may lie in High: its place in the direct map, or this CPU's window number slot, into which it is
 * mapped until frame_unmap(). The caller does not sleep meanwhile, and unmaps each slot before it uses it again (ASSERT). */
enum { FRAME_SLOTS = 2 };
void *frame_map(struct mm *mm, struct page *page, unsigned slot);
void frame_unmap(struct mm *mm, struct page *page, unsigned slot);
/* Copy from's bytes to to, single frames. Uses both slots. */
void frame_copy(struct mm *mm, struct page *to, struct page *from);
/* The head of the block that page is in; page itself if it is one. O(order). */
struct page *page_head(struct mm *mm, struct page *page);

/* Frames held for a while: a stack linked through struct page, not through the frames' own bytes. {0} is an empty one. */
struct page_stack {
	struct page *top;
	unsigned count;
};

/* The caller's frame, whose owner field serves as the link. */
static inline void page_stack_push(struct page_stack *s, struct page *page)
{
	page->owner = s->top;
	s->top = page;
	s->count++;
}

/* NULL if empty. */
static inline struct page *page_stack_pop(struct page_stack *s)
{
	struct page *page = s->top;
	if (page) {
		s->top = page->owner;
		page->owner = NULL;
		s->count--;
	}
	return page;
}
