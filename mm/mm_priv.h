#pragma once
#include <mm/mm.h>
#include <mm/error.h>
#include <mm/heap.h>
#include <mm/page.h>
#include <mm/port.h>
#include <mm/slab.h>
#include "slab_priv.h"
/* What hangs on one struct mm. For the files of mm/ alone. */

enum {
	MM_CPUS = PORT_CPUS,
	MM_ZONES = 3 * MM_NODES,
	KMALLOC_CLASSES = 10,	/* 8, 16, ... 4096 bytes */
	KMALLOC_SMALL = 1024,	/* sizes up to this find their class in a table */
	ASIDS_MAX = 4096,
	CPU_FRAMES_BATCH = 16,	/* frames that move between a zone and a CPU's list at a time */
	CPU_FRAMES_MAX = 48,
	CPU_TABLES_MAX = 16,
	CPU_ROOTS_MAX = 4,
};

enum zone_kind { ZONE_DMA, ZONE_NORMAL, ZONE_HIGH, ZONE_KINDS };

/* One node's frames of one kind, with its free blocks. Locks: [z] lock; [I] constant after init. */
struct zone {
	const char *name;			/* [I] */
	pfn_t start, end;			/* [I] frames of other zones may lie in between */
	uint8_t id;				/* [I] index in mm->zones */
	uint8_t kind, node;			/* [I] */
	bool is_low;				/* [a] went below low, and not above high since */
	uint64_t managed;			/* [I] frames that can be allocated */
	uint64_t min, low, high;		/* [I] watermarks, in frames: user pages stop at min */
	uint64_t reserve[ZONE_KINDS];		/* [I] frames left alone, by the highest kind that a request could use */
	struct spinlock lock;
	uint64_t free;				/* [z] frames on the lists below */
	struct list blocks[FRAME_ORDERS];	/* [z] free blocks, linked through page->link */
	uint64_t nblocks[FRAME_ORDERS];		/* [z] */
	uint32_t orders;			/* [z] bit set of the orders that have blocks */
	uint64_t ops, steps;			/* [z] see struct zone_stats */
};

/* Free frames that a CPU keeps: linked through page->owner, and page->index is how many there are from this one down.
 *
 *   top --> 3 --> 2 --> 1
 *
 * Whoever exchanges NULL for top has them all to himself. The stack's CPU does that, changes them, and stores a new top; nobody
 * else ever stores anything but that NULL. So any CPU can take the frames away at any moment, and there is no lock. */
struct frame_stack {
	struct page *top;		/* [a] */
};

/* What a CPU keeps for itself. No lock: the kernel runs with interrupts off and does not sleep in here. */
struct mm_cpu {
	struct frame_stack frames;	/* free frames of zone frames_zone, PAGE_CPU */
	uint8_t node;			/* [I] */
	uint8_t frames_zone;		/* [I] the node's highest zone that is in the direct map, or the nearest node's */
	uint8_t not_stacked;		/* [I] of enum frame_flags: requests that the stack does not serve */
	struct page_stack tables;	/* page tables that became empty, thus zeroed; PAGE_TABLE */
	struct page_stack roots;	/* user roots: user half zeroed, kernel half filled; PAGE_TABLE */
	uint64_t alloc_calls, failed_calls, bad_frees, corruptions;
	uint64_t refills, flushes, drains;	/* of frames */
	uint64_t recoveries, recovered;
	int64_t table_pages;		/* frames in state PAGE_TABLE, those above included; summed over CPUs */
} __attribute__((aligned(64)));

struct mm {
	struct page *pages;		/* [I] the memmap: one for each frame of [base, base + npages) */
	pfn_t base;			/* [I] */
	uint64_t npages;		/* [I] */
	struct page *zero_page;		/* [I] 4 KiB of zeros, mapped wherever anonymous memory has been read and not written */
	paddr_t zero_pa;		/* [I] where it is */
	uintptr_t direct;		/* [I] direct map: pointer = direct + physical address */
	pfn_t direct_end;		/* [I] frames from here on are High: not in the direct map */
	uintptr_t direct_page;		/* [I] pointer / PAGE_SIZE of frame base in it */
	paddr_t kernel_root;		/* [I] */
	unsigned nzones, nnodes;	/* [I] */
	uint8_t distance[MM_NODES][MM_NODES];	/* [I] */
	uint8_t fallback[MM_NODES][MM_ZONES];	/* [I] by the CPU's node: all zones, in the order in which they are asked */
	bool injecting;			/* [a] ask port_may_allocate() */
	bool fail_fast;			/* [a] an allocation that finds nothing takes nothing back */
	uint8_t kmalloc_mode;		/* [a] enum kmalloc_mode */
	const char *slab_debug;		/* [I] names of the caches to harden, with commas; "all" */
	struct zone zones[MM_ZONES];
	struct mm_cpu cpu[MM_CPUS];

	struct spinlock caches_lock;	/* of caches */
	struct list caches;		/* every slab_cache, through its link */
	struct slab_cache classes[KMALLOC_CLASSES];
	uint8_t class_of[KMALLOC_SMALL / 8];	/* [I] by (nbytes - 1) / 8 */
	struct spinlock heap_lock;	/* of heap */
	struct heap heap;		/* kmalloc()'s simple one */
	struct slab_cache region_cache, space_cache;

	struct spinlock spaces_lock;	/* of spaces */
	struct list spaces;		/* every space that has regions, through its link */
	uint64_t last_object_id;	/* [a] */

	struct spinlock asid_lock;	/* of the next three */
	uint64_t asid_used[ASIDS_MAX / 64];
	unsigned asid_count, asid_next;

	uint64_t errors[MM_ERROR_KINDS];	/* [a] how often mm_raise() was called */
};

/* pa is in the direct map. */
static inline void *mm_ptr(const struct mm *mm, paddr_t pa)
{
#ifdef CONFIG_DEBUG
	ASSERT(pa >> PAGE_SHIFT < mm->direct_end);
#endif
	return (void *)(mm->direct + (uintptr_t)pa);
}

static inline paddr_t mm_pa(const struct mm *mm, const void *p)
{
	return (uintptr_t)p - mm->direct;
}

static inline pfn_t mm_pfn(const struct mm *mm, const struct page *page)
{
	return mm->base + (pfn_t)(page - mm->pages);
}

static inline paddr_t mm_page_pa(const struct mm *mm, const struct page *page)
{
	return mm_pfn(mm, page) << PAGE_SHIFT;
}

static inline bool mm_is_direct(const struct mm *mm, const struct page *page)
{
	return mm_pfn(mm, page) < mm->direct_end;
}

static inline void *mm_page_ptr(const struct mm *mm, const struct page *page)
{
	ASSERT(mm_is_direct(mm, page));
	return mm_ptr(mm, mm_page_pa(mm, page));
}

/* NULL outside [base, base + npages). */
static inline struct page *mm_page(const struct mm *mm, paddr_t pa)
{
	uint64_t i = (pa >> PAGE_SHIFT) - mm->base;
	return i < mm->npages ? &mm->pages[i] : NULL;
}

/* Whether p lies in the first frame of a slab; and in which. Slabs of small objects have no other frame. */
static inline bool slab_in_first_frame(const struct mm *mm, const void *p, struct slab **out)
{
	uintptr_t i = ((uintptr_t)p >> PAGE_SHIFT) - mm->direct_page;
	if (i >= mm->npages || mm->pages[i].state != PAGE_SLAB)
		return false;
	*out = mm->pages[i].owner;
	return true;
}

/* Who called this function. A machine that keeps its calls to itself does not say. */
#ifdef __wasm__
#define RETURN_ADDRESS NULL
#else
#define RETURN_ADDRESS __builtin_return_address(0)
#endif

/* Who called this function, for a slow path that says so. Saving it costs the fast path of the release build too much; there the slow
 * paths are reached by tail calls, and look at their own return address when they are given none. */
#ifdef CONFIG_DEBUG
#define CALL_SITE RETURN_ADDRESS
#else
#define CALL_SITE NULL
#endif

/* The first line of a function that is called with this spinlock or mutex held. Debug builds see that somebody holds it; where tests run,
 * that can only be the caller. */
#ifdef CONFIG_DEBUG
#define REQUIRES(lock) ASSERT(_Generic((lock), struct spinlock *: spin_is_taken, struct mutex *: mutex_is_taken)(lock))
static inline bool spin_is_taken(const struct spinlock *l) { return l->held; }
static inline bool mutex_is_taken(const struct mutex *m) { return m->owner; }
#else
#define REQUIRES(lock) ((void)0)
#endif

static inline struct mm_cpu *mm_cpu(struct mm *mm)
{
	return &mm->cpu[port_cpu()];
}

/* Count an allocation, and ask fault injection. */
static inline bool mm_may_allocate(struct mm *mm)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	cpu->alloc_calls++;
	if (!mm->injecting || port_may_allocate())
		return true;
	cpu->failed_calls++;
	return false;
}

/* Say in the log, and count, that a free from caller was wrong. */
void mm_bad_free(struct mm *mm, const void *what, const char *why, const void *caller);

/* ---- buddy.c: one zone's free blocks. The zone's lock is held. ---- */

/* A free block of 2^order, split off a larger one if need be; NULL if there is none. Its state is PAGE_USED. */
struct page *buddy_alloc(struct mm *mm, struct zone *z, unsigned order);
/* The smallest free block, cut down to order if it is larger; NULL if nothing is free. */
struct page *buddy_alloc_smallest(struct zone *z, unsigned order);
/* Put a block back, merged with its buddies as far as they are free. */
void buddy_free(struct mm *mm, struct zone *z, struct page *page, unsigned order);
/* Whether lists, states and counts agree. */
bool buddy_check(struct mm *mm, struct zone *z);

/* ---- zone.c ---- */

void zone_init_all(struct mm *mm, const struct mm_boot *boot, struct mm_range self);
/* Which node's and which zone's frames a CPU keeps. Its stack is empty. */
void zone_set_cpu(struct mm *mm, struct mm_cpu *cpu, unsigned node);
/* Allocate from the zones that flags allow, in order of preference. */
struct page *zone_alloc(struct mm *mm, unsigned order, unsigned flags);
void zone_free(struct mm *mm, struct page *page, unsigned order);
/* About n single frames for a CPU's stack, linked as such: from n/2 to less than 3n/2, or as many as there are; NULL: none. */
struct page *zone_alloc_batch(struct zone *z, unsigned n, unsigned flags);
/* Give the first n frames of such a stack, if it has as many, back to their zone; returns the rest. */
struct page *zone_free_batch(struct mm *mm, struct page *top, unsigned n);
/* Whether every zone that these flags allow went below low and did not recover, so that cached memory should be given back. */
bool zone_is_low(struct mm *mm, unsigned flags);

/* ---- page.c ---- */

/* All CPUs' free frames go back to their zones. */
void frame_drain(struct mm *mm);
/* About how many frames a CPU keeps: exact while nobody allocates. */
unsigned frame_stack_count(const struct frame_stack *s);
/* Zeroed frames for page tables, with state PAGE_TABLE. */
struct page *table_alloc(struct mm *mm);
/* Take back a table whose entries are all 0. */
void table_free(struct mm *mm, struct page *page);
/* Roots, with the kernel's half filled if there is a kernel root. Given back with the user half empty. */
struct page *root_alloc(struct mm *mm);
void root_free(struct mm *mm, struct page *page);
void table_drain_cpu(struct mm *mm);

/* ---- slab.c, kmalloc.c ---- */
void slab_cache_init(struct mm *mm, struct slab_cache *c, const char *name, size_t size, size_t align);
void kmalloc_init(struct mm *mm);
/* Whether c may have magazines: nothing wants to see each of its allocations, and the mode is not to pass it by. */
bool kmalloc_may_serve(const struct mm *mm, const struct slab_cache *c);
bool slab_check(struct mm *mm);

/* ---- kheap.c ---- */
void kheap_init(struct mm *mm);
/* nbytes of the simple heap, which grows if need be; NULL: no memory, or nbytes is 0 or too large. */
void *kheap_alloc(struct mm *mm, size_t nbytes);
/* p lies in a block of frames that is PAGE_HEAP. Returns why it cannot be freed, or NULL. */
const char *kheap_free(struct mm *mm, void *p);
/* Give idle arenas back. Returns the number of frames freed. */
size_t kheap_shrink(struct mm *mm);
bool kheap_check(struct mm *mm);

/* ---- space.c ---- */
void space_init_caches(struct mm *mm);

/* ---- asid.c ---- */
void asid_init(struct mm *mm);
/* An id for a new space: its own, or ASID_SHARED when all are taken. */
asid_t asid_alloc(struct mm *mm);
/* The id's translations are forgotten already. */
void asid_free(struct mm *mm, asid_t asid);
