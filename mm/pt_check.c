/* Whether a page table's counts agree with its entries. */
#include "pt_priv.h"

struct tally { uint32_t tables; uint64_t leaves; };

/* Entries of t that are not 0; those of tables below are checked on the way. */
static unsigned check_table(const struct pt *pt, const pte_t *t, int h, unsigned first, unsigned last, struct tally *sum)
{
	unsigned used = 0;
	for (unsigned i = first; i <= last; i++) {
		pte_t e = t[i];
		if (!e)
			continue;
		used++;
		if (pte_is_leaf(e, h)) {
			sum->leaves += h == 0;
			continue;
		}
		ASSERT(pte_valid(e));
		const struct page *page = mm_page(pt->mm, pte_addr(e));
		ASSERT(page && page->state == PAGE_TABLE);
		sum->tables++;
		unsigned n = check_table(pt, pt_table(pt, e), h - 1, 0, PT_ENTRIES - 1, sum);
		ASSERT(n > 0 && n == page->index);
	}
	return used;
}

void pt_check(const struct pt *pt, struct vrange r)
{
	struct tally sum = { 0, 0 };
	int top = PT_HEIGHT - 1;
	unsigned n = check_table(pt, pt_root(pt), top, pt_slot(r.start, top), pt_slot(r.end - 1, top), &sum);
	ASSERT(n == mm_page(pt->mm, pt->root)->index);
	ASSERT(sum.tables == pt->ntables);
	ASSERT(sum.leaves == pt->nleaves);
}
