/* lines: mm/page.c mm/zone.c
 * All 96 frames of a small machine by state, and this CPU's stack of free ones. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include <mm/stats.h>

enum { HELD = FIG_FRAMES, ALLOC = 0, BLOCK, FREE, DRAIN, MANY };
const char fig_controls[] = "button 0 Allocate a frame\nnumber 1 Allocate a block|order|1|4|2\nbutton 4 Allocate for a user until refused\nbutton 3 Drain the CPU's stack\n";

const char fig_question[] = "number This CPU's stack of free frames is empty. You allocate one frame. How many frames leave the zone?|1|96\ndo 0 0\n";

static struct mm *mm;
static uint64_t free_at_start;
static bool refused_with_some;

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	free_at_start = mm->zones[0].free;
	refused_with_some = false;
}

static unsigned number(const struct page *page) { return (unsigned)(page - mm->pages); }

void fig_do(unsigned action, int arg)
{
	struct page *page;
	uint64_t refills = mm->cpu[0].refills;
	if (action == ALLOC || action == BLOCK) {
		page = frame_alloc(mm, action == BLOCK ? (unsigned)arg : 0, FRAME_NORMAL);
		if (page)
			fig_say("Frame %u. %s", number(page), action == BLOCK ? "Blocks come straight from the zone." : mm->cpu[0].refills > refills ?
				"The CPU's stack was empty: frames moved there from the zone." : "From the CPU's stack, without a lock.");
		else
			fig_say("Refused.");
	} else if (action == FREE && (unsigned)arg < FIG_FRAMES && mm->pages[arg].state == PAGE_USED) {
		frame_free(mm, &mm->pages[arg]);
		fig_say("Freed.");
	} else if (action == DRAIN) {
		frame_drain(mm);
		fig_say("The stack's frames are the zone's again, and merge there.");
	} else if (action == MANY) {
		unsigned n = 0;
		while (frame_alloc(mm, 0, FRAME_USER))
			n++;
		refused_with_some |= mm->zones[0].free > 0;
		fig_say("%u frames; then refused at the watermark: %d frames stay for the kernel.", n, (int)mm->zones[0].free);
	}
}

static const char *kind_of(const struct page *page)
{
	switch (page->state) {
	case PAGE_RESERVED: return "none";
	case PAGE_FREE: case PAGE_TAIL: return "free";
	case PAGE_CPU: return "hot";
	default: return "used";
	}
}

/* A block's tail frames say little: they are what their head is. */
static unsigned frames_from(unsigned i)
{
	unsigned n = 1;
	while (i + n < FIG_FRAMES && mm->pages[i + n].state == PAGE_TAIL)
		n++;
	return n;
}

void fig_draw(void)
{
	const struct zone *z = &mm->zones[0];
	fig_put("strip RAM by block. Green: free in the zone; yellow: on this CPU's stack; blue: in use, press to free; white: the memmap, which is never free");
	for (unsigned i = 0, n; i < FIG_FRAMES; i += n) {
		n = frames_from(i);
		if (mm->pages[i].state == PAGE_USED)
			fig_put("press %u used %d %u %u", n, FREE, i, i);
		else
			fig_put("cell %u %s %u", n, kind_of(&mm->pages[i]), i);
	}
	fig_put("table zone|free|min|low|high|on the stack");
	fig_put("row %s|%d|%d|%d|%d|%u", z->name, (int)z->free, (int)z->min, (int)z->low, (int)z->high, frame_stack_count(&mm->cpu[0].frames));
	fig_put("task %d Have a user's page refused while the zone has free frames.", refused_with_some);
}

int fig_answer(void)
{
	fig_say("One is yours and %u wait on the CPU's stack: the next allocations need neither the zone nor its lock.", frame_stack_count(&mm->cpu[0].frames));
	return (int)(free_at_start - mm->zones[0].free);
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void) { return mm_check(mm) ? NULL : "mm_check() says no"; }
