#pragma once
#include <mm/types.h>
#include <mm/pt.h>
/* memck, an fsck for memory: every frame has exactly one owner, and its reference count is the number of references.
 *
 * mm_check() (mm/mm.h) looks at what the allocator says of itself. This looks at what everybody else says: the caller shows each
 * reference that there is, from whatever holds frames (address spaces, page tables, the page cache, stacks), memck counts them per
 * frame, and at the end compares with struct page:
 *
 *	page->state	what must have been found
 *	PAGE_USED	page->refs references, and at least one
 *	PAGE_TABLE	one: a table is reachable once, or kept by a CPU for the next use
 *	PAGE_KMALLOC, PAGE_HEAP	none: the holder of the pointer is not known; refs is 1
 *	PAGE_SLAB	none: the cache's lists lead to it, which mm_check() follows
 *	all others	none: a reference to a free frame is the worst of faults
 *
 * So a frame nobody has is a leak, one that more have than it counts will be freed under somebody's feet, and either is told with
 * who allocated it. A second walk with watch set says who holds a frame.
 *
 * Nothing may change meanwhile: the kernel holds the other CPUs (kernel/rendezvous.h). No locks are taken but zones' and
 * caches'. Cost: the memmap, and every entry of every table. */
struct mm;
struct page;
struct pool;
struct space;

struct memck_fault {
	pfn_t pfn;
	const char *what;	/* a phrase: "refs 2 but 1 found" has the numbers apart, below */
	uint32_t refs, found;
	bool counted;		/* refs and found mean something */
	const void *site;	/* who allocated the frame; NULL: not known (release builds) */
};

struct memck {
	/* To be set by the caller. */
	struct mm *mm;
	uint32_t *found;	/* memck_frames() counters, their contents does not matter; NULL while watch is set */
	void (*report)(struct memck *m, const struct memck_fault *f);	/* NULL: only count the faults */
	const struct page *watch;	/* call holder for each reference to this frame, and count nothing */
	void (*holder)(struct memck *m, vaddr_t va);

	/* Results. */
	uint64_t faults;
	uint64_t frames, slabs, tables;		/* frames allocated; slabs and tables among them, in blocks */
};

/* Counters that the caller has to supply: one for each frame of the memmap. */
uint64_t memck_frames(const struct mm *mm);
/* Forget everything, and count what mm/ itself keeps. */
void memck_begin(struct memck *m);
/* One reference to the block that frame pa lies in. va says where, for the holder; 0: nowhere in particular. A pa that is no RAM is no frame's. */
void memck_hold(struct memck *m, paddr_t pa, vaddr_t va);
/* A table: its root, the tables that r's part of it leads to, with the numbers of entries that they claim, and the frames if
 * pt owns them. */
void memck_pt(struct memck *m, const struct pt *pt, struct vrange r);
/* A space's table and frames. Without its lock: nothing runs. */
void memck_space(struct memck *m, const struct space *s);
/* A pool's arenas. Without its lock. */
void memck_pool(struct memck *m, const struct pool *pool);
/* Compare, and mm_check(). True if no fault was found since memck_begin(). */
bool memck_end(struct memck *m);
