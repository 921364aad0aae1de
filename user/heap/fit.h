#pragma once
#include "tag.h"
/* A segregated fit over chunks: free blocks in bins by size, found by a bitmap.
 *
 *	bin	2, 3 ... 63: that many units	64, 65 ...: eight to each power of two
 *
 * A request of the least size of its bin, as all of caches are, takes the first block of the first bin from there on that is not empty.
 * Another one tries some blocks of its own bin, which holds a range, and then takes from the next bin that is not empty: there every block
 * is large enough. What is cut off goes back into a bin; a freed block is joined with free neighbours, so two free blocks never touch.
 *
 * mm/segfit.h does the same for the kernel, with tags of 16 bytes and a tree of arenas, which finds any pointer's arena in O(log n); here the
 * price of both would be paid by every small object of every program.
 *
 * Source: M. Masmano et al., "TLSF: a New Dynamic Memory Allocator for Real-Time Systems", ECRTS 2004. */

enum { FIT_BINS = 232, FIT_TRIES = 4 };

struct fit {
	uint64_t filled[4];
	size_t free;		/* units in all bins */
	struct list bin[FIT_BINS];
};

void fit_init(struct fit *f);
/* Make memory, aligned to 16, of nbytes (a multiple of 16, up to 1 GiB) one free block between a first tag and an end. */
struct tag *fit_add(struct fit *f, void *mem, size_t nbytes);
/* The reverse: t is_whole. */
void fit_remove(struct fit *f, struct tag *t);
/* A live block of units or one more, aligned; NULL: there is none. */
struct tag *fit_take(struct fit *f, uint32_t units, size_t align);
/* Up to n live blocks of so many (UNITS_EXACT at most) units, side by side if there is room for that; the last one may have a unit more. How many. */
unsigned fit_take_many(struct fit *f, uint32_t units, unsigned n, void **out);
/* Free t, live or cached, and join it. What it is a part of then. Ends the program if a neighbour's tag was overwritten. */
struct tag *fit_give(struct fit *f, struct tag *t);
/* Make the live block t one of units where it is, or change nothing. */
bool fit_resize(struct fit *f, struct tag *t, uint32_t units);
/* Whether the free block t is all of its chunk. */
static inline bool fit_is_whole(const struct tag *t) { return (tag_word(t) & TAG_FIRST) && tag_state(tag_next(t)) == TAG_END; }
/* Whether a chunk's blocks are sound, from its first on, and its free ones in their bins; adds these to *nfree. NULL or the fault. */
const char *fit_check_chunk(const struct fit *f, const struct tag *first, size_t *nfree);
/* Whether each bin holds free blocks of its size, nfree in all, and as many units as the fit says. */
const char *fit_check(const struct fit *f, size_t nfree);
