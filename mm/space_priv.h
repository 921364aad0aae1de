#pragma once
#include <mm/space.h>
#include <arch/layout.h>
#include "mm_priv.h"
/* The inside of an address space. For the files of mm/ alone.
 *
 * Every operation that changes a space has two halves. Prepare: check all there is to refuse, and fetch what may be
 * lacking (region records into a struct region_stock, table pages into a page_stack, frames). Commit: change; nothing
 * in it can fail. So a refusal leaves the space as it was. */

#define USER_MIN	(16 * PAGE_SIZE)	/* below it nothing is ever mapped: null pointers trap */
#define USER_RANGE	((struct vrange){ USER_MIN, USER_END })

enum { STACK_GAP_PAGES = 256 };

/* Locks: [l] lock; [I] constant after creation; [a] atomic. */
struct space {
	struct mutex lock;
	uint32_t refs;			/* [a] */
	struct mm *mm;			/* [I] */
	struct list link;		/* in mm->spaces, under mm->spaces_lock */
	struct pt pt;			/* [l]; root and asid [I] */
	struct vmap vmap;		/* [l] nodes are struct region */
	vaddr_t heap_start, brk;	/* [l] 0: no heap */
	uint64_t stack_max_pages;	/* [I] */
	uint64_t mmaps, munmaps, faults, cow_faults;	/* [l] */
	uint64_t max_mapped, max_resident;	/* [l] in pages */
	unsigned lock_later;			/* [l] of MAPF_LOCKS: what new regions begin with */
	uint64_t peak_mapped;			/* [l] */
	uint64_t refused_holes, refused_budget, refused_memory;	/* [l] */
};

/* A space without regions that is not on the list of all; cfg as of space_create(). */
struct space *space_new(struct mm *mm, const struct space_config *cfg);
/* ---- spaces.c: on the list of all spaces, and off it ---- */
void spaces_add(struct space *s);
void spaces_remove(struct space *s);

/* May npages more addresses be mapped? ERR_BUDGET, logged and counted: no. The space is locked. */
enum err space_budget(struct space *s, uint64_t npages) MUST_CHECK;
/* Addresses were asked for, and e is what came of it: count. Returns e. */
enum err space_note(struct space *s, enum err e);
/* Whether all of r is mapped, by regions that may have prot; ends are those at its ends. ERR_NOMEM, ERR_ACCESS. */
enum err space_covered(struct space *s, struct vrange r, prot_t prot, struct region *ends[2]) MUST_CHECK;

/* Cut the regions at the ends of r, so that r is whole regions, from *first on; join them again by region_merge(). ERR_NOMEM: r has a
 * hole, or no memory for records. ERR_ACCESS: one may not have prot. */
enum err space_isolate(struct space *s, struct vrange r, prot_t prot, struct region **first) MUST_CHECK;
/* ---- space_lock.c ---- */
/* Bring all of r in, for stores where they would make a copy. Goes on where it cannot be had, and says what came first. */
enum fault_result space_fill(struct space *s, struct vrange r);
/* The same if r, new and of one region, is locked. What cannot be had is left for later. */
void space_fill_locked(struct space *s, struct vrange r);

/* At the end of every operation all TLBs know what the tables say. */
static inline void space_unlock(struct space *s)
{
	pt_assert_paid(&s->pt);
	mutex_unlock(&s->lock);
}

static inline struct region *region_of(struct vmap_node *n)
{
	return n ? container_of(n, struct region, node) : NULL;
}

static inline struct region *region_find(struct space *s, vaddr_t va) { return region_of(vmap_find(&s->vmap, va)); }
static inline struct region *region_find_from(struct space *s, vaddr_t va) { return region_of(vmap_find_from(&s->vmap, va)); }
static inline struct region *region_next(struct space *s, struct region *r) { return region_of(vmap_next(&s->vmap, &r->node)); }

static inline bool range_is_user(struct vrange r)
{
	return USER_MIN <= r.start && r.start < r.end && r.end <= USER_END && !((r.start | r.end) & (PAGE_SIZE - 1));
}

/* What the entries of a region with prot may permit for this access: user pages, never to be written and executed at once. A
 * region that asks for both gets whichever was used last. */
static inline prot_t region_hw_prot(prot_t prot, prot_t access)
{
	prot_t both = P_WRITE | P_EXEC;
	if ((prot & both) == both)
		prot &= access & P_EXEC ? ~(prot_t)P_WRITE : ~(prot_t)P_EXEC;
	return prot | P_USER;
}

/* Region records fetched beforehand. {0} is an empty stock. */
struct region_stock {
	struct region *top;	/* linked through object */
	unsigned count;
};

/* Bring the stock to n records. ERR_NOMEM: it holds what it held. */
enum err region_stock_fill(struct mm *mm, struct region_stock *stock, unsigned n) MUST_CHECK;
void region_stock_release(struct mm *mm, struct region_stock *stock);

/* ---- region.c: all under the space's lock ---- */

/* How many records region_carve(r) takes from the stock: 1 if r lies strictly inside one region, else 0. */
unsigned region_carve_needs(struct space *s, struct vrange r);
/* Take r out of whatever regions are there, and out of the page tables. */
void region_carve(struct space *s, struct vrange r, struct region_stock *stock);
/* The neighbours of like's range, which is free, that may grow over it; NULL where none may. */
struct region_fit { struct region *below, *above; };
struct region_fit region_fit(struct space *s, const struct region *like);
/* Whether adding a region takes a record. */
static inline unsigned region_add_needs(struct region_fit fit) { return !fit.below && !fit.above; }
/* A region with like's range and properties: a neighbour made larger, or a new one. Takes one more reference to the object. */
void region_add(struct space *s, const struct region *like, struct region_fit fit, struct region_stock *stock);
/* r keeps what is below at, an address inside it; returns the region of the rest. Takes one record. */
struct region *region_split(struct space *s, struct region *r, vaddr_t at, struct region_stock *stock);
/* Join neighbours that came to be alike: at every border from first's start to end. */
void region_merge(struct space *s, struct region *first, vaddr_t end);
/* A record of r in another space, where its range is free; it is not locked. Takes one record and one more reference to the object. */
void region_copy(struct space *to, const struct region *r, struct region_stock *stock);
/* The end: drop all regions and what is mapped in them. The space is nobody's translation any more, and forgotten by every TLB. */
void region_drop_all(struct space *s);

/* ---- fault.c ---- */

/* Make va's page present in region r such that access is possible; access was checked against r->prot, or is forced. Flushes
 * nothing if it already is. */
enum fault_result fault_resolve(struct space *s, struct region *r, vaddr_t va, prot_t access);
/* ---- fault_around.c ---- */
/* A load has brought va's page of r's object in, to be mapped with prot: map those around it that are in memory. */
void fault_around(struct space *s, const struct region *r, vaddr_t va, prot_t prot);
