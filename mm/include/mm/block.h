#pragma once
#include <mm/types.h>
#include <lib/list.h>
#include <lib/rbtree.h>
/* Blocks with boundary tags: memory that was handed over in arenas, cut into blocks that lie back to back. The simple heap (heap.h)
 * and the segregated fit (segfit.h) share all of it; they differ in how they find a free block. Uses lib/ and ASSERT alone,
 * so that it serves a program's heap as well as the kernel's. Takes no lock: the owner holds its own.
 *
 *   arena    | struct arena | H | block 0 ... | H | block 1 ... | H | block 2 ... | H |
 *                             \_ size, prev = 0      \_ prev = size of block 0       \_ the end: size = 0
 *
 * A header's size leads to the next block and its prev to the one before, so a freed block is joined with free neighbours
 * in O(1), and two free blocks never touch. A check word, made of the header's address and its fields, tells a header from
 * other bytes: double and wild frees and overwritten headers are noticed. A header is marked free before another block
 * swallows it, so that no bytes inside a block look like the header of a live one.
 *
 * Source: D. E. Knuth, "The Art of Computer Programming", volume 1, section 2.5 (boundary tags). */

/* What is wrong with a pointer that should be a live block. */
enum block_fault {
	BLOCK_OK,
	BLOCK_NOT_OURS,		/* outside the arenas */
	BLOCK_MISALIGNED,	/* not a multiple of 16 */
	BLOCK_FREE_ALREADY,	/* once its bytes have been used again, by a block or for links of free ones, this is BLOCK_CORRUPT */
	BLOCK_CORRUPT,		/* no header before it, or its header or a neighbour's was overwritten */
};
const char *block_fault_text(enum block_fault fault);

enum { BLOCK_UNIT = 16 };	/* blocks are multiples of this, and so are their addresses */
/* The largest arena, and thus more than the largest block: 32 GiB, or 1 GiB where pointers have 32 bits. */
#define BLOCKS_MAX ((size_t)1 << (sizeof(size_t) == 4 ? 30 : 35))

/* An arena that starts at a multiple of a unit has room for a block of this much less than its size. */
enum { BLOCKS_OVERHEAD = 128 };

enum block_state { BLOCK_LIVE = 1, BLOCK_FREE, BLOCK_END };

/* The 16 bytes before each block. Sizes are in units, the header included. */
struct block_head {
	uint32_t size;		/* 0 in the header that ends an arena */
	uint32_t prev;		/* size of the block before; 0 in an arena's first */
	uint8_t state;		/* enum block_state */
	uint8_t slack;		/* bytes of a live block beyond those asked for */
	uint16_t unused;
	uint32_t check;
};

struct blocks {
	struct rb_tree arenas;		/* by address */
	struct list idle;		/* arenas that are one free block */
	size_t total;			/* bytes of the arenas */
	size_t used, free;		/* bytes that live and free blocks hold, without headers */
	size_t asked;			/* of used, what was asked for */
	size_t nlive, nfree, narenas;
	size_t nidle;			/* arenas on the list above */
	unsigned steps;			/* blocks, arenas and tree nodes looked at by the last operation */
};

/* A block's bytes, how many it has room for, how many were asked for, and the block behind it. */
static inline void *block_data(const struct block_head *b) { return (void *)(b + 1); }
static inline size_t block_capacity(const struct block_head *b) { return (size_t)(b->size - 1) * BLOCK_UNIT; }
static inline size_t block_asked(const struct block_head *b) { return block_capacity(b) - b->slack; }
static inline struct block_head *block_next(const struct block_head *b) { return (struct block_head *)b + b->size; }
/* The block before, or NULL. */
static inline struct block_head *block_prev(const struct block_head *b) { return b->prev ? (struct block_head *)b - b->prev : NULL; }

/* Whether nbytes (1..BLOCKS_MAX) aligned to align (a power of two, at least 16) fit into the free block b. */
bool block_fits(const struct block_head *b, size_t nbytes, size_t align);

/* No arenas yet. */
void blocks_init(struct blocks *bs);
/* Make an arena of memory that overlaps no other one. Returns its one free block; NULL if nbytes is too small or above BLOCKS_MAX. */
struct block_head *blocks_add(struct blocks *bs, void *mem, size_t nbytes);
/* The one free block of the largest idle arena without which keep free bytes are left, or NULL. */
struct block_head *blocks_idle(struct blocks *bs, size_t keep);
/* Take that block's arena out. Returns what was added, and in *nbytes how much. */
void *blocks_remove(struct blocks *bs, struct block_head *whole, size_t *nbytes);

/* The live block that starts at p, found in O(log arenas), its neighbours checked too. *out is written on BLOCK_OK. */
enum block_fault blocks_find(struct blocks *bs, const void *p, struct block_head **out);

/* Make the free block b, which block_fits(), a live one. Returns it; what was cut off before and behind it are the free blocks cut[] (or NULL). */
struct block_head *blocks_take(struct blocks *bs, struct block_head *b, size_t nbytes, size_t align, struct block_head *cut[2]);
/* Make the live block b free, joined with its free neighbours. Returns the joined block. */
struct block_head *blocks_release(struct blocks *bs, struct block_head *b);
/* Whether the live block b can have nbytes where it is, with a free next block joined to it. */
bool blocks_can_resize(const struct block_head *b, size_t nbytes);
/* Do so. Returns the free block behind b afterwards, if that one is of its making: the old one is gone. */
struct block_head *blocks_resize(struct blocks *bs, struct block_head *b, size_t nbytes);

/* The first block, free or live, and the one after b, in order of address over all arenas; NULL at the end. */
struct block_head *blocks_first(const struct blocks *bs);
struct block_head *blocks_after(const struct blocks *bs, const struct block_head *b);
/* Call fn for each live block, in order of address, with the bytes asked for, until it returns false. It must not change blocks. */
void blocks_for_each(const struct blocks *bs, bool (*fn)(void *p, size_t nbytes, void *ctx), void *ctx);
/* Whether headers, neighbours, counts and the list of idle arenas agree. NULL if so, else the first fault in words. O(n). */
const char *blocks_check(const struct blocks *bs);
/* Whether an arena was added as just this. */
bool blocks_is_arena(const struct blocks *bs, const void *mem, size_t nbytes);
/* Whether b can be the header of a block of ours: inside an arena, and sound. For checks of lists that lead to blocks. */
bool blocks_is_block(const struct blocks *bs, const struct block_head *b);
