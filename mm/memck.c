/* Counting the references to every frame: see mm/memck.h. */
#include <mm/memck.h>
#include <lib/string.h>
#include "space_priv.h"
#include "pool_priv.h"
#include "pt_priv.h"

uint64_t memck_frames(const struct mm *mm) { return mm->npages; }

static const void *site_of(const struct page *page)
{
#ifdef CONFIG_DEBUG
	return page->site;
#else
	(void)page;
	return NULL;
#endif
}

static void report(struct memck *m, const struct memck_fault *f)
{
	m->faults++;
	if (m->report)
		m->report(m, f);
}

static void fault(struct memck *m, pfn_t pfn, const char *what)
{
	const struct page *page = mm_page(m->mm, pfn << PAGE_SHIFT);
	report(m, &(struct memck_fault){ .pfn = pfn, .what = what, .site = page ? site_of(page) : NULL });
}

/* ---- counting ---- */

void memck_hold(struct memck *m, paddr_t pa, vaddr_t va)
{
	struct page *page = mm_page(m->mm, pa);
	if (!page)
		return;
	page = page_head(m->mm, page);
	if (!m->watch)
		m->found[page - m->mm->pages]++;
	else if (m->watch == page)
		m->holder(m, va);
}

static void hold_stack(struct memck *m, const struct page_stack *s)
{
	unsigned n = 0;
	for (const struct page *page = s->top; page && n < s->count; page = page->owner, n++)
		memck_hold(m, mm_page_pa(m->mm, page), 0);
}

void memck_begin(struct memck *m)
{
	if (!m->watch)
		memset(m->found, 0, m->mm->npages * sizeof *m->found);
	m->faults = m->frames = m->slabs = m->tables = 0;
	memck_hold(m, mm_page_pa(m->mm, m->mm->zero_page), 0);
	for (unsigned i = 0; i < MM_CPUS; i++) {
		hold_stack(m, &m->mm->cpu[i].tables);
		hold_stack(m, &m->mm->cpu[i].roots);
	}
}

struct walk { struct memck *m; const struct pt *pt; uint64_t leaves, zeros; uint32_t tables; };

/* r's part of table t at height h, which is va's. Returns how many of its entries are not 0. */
static unsigned walk_table(struct walk *w, const pte_t *t, int h, struct vrange r)
{
	unsigned used = 0;
	vaddr_t next;
	for (vaddr_t va = r.start; va != r.end; va = next) {
		next = pt_next_slot(va, r.end, h);
		pte_t e = t[pt_slot(va, h)];
		if (!e)
			continue;
		used++;
		if (pte_is_leaf(e, h)) {
			w->leaves += h == 0;
			w->zeros += h == 0 && pt_is_zero_page(w->pt, e);
			if (w->pt->owns_frames)
				memck_hold(w->m, pte_addr(e), va);
			continue;
		}
		const struct page *page = mm_page(w->m->mm, pte_addr(e));
		if (!page || page->state != PAGE_TABLE) {
			fault(w->m, pte_addr(e) >> PAGE_SHIFT, "is entered as a page table, and is none");
			continue;
		}
		w->tables++;
		memck_hold(w->m, pte_addr(e), va);
		vaddr_t start = va & ~(pt_span(h) - 1);
		if (walk_table(w, pt_table(w->pt, e), h - 1, (struct vrange){ start, start + pt_span(h) }) != page->index)
			fault(w->m, pte_addr(e) >> PAGE_SHIFT, "is a page table that miscounts its entries");
	}
	return used;
}

void memck_pt(struct memck *m, const struct pt *pt, struct vrange r)
{
	struct walk w = { .m = m, .pt = pt };
	memck_hold(m, pt->root, 0);
	unsigned used = walk_table(&w, pt_root(pt), PT_HEIGHT - 1, r);
	pfn_t root = pt->root >> PAGE_SHIFT;
	if (pt->owns_frames && used != mm_page(m->mm, pt->root)->index)
		fault(m, root, "is a root that miscounts its entries");
	if (pt->owns_frames && (w.tables != pt->ntables || w.leaves != pt->nleaves || w.zeros != pt->nzero))
		fault(m, root, "is the root of a space that miscounts its tables or pages");
}

void memck_space(struct memck *m, const struct space *s) { memck_pt(m, &s->pt, USER_RANGE); }

void memck_pool(struct memck *m, const struct pool *pool)
{
	const struct page *page;
	list_for_each(page, &pool->arenas, link)
		memck_hold(m, mm_page_pa(m->mm, page), 0);
}

/* ---- comparing ---- */

static void compare_used(struct memck *m, const struct page *page, uint32_t found)
{
	struct memck_fault f = {
		.pfn = mm_pfn(m->mm, page), .refs = page->refs, .found = found, .counted = true, .site = site_of(page),
	};
	if (page->refs == found && found)
		return;
	f.what = !found ? "belongs to nobody" : found > page->refs ? "is held more often than it counts" : "counts holders that are none";
	report(m, &f);
}

static void compare(struct memck *m, const struct page *page, uint32_t found)
{
	pfn_t pfn = mm_pfn(m->mm, page);
	if (page->state >= PAGE_USED)
		m->frames += 1ull << page->order;
	m->slabs += page->state == PAGE_SLAB;
	m->tables += page->state == PAGE_TABLE;
	if (page->state == PAGE_USED)
		compare_used(m, page, found);
	else if (page->state == PAGE_TABLE && found != 1)
		fault(m, pfn, found ? "is a page table that two tables lead to" : "is a page table that no table leads to");
	else if ((page->state == PAGE_KMALLOC || page->state == PAGE_HEAP) && found)
		fault(m, pfn, "is kernel memory, and somebody holds it as a page");
	else if (page->state == PAGE_SLAB && found)
		fault(m, pfn, "is a slab, and somebody holds it as a page");
	else if (page->state < PAGE_USED && page->state != PAGE_RESERVED && found)
		fault(m, pfn, "is free, and somebody holds it");
}

bool memck_end(struct memck *m)
{
	struct mm *mm = m->mm;
	m->faults += !mm_check(mm);
	for (uint64_t i = 0; i < mm->npages; i++)
		if (mm->pages[i].state != PAGE_TAIL || m->found[i])
			compare(m, &mm->pages[i], m->found[i]);
	return m->faults == 0;
}
