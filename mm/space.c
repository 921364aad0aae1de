/* Address spaces: creation, references, figures, check. What they do is in space_map.c, space_brk.c, space_remap.c, fault.c, fork.c and
 * space_copy.c; what they are made of in vmap.c and pt.c. All of them together: spaces.c. */
#include "space_priv.h"
#include <arch/mmu.h>

void space_init_caches(struct mm *mm)
{
	slab_cache_init(mm, &mm->region_cache, "region", sizeof(struct region), 0);
	slab_cache_init(mm, &mm->space_cache, "space", sizeof(struct space), 0);
	spin_init(&mm->spaces_lock, LOCK_SLAB, "spaces");
	list_init(&mm->spaces);
}

static uint64_t or_none(uint64_t limit) { return limit ? limit : UINT64_MAX; }

struct space *space_new(struct mm *mm, const struct space_config *cfg)
{
	struct space *s = slab_alloc(mm, &mm->space_cache);
	if (!s)
		return NULL;
	*s = (struct space){
		.refs = 1, .mm = mm, .stack_max_pages = cfg->stack_max_pages,
		.max_mapped = or_none(cfg->max_mapped_pages), .max_resident = or_none(cfg->max_resident_pages),
	};
	asid_t asid = asid_alloc(mm);
	if (pt_init(&s->pt, mm, asid, true) != OK) {
		asid_free(mm, asid);
		slab_free(mm, &mm->space_cache, s);
		return NULL;
	}
	mutex_init(&s->lock, LOCK_SPACE, "space");
	vmap_init(&s->vmap, USER_RANGE, cfg->window, cfg->policy);
	list_init(&s->link);
	return s;
}

struct space *space_create(struct mm *mm, const struct space_config *cfg)
{
	struct space *s = space_new(mm, cfg);
	if (s)
		spaces_add(s);
	return s;
}

void space_get(struct space *s) { __atomic_fetch_add(&s->refs, 1, __ATOMIC_RELAXED); }

void space_put(struct space *s)
{
	struct mm *mm = s->mm;
	if (__atomic_sub_fetch(&s->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	spaces_remove(s);
	pt_flush_all(&s->pt);
	region_drop_all(s);
	asid_free(mm, s->pt.asid);
	pt_destroy(&s->pt);
	slab_free(mm, &mm->space_cache, s);
}

paddr_t space_root(const struct space *s) { return s->pt.root; }
asid_t space_asid(const struct space *s) { return s->pt.asid; }

/* ---- the limits ---- */

void space_set_limits(struct space *s, uint64_t max_mapped_pages, uint64_t max_resident_pages)
{
	mutex_lock(&s->lock);
	s->max_mapped = or_none(max_mapped_pages);
	s->max_resident = or_none(max_resident_pages);
	space_unlock(s);
}

enum err space_budget(struct space *s, uint64_t npages)
{
	uint64_t mapped = s->vmap.node_bytes >> PAGE_SHIFT;
	if (mapped <= s->max_mapped && npages <= s->max_mapped - mapped)
		return OK;
	port_log("[mmap] BUDGET: size 0x%llx and 0x%llx mapped exceed 0x%llx", (unsigned long long)(npages << PAGE_SHIFT),
		(unsigned long long)s->vmap.node_bytes, (unsigned long long)(s->max_mapped << PAGE_SHIFT));
	return ERR_BUDGET;
}

enum err space_note(struct space *s, enum err e)
{
	uint64_t mapped = s->vmap.node_bytes >> PAGE_SHIFT;
	s->peak_mapped = mapped > s->peak_mapped ? mapped : s->peak_mapped;
	s->refused_holes += e == ERR_NOSPACE_VA;
	s->refused_budget += e == ERR_BUDGET;
	s->refused_memory += e == ERR_NOMEM;
	return e;
}

/* ---- figures, check ---- */

void space_stats(struct space *s, struct space_stats *out)
{
	mutex_lock(&s->lock);
	*out = (struct space_stats){
		.mapped_pages = s->vmap.node_bytes >> PAGE_SHIFT,
		.resident_pages = s->pt.nleaves - s->pt.nzero,
		.zero_pages = s->pt.nzero,
		.table_pages = s->pt.ntables + 1ull,
		.mmaps = s->mmaps,
		.munmaps = s->munmaps,
		.faults = s->faults,
		.cow_faults = s->cow_faults,
		.hole_pages = s->vmap.hole_bytes >> PAGE_SHIFT,
		.largest_hole_pages = vmap_largest_hole(&s->vmap) >> PAGE_SHIFT,
		.regions = s->vmap.nnodes,
		.peak_mapped_pages = s->peak_mapped,
		.peak_resident_pages = s->pt.peak > s->pt.nleaves - s->pt.nzero ? s->pt.peak : s->pt.nleaves - s->pt.nzero,
		.max_mapped_pages = s->max_mapped,
		.max_resident_pages = s->max_resident,
		.refused_holes = s->refused_holes,
		.refused_budget = s->refused_budget,
		.refused_memory = s->refused_memory,
	};
	space_unlock(s);
}

void space_for_each(struct space *s, bool (*fn)(const struct region *r, void *ctx), void *ctx)
{
	mutex_lock(&s->lock);
	for (struct vmap_node *n = vmap_first(&s->vmap); n; n = vmap_next(&s->vmap, n))
		if (!fn(region_of(n), ctx))
			break;
	space_unlock(s);
}

static void check_region(const struct region *r)
{
	ASSERT(range_is_user(r->node.range));
	ASSERT(!(r->prot & ~(prot_t)(P_READ | P_WRITE | P_EXEC)) && !(r->prot & ~r->max_prot));
	ASSERT(r->object || !(r->flags & MAPF_SHARED));
}

/* va's entry is not empty. */
static void check_entry(struct space *s, vaddr_t va)
{
	const struct region *r = region_find(s, va);
	pte_t e = pt_get(&s->pt, va);
	prot_t prot = pte_prot(e);
	ASSERT(r && prot & P_USER);
	ASSERT(!(prot & ~(r->prot | P_USER | P_COW | P_READ)) && pte_valid(e) == !!(prot & P_READ));
	ASSERT(!pte_valid(e) || r->prot);
	ASSERT((prot & (P_WRITE | P_EXEC)) != (P_WRITE | P_EXEC));
	const struct page *page = mm_page(s->mm, pte_addr(e));
	ASSERT(page && page->state == PAGE_USED && page->refs >= 1);
	ASSERT(r->object || page->refs == 1 || prot & P_COW);
}

void space_check(struct space *s)
{
	mutex_lock(&s->lock);
	vmap_check(&s->vmap);
	for (struct vmap_node *n = vmap_first(&s->vmap); n; n = vmap_next(&s->vmap, n))
		check_region(region_of(n));
	pt_check(&s->pt, USER_RANGE);
	uint64_t leaves = 0, zeros = 0;
	struct vrange r = USER_RANGE;
	for (r.start = pt_next(&s->pt, r); r.start < r.end; r.start = pt_next(&s->pt, r)) {
		check_entry(s, r.start);
		leaves++;
		zeros += mm_page(s->mm, pte_addr(pt_get(&s->pt, r.start))) == s->mm->zero_page;
		r.start += PAGE_SIZE;
	}
	ASSERT(leaves == s->pt.nleaves && zeros == s->pt.nzero);
	space_unlock(s);
}
