/* lines: mm/buddy.c
 * One zone of 64 frames and its free lists. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"

enum { FRAMES = 64, ORDER_MAX = 6, ORDER_BACK = 4, ALLOC = 0, FREE = 1 };
const char fig_controls[] = "number 0 Allocate|order|0|6|0\n";
const char fig_question[] = "number All 64 frames are one free block. You ask for a single frame, order 0. How many splits does that take?|0|63\ndo 0 0\n";

static struct page pages[FRAMES];
static struct mm mm = { .pages = pages, .npages = FRAMES };
static struct zone *const zone = &mm.zones[0];
static bool refused_half, order_back;
static int largest_then[2];	/* the largest free order before the last free and the one before; ORDER_MAX if it was no free */

void fig_setup(void)
{
	memset(pages, 0, sizeof pages);
	memset(zone, 0, sizeof *zone);
	zone->end = zone->managed = FRAMES;
	spin_init(&zone->lock, LOCK_ZONE, "figure");
	for (unsigned order = 0; order < FRAME_ORDERS; order++)
		list_init(&zone->blocks[order]);
	for (unsigned i = 1; i < FRAMES; i++)
		pages[i].state = PAGE_TAIL;
	refused_half = order_back = false;
	largest_then[0] = largest_then[1] = ORDER_MAX;
	spin_lock(&zone->lock);
	buddy_free(&mm, zone, pages, ORDER_MAX);
	spin_unlock(&zone->lock);
	zone->ops = zone->steps = 0;
}

static int largest(void)
{
	int order = ORDER_MAX;
	while (order >= 0 && !zone->nblocks[order])
		order--;
	return order;
}

void fig_do(unsigned action, int arg)
{
	uint64_t steps = zone->steps;
	largest_then[1] = largest_then[0];
	largest_then[0] = action == FREE ? largest() : ORDER_MAX;
	spin_lock(&zone->lock);
	if (action == ALLOC) {
		struct page *page = buddy_alloc(&mm, zone, (unsigned)arg);
		if (page)
			fig_say("Frame %d, order %d: %d splits.", (int)(page - pages), arg, (int)(zone->steps - steps));
		else
			fig_say("No block of order %d or more: refused, and nothing has changed. %d frames are free.", arg, (int)zone->free);
		refused_half |= !page && zone->free * 2 >= FRAMES;
	} else if (pages[arg].state == PAGE_USED) {
		buddy_free(&mm, zone, &pages[arg], pages[arg].order);
		fig_say("Frame %d is free: %d merges.", arg, (int)(zone->steps - steps));
		order_back |= largest_then[0] < ORDER_BACK && largest_then[1] < ORDER_BACK && largest() >= ORDER_BACK;
	}
	spin_unlock(&zone->lock);
}

/* A block reaches to the next head. In the midst of a split or merge a head may be nobody's yet. */
static unsigned frames_from(unsigned i)
{
	unsigned n = 1;
	while (i + n < FRAMES && pages[i + n].state == PAGE_TAIL)
		n++;
	return n;
}

static void draw_block(unsigned i, unsigned n)
{
	if (pages[i].state == PAGE_FREE)
		fig_put("cell %u free %u", n, i);
	else if (pages[i].state == PAGE_USED)
		fig_put("press %u used %d %u %u", n, FREE, i, i);
	else
		fig_put("cell %u hot %u", n, i);
}

void fig_draw(void)
{
	fig_put("strip The zone's 64 frames, by block. Green: free; blue: in use, press to free");
	for (unsigned i = 0, n; i < FRAMES; i += n) {
		n = frames_from(i);
		draw_block(i, n);
	}
	fig_put("table order|0|1|2|3|4|5|6");
	fig_put("row free blocks|%d|%d|%d|%d|%d|%d|%d", (int)zone->nblocks[0], (int)zone->nblocks[1], (int)zone->nblocks[2],
		(int)zone->nblocks[3], (int)zone->nblocks[4], (int)zone->nblocks[5], (int)zone->nblocks[6]);
	fig_put("task %d Make an allocation fail while at least half of the zone is free.", refused_half);
	fig_put("task %d With no free block of order %d or more, get one back by two frees in a row.", order_back, ORDER_BACK);
}

int fig_answer(void)
{
	fig_say("Each split halves a block and leaves the upper half free: orders %d to 0 have %d free blocks now.", ORDER_MAX - 1,
		(int)zone->steps);
	return (int)zone->steps;
}

/* Which blocks are on which list, and in which order they will be taken. */
uint64_t fig_state(void)
{
	uint64_t h = fig_mix(zone->ops, zone->steps);
	for (unsigned order = 0; order < FRAME_ORDERS; order++) {
		const struct list *at = &zone->blocks[order];
		for (unsigned n = 0; n < FRAMES && (at = at->next) != &zone->blocks[order]; n++)	/* a broken list may have no end */
			h = fig_mix(h, (uint64_t)(container_of(at, struct page, link) - pages));
	}
	return h;
}

const char *fig_check(void)
{
	spin_lock(&zone->lock);
	bool ok = buddy_check(&mm, zone);
	spin_unlock(&zone->lock);
	return ok ? NULL : "the lists are wrong";
}
