/* lines: mm/slab.c mm/magazine.c
 * A cache of objects, its slabs, and the magazine in front of them. */
#include "fig.h"
#include <lib/string.h>
#include "../../../mm/mm_priv.h"
#include <mm/stats.h>

enum { OBJECTS = 40, SIZE = 520, ALLOC = 0, FREE, MANY, DRAIN, SHRINK };
const char fig_controls[] = "button 0 Allocate one\nnumber 2 Allocate|objects|1|20|8\nbutton 3 Drain the magazine\nbutton 4 Give empty slabs back\n";

const char fig_question[] = "choice The cache is new. You allocate one object and free it. How many objects does the cache count as allocated then?|none|one|more than one\n"
	"do 0 0\ndo 1 0\n";

static struct mm *mm;
static struct slab_cache *cache;
static void *objects[OBJECTS];	/* what the reader holds */
static bool gone;

void fig_setup(void)
{
	mm = fig_world(FIG_FRAMES);
	cache = slab_cache_create(mm, "figure", SIZE, 0);
	memset(objects, 0, sizeof objects);
	gone = false;
}

static unsigned take(unsigned n)
{
	unsigned got = 0;
	for (unsigned i = 0; i < OBJECTS && got < n; i++)
		if (!objects[i] && (objects[i] = slab_alloc(mm, cache)))
			got++;
	return got;
}

void fig_do(unsigned action, int arg)
{
	uint64_t refills = cache->magazine[0].refills;
	if (action == ALLOC || action == MANY) {
		unsigned got = take(action == ALLOC ? 1 : (unsigned)arg);
		fig_say("%u allocated; the magazine was filled %d times. The cache's lock was taken only for that.", got, (int)(cache->magazine[0].refills - refills));
	} else if (action == FREE && objects[arg]) {
		slab_free(mm, cache, objects[arg]);
		objects[arg] = NULL;
		fig_say("Freed into the magazine: in its slab the object still counts as taken.");
	} else if (action == DRAIN) {
		magazine_drain(mm, cache);
		fig_say("What the magazine held is back in its slabs.");
	} else if (action == SHRINK) {
		size_t frames = slab_shrink(mm);
		gone |= frames > 0;
		fig_say("%d frames went back to the buddy allocator.", (int)frames);
	}
}

static int held(const void *obj)
{
	for (int i = 0; i < OBJECTS; i++)
		if (objects[i] == obj)
			return i;
	return -1;
}

static void draw_slab(const struct slab *s, unsigned number)
{
	fig_put("strip Slab %u: %u objects of %d bytes, %u on its free list. Blue: yours, press to free; yellow: in the magazine", number, cache->per_slab, SIZE, cache->per_slab - s->inuse);
	for (unsigned i = 0; i < cache->per_slab; i++) {
		int mine = held(s->objects + (size_t)i * cache->size);
		if (mine >= 0)
			fig_put("press 1 used %d %d %u", FREE, mine, i);
		else if (s->next[i] == SLAB_CACHED)
			fig_put("cell 1 hot %u cached", i);
		else
			fig_put("cell 1 %s %u free", s->next[i] == SLAB_TAKEN ? "bad" : "free", i);
	}
}

/* By the memmap, not by the cache's lists, which may be half changed. */
void fig_draw(void)
{
	unsigned nslabs = 0;
	for (uint64_t i = 0; i < mm->npages; i++) {
		const struct page *page = &mm->pages[i];
		const struct slab *s = page->owner;
		if (page->state == PAGE_SLAB && s && s->cache == cache)
			draw_slab(s, ++nslabs);
	}
	if (!nslabs)
		fig_put("text The cache has no slab yet.");
	fig_put("table magazine|room for|slabs|empty slabs kept|objects that count as allocated");
	fig_put("row %d|%d|%d|%d|%d", (int)magazine_count(&cache->magazine[0]), MAGAZINE_SLOTS, (int)cache->nslabs, (int)cache->nempty, (int)cache->nobjects);
	fig_put("task %d Have a slab's frames go back to the buddy allocator.", gone);
}

int fig_answer(void)
{
	fig_say("It counts %d: the magazine was filled with several at once, and a freed object goes back to the magazine, not to its slab.", (int)cache->nobjects);
	return cache->nobjects < 2 ? (int)cache->nobjects : 2;
}

uint64_t fig_state(void) { return mm_fingerprint(mm); }

const char *fig_check(void) { return slab_check(mm) ? NULL : "the slabs are wrong"; }
