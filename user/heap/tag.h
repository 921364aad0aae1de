#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/list.h>
#include "relaxed.h"
/* Boundary tags of 8 bytes, before each block of a chunk. They are the size that D. Lea's malloc has them in: the size of the block
 * before is kept in that block's own last bytes, and only while it is free.
 *
 *	| tag | object ........... | tag | links ... its size again | tag | object ...
 *	        a live block               a free one                 \_ TAG_PREV_FREE
 *
 * check is made of the object's address, the units, and the state: so a tag is told from other bytes, a block freed twice from a live one,
 * and an object that was written over its end is noticed, for check is the first that such a write meets.
 *
 * Who may write: units and flags belong to the heap's lock. check belongs to the block's owner while the block is live or cached: this is
 * why the flag that a neighbour sets is not part of it.
 *
 * Source: D. Lea, "A Memory Allocator", 1996 (tags); D. E. Knuth, "The Art of Computer Programming", volume 1, section 2.5. */

enum { UNIT = 16, UNITS_SHIFT = 5, UNITS_MIN = 2 };	/* a block: tag, two links, its size again */
enum { UNITS_EXACT = 16, UNITS_CACHED = 144 };		/* the largest block of a size of its own, and for a cache: see units_of_class() */

#define TAG_PREV_FREE 0x80000000u
#define TAG_FIRST 0x40000000u		/* of its chunk */
#define TAG_UNITS 0x07ffffffu

/* States, as what check is xored with. */
#define TAG_LIVE 0u			/* of up to UNITS_CACHED units, so that free() need not ask whether it is one for a cache */
#define TAG_LARGE 0x1ce4e5b8u		/* live, of more */
#define TAG_CACHED 0xffffffffu		/* in a thread's cache */
#define TAG_FREE 0x5ac31e69u
#define TAG_END 0x36a55a3cu		/* behind the last block; no units */
#define TAG_DIRECT 0x693c96c3u		/* of an object with a mapping of its own */

struct tag { uint32_t check, word; };

_Static_assert(sizeof(struct tag) == 8, "an object, behind its tag, is aligned to 16");

static inline struct tag *tag_of(const void *object) { return (struct tag *)((uintptr_t)object - sizeof(struct tag)); }
/* The same of any address: aligned, and not read yet. */
static inline struct tag *tag_below(const void *p) { return (struct tag *)(((uintptr_t)p & ~(uintptr_t)(UNIT - 1)) - sizeof(struct tag)); }
static inline void *object_of(const struct tag *t) { return (void *)(uintptr_t)(t + 1); }

/* Relaxed: another thread may hang TAG_PREV_FREE in or out. */
static inline uint32_t tag_word(const struct tag *t) { return load_relaxed(&t->word); }
static inline uint32_t tag_check(const struct tag *t) { return load_relaxed(&t->check); }
static inline uint32_t tag_units(const struct tag *t) { return tag_word(t) & TAG_UNITS; }

/* The check of a live block of this word: shifted, the flags fall out. Its last four bits are 0, so it is none of a crooked address. */
static inline uint32_t check_of(const void *object, uint32_t word) { return (uint32_t)(uintptr_t)object ^ word << UNITS_SHIFT; }
static inline uint32_t live_state(uint32_t units) { return units <= UNITS_CACHED ? TAG_LIVE : TAG_LARGE; }
static inline uint32_t tag_state(const struct tag *t) { return tag_check(t) ^ check_of(object_of(t), tag_word(t)); }

static inline void tag_set_state(struct tag *t, uint32_t state)
{
	store_relaxed(&t->check, check_of(object_of(t), tag_word(t)) ^ state);
}

static inline void tag_write(struct tag *t, uint32_t word, uint32_t state)
{
	store_relaxed(&t->word, word);
	tag_set_state(t, state);
}

static inline struct tag *tag_next(const struct tag *t) { return (struct tag *)(uintptr_t)t + (size_t)tag_units(t) * (UNIT / sizeof *t); }
static inline size_t tag_capacity(const struct tag *t) { return (size_t)tag_units(t) * UNIT - sizeof *t; }

/* The units of a block for n bytes. */
static inline uint32_t units_for(size_t n)
{
	size_t more = (n + 7) >> 4;
	return (uint32_t)(more + !more) + 1;
}

/* The units that a block of so many gets. Up to UNITS_EXACT each number is a class; above, eight to a power of two, so that what one object
 * leaves serves another; and from UNITS_CACHED on each number again, for there are few such objects, and they are large. */
static inline uint32_t units_of_class(uint32_t units)
{
	if (units <= UNITS_EXACT || units > UNITS_CACHED)
		return units;
	uint32_t step = units <= 32 ? 2 : units <= 64 ? 4 : units <= 128 ? 8 : 16;
	return (units + step - 1) & ~(step - 1);
}
