#pragma once
#include <pthread.h>
#include <stdatomic.h>
#include "segpool.h"
/* How the pools are built. All of it is atomic words and compare-and-set; each has one meaning and few transitions:
 *
 * region word	| era 32 | 8 | state 4 | pool 4 | used 16 |	used: segments in use or being taken. ACTIVE with 0 used -> FREEING excludes
 *		takers, as they must count up from ACTIVE. The era counts frees, so a word read before a free never matches after it.
 * segment word	| version 32 | pins 31 | used 1 |	the version counts allocations: an old token never matches.
 * bits		of a region: segments taken. Set and cleared within a count in the region word, so who has counted finds a free one.
 * room		a bit for each region and pool: worth looking at. May be set in vain; is not clear for long if there is room.
 * freed	head of a pool's queue of freed regions, | version 32 | region + 1 |: the version makes "the same head" the same queue. */

enum { UNMAPPED, ACTIVE, FREEING, FREED };
enum { RING = 256, NONE = 0 };

#define NO_REGION UINT32_MAX
#define USED_MASK 0xffffull
#define SEG_USED 1ull
#define SEG_PIN 2ull
#define SEG_PINS 0xfffffffeull

struct region {
	_Atomic uint64_t word;
	void *base;			/* constant once ACTIVE has been seen */
	_Atomic uint32_t next;		/* in the queue of freed regions: region + 1, NONE ends it */
};

struct ring_entry { _Atomic uint64_t seq, what; };

struct segpool {
	struct segpool_config config;	/* constant */
	struct segpool_os os;		/* constant */
	size_t region_bytes, region_segments, region_bits, max_regions, room_words;	/* constant; of the smallest segments */
	void *tables;			/* what follows lies in one mapping, touched as regions come */
	size_t tables_bytes;
	struct region *region;
	_Atomic uint64_t *segment;	/* region_segments for each region */
	_Atomic uint64_t *bits;		/* region_bits words for each region */
	_Atomic uint64_t *room;		/* room_words for each pool */

	_Atomic uint64_t freed[SEGPOOL_POOLS];
	_Atomic uint32_t nregions;
	_Atomic uint32_t transit;	/* regions on the way from one state to another */
	_Atomic size_t virtual_bytes, physical_bytes, virtual_peak, physical_peak;

	/* Sleeping: see wait.c. */
	_Atomic uint64_t changes;	/* how often something has become available */
	_Atomic uint32_t sleepers;
	pthread_mutex_t lock;
	pthread_cond_t change;

	_Atomic size_t maps, reuses, moves, frees, pressures, waits, refusals, map_failures, discard_failures, populate_failures, rejected;
	_Atomic uint64_t ring_at;
	struct ring_entry ring[RING];
};

static inline unsigned word_used(uint64_t w) { return (unsigned)(w & USED_MASK); }
static inline unsigned word_pool(uint64_t w) { return (unsigned)(w >> 16 & 15); }
static inline unsigned word_state(uint64_t w) { return (unsigned)(w >> 20 & 15); }
static inline uint32_t word_era(uint64_t w) { return (uint32_t)(w >> 32); }
static inline uint64_t make_word(uint32_t era, unsigned state, unsigned pool) { return (uint64_t)era << 32 | (uint64_t)state << 20 | (uint64_t)pool << 16; }
static inline size_t segment_bytes(unsigned pool) { return (size_t)SEGPOOL_SMALLEST << pool; }
static inline size_t segments_in(const struct segpool *sp, unsigned pool) { return sp->region_bytes / segment_bytes(pool); }

/* Between a look and the exchange that rests on it: on the host, tests let other threads in here. */
#ifdef CONFIG_HOST
void segpool_step(void);
#else
static inline void segpool_step(void) {}
#endif

/* segment.c: segments of ACTIVE regions. */
/* For who is counted in the word of region r, which is the pool's: a segment of it. */
void segment_claim(struct segpool *sp, unsigned pool, uint32_t r, struct segment *out);
/* From the regions that room bits name; from any, looking at all. False: none has room. */
bool segment_take_fast(struct segpool *sp, unsigned pool, struct segment *out);
bool segment_take_any(struct segpool *sp, unsigned pool, struct segment *out);
void room_set(struct segpool *sp, unsigned pool, uint32_t r);

/* region.c: regions from state to state. */
/* A segment of a freed region from a pool's queue, which pool has from now on. False: the queue is empty. */
bool region_reuse(struct segpool *sp, unsigned pool, unsigned from, struct segment *out);
/* A segment of a new region. SEGPOOL_BUDGET, SEGPOOL_NOMEM. */
enum segpool_err region_map(struct segpool *sp, unsigned pool, struct segment *out);
void freed_push(struct segpool *sp, unsigned pool, uint32_t r);
uint32_t freed_pop(struct segpool *sp, unsigned pool);

/* wait.c */
void note_change(struct segpool *sp);
/* Sleep until sp->changes is not seen any more, but not beyond the deadline (CLOCK_MONOTONIC). */
void await_change(struct segpool *sp, uint64_t seen, const struct timespec *deadline);
bool wait_init(struct segpool *sp);
void wait_end(struct segpool *sp);

/* report.c */
void trace(struct segpool *sp, enum segpool_event e, unsigned pool, uint32_t region);
void say(struct segpool *sp, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void raise_peak(_Atomic size_t *peak, size_t value);
