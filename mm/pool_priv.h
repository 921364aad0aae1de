#pragma once
#include "mm_priv.h"
#include <lib/bits.h>
#include <mm/pool.h>
#include <mm/segfit.h>
/* Between pool.c, which allocates and frees, and pool_block.c, which looks at blocks. */

enum {
	POOL_TAG = 16,		/* bytes of struct pool_tag */
	POOL_FREED_KEPT = 16,
};

/* The last bytes of a block. */
struct pool_tag {
	uint64_t site;		/* who asked for it */
	uint32_t nbytes;	/* what was asked for */
	uint16_t prot;
	uint16_t check;		/* of the above, and of the tag's address */
};
_Static_assert(sizeof(struct pool_tag) == POOL_TAG, "the layout in pool.h");

struct pool_freed { const void *p; const void *site; };

/* Locks: [I] constant after init; [p] lock. */
struct pool {
	struct mm *mm;			/* [I] */
	struct spinlock lock;
	struct segfit fit;		/* [p] */
	struct list arenas;		/* [p] blocks of frames, through page->link */
	struct pool_stats st;		/* [p] */
	struct pool_freed freed[POOL_FREED_KEPT];	/* [p] who freed the last blocks, in a ring */
	uint64_t nfreed;		/* [p] */
};

struct pool_request { size_t nbytes, align; const void *site; };

/* pool_alloc() for another caller than its own. */
enum err pool_allocate(struct pool *pool, const struct pool_request *r, void **out, struct mm_error *why) MUST_CHECK;

/* The bytes that a block of nbytes <= POOL_BLOCK_MAX takes in an arena, its header left out. */
static inline size_t pool_block_bytes(size_t nbytes) { return (size_t)align_up(nbytes, POOL_TAG) + POOL_TAG; }

/* Put a tag and padding behind the nbytes at p; prot is all. */
void pool_tag_block(void *p, size_t nbytes, const void *site);
/* What is wrong with p as a live block, or a kind of MM_NO_ERROR and *tag. The lock is held. */
struct mm_error pool_find(struct pool *pool, const void *p, struct pool_tag **tag);
/* Log what was wrong, and raise it, from site. The lock is not held. */
enum err pool_complain(struct pool *pool, struct mm_error *why, struct mm_error e, const void *site);
