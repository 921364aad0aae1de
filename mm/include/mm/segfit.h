#pragma once
#include <mm/block.h>
/* Segregated fit: free blocks in buckets by size, so that a block is found without a search.
 *
 *   bucket     0    1    2   ...    8      9     10   ...   22       large
 *   capacity  16   32   64   ...   4 KiB  8 KiB 12 KiB ... 60 KiB    64 KiB and above
 *             powers of two              steps of 4 KiB              a red-black tree by (capacity, address)
 *
 * A free block is filed under the size it rounds DOWN to. A request takes the first block of the first bucket that is not empty from the size on
 * that it rounds UP to: every block there is large enough, and a bitmap names the bucket, so up to 60 KiB this is O(1). Above,
 * and when all those buckets are empty, the tree gives the best fit in O(log large blocks). Before that a few
 * blocks of the bucket that the request rounds down to are tried, for they may fit exactly. What is not looked at:
 * the others in that bucket. So NULL means that no free block is as large as the request's own size class.
 *
 * Over memory handed to it; what holds for block.h holds here. Freeing is O(1) besides finding the arena, O(log arenas), and
 * filing a large block. Every operation leaves in blocks.steps what it looked at.
 *
 * Sources: M. Masmano et al., "TLSF: a New Dynamic Memory Allocator for Real-Time Systems", ECRTS 2004 (bitmap, good fit); P. R. Wilson
 * et al., "Dynamic Storage Allocation: A Survey and Critical Review", IWMM 1995, section 3.6. */

enum {
	SEGFIT_BUCKETS = 23,
	SEGFIT_TRIES = 4,	/* blocks of the exact bucket that are looked at */
};
#define SEGFIT_LARGE ((size_t)64 << 10)

struct segfit {
	struct blocks blocks;
	uint32_t filled;			/* bit i: bucket i is not empty */
	struct list bucket[SEGFIT_BUCKETS];
	struct rb_tree large;
};

/* s must stay where it is. It has no memory yet. */
void segfit_init(struct segfit *s);
/* Give it an arena: memory that is in no other one. False, and nothing changed, if it is too small to hold a block or above BLOCKS_MAX. */
bool segfit_add(struct segfit *s, void *mem, size_t nbytes);
/* Take back the largest arena without live blocks, provided that keep bytes are free without it. Returns what was
 * added, and how much in *nbytes; NULL if there is none. */
void *segfit_take_idle(struct segfit *s, size_t *nbytes, size_t keep);

/* nbytes of memory, aligned to align: a power of two >= 16, or 0 for 16 (ASSERT). Contents undefined. NULL: no block, or nbytes is 0 or too large. */
void *segfit_alloc(struct segfit *s, size_t nbytes, size_t align);
/* On any fault nothing has changed. */
enum block_fault segfit_free(struct segfit *s, void *p);
/* What was asked for the live block p, in *nbytes on BLOCK_OK. */
enum block_fault segfit_find(struct segfit *s, const void *p, size_t *nbytes);
/* Give the live block p (ASSERT) room for nbytes where it is, growing into a free neighbour or giving back what is behind. False: it
 * does not fit there, or nbytes is 0; nothing has changed. */
bool segfit_resize(struct segfit *s, void *p, size_t nbytes);

/* Call fn for each live block in order of address until it returns false. It must not change s. */
static inline void segfit_for_each(const struct segfit *s, bool (*fn)(void *p, size_t nbytes, void *ctx), void *ctx)
{
	blocks_for_each(&s->blocks, fn, ctx);
}

/* Bytes: of the arenas; held by live blocks and of that asked for; free in all and in the largest free block. What is missing to the total is headers. */
struct segfit_stats {
	size_t total, used, asked, free, largest_free;
	size_t blocks, free_blocks, arenas;
	unsigned steps;		/* of the last operation */
};
/* O(1), but for one walk over a single bucket. */
void segfit_stats(const struct segfit *s, struct segfit_stats *out);
/* NULL if blocks are sound and each free one is in its bucket, and nothing else; otherwise the first fault in words. O(n log n). */
const char *segfit_check(const struct segfit *s);
