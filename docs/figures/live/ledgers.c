/* lines: mm/space_map.c mm/space_advise.c
 * Two ledgers of one address space: addresses promised, frames given; and a budget that is asked about one of them. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/space_priv.h"
#include <mm/stats.h>

enum { SLOTS = 16, REGION = 4, BUDGET = 40, MAP = 0, TOUCH, DISCARD, UNMAP, CYCLE };
#define BASE 0x10000000ull
const char fig_controls[] = "button 0 Map 4 pages\nbutton 4 Ten rounds: map, store, discard, forget\nchoice 5 Start again; the budget counts|addresses|frames\n";
enum { RESTART = 5 };
const char fig_question[] = "number A program maps 4 pages, stores to all of them, and gives the frames back with madvise(DONTNEED). How many pages are in the ledger of "
	"addresses?|0|40\ndo 0 0\ndo 1 0\ndo 2 0\n";

static struct mm *mm;
static struct space *s;
static vaddr_t slot[SLOTS];	/* of the regions that the program knows */
static unsigned nslots;
static bool counts_frames;	/* the old bug */
static bool ran_away;

static void fresh(bool frames)
{
	const struct space_config cfg = { .window = { BASE, BASE + 256 * PAGE_SIZE }, .policy = VMAP_FIRSTFIT };
	mm = fig_world(FIG_FRAMES);
	s = space_create(mm, &cfg);
	counts_frames = frames;
	nslots = 0;
}

void fig_setup(void)
{
	ran_away = false;
	fresh(false);
}

static struct space_stats stats(void)
{
	struct space_stats st;
	space_stats(s, &st);
	return st;
}

/* Asked of one ledger or of the other. The kernel's own limit, RLIMIT_AS, is of addresses. */
static bool map_region(vaddr_t *at)
{
	const struct map_req req = { .npages = REGION, .prot = P_READ | P_WRITE };
	struct space_stats st = stats();
	uint64_t spent = counts_frames ? st.resident_pages : st.mapped_pages;
	if (spent + REGION > BUDGET)
		return false;
	return space_map(s, &req, at) == OK;
}

static void touch(vaddr_t at)
{
	for (unsigned i = 0; i < REGION; i++)
		(void)space_fault(s, at + i * PAGE_SIZE, P_WRITE);
}

static struct vrange region(vaddr_t at) { return (struct vrange){ at, at + REGION * PAGE_SIZE }; }

/* A program that gives frames back, and forgets the addresses: seed of the bug. */
static void cycle(void)
{
	unsigned done = 0;
	vaddr_t at;
	while (done < 10 && map_region(&at)) {
		touch(at);
		(void)!space_discard(s, region(at));
		done++;
	}
	struct space_stats st = stats();
	ran_away |= counts_frames && st.mapped_pages > 2 * BUDGET;
	fig_say("%u rounds. Addresses: %d pages, frames: %d.", done, (int)st.mapped_pages, (int)st.resident_pages);
}

void fig_do(unsigned action, int arg)
{
	vaddr_t at;
	if (action == RESTART) {
		fresh(arg != 0);
		fig_say("A budget of %d pages, asked of the %s.", BUDGET, arg ? "frames" : "addresses");
	} else if (action == CYCLE) {
		cycle();
	} else if (action == MAP) {
		if (nslots == SLOTS || !map_region(&at))
			fig_say("[mmap] BUDGET: refused.");
		else
			slot[nslots++] = at;
	} else if ((unsigned)arg < nslots && action == TOUCH) {
		touch(slot[arg]);
		fig_say("Stored to: four frames.");
	} else if ((unsigned)arg < nslots && action == DISCARD) {
		(void)!space_discard(s, region(slot[arg]));
		fig_say("madvise(DONTNEED): the frames are gone, the addresses are not.");
	}
}

void fig_draw(void)
{
	struct space_stats st = stats();
	int mapped = (int)st.mapped_pages, frames = (int)st.resident_pages, most = mapped > 2 * BUDGET ? mapped : 2 * BUDGET;
	fig_put("strip Addresses: %d pages%s", mapped, counts_frames ? "" : ", of a budget of 40");
	fig_put("cell %d %s %d", mapped, mapped > BUDGET ? "bad" : "used", mapped);
	fig_put("cell %d none ", most - mapped);
	fig_put("strip Frames: %d%s", frames, counts_frames ? ", of a budget of 40" : "");
	fig_put("cell %d used %d", frames, frames);
	fig_put("cell %d none ", most - frames);
	for (unsigned i = 0; i < nslots; i++) {
		if (i == 0)
			fig_put("strip Regions of 4 pages: press to store to one, again to discard it");
		bool there = pt_get(&s->pt, slot[i]) != 0;
		fig_put("press 1 %s %d %u %u", there ? "used" : "free", there ? DISCARD : TOUCH, i, i);
	}
	fig_put("task %d Let the addresses grow to more than twice the budget.", ran_away);
}

int fig_answer(void)
{
	struct space_stats st = stats();
	fig_say("Addresses: %d pages, frames: %d. A promise is kept until munmap; only the frames came back.", (int)st.mapped_pages, (int)st.resident_pages);
	return (int)st.mapped_pages;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void)
{
	space_check(s);
	return mm_check(mm) ? NULL : "mm_check() says no";
}
