/* lines: mm/vmap.c
 * An address space's window of 96 pages under three policies, and the wave test. */
#include "fig.h"
#include <lib/string.h>
#include <mm/vmap.h>

enum { PAGES = 96, FIRST = 16, NODES = PAGES, HOLE = 3, POLICY = 0, MAP, UNMAP, WAVES };
enum { WAVE_OBJECTS = 8, WAVE_PAGES_MAX = 4, WAVES_MAX = 200 };
const char fig_controls[] =
	"choice 0 Start again with|bump|firstfit|bestfit\n"
	"number 1 Map|pages|1|64|4\n"
	"button 3 Waves of 8 objects until one fails\n";

const char fig_question[] = "number Under bump, 4, 8 and 4 pages are mapped, one behind the other. The 8 are unmapped. Then 6 are mapped: at which page do they "
	"begin?|0|90\ndo 1 4\ndo 1 8\ndo 1 4\ndo 2 4\ndo 1 6\n";

static const char *const names[] = { "bump", "firstfit", "bestfit" };
static struct vmap map;
static struct vmap_node nodes[NODES];
static unsigned owner[PAGES];	/* number of the node + 1; 0: nobody's */
static unsigned char once[PAGES];	/* was mapped before */
static bool died_empty, made_hole;
static unsigned last_at;	/* where the last region was mapped */

static unsigned page_no(vaddr_t va) { return (unsigned)(va >> PAGE_SHIFT) - FIRST; }

static void fresh(enum vmap_policy policy)
{
	const struct vrange all = { FIRST * PAGE_SIZE, (FIRST + PAGES) * PAGE_SIZE };
	vmap_init(&map, all, all, policy);
	memset(owner, 0, sizeof owner);
	memset(once, 0, sizeof once);
}

void fig_setup(void)
{
	died_empty = made_hole = false;
	fresh(VMAP_BUMP);
}

static void own(struct vrange r, unsigned who)
{
	for (unsigned i = page_no(r.start); i < page_no(r.end); i++) {
		owner[i] = who;
		once[i] = 1;
	}
}

/* The number of the new node + 1, or 0. */
static unsigned map_pages(unsigned n)
{
	struct vrange r;
	if (!vmap_find_hole(&map, n, 0, &r))
		return 0;
	unsigned i = page_no(r.start);	/* no two nodes begin at one page */
	memset(&nodes[i], 0, sizeof nodes[i]);
	nodes[i].range = r;
	vmap_insert(&map, &nodes[i]);
	vmap_took(&map, r);
	own(r, i + 1);
	last_at = i;
	return i + 1;
}

static void unmap(unsigned i)
{
	vmap_remove(&map, &nodes[i]);
	own(nodes[i].range, 0);
}

/* Waves of objects that get larger; all of a wave are freed before the next one. */
static void waves(void)
{
	unsigned made = 0;
	for (unsigned wave = 0; wave < WAVES_MAX; wave++) {
		unsigned n = 0, got[WAVE_OBJECTS], want = 1 + wave % WAVE_PAGES_MAX;
		while (n < WAVE_OBJECTS && (got[n] = map_pages(want)))
			n++;
		made += n;
		for (unsigned k = 0; k < n; k++)
			unmap(got[k] - 1);
		if (n < WAVE_OBJECTS) {
			died_empty |= !map.nnodes && map.policy == VMAP_BUMP;
			fig_say("Object %u, of %u pages, in wave %u was refused. %d pages are mapped now.", made + 1, want, wave + 1, (int)(map.node_bytes >> PAGE_SHIFT));
			return;
		}
	}
	fig_say("%u waves, %u objects, and all is well.", WAVES_MAX, made);
}

/* Exactly HOLE free pages between two regions. */
static bool is_hole_made(void)
{
	for (unsigned i = 1, n = 0; i < PAGES; i++) {
		if (owner[i] && n == HOLE && owner[i - 1 - n])
			return true;
		n = owner[i] ? 0 : n + (owner[i - 1 - n] != 0);
	}
	return false;
}

void fig_do(unsigned action, int arg)
{
	if (action == POLICY) {
		fresh((enum vmap_policy)arg);
		fig_say("An empty window under %s.", names[arg]);
	} else if (action == MAP) {
		unsigned got = map_pages((unsigned)arg);
		if (got)
			fig_say("Mapped %d pages at page %u.", arg, got - 1);
		else
			fig_say("[mmap] REJECT: size 0x%x exceeds limit. The largest hole that counts has %d pages.", arg << PAGE_SHIFT,
				(int)(vmap_largest_hole(&map) >> PAGE_SHIFT));
		died_empty |= !got && !map.nnodes;
	} else if (action == UNMAP && owner[arg]) {
		unmap(owner[arg] - 1);
		fig_say("Unmapped. The hole there is as large as what is free around it.");
	} else if (action == WAVES) {
		waves();
	}
	made_hole |= is_hole_made();
}

/* Under bump, addresses below the pointer are nobody's for ever. */
static bool is_lost(unsigned i) { return map.policy == VMAP_BUMP && !owner[i] && once[i]; }

void fig_draw(void)
{
	fig_put("strip The window, by region and hole, under %s: press a region to unmap it%s", names[map.policy],
		map.policy == VMAP_BUMP ? "; red: free, but below bump's pointer" : "");
	for (unsigned i = 0, n; i < PAGES; i += n) {
		for (n = 1; i + n < PAGES && owner[i + n] == owner[i] && is_lost(i + n) == is_lost(i); n++)
			;
		if (owner[i])
			fig_put("press %u used %d %u %u", n, UNMAP, i, n);
		else
			fig_put("cell %u %s %u", n, is_lost(i) ? "bad" : "free", n);
	}
	fig_put("table regions|mapped pages|free pages|largest hole|pages below the bump pointer");
	fig_put("row %d|%d|%d|%d|%s%d", (int)map.nnodes, (int)(map.node_bytes >> PAGE_SHIFT), (int)(map.hole_bytes >> PAGE_SHIFT),
		(int)(vmap_largest_hole(&map) >> PAGE_SHIFT), map.policy == VMAP_BUMP ? "" : "unused: ",
		map.policy == VMAP_BUMP ? (int)page_no(map.bump) : 0);
	fig_put("task %d Under bump, have a request refused while nothing at all is mapped.", died_empty);
	fig_put("task %d Make a hole of %d pages between two regions.", made_hole, HOLE);
}

int fig_answer(void)
{
	fig_say("Bump never looks back: what lies below its pointer is nobody's for ever. Under firstfit they would begin where the 8 were.");
	return (int)last_at;
}

uint64_t fig_state(void) { return fig_mix(map.nnodes, vmap_largest_hole(&map)); }

const char *fig_check(void)
{
	vmap_check(&map);
	return NULL;
}
