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
#include <lib/string.h>

void magazine_init(struct slab_cache *c, bool serving)
{
	for (unsigned i = 0; i < SLAB_CPUS; i++) {
		struct magazine *m = &c->magazine[i];
		m->top = m->slots;
		m->end = m->slots + (serving ? MAGAZINE_SLOTS : 0);
	}
}

void magazine_serve(struct mm *mm, struct slab_cache *c, bool serving)
{
	magazine_drain(mm, c);
	for (unsigned i = 0; i < SLAB_CPUS; i++)
		c->magazine[i].end = c->magazine[i].slots + (serving ? MAGAZINE_SLOTS : 0);
}

uint64_t magazine_objects(const struct slab_cache *c)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < SLAB_CPUS; i++)
		n += magazine_count(&c->magazine[i]);
	return n;
}

static void refill(struct mm *mm, struct slab_cache *c, struct magazine *m)
{
	m->refills++;
	m->top += slab_take(mm, c, m->slots + 1, m->end == m->slots ? 1 : MAGAZINE_BATCH);
}

/* Also serves what is left in a magazine that has been turned off. */
void *slab_alloc_slowly(struct mm *mm, struct slab_cache *c, const void *caller)
{
	const void *site = caller ? caller : RETURN_ADDRESS;
	struct magazine *m = magazine_here(c);
	if (!mm_may_allocate(mm))
		return NULL;
	if (!magazine_count(m))
		refill(mm, c, m);
	void *obj = magazine_pop(m);
	if (obj)
		m->allocs--;	/* mm_may_allocate() has counted it */
	if (obj && c->hardened)
		slab_debug_alloc(mm, c, obj, site);
	return obj;
}

void *slab_alloc(struct mm *mm, struct slab_cache *c)
{
	void *obj = magazine_pop(magazine_here(c));
	return obj ? obj : slab_alloc_slowly(mm, c, CALL_SITE);
}

void *slab_zalloc(struct mm *mm, struct slab_cache *c)
{
	void *obj = magazine_pop(magazine_here(c));
	if (!obj)
		obj = slab_alloc_slowly(mm, c, CALL_SITE);
	return obj ? memset(obj, 0, c->object_size) : NULL;
}

static void put_oldest(struct mm *mm, struct slab_cache *c, struct magazine *m, size_t n)
{
	slab_put(mm, c, m->slots + 1, n);
	m->top -= n;
	for (struct slab_slot *slot = m->slots + 1; slot <= m->top; slot++)
		*slot = slot[n];
}

void magazine_drain(struct mm *mm, struct slab_cache *c)
{
	struct magazine *m = magazine_here(c);
	put_oldest(mm, c, m, magazine_count(m));
}

/* Past the magazine, which is full or turned off: into the slab, or after the oldest objects have gone there. */
static void free_to_slab(struct mm *mm, struct slab *s, void *obj, int16_t *state)
{
	struct magazine *m = magazine_here(s->cache);
	if (m->end == m->slots) {
		*state = SLAB_CACHED;
		slab_put(mm, s->cache, &(struct slab_slot){ obj, state }, 1);
		return;
	}
	if (m->top == m->end)
		put_oldest(mm, s->cache, m, MAGAZINE_BATCH);
	ASSERT(magazine_push(s, obj));
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
	if (c->hardened)
		slab_debug_free(mm, c, obj, site);
	free_to_slab(mm, s, obj, &s->next[i]);
	return NULL;
}

/* Whatever is not the common case of slab_free(). */
static __attribute__((noinline)) void free_slowly(struct mm *mm, struct slab_cache *c, void *obj, const void *caller)
{
	const void *site = caller ? caller : RETURN_ADDRESS;
	struct slab *s = slab_of(mm, obj);
	const char *why = s && s->cache == c ? slab_free_slowly(mm, s, obj, site) : "not of this cache";
	if (obj && why)
		mm_bad_free(mm, obj, why, site);
}

/* The common case: an object in the first frame of its slab, and room in the magazine. */
void slab_free(struct mm *mm, struct slab_cache *c, void *obj)
{
	struct slab *s;
	if (!slab_in_first_frame(mm, obj, &s) || s->cache != c || !magazine_push(s, obj))
		free_slowly(mm, c, obj, CALL_SITE);
}
