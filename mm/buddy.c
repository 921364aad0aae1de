/* The buddy allocator: the free frames of one zone, in blocks of 2^order frames that start at
 * a multiple of their size.
 *
 *   frames   0   1   2   3   4   5   6   7
 *          |   order 2     |order 1|o0 |   |     frame 7 is in use
 *
 * A block's buddy is the other half of the block twice its size: its frame number differs in one
 * bit. Freeing a block merges it with its buddy as long as that is free as a whole, so two
 * free buddies never lie side by side, and the free lists depend only on which frames are free, not
 * on what happened before. Each operation takes at most one step per order: the orders that have blocks are a bit set, and what
 * is left to do is one split, or one merge, an order. zone->steps counts them.
 *
 * Only the first frame of a block has a state (enum page_state); the others are PAGE_TAIL. So
 * splitting writes one struct page a step, and merging as well. buddy_check() checks all this.
 *
 * Source: K. C. Knowlton, "A fast storage allocator", CACM 8(10), 1965. */
#include "mm_priv.h"
#include <lib/bits.h>

static void push(struct zone *z, struct page *page, unsigned order)
{
	page->state = PAGE_FREE;
	page->order = (uint8_t)order;
	page->zone = z->id;
	page->refs = 0;
	list_push_front(&z->blocks[order], &page->link);
	z->nblocks[order]++;
	z->orders |= 1u << order;
	z->free += 1ull << order;
}

static void take(struct zone *z, struct page *page)
{
	unsigned order = page->order;
	list_remove(&page->link);
	if (--z->nblocks[order] == 0)
		z->orders &= ~(1u << order);
	z->free -= 1ull << order;
}

/* The first free block of order o, which there is, cut down to order. */
static struct page *take_cut(struct zone *z, unsigned o, unsigned order)
{
	REQUIRES(&z->lock);
	struct page *page = container_of(z->blocks[o].next, struct page, link);
	take(z, page);
	z->ops++;
	while (o > order) {
		o--;
		z->steps++;
		push(z, page + (1ull << o), o);
	}
	page->state = PAGE_USED;
	page->order = (uint8_t)o;
	return page;
}

struct page *buddy_alloc(struct mm *mm, struct zone *z, unsigned order)
{
	(void)mm;
	uint32_t orders = z->orders >> order;
	return orders ? take_cut(z, order + bit_lowest(orders), order) : NULL;
}

struct page *buddy_alloc_smallest(struct zone *z, unsigned order)
{
	return z->orders ? take_cut(z, bit_lowest(z->orders), order) : NULL;
}

/* The buddy of the block of this order at pfn, if it is free as a whole and in this zone; or NULL. */
static struct page *free_buddy(struct mm *mm, struct zone *z, pfn_t pfn, unsigned order)
{
	pfn ^= 1ull << order;
	if (pfn < z->start || pfn + (1ull << order) > z->end)
		return NULL;
	struct page *buddy = &mm->pages[pfn - mm->base];
	return buddy->state == PAGE_FREE && buddy->order == order && buddy->zone == z->id ? buddy : NULL;
}

void buddy_free(struct mm *mm, struct zone *z, struct page *page, unsigned order)
{
	pfn_t pfn = mm_pfn(mm, page);
	REQUIRES(&z->lock);
	z->ops++;
	for (; order < FRAME_ORDERS - 1; order++) {
		struct page *buddy = free_buddy(mm, z, pfn, order);
		if (!buddy)
			break;
		take(z, buddy);
		z->steps++;
		struct page *upper = buddy > page ? buddy : page;
		page = buddy > page ? page : buddy;
		pfn &= ~(1ull << order);
		upper->state = PAGE_TAIL;
	}
	push(z, page, order);
}

static bool check_block(struct mm *mm, struct zone *z, struct page *page, unsigned order)
{
	pfn_t pfn = mm_pfn(mm, page);
	const char *fault = NULL;
	if (page->state != PAGE_FREE || page->order != order || page->zone != z->id)
		fault = "is on a free list but not a free block of it";
	else if (pfn & ((1ull << order) - 1) || pfn < z->start || pfn + (1ull << order) > z->end)
		fault = "is misaligned or outside its zone";
	else if (order < FRAME_ORDERS - 1 && free_buddy(mm, z, pfn, order))
		fault = "is free beside its free buddy";
	for (pfn_t i = 1; !fault && i < 1ull << order; i++)
		if (page[i].state != PAGE_TAIL)
			fault = "is free but has a frame that belongs to another block";
	if (fault)
		port_log("[memck] zone %s: frame 0x%llx order %u %s", z->name, (unsigned long long)pfn, order, fault);
	return !fault;
}

bool buddy_check(struct mm *mm, struct zone *z)
{
	uint64_t free = 0;
	REQUIRES(&z->lock);
	for (unsigned order = 0; order < FRAME_ORDERS; order++) {
		uint64_t n = 0;
		struct page *page;
		list_for_each(page, &z->blocks[order], link) {
			if (!check_block(mm, z, page, order))
				return false;
			n++;
		}
		if (n != z->nblocks[order] || (n > 0) != (z->orders >> order & 1)) {
			port_log("[memck] zone %s: order %u counts %llu blocks, has %llu", z->name, order,
				(unsigned long long)z->nblocks[order], (unsigned long long)n);
			return false;
		}
		free += n << order;
	}
	if (free != z->free)
		port_log("[memck] zone %s: free count %llu, has %llu", z->name, (unsigned long long)z->free, (unsigned long long)free);
	return free == z->free;
}
