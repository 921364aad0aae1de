/* Zones: RAM divided by what devices can reach, and which zone an allocation may use.
 *
 *   first 16 MiB of RAM          the rest
 *   |======== DMA ========|=========== Normal ============|
 *
 * Requests start at the highest zone that suits them and fall back to lower ones, which keep a
 * reserve from such guests. Whatever was reserved before (firmware, kernel, memmap) never gets here. */
#include "mm_priv.h"

enum { DMA_FRAMES = 16 << (20 - PAGE_SHIFT) };

static uint64_t clamp(uint64_t n, uint64_t lo, uint64_t hi)
{
	return n < lo ? lo : n > hi ? hi : n;
}

static void init_zone(struct mm *mm, const char *name, pfn_t start, pfn_t end)
{
	struct zone *z = &mm->zones[mm->nzones];
	z->name = name;
	z->start = start;
	z->end = end;
	z->id = (uint8_t)mm->nzones++;
	spin_init(&z->lock, LOCK_ZONE, name);
	for (unsigned i = 0; i < FRAME_ORDERS; i++)
		list_init(&z->blocks[i]);
}

static void set_watermarks(struct zone *z, bool is_top)
{
	z->min = clamp(z->managed / 128, 8, 1024);
	z->low = z->min + z->min / 4;
	z->high = z->min + z->min / 2;
	z->reserve = is_top ? 0 : z->managed / 32;
}

/* The frames [pfn, end) are free: give them to their zones in the largest blocks that fit. */
static void add_free(struct mm *mm, pfn_t pfn, pfn_t end)
{
	while (pfn < end) {
		struct zone *z = mm->zones;
		while (pfn >= z->end)
			z++;
		pfn_t limit = end < z->end ? end : z->end;
		unsigned order = FRAME_ORDERS - 1;
		while (pfn & ((1ull << order) - 1) || pfn + (1ull << order) > limit)
			order--;
		buddy_free(mm, z, &mm->pages[pfn - mm->base], order);
		z->managed += 1ull << order;
		pfn += 1ull << order;
	}
}

static void mark_reserved(struct mm *mm, pfn_t pfn, pfn_t end)
{
	for (; pfn < end; pfn++)
		mm->pages[pfn - mm->base].state = PAGE_RESERVED;
}

/* If r covers pa's frame, even in part, move pa behind it. */
static bool step_over(paddr_t *pa, const struct mm_range *r)
{
	paddr_t start = r->start & ~(PAGE_SIZE - 1), end = (r->end + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1);
	if (*pa < start || *pa >= end)
		return false;
	*pa = end;
	return true;
}

/* Find the first run of free frames in [run->start, run->end), in place. False if there is none. */
static bool next_free_run(const struct mm_boot *boot, const struct mm_range *self, struct mm_range *run)
{
	bool moved;
	do {
		moved = step_over(&run->start, self);
		for (unsigned i = 0; i < boot->nreserved; i++)
			moved |= step_over(&run->start, &boot->reserved[i]);
	} while (moved);
	if (self->start > run->start && self->start < run->end)
		run->end = self->start;
	for (unsigned i = 0; i < boot->nreserved; i++) {
		paddr_t start = boot->reserved[i].start & ~(PAGE_SIZE - 1);
		if (boot->reserved[i].end > start && start > run->start && start < run->end)
			run->end = start;
	}
	return run->start < run->end;
}

void zone_init_all(struct mm *mm, const struct mm_boot *boot, struct mm_range self)
{
	pfn_t end = mm->base + mm->npages, cursor = mm->base;
	pfn_t dma_end = mm->npages > DMA_FRAMES ? mm->base + DMA_FRAMES : end;
	init_zone(mm, "DMA", mm->base, dma_end);
	if (dma_end < end)
		init_zone(mm, "Normal", dma_end, end);
	for (unsigned i = 0; i < boot->nram; i++) {
		paddr_t ram_end = boot->ram[i].end & ~(PAGE_SIZE - 1);
		struct mm_range run = { (boot->ram[i].start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1), ram_end };
		for (; next_free_run(boot, &self, &run); run = (struct mm_range){ run.end, ram_end }) {
			mark_reserved(mm, cursor, run.start >> PAGE_SHIFT);
			cursor = run.end >> PAGE_SHIFT;
			add_free(mm, run.start >> PAGE_SHIFT, cursor);
		}
	}
	mark_reserved(mm, cursor, end);
	for (unsigned i = 0; i < mm->nzones; i++)
		set_watermarks(&mm->zones[i], i == mm->nzones - 1);
	for (unsigned i = 0; i < MM_CPUS; i++)
		mm->cpu[i].frames_zone = mm_top_zone(mm)->id;
}

/* How many frames an allocation must leave in z. */
static uint64_t must_leave(struct mm *mm, const struct zone *z, unsigned flags)
{
	if (flags & FRAME_DMA)
		return 0;
	uint64_t leave = flags & FRAME_USER ? z->min : 0;
	return z == mm_top_zone(mm) || leave > z->reserve ? leave : z->reserve;
}

struct page *zone_alloc(struct mm *mm, unsigned order, unsigned flags)
{
	for (unsigned i = flags & FRAME_DMA ? 1 : mm->nzones; i-- > 0;) {
		struct zone *z = &mm->zones[i];
		struct page *page = NULL;
		spin_lock(&z->lock);
		if (z->free >= must_leave(mm, z, flags) + (1ull << order))
			page = buddy_alloc(mm, z, order);
		spin_unlock(&z->lock);
		if (page)
			return page;
	}
	return NULL;
}

void zone_alloc_batch(struct mm *mm, struct page_stack *out, unsigned n, unsigned flags)
{
	struct zone *z = mm_top_zone(mm);
	uint64_t leave = must_leave(mm, z, flags);
	spin_lock(&z->lock);
	while (n-- > 0 && z->free > leave) {
		struct page *page = buddy_alloc(mm, z, 0);
		page->state = PAGE_CPU;
		page_stack_push(out, page);
	}
	spin_unlock(&z->lock);
}

void zone_free_batch(struct mm *mm, struct page_stack *from, unsigned n)
{
	struct zone *z = mm_top_zone(mm);
	spin_lock(&z->lock);
	while (n-- > 0)
		buddy_free(mm, z, page_stack_pop(from), 0);
	spin_unlock(&z->lock);
}

void zone_free(struct mm *mm, struct page *page, unsigned order)
{
	struct zone *z = &mm->zones[page->zone];
	spin_lock(&z->lock);
	buddy_free(mm, z, page, order);
	spin_unlock(&z->lock);
}
