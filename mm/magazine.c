/* Magazines: a few free objects of each cache, kept by each CPU.
 *
 *   slab_alloc --> | this CPU's magazine | <-- slab_free         no lock: only this CPU looks at it,
 *                     8 at a time |  ^                            and the kernel runs with interrupts off
 *                                 v  |
 *                        the cache's slabs (slab.c)               the cache's lock, once for 8 objects
 *
 * A slot names the object and its word in the slab's next[]. The word says SLAB_CACHED while the object lies here and SLAB_TAKEN
 * while it is allocated, so a second free is seen here as surely as in the slab. What is in magazines counts as allocated in
 * the slab; magazine_drain() gives it back when memory is short. A hardened cache has magazines of no slots.
 *
 * Source: J. Bonwick and J. Adams, "Magazines and Vmem", USENIX 2001. */
#include "mm_priv.h"

void *slab_alloc_slowly(struct mm *mm, struct slab_cache *c, const void *site)
{
	struct magazine *m = magazine_here(c);
	if (!mm_may_allocate(mm))
		return NULL;
	if (!m->count)
		m->count = slab_take(mm, c, m->slots, c->hardened ? 1 : MAGAZINE_BATCH);
	if (!m->count)
		return NULL;
	void *obj = magazine_pop(m);
	if (c->hardened)
		slab_debug_alloc(mm, c, obj, site);
	return obj;
}

/* While failures are injected, each allocation is asked about. */
void *slab_alloc(struct mm *mm, struct slab_cache *c)
{
	struct magazine *m = magazine_here(c);
	return m->count && !mm->injecting ? magazine_pop(m) : slab_alloc_slowly(mm, c, __builtin_return_address(0));
}

void magazine_drain(struct mm *mm, struct slab_cache *c)
{
	struct magazine *m = magazine_here(c);
	size_t n = m->count;
	m->count = 0;
	slab_put(mm, c, m->slots, n);
}

/* The oldest objects of a full magazine go back. */
static void make_room(struct mm *mm, struct slab_cache *c, struct magazine *m)
{
	slab_put(mm, c, m->slots, MAGAZINE_BATCH);
	m->count -= MAGAZINE_BATCH;
	for (size_t i = 0; i < m->count; i++)
		m->slots[i] = m->slots[i + MAGAZINE_BATCH];
}

static void free_hardened(struct mm *mm, struct slab *s, void *obj, const void *site)
{
	struct slab_slot slot = { obj, &s->next[((char *)obj - s->objects) / s->cache->size] };
	slab_debug_free(mm, s->cache, obj, site);
	slab_put(mm, s->cache, &slot, 1);
}

const char *slab_free_slowly(struct mm *mm, struct slab *s, void *obj, const void *site)
{
	struct slab_cache *c = s->cache;
	size_t offset = (size_t)((char *)obj - s->objects), i = offset / c->size;
	if (i >= c->per_slab || i * c->size != offset)
		return "not the start of an object";
	if (s->next[i] != SLAB_TAKEN) {
		if (c->hardened)
			slab_debug_say_sites(c, obj);
		return "double free";
	}
	if (c->hardened) {
		free_hardened(mm, s, obj, site);
		return NULL;
	}
	if (magazine_here(c)->count == MAGAZINE_SLOTS)
		make_room(mm, c, magazine_here(c));
	ASSERT(magazine_push(s, obj));
	return NULL;
}

/* Whatever is not the common case of slab_free(). */
static __attribute__((noinline)) void free_slowly(struct mm *mm, struct slab_cache *c, void *obj, const void *site)
{
	struct slab *s = slab_of(mm, obj);
	const char *why = s && s->cache == c ? slab_free_slowly(mm, s, obj, site) : "not of this cache";
	if (why)
		mm_bad_free(mm, obj, why, site);
}

/* The common case: an object in the first frame of its slab, and room in the magazine. */
void slab_free(struct mm *mm, struct slab_cache *c, void *obj)
{
	if (!obj)
		return;
	struct page *page = mm_page(mm, mm_pa(mm, obj));
	if (!page || page->state != PAGE_SLAB || ((struct slab *)page->owner)->cache != c || !magazine_push(page->owner, obj))
		free_slowly(mm, c, obj, __builtin_return_address(0));
}
