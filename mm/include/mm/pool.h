#pragma once
#include <mm/types.h>
#include <mm/error.h>
#include <lib/err.h>
/* A pool: blocks of any size that somebody (a process) is charged for, up to a limit.
 *
 * The memory comes from the buddy allocator in arenas of 64 KiB or more (just large enough ones where free memory is short), which a segregated
 * fit (mm/segfit.h) cuts into blocks. An arena in which nothing lives any more goes back at once, so an empty pool holds no frames.
 *
 *	arena 64 KiB  | H | block        : tag | H | block : tag | H | free                     | H |
 *	                  |<- nbytes ->|pad|
 *
 * Behind its bytes a block has a tag that says who asked for it, how long it is and what may be done with it; the bytes of padding between
 * block and tag are known ones. So what runs over the end of a block is found out, here when the block is next looked at.
 *
 * What a block costs is pool_cost(nbytes), whatever the engine made of it, and the costs of the live blocks never exceed the limit. No
 * function changes anything when it fails. Locking: each takes the pool's own lock (LOCK_POOL), and fetches and returns frames without it. */
struct mm;
struct pool;

enum { POOL_ALIGN_MAX = 4096 };

/* An empty pool. NULL: no memory. */
struct pool *pool_create(struct mm *mm, uint64_t limit);
/* Free what is left in it, and the pool. pool NULL: nothing. */
void pool_destroy(struct pool *pool);

/* What a block of nbytes is charged: header, tag and padding included. Saturates. */
uint64_t pool_cost(size_t nbytes);

/* A block of nbytes (0 is allowed: it has an address, and no bytes) aligned to align, a power of two up to POOL_ALIGN_MAX, or 0: 16. The caller's
 * return address is kept. MM_ALIGNMENT_ERROR, MM_PROCESS_LIMIT_EXCEEDED, MM_OUT_OF_MEMORY. */
enum err pool_alloc(struct pool *pool, size_t nbytes, size_t align, void **out, struct mm_error *why) MUST_CHECK;
/* The same for who only wants to know whether: aligned to 16, NULL for no memory and for the limit. */
void *pool_get(struct pool *pool, size_t nbytes);

/* Give a block back. MM_INVALID_ADDRESS: p is no live block (a double free names who freed it before). MM_CORRUPTION_DETECTED: it was overrun;
 * it stays allocated until pool_free_all(). Either is logged. */
enum err pool_free(struct pool *pool, void *p, struct mm_error *why) MUST_CHECK;
/* The same for who knows what it frees: a refusal is in the log. p NULL: nothing. */
void pool_put(struct pool *pool, void *p);

/* Copy nbytes out of, or into, the block p, from byte offset of it on. MM_INVALID_ADDRESS: no live block, or not all of these bytes are in
 * it. MM_PROTECTION_VIOLATION. MM_CORRUPTION_DETECTED. */
enum err pool_read(struct pool *pool, const void *p, size_t offset, void *dst, size_t nbytes, struct mm_error *why) MUST_CHECK;
enum err pool_write(struct pool *pool, void *p, size_t offset, const void *src, size_t nbytes, struct mm_error *why) MUST_CHECK;
/* What pool_read() and pool_write() may do with p from now on: P_READ | P_WRITE at first. Pointers are not held to it: there is no page
 * table between a block and its neighbour. */
enum err pool_protect(struct pool *pool, void *p, prot_t prot, struct mm_error *why) MUST_CHECK;

/* Requests beyond it fail; what lives above a lower one stays. */
void pool_set_limit(struct pool *pool, uint64_t limit);

struct pool_stats {
	uint64_t limit, current, peak;		/* bytes, as pool_cost() counts */
	uint64_t count;				/* live blocks */
	uint64_t allocs, failures;		/* calls of pool_alloc(), those refused among them */
	uint64_t arenas, arena_bytes;
};
/* The figures of one moment. */
void pool_stats(struct pool *pool, struct pool_stats *out);

/* A live block. */
struct pool_block { const void *p; size_t nbytes; prot_t prot; const void *site; };
/* Call fn for each, in order of address, under the lock, until it returns false; fn must not call the pool. False, and nothing is called,
 * if headers were overwritten, so that there is no way from block to block. */
bool pool_for_each(struct pool *pool, bool (*fn)(const struct pool_block *b, void *ctx), void *ctx);

/* Free every block, corrupted ones too, and return every frame. Returns how many blocks there were. */
uint64_t pool_free_all(struct pool *pool);
/* memck for a pool: the engine's blocks, the tags, and the counts. True if sound; else logs the first fault. */
bool pool_check(struct pool *pool);
