#pragma once
#include "tag.h"
/* Caches of threads, before the chunk heap: freed objects of up to 1,000 bytes, by size, to be had again without the lock. Each bin grows
 * by what is asked of it: it is refilled with one object first, then two, four ...; so a small program stays small.
 *
 *	in	objects ever put into the bin, out: ever taken; what lies there now is the difference. With what refills put in
 *		and flushes took out they give the statistics too, so that malloc() counts once.
 *
 * An object in a cache is marked so in its tag: free() sees a second free, malloc() sees a link that was written over. A cache is its
 * thread's; only counters are read by others. When the thread ends, cache_end() gives back what it holds.
 *
 * Source: J. Bonwick and J. Adams, "Magazines and Vmem", USENIX 2001 (the layer, and its growth). */

enum { CACHE_BINS = 64, CACHE_BATCH_MAX = 64, CACHE_BATCH_BYTES = 16384 };
#define CACHE_LARGEST ((size_t)(CACHE_BINS - 1) * UNIT - sizeof(struct tag))

struct cache_bin { void *head; size_t in, out; size_t limit; };

struct cache {
	struct cache_bin bin[CACHE_BINS];	/* by units */
	size_t refilled[CACHE_BINS], flushed[CACHE_BINS];
	struct cache *next;			/* of all caches */
	bool owned;				/* by a living thread */
};

/* The thread's own. NULL: it has none, for it has not asked yet or another heap is in force. */
extern __thread struct cache *cache_mine;

/* All under the heap's lock. Give this thread a cache; without memory for one it goes on without. */
void cache_begin(void);
/* Fill the bin, and return one more object. NULL: the kernel gave no memory. */
void *cache_refill(struct cache *c, uint32_t units);
/* Give back half of the bin. Takes the heap's lock itself. */
void cache_flush(struct cache *c, uint32_t units);
/* The thread ends: give back all. */
void cache_end(void);
/* A forked child has one thread. The others' caches stay as they are: one may have been at work. */
void cache_after_fork(void);
/* What all caches were asked for: objects and bytes handed out, and bytes taken back. */
void cache_sum(size_t *count, size_t *allocated, size_t *freed);
/* Whether each bin of this thread holds cached objects of its size, as many as it says. */
const char *cache_check(void);
_Noreturn void cache_misuse(const void *p);

/* An object of n bytes from this thread's cache. NULL: ask elsewhere. Its units are part of its check, so they need no look of their own. */
static inline void *cache_alloc(size_t n)
{
	struct cache *c = cache_mine;
	if (n > CACHE_LARGEST || !c)
		return NULL;
	size_t more = (n + 7) >> 4, units = more + !more + 1;
	struct cache_bin *b = &c->bin[units];
	void *p = b->head;
	if (!p)
		return NULL;
	struct tag *t = tag_of(p);
	uint32_t check = check_of(p, (uint32_t)units);
	if (tag_check(t) != ~check)
		cache_misuse(p);
	b->head = *(void **)p;
	store_relaxed(&b->out, b->out + 1);
	store_relaxed(&t->check, check);
	return p;
}

/* Whether the cache has taken p, a live object of its sizes. If not, nothing has changed. */
static inline bool cache_free(void *p)
{
	struct cache *c = cache_mine;
	if (!c || (uintptr_t)p % UNIT)
		return false;
	struct tag *t = tag_of(p);
	uint32_t shifted = tag_word(t) << 2, check = (uint32_t)((uintptr_t)p >> 4) ^ shifted;
	if (tag_check(t) != check || shifted >= CACHE_BINS << 2)
		return false;
	struct cache_bin *b = &c->bin[shifted >> 2];
	size_t in = b->in + 1;
	*(void **)p = b->head;
	b->head = p;
	store_relaxed(&b->in, in);
	store_relaxed(&t->check, ~check);
	if (__builtin_expect(in - b->out > b->limit, 0))
		cache_flush(c, shifted >> 2);
	return true;
}
