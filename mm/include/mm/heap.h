#pragma once
#include <mm/block.h>
/* The simple heap: first fit over one list of blocks in order of address. It looks at every block, free or live, from the lowest
 * on until one fits, so an allocation is O(blocks): the baseline that everything else is measured against. What a first-fit
 * heap does well it does too: low addresses fill up, and the free space at the end stays in one piece.
 *
 * The blocks and their arenas are those of block.h, whose rules hold here; segfit.h finds a free one without looking.
 *
 * Source: D. E. Knuth, "The Art of Computer Programming", volume 1, section 2.5, algorithm A. */
struct heap {
	struct blocks blocks;
};

/* h must stay where it is. It has no memory yet. */
void heap_init(struct heap *h);
/* Give it an arena: memory that is in no other one. False, and nothing changed, if it is too small to hold a block or above BLOCKS_MAX. */
bool heap_add(struct heap *h, void *mem, size_t nbytes);
/* Take back the largest arena without live blocks, provided that keep bytes are free without it. Returns what was
 * added, and how much in *nbytes; NULL if there is none. */
void *heap_take_idle(struct heap *h, size_t *nbytes, size_t keep);

/* nbytes of memory, aligned to align: a power of two >= 16, or 0 for 16 (ASSERT). Contents undefined. NULL: no free block has room
 * for it, or nbytes is 0 or too large. O(blocks). */
void *heap_alloc(struct heap *h, size_t nbytes, size_t align);
/* On any fault nothing has changed. O(log arenas). */
enum block_fault heap_free(struct heap *h, void *p);
/* What was asked for the live block p, in *nbytes on BLOCK_OK. */
enum block_fault heap_find(struct heap *h, const void *p, size_t *nbytes);
/* Give the live block p (ASSERT) room for nbytes where it is. False: it does not fit there, or nbytes is 0; nothing has changed. */
bool heap_resize(struct heap *h, void *p, size_t nbytes);

/* Call fn for each live block in order of address until it returns false. It must not change h. */
static inline void heap_for_each(const struct heap *h, bool (*fn)(void *p, size_t nbytes, void *ctx), void *ctx)
{
	blocks_for_each(&h->blocks, fn, ctx);
}
/* NULL if the heap is sound; otherwise the first fault in words. O(n). */
static inline const char *heap_check(const struct heap *h) { return blocks_check(&h->blocks); }
