/* What a page fault does: find the region, check the access, and make the page present.
 *
 *   entry        region                   what happens
 *   empty        anonymous                a zeroed frame; for a load the shared page of zeros, P_COW
 *   empty        private, of an object    the object's page, P_COW; for a store a copy of it at once
 *   empty        shared, of an object     the object's page, P_COW until the first store
 *   P_COW        private                  the last owner takes the frame; others get a copy
 *   P_COW        shared                   the object is told of the store, and P_COW goes
 *   parked, or   any                      the rights that the region gives
 *   lacks right
 *   suffices     any                      another thread was here first, or the TLB is behind: forget the page
 *
 * Everything that can fail comes before the one change of the entry. */
#include "space_priv.h"
#include <arch/mmu.h>
#include <lib/string.h>

struct fault {
	struct space *s;
	struct region *r;
	vaddr_t va;
	prot_t access;
	pte_t *e;	/* va's entry, or NULL while a table is missing */
};

static bool suffices(pte_t e, prot_t access) { return pte_valid(e) && !(access & ~pte_prot(e)); }

static void enter(struct fault *f, struct page *page, prot_t prot, struct page_stack *tables)
{
	paddr_t pa = mm_page_pa(f->s->mm, page);
	if (f->e)
		pt_store(&f->s->pt, f->e, f->va, pte_leaf(pa, prot, MEM_NORMAL, 0));
	else
		pt_set(&f->s->pt, f->va, pa, prot, tables);
}

/* What was stored to the page must be seen by instruction fetch. */
static __attribute__((noinline)) void enter_code(struct fault *f, struct page *page, prot_t prot, struct page_stack *tables)
{
	arch_icache_sync(frame_map(f->s->mm, page, 0), PAGE_SIZE);
	frame_unmap(f->s->mm, page, 0);
	enter(f, page, prot, tables);
}

/* Map page, whose reference the entry takes over. tables are as many as are missing. */
static void install(struct fault *f, struct page *page, prot_t cow, struct page_stack *tables)
{
	prot_t prot = region_hw_prot(f->r->prot, f->access) | cow;
	if (prot & P_EXEC)
		enter_code(f, page, prot, tables);
	else
		enter(f, page, prot, tables);
}

/* A page that only this space has, besides its others or in place of one. NULL: no memory, or it would have more than it may. */
static struct page *own_page(struct space *s, bool besides, unsigned flags)
{
	if (s->pt.nleaves - s->pt.nzero + besides > s->max_resident)
		return NULL;
	struct page *page = frame_alloc(s->mm, 0, FRAME_USER | FRAME_HIGH | flags);
	if (page)
		page->flags = PAGE_ANON;
	return page;
}

static struct page *copy_of(struct space *s, struct page *page, bool besides)
{
	if (page == s->mm->zero_page)
		return own_page(s, true, FRAME_ZERO);
	struct page *copy = own_page(s, besides, 0);
	if (copy)
		frame_copy(s->mm, copy, page);
	return copy;
}

static enum fault_result from_err(enum err e)
{
	return e == OK ? FAULT_OK : e == ERR_NOMEM ? FAULT_NOMEM : FAULT_BUS;
}

/* Anonymous memory that nobody has stored to needs no frame of its own. */
static struct page *fetch_anonymous(struct space *s, bool store, prot_t *cow)
{
	if (store)
		return own_page(s, true, FRAME_ZERO);
	*cow = P_COW;
	frame_get(s->mm->zero_page);
	return s->mm->zero_page;
}

/* The page for an empty entry, with a reference; *cow says how to map it. */
static enum fault_result fetch(struct fault *f, struct page **out, prot_t *cow)
{
	struct mm *mm = f->s->mm;
	bool shared = f->r->flags & MAPF_SHARED, store = f->access & P_WRITE;
	*cow = 0;
	if (!f->r->object) {
		*out = fetch_anonymous(f->s, store, cow);
		return *out ? FAULT_OK : FAULT_NOMEM;
	}
	uint64_t pgoff = f->r->pgoff + ((f->va - f->r->node.range.start) >> PAGE_SHIFT);
	struct page *page;
	enum err e = f->r->object->ops->get_page(f->r->object, pgoff, shared && store, &page);
	if (e != OK)
		return from_err(e);
	*out = page;
	if (!store)
		*cow = P_COW;
	if (!store || shared)
		return FAULT_OK;
	*out = copy_of(f->s, page, true);
	frame_put(mm, page);
	return *out ? FAULT_OK : FAULT_NOMEM;
}

static enum fault_result fill_empty(struct fault *f, struct page_stack *tables)
{
	struct page *page;
	prot_t cow;
	enum fault_result result = fetch(f, &page, &cow);
	if (result != FAULT_OK)
		return result;
	install(f, page, cow, tables);
	if (f->r->object && !(f->access & P_WRITE))
		fault_around(f->s, f->r, f->va, region_hw_prot(f->r->prot, f->access) | cow);
	return FAULT_OK;
}

/* There is not even an entry yet. */
static enum fault_result fill_with_tables(struct fault *f)
{
	struct page_stack tables = { 0 };
	if (pt_tables_reserve(f->s->mm, &tables, pt_tables_missing(&f->s->pt, f->va)) != OK)
		return FAULT_NOMEM;
	enum fault_result result = fill_empty(f, &tables);
	pt_tables_release(f->s->mm, &tables);
	return result;
}

/* A store to a page that may be others' too. */
static enum fault_result break_cow(struct fault *f, struct page *page)
{
	struct page *mine = page;
	f->s->cow_faults++;
	if (__atomic_load_n(&page->refs, __ATOMIC_ACQUIRE) > 1)
		mine = copy_of(f->s, page, false);
	if (!mine)
		return FAULT_NOMEM;
	mine->flags = PAGE_ANON;	/* the last owner's may have been a file's */
	install(f, mine, 0, NULL);
	if (mine != page)
		frame_put(f->s->mm, page);
	return FAULT_OK;
}

/* The first store to an object's shared page. */
static enum fault_result store_shared(struct fault *f, struct page *page)
{
	struct page *dirty;
	uint64_t pgoff = f->r->pgoff + ((f->va - f->r->node.range.start) >> PAGE_SHIFT);
	enum err e = f->r->object->ops->get_page(f->r->object, pgoff, true, &dirty);
	if (e != OK)
		return from_err(e);
	install(f, dirty, 0, NULL);
	frame_put(f->s->mm, page);
	return FAULT_OK;
}

static enum fault_result resolve(struct fault *f)
{
	if (!f->e)
		return fill_with_tables(f);
	pte_t e = *f->e;
	if (!e)
		return fill_empty(f, NULL);
	struct page *page = mm_page(f->s->mm, pte_addr(e));
	prot_t cow = pte_prot(e) & P_COW;
	if (cow && f->access & P_WRITE)
		return f->r->flags & MAPF_SHARED ? store_shared(f, page) : break_cow(f, page);
	install(f, page, cow, NULL);
	return FAULT_OK;
}

enum fault_result fault_resolve(struct space *s, struct region *r, vaddr_t va, prot_t access)
{
	REQUIRES(&s->lock);
	struct fault f = { s, r, va, access, pt_entry(&s->pt, va) };
	return f.e && suffices(*f.e, access) ? FAULT_OK : resolve(&f);
}

/* The stack region that may grow down over va, or NULL. */
static __attribute__((noinline)) struct region *grow_stack(struct space *s, vaddr_t va)
{
	struct region *r = region_find_from(s, va);
	if (!r || !(r->flags & MAPF_STACK) || va < USER_MIN)
		return NULL;
	struct vrange to = { va, r->node.range.end };
	if ((to.end - to.start) >> PAGE_SHIFT > s->stack_max_pages)
		return NULL;
	const struct vmap_node *below = vmap_prev(&s->vmap, &r->node);
	if (below && below->range.end + STACK_GAP_PAGES * PAGE_SIZE > va)
		return NULL;
	if (space_note(s, space_budget(s, (r->node.range.start - va) >> PAGE_SHIFT)) != OK)
		return NULL;
	r->node.pad_before -= (uint32_t)((r->node.range.start - va) >> PAGE_SHIFT);
	vmap_resize(&s->vmap, &r->node, to);
	return r;
}

static enum fault_result fault_locked(struct space *s, vaddr_t va, prot_t access)
{
	struct region *r = region_find(s, va);
	if (!r)
		r = grow_stack(s, va);
	if (!r)
		return FAULT_UNMAPPED;
	if (access & ~r->prot && !(access == P_READ && r->prot))
		return FAULT_DENIED;
	s->faults++;
	struct fault f = { s, r, va, access, pt_entry(&s->pt, va) };
	if (!f.e || !suffices(*f.e, access))
		return resolve(&f);
	pt_flush(&s->pt, (struct vrange){ va, va + PAGE_SIZE });
	return FAULT_OK;
}

enum fault_result space_fault(struct space *s, vaddr_t va, prot_t access)
{
	mutex_lock(&s->lock);
	enum fault_result result = fault_locked(s, va & ~(PAGE_SIZE - 1), access);
	space_unlock(s);
	return result;
}
