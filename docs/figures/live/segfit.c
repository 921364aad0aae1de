/* lines: mm/segfit.c mm/block.c
 * One arena of 4 KiB under segregated fit: blocks with boundary tags, and the buckets that name the free ones. */
#include "fig.h"
#include <lib/fmt.h>
#include <lib/string.h>
#include <mm/segfit.h>

enum { BYTES = 4096, BLOCKS = 128, ALLOC = 0, FREE, GROW };
const char fig_controls[] = "number 0 Allocate|bytes|1|3000|100\n";

const char fig_question[] = "number Three blocks of 100 bytes lie in a row, and behind them the rest of the arena is free. The first is freed, then the third, then the "
	"one between. How many free blocks are there?|1|8\ndo 0 100\ndo 0 100\ndo 0 100\ndo 1 48\ndo 1 304\ndo 1 176\n";

static char arena[BYTES] __attribute__((aligned(64)));
static struct segfit s;
static bool exact;

void fig_setup(void)
{
	memset(arena, 0, sizeof arena);
	segfit_init(&s);
	segfit_add(&s, arena, sizeof arena);
	exact = false;
}

void fig_do(unsigned action, int arg)
{
	if (action == ALLOC) {
		size_t before = s.blocks.nfree;
		char *p = segfit_alloc(&s, (size_t)arg, 0);
		if (p)
			fig_say("%d bytes at %d, after looking at %d places.", arg, (int)(p - arena), (int)s.blocks.steps);
		else
			fig_say("No block for %d bytes: the largest free one is smaller, or filed in a bucket below.", arg);
		exact |= p && s.blocks.nfree < before && before > 1;
	} else if (action == FREE) {
		enum block_fault fault = segfit_free(&s, arena + arg);
		fig_say("Free at %d: %s.", arg, fault == BLOCK_OK ? "done, merged with free neighbours at once" : block_fault_text(fault));
	}
}

/* The blocks as their headers say: from the first one on, each says where the next begins. */
void fig_draw(void)
{
	fig_put("strip The arena in units of 16 bytes, header included. Green: free; blue: live, press to free");
	const struct block_head *b = blocks_first(&s.blocks);
	if (b)
		fig_put("cell %d none ", (int)((const char *)b - arena) / BLOCK_UNIT);
	for (unsigned n = 0; b && b->state != BLOCK_END && b->size && n < BLOCKS; b = block_next(b), n++) {
		if (b->state == BLOCK_LIVE)
			fig_put("press %d used %d %d %d", (int)b->size, FREE, (int)((char *)block_data((struct block_head *)b) - arena), (int)block_asked(b));
		else
			fig_put("cell %d free %d", (int)b->size, (int)block_capacity(b));
	}
	fig_put("table live|free blocks|free bytes|buckets in use");
	char buckets[160];
	size_t used = 0;
	buckets[0] = 0;
	for (unsigned i = 0; i < SEGFIT_BUCKETS && used + 12 < sizeof buckets; i++)
		if (s.filled >> i & 1)
			used += (size_t)snprintf(buckets + used, sizeof buckets - used, " %u", 16u << i);
	fig_put("row %d|%d|%d|%s", (int)s.blocks.nlive, (int)s.blocks.nfree, (int)s.blocks.free, used ? buckets : "none");
	fig_put("task %d Make two free blocks, and let a request take one of them whole, to the byte.", exact);
}

int fig_answer(void)
{
	fig_say("The third merged with the rest behind it; the middle one found a free block on either side: %d live, %d free.", (int)s.blocks.nlive, (int)s.blocks.nfree);
	return (int)s.blocks.nfree;
}

uint64_t fig_state(void) { return fig_mix(s.filled, s.blocks.steps); }

const char *fig_check(void) { return segfit_check(&s); }
