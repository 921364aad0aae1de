#pragma once
#include <mm/types.h>
/* How physical memory is doing: counts, fragmentation, health. Integers only; ratios are in thousandths.
 *
 * Reading costs the allocators nothing: they count as they go, each CPU for itself, and this adds up. While other CPUs allocate, the figures are
 * of slightly different moments. */
struct mm;

/* ---- how much, and what for ---- */

struct mm_stats {
	uint64_t total_pages, free_pages, reserved_pages;
	uint64_t slab_pages, table_pages;
	uint64_t spare_tables;		/* of table_pages: in no table, kept for the next ones */
	uint64_t heap_pages, heap_blocks, heap_bytes;	/* of kmalloc()'s simple heap: arenas, live blocks, what they were asked for */
	uint64_t alloc_calls, failed_calls, bad_frees;
	uint64_t refills, flushes;	/* how often a CPU's stack of frames took some from its zone, gave some back */
	uint64_t drains;		/* how often stacks were emptied because memory had run out */
	uint64_t corruptions;		/* overwritten red zones and freed objects that hardened caches have found */
	uint64_t recoveries, recovered;	/* how often an allocation took back what was kept for speed, and found memory then */
};
/* Sums over zones and CPUs. */
void mm_stats(struct mm *mm, struct mm_stats *out);
/* Just the free frames: a few loads, no lock. */
uint64_t mm_free_pages(const struct mm *mm);
/* All frames that can be allocated; constant. As quick. */
uint64_t mm_total_pages(const struct mm *mm);

/* Zones are numbered from 0. */
unsigned mm_zone_count(const struct mm *mm);
/* A zone's name, sizes in pages, and free blocks per order (out[0..10]); for /proc. */
struct zone_stats {
	const char *name;		/* DMA, Normal, High */
	unsigned node;
	pfn_t start, end;		/* other zones may lie in between */
	uint64_t managed, free, min, low, high;
	uint64_t reserve[3];		/* frames left alone by requests whose highest zone is DMA, Normal, High */
	uint64_t ops, steps;		/* allocations and frees of blocks; splits and merges that these took: at most FRAME_ORDERS - 1 each */
	uint64_t largest_run;		/* free frames in a row: the largest block; of blocks of order 10, those that touch count as one */
	uint64_t blocks[11];
};
void mm_zone_stats(struct mm *mm, unsigned i, struct zone_stats *out);

/* A CPU's stack of free frames, and which zone they are of. batch of them move at a time; there are never more than most. */
struct cpu_stats { unsigned zone, count, batch, most; };
void mm_cpu_stats(struct mm *mm, unsigned cpu, struct cpu_stats *out);

/* A slab cache's figures; for /proc. Calls fn for each until it returns false. */
struct cache_stats { const char *name; uint32_t size, per_slab, pages_per_slab; uint64_t objects, cached /* in CPUs' magazines */, slabs, empty_slabs; };
void mm_cache_for_each(struct mm *mm, bool (*fn)(const struct cache_stats *s, void *ctx), void *ctx);

/* What each frame is used for, by a walk over the memmap: O(blocks), no lock. reserved + free + ... + other is every frame that there is. */
struct mm_census {
	uint64_t reserved, free, cpu;	/* cpu: free, on CPUs' stacks */
	uint64_t anon;			/* private pages of processes */
	uint64_t slab, kmalloc, heap, tables;
	uint64_t other;			/* page cache, kernel stacks, buffers: whoever asked for frames */
};
void mm_count_frames(struct mm *mm, struct mm_census *out);

/* ---- fragmentation ----
 *
 * A request for 2^order frames can fail for two reasons: memory is short, or it is in pieces. The first index says how much of the free
 * memory such a request cannot use; the second, once it would fail, which reason it is.
 *
 * Source: M. Gorman and A. Whitcroft, "Supporting Superpage Allocation without Additional Hardware Support", ISMM 2008, section 2;
 * the formulas are those of Linux's mm/vmstat.c (unusable_free_index, __fragmentation_index). */

/* 0: all free memory lies in blocks that suffice; 1000: none of it, or nothing is free. */
unsigned zone_unusable_index(const struct zone_stats *z, unsigned order);
/* -1000: the request would succeed. Else towards 0 memory is short, towards 1000 it is in pieces; 0 too if nothing is free. Where the formula
 * falls below 0 (a single block that is too small) this says 0: nothing but size is wrong with it. */
int zone_fragmentation_index(const struct zone_stats *z, unsigned order);
/* 1 - largest / free for all free memory; largest as in largest_run. 0 if nothing is free. */
unsigned mm_fragmentation(uint64_t largest, uint64_t free);
/* The largest run of free frames in any zone. */
uint64_t mm_largest_run(struct mm *mm);

/* ---- health ---- */

/* What has happened since boot; the difference of two of these is what happened in between. */
struct mm_events {
	uint64_t alloc_calls, failed_calls;	/* of frames and of slabs' objects; injected failures count */
	uint64_t oom_events;			/* allocations that failed although everything was tried to recover memory */
	uint64_t bad_frees, corruptions;
};
void mm_events(struct mm *mm, struct mm_events *out);
struct mm_events mm_events_since(const struct mm_events *now, const struct mm_events *mark);
/* failed_calls per thousand alloc_calls, rounded up, so that one failure is never none; 0 if there were no calls. */
unsigned mm_failure_rate(const struct mm_events *e);

/* From these on memory is not healthy. */
struct mm_limits { unsigned failure_rate; uint64_t oom_events; };
#define MM_LIMITS ((struct mm_limits){ .failure_rate = 50, .oom_events = 10 })
bool mm_is_healthy(const struct mm_events *e, const struct mm_limits *limits);
