/* lines: mm/fault.c mm/pt_copy.c mm/pt_leaf.c
 * Fork and copy-on-write: two address spaces of eight pages, and which frames they have. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include "../../../mm/space_priv.h"
#include <mm/stats.h>

enum { PAGES = 8, FORK = 0, READ, WRITE, EXIT, PARENT = 0, CHILD };
#define BASE 0x10000000ull
const char fig_controls[] = "button 0 Fork\nchoice 3 Let exit|the child|the parent\n";

const char fig_question[] = "number The parent stores to 3 of its 8 pages and forks. Then the child stores to one of the three. How many pages have been copied in "
	"all?|0|16\ndo 2 0\ndo 2 1\ndo 2 2\ndo 0 0\ndo 2 16\n";

static struct mm *mm;
static struct space *space[2];
static uint64_t frames_at_start;
static bool saved_a_copy;
static unsigned copies;

static struct space *fresh_space(void)
{
	const struct space_config cfg = { .window = { BASE, BASE + 64 * PAGE_SIZE }, .policy = VMAP_FIRSTFIT };
	const struct map_req req = { .hint = BASE, .npages = PAGES, .prot = P_READ | P_WRITE, .flags = MAPF_FIXED };
	struct space *s = space_create(mm, &cfg);
	vaddr_t at;
	return s && space_map(s, &req, &at) == OK ? s : NULL;
}

static uint64_t free_frames(void)
{
	struct mm_stats st;
	mm_stats(mm, &st);
	return st.free_pages;
}

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	space[PARENT] = fresh_space();
	space[CHILD] = NULL;
	saved_a_copy = false;
	copies = 0;
	frames_at_start = free_frames();
}

static void fork_now(void)
{
	if (!space[PARENT] || space[CHILD]) {
		fig_say("There are two already, or no parent.");
		return;
	}
	uint64_t before = free_frames();
	enum err e = space_fork(space[PARENT], &space[CHILD]);
	fig_say(e == OK ? "Forked: %d frames for the child's page tables, none for its pages." : "No memory: the parent is as before.",
		(int)(before - free_frames()));
}

/* arg: the process times 16, and the page. */
static void touch(int arg, prot_t access)
{
	struct space *s = space[arg / 16];
	uint64_t before = free_frames(), cow = 0;
	struct space_stats st;
	space_stats(s, &st);
	cow = st.cow_faults;
	enum fault_result r = space_fault(s, BASE + (vaddr_t)(arg % 16) * PAGE_SIZE, access);
	space_stats(s, &st);
	int taken = (int)(before - free_frames());
	saved_a_copy |= st.cow_faults > cow && !taken;
	copies += st.cow_faults > cow && taken;
	fig_say("%s: %s; frames taken: %d.", access == P_WRITE ? "A store" : "A load",
		r != FAULT_OK ? "no memory" : st.cow_faults > cow ? taken ? "copy-on-write, a copy was made" : "copy-on-write, the last owner keeps the frame"
		: taken ? "the page came into being" : "nothing new", taken);
}

static void end(int who)
{
	if (!space[who])
		return;
	space_put(space[who]);
	space[who] = NULL;
	fig_say("Its entries are gone. A frame goes when its last entry goes.");
}

void fig_do(unsigned action, int arg)
{
	if (action == FORK)
		fork_now();
	else if (action == EXIT)
		end(arg ? PARENT : CHILD);
	else if (arg >= 0 && arg / 16 < 2 && arg % 16 < PAGES && space[arg / 16])
		touch(arg, action == WRITE ? P_WRITE : P_READ);
}

static void draw_page(const struct space *s, int who, int i)
{
	pte_t e = pt_get(&((struct space *)s)->pt, BASE + (vaddr_t)i * PAGE_SIZE);
	const struct page *page = e ? mm_page(mm, pte_addr(e)) : NULL;
	int arg = who * 16 + i;
	if (!page)
		fig_put("press 1 none %d %d not there", WRITE, arg);
	else if (page == mm->zero_page)
		fig_put("press 1 free %d %d zeros", WRITE, arg);
	else
		fig_put("press 1 %s %d %d %d, refs %u", pte_prot(e) & P_COW ? "hot" : "used", WRITE, arg, (int)mm_pfn(mm, page) - (int)mm->base, page->refs);
}

void fig_draw(void)
{
	for (int who = PARENT; who <= CHILD; who++) {
		if (!space[who])
			continue;
		fig_put("strip The %s's pages: frame number and references. Press one to store to it; at a yellow one a store faults", who == PARENT ? "parent" : "child");
		for (int i = 0; i < PAGES; i++)
			draw_page(space[who], who, i);
	}
	fig_put("table frames in use since the start|parent|child");
	fig_put("row %d|%s|%s", (int)(frames_at_start - free_frames()), space[PARENT] ? "lives" : "gone", space[CHILD] ? "lives" : "none");
	fig_put("task %d Store to a shared page without a copy being made.", saved_a_copy);
}

int fig_answer(void)
{
	fig_say("Fork copied entries, not pages: %u. The other two frames are shared still, and will be copied only if somebody stores to them.", copies);
	return (int)copies;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void)
{
	for (int who = PARENT; who <= CHILD; who++)
		if (space[who])
			space_check(space[who]);
	return mm_check(mm) ? NULL : "mm_check() says no";
}
