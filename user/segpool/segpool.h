#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* Segment pools: buffers of seven sizes cut from large regions of mmap, for programs that hold much memory, give it back in part and take
 * it again, from many threads. Two ledgers are kept: *virtual* bytes, which grow with each new mmap and never shrink, and *physical* ones,
 * which shrink when an idle region's frames are given back (MADV_DONTNEED) and grow when the region is used again. The budget is one of
 * virtual bytes: a budget checked against physical bytes is none, for the address space behind it grows without bound.
 *
 *	pool            0    1    2    3    4    5    6
 *	segment, KiB    4    8   16   32   64  128  256
 *
 *	region:  (mmap) -> ACTIVE, cut into segments of one pool -> FREED: no frames, in its pool's queue -> ACTIVE again, perhaps for another
 *
 * Everything may be called from any thread at any time, but for create, destroy and check. Nothing takes a lock, except to sleep and to
 * wake who sleeps. Memory is not zeroed, except where frames were given back in between; segments are aligned to pages.
 *
 * Addresses are not frames: a store to a page that has none ends the process if there is none to be had. Who would rather be told sets
 * config.populate. */

enum { SEGPOOL_POOLS = 7, SEGPOOL_SMALLEST = 4096, SEGPOOL_LARGEST = 256 * 1024, SEGPOOL_REGION_MAX = 64 * 1024 * 1024 };

enum segpool_err {
	SEGPOOL_OK,
	SEGPOOL_INVALID,	/* no such size; a handle that names no segment */
	SEGPOOL_BUDGET,		/* the budget is spent, nothing is idle, and waiting did not help */
	SEGPOOL_NOMEM,		/* the kernel refused a mapping that the budget would bear, or frames, and nothing idle would do */
	SEGPOOL_STALE,		/* not in use, or in use by a later allocation than the handle's */
	SEGPOOL_PINNED,		/* not while it is pinned */
	SEGPOOL_NOT_PINNED,
};

/* One allocation: the memory, and a token that is good for this allocation alone. Copies are as good as the original. */
struct segment {
	void *base;
	size_t nbytes;
	uint32_t region, index, version;
};

/* What is needed of the kernel; tests put their own here. */
struct segpool_os {
	void *(*map)(size_t nbytes);			/* NULL: refused */
	void (*unmap)(void *p, size_t nbytes);
	int (*discard)(void *p, size_t nbytes);		/* 0, or an error number: EAGAIN and EINTR are tried again, a few times */
	int (*populate)(void *p, size_t nbytes);	/* frames, to be written to: 0, or an error number */
};

struct segpool_config {
	size_t region_bytes;	/* a multiple of 256 KiB up to SEGPOOL_REGION_MAX; 0: 2 MiB */
	size_t virtual_budget;	/* at least a region */
	unsigned wait_ms;	/* how long alloc may wait for others' releases when the budget is spent; 0: not at all */
	bool populate;		/* a segment has its frames before it is given out, and so have the pool's own tables (0.2 % of the budget) */
	void (*log)(void *ctx, const char *line);	/* one line, no newline; NULL: none. Must not call the pool. */
	void *log_ctx;
	const struct segpool_os *os;	/* NULL: the kernel */
};

struct segpool;

/* NULL: no memory, or a configuration that cannot be. */
struct segpool *segpool_create(const struct segpool_config *config);
/* Unmap everything, segments in use too. How many there were. */
size_t segpool_destroy(struct segpool *sp);

/* The pool that serves nbytes: the smallest segment that holds them. SEGPOOL_POOLS: none. */
unsigned segpool_pool_of(size_t nbytes);
/* A segment of at least nbytes, from: a region with room; a freed region of this pool; a new mapping, if the budget bears it; an idle
 * region or a freed one of any pool; what others release while one waits. If the kernel will not map or has no frames, what is idle is given
 * back and tried before SEGPOOL_NOMEM. Refused: *out is as it was, and no segment is taken (a region mapped in vain stays, idle). */
enum segpool_err segpool_alloc(struct segpool *sp, size_t nbytes, struct segment *out);
/* Give it back. Of several releases of one allocation exactly one succeeds, the others get SEGPOOL_STALE. SEGPOOL_PINNED: not released. */
enum segpool_err segpool_release(struct segpool *sp, const struct segment *s);
/* A pinned segment cannot be released, so its region cannot be freed. Pins are counted. */
enum segpool_err segpool_pin(struct segpool *sp, const struct segment *s);
enum segpool_err segpool_unpin(struct segpool *sp, const struct segment *s);

/* Free up to max idle regions (none of whose segments is in use) of pool, or of all pools if pool is SEGPOOL_POOLS: their frames go back to
 * the kernel, their addresses into the queue. A region whose frames the kernel will not take stays in use. How many were freed. */
size_t segpool_free_idle(struct segpool *sp, unsigned pool, size_t max);

/* ---- what is known ---- */

struct segpool_stats {
	size_t virtual_bytes, physical_bytes, virtual_peak, physical_peak, virtual_budget;
	size_t regions, active[SEGPOOL_POOLS], freed[SEGPOOL_POOLS];	/* regions */
	size_t in_use[SEGPOOL_POOLS];					/* segments */
	/* Events since creation. */
	size_t maps, reuses, moves, frees;	/* moves: reuses by another pool than it was freed by */
	size_t pressures, waits, refusals, map_failures, discard_failures, populate_failures, rejected;	/* rejected: stale or pinned */
};

/* Each figure is exact; together only if nobody else uses the pool meanwhile. */
void segpool_stats(struct segpool *sp, struct segpool_stats *out);
/* Sums over the pools. */
size_t segpool_active(const struct segpool_stats *st);
size_t segpool_freed(const struct segpool_stats *st);

enum segpool_event {
	SEGPOOL_EV_MAP = 1, SEGPOOL_EV_REUSE, SEGPOOL_EV_MOVE, SEGPOOL_EV_FREE, SEGPOOL_EV_PRESSURE, SEGPOOL_EV_WAIT, SEGPOOL_EV_REFUSE,
	SEGPOOL_EV_REJECT, SEGPOOL_EV_DISCARD_FAILED, SEGPOOL_EV_NO_FRAMES,
};
struct segpool_trace { uint64_t seq; enum segpool_event event; uint32_t pool, region; };
/* The newest events, oldest first; at most max, and as many as the ring (256) still holds. How many. */
size_t segpool_trace(struct segpool *sp, struct segpool_trace *out, size_t max);
const char *segpool_event_name(enum segpool_event e);

/* The first thing wrong with the books, or NULL. Nobody else may use the pool meanwhile. O(segments). Invariants:
 *  1. virtual bytes = regions, physical bytes = active regions, times their size; virtual bytes are within the budget;
 *  2. a region's count of used segments is that of its bits, and of its segments that say they are in use;
 *  3. the queue of a pool holds each FREED region of the pool once, and nothing else. */
const char *segpool_check(struct segpool *sp);
