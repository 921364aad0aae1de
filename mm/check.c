/* What the allocator says of itself: mm_check(). What others say of their frames is memck.c's. */
#include "mm_priv.h"

static bool complain(pfn_t pfn, const char *what)
{
	port_log("[memck] frame 0x%llx: %s", (unsigned long long)pfn, what);
	return false;
}

/* Walk the memmap from head to head: blocks tile it, and what is in no zone's list or CPU's stack is allocated. */
static bool check_memmap(struct mm *mm)
{
	uint64_t nfree = 0, ncpu = 0, listed = 0, stacked = 0, ntables = 0, nslabs = 0;
	for (uint64_t i = 0; i < mm->npages;) {
		const struct page *page = &mm->pages[i];
		if (page->state == PAGE_TAIL)
			return complain(mm->base + i, "in the tail of no block");
		if (page->state >= PAGE_USED && page->refs == 0)
			return complain(mm->base + i, "allocated without a reference");
		if (page->state == PAGE_FREE)
			nfree += 1ull << page->order;
		ncpu += page->state == PAGE_CPU;
		ntables += page->state == PAGE_TABLE;
		nslabs += page->state == PAGE_SLAB ? 1ull << page->order : 0;
		i += page->state == PAGE_RESERVED ? 1 : 1ull << page->order;
	}
	for (unsigned i = 0; i < mm->nzones; i++)
		listed += mm->zones[i].free;
	for (unsigned i = 0; i < MM_CPUS; i++)
		stacked += frame_stack_count(&mm->cpu[i].frames);
	if (nfree != listed)
		return complain(0, "free frames by state and by list differ");
	if (ncpu != stacked)
		return complain(0, "frames on CPUs' stacks by state and by count differ");
	struct mm_stats st;
	mm_stats(mm, &st);
	if (ntables != st.table_pages)
		return complain(0, "page tables by state and by count differ");
	return nslabs == st.slab_pages || complain(0, "frames of slabs by state and by count differ");
}

bool mm_check(struct mm *mm)
{
	bool ok = true;
	for (unsigned i = 0; i < mm->nzones; i++) {
		spin_lock(&mm->zones[i].lock);
		ok = ok && buddy_check(mm, &mm->zones[i]);
		spin_unlock(&mm->zones[i].lock);
	}
	return ok && check_memmap(mm) && slab_check(mm) && kheap_check(mm);
}
