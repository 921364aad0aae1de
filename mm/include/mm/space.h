#pragma once
#include <mm/types.h>
#include <mm/port.h>
#include <lib/rbtree.h>
#include <mm/pt.h>
#include <mm/vmap.h>
/* An address space: regions and holes (vmap), page tables (pt), and what a fault does.
 * All functions take the space's lock themselves unless they say otherwise. */
struct mm;
struct page;
struct space;

/* Something whose pages can be mapped: a file's page cache, shared anonymous memory. Embedded in its owner
 * (an inode). The kernel implements it; mm only calls. */
struct vm_object {
	const struct vm_object_ops *ops;
	uint32_t nregions;	/* [a] regions of all spaces that map it; 0 at first, mm/ counts */
	uint64_t id;		/* [a] what space_place() calls it; 0: it was never asked */
};
struct vm_object_ops {
	void (*get)(struct vm_object *);	/* one more mapping refers to it */
	void (*put)(struct vm_object *);
	/* Page number pgoff of the object with a reference for the caller, read in if need be; write: the caller will write to
	 * it (shared mapping), so mark it dirty. ERR_NXIO: past the end (SIGBUS). Called under the
	 * space's lock; may sleep. */
	enum err (*get_page)(struct vm_object *, uint64_t pgoff, bool write, struct page **out);
	/* Those of n pages from pgoff on that are in memory, each with a reference for the caller; NULL for those that are not, or are past
	 * the end. Neither sleeps nor allocates. NULL: the object has none at hand, ever. */
	void (*peek_pages)(struct vm_object *, uint64_t pgoff, unsigned n, struct page **out);
};

enum map_flags {
	MAPF_FIXED = 1,		/* exactly at hint; what is there is unmapped first */
	MAPF_NOREPLACE = 2,	/* with FIXED: refuse with ERR_EXIST instead */
	MAPF_SHARED = 4,	/* stores go to the object; survives fork */
	MAPF_POPULATE = 8,	/* fault everything in now; what cannot be had is left for later */
	MAPF_STACK = 16,	/* grows down on a fault below it, to its rlimit, keeping a guard gap of 256 pages to what is below */
	MAPF_GUARD = 32,	/* keep a page on each side free of what the policy places */
	MAPF_OUTSIDE = 64,	/* the kernel's own doing, for exec: not counted among the mmaps */
	MAPF_LOCKED = 128,	/* faulted in now, as far as possible, and not to be given up by madvise */
	MAPF_ON_FAULT = 256,	/* with LOCKED: brought in only when touched */
	MAPF_LOCKS = MAPF_LOCKED | MAPF_ON_FAULT,
};

struct map_req {
	vaddr_t hint;		/* page aligned, or 0 */
	uint64_t npages;	/* > 0 */
	prot_t prot;		/* P_READ | P_WRITE | P_EXEC or P_NONE; P_USER is implied */
	unsigned flags;
	struct vm_object *object;	/* NULL: anonymous, private. The region takes a reference of its own */
	uint64_t pgoff;
	prot_t max_prot;		/* most that mprotect may give; 0: no limit. ERR_ACCESS if prot exceeds it */
	const char *name;		/* for /proc; kept, not copied; or NULL */
};

struct region {			/* [l] the space's lock guards all of it */
	struct vmap_node node;	/* its place in the vmap: node.range */
	prot_t prot, max_prot;
	unsigned flags;		/* MAPF_SHARED, MAPF_STACK, MAPF_LOCKS */
	struct vm_object *object;
	uint64_t pgoff;		/* of node.range.start */
	const char *name;	/* "[heap]", "[stack]", NULL */
};

struct space_stats {
	uint64_t mapped_pages;	/* virtual */
	uint64_t resident_pages;	/* physical: pages with a frame */
	uint64_t zero_pages;		/* pages that have been read only, and share the page of zeros */
	uint64_t table_pages;
	uint64_t mmaps, munmaps, faults, cow_faults;
	uint64_t hole_pages, largest_hole_pages;	/* of the mmap window */
	uint64_t regions;
	uint64_t peak_mapped_pages, peak_resident_pages;
	uint64_t max_mapped_pages, max_resident_pages;	/* the limits; UINT64_MAX: none */
	uint64_t refused_holes, refused_budget, refused_memory;	/* requests for addresses refused: no hole; over the limit; no memory for records */
};

struct space_config {
	struct vrange window;	/* where mmap places things without a hint */
	enum vmap_policy policy;
	vaddr_t stack_top;
	uint64_t stack_max_pages;
	uint64_t max_mapped_pages, max_resident_pages;	/* see space_set_limits(); 0: none */
};

/* A new empty space with references 1. NULL: no memory. */
struct space *space_create(struct mm *mm, const struct space_config *cfg);
void space_get(struct space *s);
/* The last reference unmaps everything. May sleep (objects are put). Must not be the current translation of any CPU by then. */
void space_put(struct space *s);
/* Two ledgers, two limits. max_mapped pages of addresses in all regions together (RLIMIT_AS): what would exceed it is refused with ERR_BUDGET,
 * logged, and a stack does not grow. max_resident frames of its own: a fault that needs one more ends in FAULT_NOMEM. What is above a new
 * limit already stays. A forked child has its parent's limits. 0: none. */
void space_set_limits(struct space *s, uint64_t max_mapped_pages, uint64_t max_resident_pages);
/* A copy for fork: private pages shared copy-on-write, shared ones shared. On failure the parent is as before (its pages may have lost
 * their write permission, which the next fault gives back). */
enum err space_fork(struct space *parent, struct space **child) MUST_CHECK;

/* Put a region where req says, or else where the hint says if that is free, or else where the policy finds a hole in the window.
 * ERR_BUDGET. ERR_NOSPACE_VA: no addresses (logged, unless the place was fixed: `[mmap] REJECT: size 0x1000 exceeds limit`). ERR_NOMEM. ERR_INVAL: no
 * pages, a fixed place not page aligned, or shared without an object. ERR_PERM: a fixed place among the first 16
 * pages. ERR_EXIST: MAPF_NOREPLACE. ERR_ACCESS: prot exceeds max_prot. */
enum err space_map(struct space *s, const struct map_req *req, vaddr_t *out) MUST_CHECK;
/* Any range below USER_END, holes included. ERR_INVAL: not such a range, or not aligned. ERR_NOMEM only if a region must be split and no memory is left for it. */
enum err space_unmap(struct space *s, struct vrange r) MUST_CHECK;
/* ERR_NOMEM if r has a hole (nothing changed); ERR_ACCESS if an object forbids it. */
enum err space_protect(struct space *s, struct vrange r, prot_t prot) MUST_CHECK;
/* MADV_DONTNEED: drop the frames of private memory; the next read is zero (or the file). ERR_NOMEM if r has a hole, ERR_INVAL if some of it is
 * locked (nothing changed). The second, MADV_DONTNEED_LOCKED, does not mind locks. */
enum err space_discard(struct space *s, struct vrange r) MUST_CHECK;
enum err space_discard_locked(struct space *s, struct vrange r) MUST_CHECK;
/* Set where the heap starts (exec), then move the break: *out gets the break in force, which is the old one if refused (as Linux). */
void space_set_heap(struct space *s, vaddr_t start);
vaddr_t space_brk(struct space *s, vaddr_t want);
/* MADV_FREE: the same, but only private anonymous memory may be given up. ERR_INVAL if r has any other, or is locked. */
enum err space_free(struct space *s, struct vrange r) MUST_CHECK;
/* mlock, munlock: from now on the regions of r have these of MAPF_LOCKS (0: unlocked), and with MAPF_LOCKED alone all of r is brought in: for
 * stores where a store would take a frame. ERR_NOMEM: r has a hole, or is not of user addresses, or no memory for records; nothing changed.
 * Locked, but not all of it in: ERR_AGAIN: memory ran out; ERR_FAULT: a region permits no access, or its object has no such page. */
enum err space_lock(struct space *s, struct vrange r, unsigned flags) MUST_CHECK;
/* mlockall: the same for all that is mapped, as far as it can be had; and for what will be. A forked child starts without either. */
void space_lock_all(struct space *s, unsigned flags);
void space_lock_later(struct space *s, unsigned flags);
/* Fault all of r in, for loads or for stores (MADV_POPULATE_READ, _WRITE). ERR_NOMEM: r has a hole, or memory ran out; what came in
 * stays. ERR_INVAL: a region forbids the access. ERR_FAULT: an object has no such page. */
enum err space_populate(struct space *s, struct vrange r, prot_t access) MUST_CHECK;
/* OK if all of r is mapped, else ERR_NOMEM. */
enum err space_is_mapped(struct space *s, struct vrange r) MUST_CHECK;
/* What va is called by everyone who can reach it: a place in an object if it is shared, else the address itself. */
struct space_place {
	uint64_t object;	/* a number that no other object ever has, even when this one is gone; 0: private memory, or nothing is there */
	uint64_t at;		/* byte offset in the object; va */
};
struct space_place space_place(struct space *s, vaddr_t va);
/* mincore: for each page of r, 1 in out if it is present, else 0. ERR_NOMEM: r has a hole; out is not written. */
enum err space_present(struct space *s, struct vrange r, unsigned char *out) MUST_CHECK;
/* Move or resize (mremap): old range to new_npages, at the same address, or elsewhere if flags permit. With REMAPF_FIXED to *at
 * and nowhere else; what is there is unmapped first, as far as it does not overlap old (ERR_INVAL). *at gets the new address. ERR_FAULT: old
 * is not inside one region. ERR_NOSPACE_VA: no room. ERR_BUDGET. ERR_NOMEM. ERR_INVAL: new_npages is 0, or old or *at no user range.
 * old empty, at an address inside a shared region: what is mapped there is mapped a second time, elsewhere. ERR_INVAL: the region is private. */
enum remap_flags {
	REMAPF_MAY_MOVE = 1,
	REMAPF_FIXED = 2,	/* implies MAY_MOVE */
	REMAPF_KEEP = 4,	/* MREMAP_DONTUNMAP, with MAY_MOVE and the same size (else ERR_INVAL): the frames move, the old region stays, empty */
};
enum err space_remap(struct space *s, struct vrange old, uint64_t new_npages, unsigned flags, vaddr_t *at) MUST_CHECK;

enum fault_result { FAULT_OK, FAULT_UNMAPPED, FAULT_DENIED, FAULT_NOMEM, FAULT_BUS };
/* What a fault of that access (P_READ, P_WRITE or P_EXEC) at va does: a frame is there afterwards, or why not. Reads files: may sleep. */
enum fault_result space_fault(struct space *s, vaddr_t va, prot_t access);

/* object has only npages pages from now on, and get_page() says so already: its further pages leave every space, private copies of them
 * too, and whoever touches them next gets FAULT_BUS. Takes one space's lock after the other, so the caller holds neither one nor any lock
 * that is taken under it. Costs nothing where nobody maps the object, else a look at each region of all spaces. */
void spaces_truncate(struct mm *mm, struct vm_object *object, uint64_t npages);

/* Copy into or out of a space that need not be the current one, faulting pages in. Used by exec, for a stack that is not yet
 * anybody's. The region's protection is not asked: a write to a private read-only page goes to a copy of it, as a debugger's
 * would; one to a shared page that may not be written is refused. ERR_FAULT, ERR_NOMEM: part may have been copied. */
enum err space_write(struct space *s, vaddr_t va, const void *src, size_t n) MUST_CHECK;
enum err space_read(struct space *s, vaddr_t va, void *dst, size_t n) MUST_CHECK;

/* The translation to give arch_mmu_switch(). */
paddr_t space_root(const struct space *s);
asid_t space_asid(const struct space *s);

/* The figures of one moment. */
void space_stats(struct space *s, struct space_stats *out);
/* Call fn for each region in address order, under the lock; fn must not sleep or fault. Stops when fn returns false. */
void space_for_each(struct space *s, bool (*fn)(const struct region *r, void *ctx), void *ctx);
/* A page of a space that has a frame. */
struct space_page {
	vaddr_t va;
	pfn_t pfn;
	const struct page *page;	/* refs: how many entries and caches hold the frame; flags & PAGE_ANON: it is no cached object's */
	const struct region *region;	/* that va is in */
	prot_t prot;			/* of the entry: P_COW if a store comes to the fault handler first; without P_READ it is parked */
	bool is_zero;			/* the page of zeros, which is nobody's */
};
/* What to call on a walk, in address order: region for each region that overlaps the range, then page for each of its pages there that has a
 * frame, then leave for the region. NULL: not called. The walk ends when one returns false. */
struct space_visitor {
	bool (*region)(const struct region *r, void *ctx);
	bool (*page)(const struct space_page *p, void *ctx);
	bool (*leave)(const struct region *r, void *ctx);
};
/* Walk r; what of it is no user address holds nothing, and an empty range is no error. Under the lock: visitors must not sleep, fault, or keep
 * what they are shown. O(regions + tables + pages with a frame), whatever the length of r. */
void space_walk(struct space *s, struct vrange r, const struct space_visitor *visitor, void *ctx);
/* Where mmap places things without a hint. */
struct vrange space_window(const struct space *s);
/* PANICs through ASSERT if an invariant is broken: regions and holes tile the window, entries agree with regions, refcounts
 * cover entries. O(n). */
void space_check(struct space *s);
