#pragma once
#include <mm/types.h>
#include <lib/err.h>
#include <arch/pte.h>
#include <mm/page.h>
#include <mm/port.h>
/* Page tables of either machine: one walker over arch/pte.h's entries.
 *
 * A table is a tree of PT_HEIGHT levels of pages of entries. Height 0 is the last level, whose
 * entries lead to frames; the root is at height PT_HEIGHT - 1. Above height 0 an entry leads to a
 * table or, as a block leaf, to 2 MiB or 1 GiB at once. An entry is in one of three conditions:
 *
 *   0        empty
 *   valid    the machine may use it
 *   parked   not valid, but it keeps its address (and, in a user table, its frame): the page of
 *            a P_NONE region, or one on its way out
 *
 * The struct page of each table counts the entries that are not 0 in page->index, so a table that has
 * become empty is known without looking at it; and since an empty table holds 512 zeros, it
 * can be used for a new one as it is. Locking: whoever owns the table holds a lock around each call. */
struct mm;

struct pt {
	struct mm *mm;
	paddr_t root;
	asid_t asid;
	bool owns_frames;	/* each leaf holds one reference to its frame (user tables) */
	uint32_t ntables;	/* besides the root */
	uint64_t nleaves;	/* entries of height 0 that are not 0; block leaves do not count */
	uint64_t nzero;		/* those of them that lead to the shared page of zeros */
	uint64_t peak;		/* most others that there were, as of the last time that some were unmapped */
#ifdef CONFIG_DEBUG
	struct vrange owed;	/* what the machine has to forget before any frame is given up, and before the lock is; start == end: nothing */
#endif
};

/* What to map: consecutive frames from pa on. */
struct pt_target {
	paddr_t pa;
	prot_t prot;
	memtype_t type;
	int max_height;		/* largest leaf allowed: 0 pages only, 1 also 2 MiB, 2 also 1 GiB */
};

/* A table with an empty root and asid's tag; the kernel's half of it is filled once mm_set_kernel_root() was called. The kernel's own
 * table does not own the frames it maps. ERR_NOMEM. */
enum err pt_init(struct pt *pt, struct mm *mm, asid_t asid, bool owns_frames) MUST_CHECK;
/* Free the root. Everything was unmapped before (ASSERT). */
void pt_destroy(struct pt *pt);

/* Fetch n zeroed pages for tables onto stack, all or none. ERR_NOMEM. */
enum err pt_tables_reserve(struct mm *mm, struct page_stack *stack, unsigned n) MUST_CHECK;
/* Give back what was reserved and not used. */
void pt_tables_release(struct mm *mm, struct page_stack *stack);
/* Most new tables that mapping r page by page could need. */
unsigned pt_tables_bound(struct vrange r);
/* How many tables are missing on the way to va's entry at height 0. */
unsigned pt_tables_missing(const struct pt *pt, vaddr_t va);

/* Map r to what's frames with the largest leaves that va, pa, length and max_height permit. Cannot fail: tables holds
 * enough pages (pt_tables_bound(r) always is enough) and r is empty (both ASSERTed). What is left over stays in tables. A
 * table that owns frames takes over one reference to each. */
void pt_map(struct pt *pt, struct vrange r, const struct pt_target *what, struct page_stack *tables);
/* The same with pages from the allocator as they are needed: for the kernel's own table. ERR_NOMEM:
 * nothing is mapped. */
enum err pt_map_alloc(struct pt *pt, struct vrange r, const struct pt_target *what) MUST_CHECK;

/* Empty r, holes included, with one flush for all of it (none if nothing was valid). Frame references are
 * dropped, and emptied tables freed, after the flush. r must not cut a block leaf in two (ASSERT). */
void pt_unmap(struct pt *pt, struct vrange r);
/* The same for a table that no CPU walks any more and whose translations were forgotten: at the end of a space. No flush, one pass. */
void pt_drop(struct pt *pt, struct vrange r);
/* Change what the mapped pages of r permit; entries marked P_COW stay so. P_NONE parks them. Flushes if
 * any entry lost a right. r must not cut a block leaf in two (ASSERT). */
void pt_protect(struct pt *pt, struct vrange r, prot_t prot);

/* va's entry of height 0, or of the block around it; 0 if empty. */
pte_t pt_get(const struct pt *pt, vaddr_t va);
/* Point va's page to frame pa with prot, P_COW included. Break before make where the frame changes; one flush if the frame changes
 * or a right is lost, none otherwise. tables holds pt_tables_missing(). The reference to a frame that was there before
 * passes to the caller. */
void pt_set(struct pt *pt, vaddr_t va, paddr_t pa, prot_t prot, struct page_stack *tables);
/* The two steps of that, for who has looked at the entry already: where va's entry is (NULL where no table leads there), and a new value for it. */
pte_t *pt_entry(const struct pt *pt, vaddr_t va);
void pt_store(struct pt *pt, pte_t *e, vaddr_t va, pte_t value);
/* Point those of n entries from e on, all of one table, that are empty to the frames of those pages that are not NULL, whose references they
 * take over; such a page becomes NULL. Nothing was valid, so nothing is flushed. */
void pt_fill(struct pt *pt, pte_t *e, struct page **pages, unsigned n, prot_t prot);
/* The first page of r whose entry is not empty, at or after r.start; r.end if there is none. Steps over absent tables. */
vaddr_t pt_next(const struct pt *pt, struct vrange r);

/* Copy r's leaves of height 0 to the same addresses of child, one more frame reference each. With cow, write permission
 * is taken from both and they are marked P_COW; returns whether a valid entry of parent lost it: the caller then flushes,
 * once for all its calls. tables holds enough pages (parent->ntables always is enough for all of it). */
bool pt_copy(struct pt *child, struct pt *parent, struct vrange r, bool cow, struct page_stack *tables);

/* Find va's page; false if va is unmapped or parked, and then *pa, *prot are untouched. */
bool pt_query(const struct pt *pt, vaddr_t va, paddr_t *pa, prot_t *prot);
/* Make every CPU forget what it remembers of r; of all of pt. */
void pt_flush(struct pt *pt, struct vrange r);
void pt_flush_all(struct pt *pt);
/* In debug builds the table keeps account of what its entries no longer say and the TLBs may: a downgrade is a debt, a flush pays it.
 * PANICs through ASSERT while something is owed. */
static inline void pt_assert_paid(const struct pt *pt)
{
#ifdef CONFIG_DEBUG
	ASSERT(pt->owed.start == pt->owed.end);
#else
	(void)pt;
#endif
}
/* PANICs through ASSERT unless counts agree with entries. Only tables below top-level slots of r are looked at. O(n). */
void pt_check(const struct pt *pt, struct vrange r);
