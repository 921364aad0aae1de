#pragma once
#include "known.h"
#include "tag.h"
/* Caches of threads, before the chunk heap: freed objects of up to 2,296 bytes, by size, to be had again without the lock. Each bin grows
 * by what is asked of it: it is refilled with one object first, then two, four ...; so a small program stays small. Above CACHE_EXACT a bin
 * is a class of sizes, and a refill is one object: side by side, those of a class would take the long holes that large objects need.
 *
 *	out	objects ever taken from the bin; ever put in: in = stop - left. What lies there now is the difference. With what refills put
 *		in and flushes took out they give the statistics too, so that malloc() and free() count once.
 *	left	how many objects may still be put in before cache_make_room() looks again.
 *
 * An object in a cache is marked so in its tag: free() sees a second free, malloc() sees a link that was written over. A cache is its
 * thread's; only counters are read by others. When the thread ends, cache_end() gives back what it holds. When it frees until half
 * of the chunks is free, it gives back all and lets each bin be closed until malloc() asks for its size again: a few cached objects would
 * keep as many chunks.
 *
 * Source: J. Bonwick and J. Adams, "Magazines and Vmem", USENIX 2001 (the layer, and its growth). */

enum { CACHE_BINS = UNITS_CACHED + 1, CACHE_MOST = 64, CACHE_MOST_OF_LARGEST = 4 };
#define CACHE_EXACT ((size_t)UNITS_EXACT * UNIT - sizeof(struct tag))
#define CACHE_LARGEST ((size_t)UNITS_CACHED * UNIT - sizeof(struct tag))

/* As large as a unit is in a tag's check: the one is the other's offset. */
struct cache_bin { void *head; size_t out, stop; ptrdiff_t left; };
_Static_assert(sizeof(struct cache_bin) == 1 << UNITS_SHIFT || sizeof(void *) == 4, "an offset of units");

struct cache {
	struct cache_bin bin[CACHE_BINS];	/* by units */
	size_t refilled[CACHE_BINS], flushed[CACHE_BINS];
	uint8_t limit[CACHE_BINS];		/* how many it may hold; CACHE_MOST at most; 0: closed */
	struct cache *next;			/* of all caches */
	bool owned;				/* by a living thread */
};

/* The thread's own. cache_none, in whose bins nothing is and nothing goes: it has none, for it has not asked yet or another heap is in force. */
extern __thread struct cache *cache_mine;
extern struct cache cache_none;

/* All under the heap's lock. Give this thread a cache; without memory for one it goes on without. */
void cache_begin(void);
/* Fill the bin of these units, a class, and return one more object, and its size. NULL: the kernel gave no memory. */
void *cache_refill(struct cache *c, uint32_t units, size_t *have);
/* If p is a live object of the caches' sizes: make room for it, by letting its bin hold more, or by giving back half of what lies
 * there. Takes the lock itself, if need be. */
bool cache_make_room(const void *p);
/* The thread ends: give back all. */
void cache_end(void);
/* A forked child has one thread. The others' caches stay as they are: one may have been at work. */
void cache_after_fork(void);
/* What all caches were asked for: objects and bytes handed out, and bytes taken back. */
void cache_sum(size_t *count, size_t *allocated, size_t *freed);
/* Whether each bin of this thread holds cached objects of its size, as many as it says, and a cache that is nobody's holds none. */
const char *cache_check(void);
_Noreturn void cache_misuse(const void *p);

static inline struct cache_bin *cache_bin_at(struct cache *c, int32_t offset) { return (struct cache_bin *)(void *)((char *)c + offset); }

/* An object of so many units from this thread's cache. NULL: ask elsewhere. Its units are part of its check, so they need no look of their own. */
static inline void *cache_take(uint32_t units)
{
	struct cache *c = cache_mine;
	int32_t offset = (int32_t)units << UNITS_SHIFT;
	struct cache_bin *b = cache_bin_at(c, offset);
	void *p = b->head;
	if (!p)
		return NULL;
	struct tag *t = tag_of(p);
	uint32_t check = (uint32_t)(uintptr_t)p ^ (uint32_t)offset;
	if (tag_check(t) != ~check)
		cache_misuse(p);
	b->head = *(void **)p;
	store_relaxed(&b->out, b->out + 1);
	store_relaxed(&t->check, check);
	return p;
}

/* An object of n bytes: if its class is its size; if it is another. */
static inline void *cache_alloc(size_t n) { return n <= CACHE_EXACT ? cache_take(units_for(n)) : NULL; }
static inline void *cache_alloc_larger(size_t n)
{
	return n > CACHE_EXACT && n <= CACHE_LARGEST ? cache_take(units_of_class(units_for(n))) : NULL;
}

/* Whether the cache has taken p, a live object of its sizes. If not, nothing has changed; p may be anything. */
static inline bool cache_free(void *p)
{
	struct tag *t = tag_below(p);
	if (!heap_knows(t))
		return false;
	int32_t offset = (int32_t)(tag_word(t) << UNITS_SHIFT);
	uint32_t check = (uint32_t)(uintptr_t)p ^ (uint32_t)offset;
	if (tag_check(t) != check)
		return false;
	struct cache_bin *b = cache_bin_at(cache_mine, offset);
	ptrdiff_t left = b->left - 1;
	if (left < 0)
		return false;
	*(void **)p = b->head;
	b->head = p;
	store_relaxed(&b->left, left);
	store_relaxed(&t->check, ~check);
	return true;
}
