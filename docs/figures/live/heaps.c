/* lines: mm/heap.c mm/kmalloc.c
 * The simple heap beside the two tiers: the same requests, and what each of them looks at. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include <mm/kmalloc.h>
#include <mm/stats.h>

enum { BYTES = 16384, MAX = 128, ONE = 0, MANY };
const char fig_controls[] = "number 0 Allocate one block|bytes|8|1000|64\nnumber 1 Allocate blocks of 64 bytes|number|1|100|40\nbutton 2 Free every second one\n";

const char fig_question[] = "number 40 blocks of 64 bytes are live, none was ever freed. One more of 64 bytes: how many blocks does first fit look at?|1|200\ndo 1 40\ndo 0 64\n";

static struct mm *mm;
static struct heap heap;
static char arena[BYTES] __attribute__((aligned(64)));
static void *first_fit[MAX], *tiers[MAX];
static unsigned n, looked, steps;
static bool far;

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	heap_init(&heap);
	heap_add(&heap, arena, sizeof arena);
	memset(first_fit, 0, sizeof first_fit);
	memset(tiers, 0, sizeof tiers);
	n = looked = steps = 0;
	far = false;
}

static bool one(size_t nbytes)
{
	if (n == MAX)
		return false;
	uint64_t buddy = mm->zones[0].steps;
	first_fit[n] = heap_alloc(&heap, nbytes, 0);
	looked = (unsigned)heap.blocks.steps;
	tiers[n] = kmalloc(mm, nbytes);
	steps = (unsigned)(mm->zones[0].steps - buddy);
	return tiers[n++] != NULL;
}

void fig_do(unsigned action, int arg)
{
	unsigned before = n;
	if (action == ONE) {
		one((size_t)arg);
	} else if (action == MANY) {
		while (n - before < (unsigned)arg && one(64))
			;
	} else {
		for (unsigned i = 0; i < n; i += 2) {
			if (first_fit[i])
				heap_free(&heap, first_fit[i]);
			kfree(mm, tiers[i]);
			first_fit[i] = tiers[i] = NULL;
		}
	}
	far |= looked >= 50;
	fig_say("%u blocks. The last request: first fit looked at %u blocks; the tiers split %u times.", n, looked, steps);
}

void fig_draw(void)
{
	fig_put("strip The simple heap's blocks in order of address, in units of 16 bytes: this is what first fit walks");
	const struct block_head *b = blocks_first(&heap.blocks);
	for (unsigned i = 0; b && b->state != BLOCK_END && b->size && i < 2 * MAX; b = block_next(b), i++)
		fig_put("cell %d %s %d", (int)b->size, b->state == BLOCK_LIVE ? "used" : "free", (int)block_capacity(b));
	fig_put("table the last request|looked at|live blocks|header bytes of each");
	fig_put("row simple heap|%u|%d|%d", looked, (int)heap.blocks.nlive, BLOCK_UNIT);
	fig_put("row slab over buddy|%u|%d|2", 1 + steps, (int)heap.blocks.nlive);
	fig_put("task %d Make first fit look at 50 blocks for one request.", far);
}

int fig_answer(void)
{
	fig_say("It looked at %u: the walk begins at the lowest address and passes all %d live ones. The two tiers split %u times for the same request.", looked,
		(int)heap.blocks.nlive - 1, steps);
	return (int)looked;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void)
{
	const char *fault = heap_check(&heap);
	return fault ? fault : mm_check(mm) ? NULL : "mm_check() says no";
}
