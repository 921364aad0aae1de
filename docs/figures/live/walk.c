/* lines: mm/pt.c mm/pt_leaf.c mm/pt_unmap.c
 * The page-table walker: how an address is looked up, and when tables come and go. Built for either machine's entries. */
#include "fig.h"
#include <lib/fmt.h>
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include "../../../mm/pt_priv.h"
#include <mm/stats.h>

enum { MAP = 0, UNMAP, READ_ONLY, LOOK, PLACES = 6 };
#define PLACE_NAMES "0x10000|0x11000|0x1ff000|0x200000|0x40000000|0x3ffffff000\n"
const char fig_controls[] = "choice 0 Map|" PLACE_NAMES "choice 1 Unmap|" PLACE_NAMES "choice 2 Make read-only|" PLACE_NAMES "choice 3 Look up|" PLACE_NAMES;
const char fig_question[] = "number Nothing is mapped yet, and there is only the root. You map the pages at 0x10000 and at 0x200000. How many tables are there "
	"besides the root?|0|8\ndo 0 0\ndo 0 3\n";
static const vaddr_t places[PLACES] = { 0x10000, 0x11000, 0x1ff000, 0x200000, 0x40000000, 0x3ffffff000 };

static struct mm *mm;
static struct pt pt;
static vaddr_t looked;	/* what the screen walks to */
static bool three_for_one;

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	three_for_one = pt_init(&pt, mm, 1, true) != OK;
	looked = places[0];
}

static void map_page(vaddr_t va)
{
	struct page_stack tables = { 0 };
	unsigned missing = pt_tables_missing(&pt, va);
	struct page *page = pt_get(&pt, va) ? NULL : frame_alloc(mm, 0, FRAME_USER | FRAME_ZERO);
	if (!page) {
		fig_say("There is a page already, or no memory.");
		return;
	}
	if (pt_tables_reserve(mm, &tables, missing) != OK) {
		frame_put(mm, page);
		fig_say("No memory for the tables.");
		return;
	}
	pt_set(&pt, va, page_pa(mm, page), P_READ | P_WRITE | P_USER, &tables);
	pt_tables_release(mm, &tables);
	fig_say("One entry written. Tables that were missing: %u.", missing);
}

void fig_do(unsigned action, int arg)
{
	uint64_t tables = pt.ntables;
	if (arg < 0 || arg >= PLACES)
		return;
	looked = places[arg];
	struct vrange r = { looked, looked + PAGE_SIZE };
	if (action == MAP) {
		map_page(looked);
	} else if (action == UNMAP) {
		pt_unmap(&pt, r);
		three_for_one |= tables - pt.ntables == PT_HEIGHT - 1;
		fig_say("Tables that became empty and went: %d.", (int)(tables - pt.ntables));
	} else if (action == READ_ONLY) {
		pt_protect(&pt, r, P_READ | P_USER);
		fig_say("Only what is there changes its rights.");
	}
}

static const char *rights(pte_t e, char *out)
{
	prot_t p = pte_prot(e);
	snprintf(out, 24, "%s%s%s%s", p & P_READ ? "read " : "parked ", p & P_WRITE ? "write " : "", p & P_EXEC ? "execute " : "", p & P_USER ? "user" : "");
	return out;
}

/* The table that the page stepped into may be half made: an entry of 0 ends the walk. */
static void draw_walk(void)
{
	const pte_t *t = pt_root(&pt);
	char to[24];
	fig_put("table height|bits of 0x%llx|slot|entry|leads to", (unsigned long long)looked);
	for (int h = PT_HEIGHT - 1; h >= 0; h--) {
		unsigned slot = pt_slot(looked, h), low = (unsigned)(PAGE_SHIFT + h * PT_BITS);
		pte_t e = t[slot];
		bool leaf = e && pte_is_leaf(e, h);
		fig_put("row %d|%u to %u|%u|0x%llx|%s%s", h, low + PT_BITS - 1, low, slot, (unsigned long long)e,
			!e ? "nothing" : leaf ? "a frame: " : "a table", leaf ? rights(e, to) : "");
		if (!e || leaf)
			return;
		t = pt_table(&pt, e);
	}
}

void fig_draw(void)
{
	fig_put("strip Six pages. Green: not mapped; blue: mapped; yellow: mapped, and walked to below");
	for (unsigned i = 0; i < PLACES; i++) {
		pte_t e = pt_get(&pt, places[i]);
		fig_put("cell 1 %s 0x%llx", e ? places[i] == looked ? "hot" : "used" : "free", (unsigned long long)places[i]);
	}
	draw_walk();
	fig_put("table tables besides the root|pages mapped");
	fig_put("row %d|%d", (int)pt.ntables, (int)pt.nleaves);
	fig_put("task %d Have one unmap give %d tables back.", three_for_one, PT_HEIGHT - 1);
}

int fig_answer(void)
{
	fig_say("Both addresses have the same slot in the root, so they share the table below it; under that each has one of its own: %d.", (int)pt.ntables);
	return (int)pt.ntables;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void)
{
	unsigned there = 0;
	for (unsigned i = 0; i < PLACES; i++)
		there += pt_get(&pt, places[i]) != 0;
	return there != pt.nleaves ? "pages do not add up" : mm_check(mm) ? NULL : "mm_check() says no";
}
