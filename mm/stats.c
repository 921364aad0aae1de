/* What the allocators have counted, added up; and what that means. See mm/stats.h. */
#include "mm_priv.h"
#include <lib/string.h>

uint64_t mm_free_pages(const struct mm *mm)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < mm->nzones; i++)
		n += mm->zones[i].free;
	for (unsigned i = 0; i < MM_CPUS; i++)
		n += frame_stack_count(&mm->cpu[i].frames);
	return n;
}

uint64_t mm_total_pages(const struct mm *mm)
{
	uint64_t n = 0;
	for (unsigned i = 0; i < mm->nzones; i++)
		n += mm->zones[i].managed;
	return n;
}

static void add_cpus(struct mm *mm, struct mm_stats *out)
{
	int64_t tables = 0;
	for (unsigned i = 0; i < MM_CPUS; i++) {
		const struct mm_cpu *cpu = &mm->cpu[i];
		tables += cpu->table_pages;
		out->spare_tables += cpu->tables.count + cpu->roots.count;
		out->alloc_calls += cpu->alloc_calls;
		out->failed_calls += cpu->failed_calls;
		out->bad_frees += cpu->bad_frees;
		out->corruptions += cpu->corruptions;
		out->refills += cpu->refills;
		out->flushes += cpu->flushes;
		out->drains += cpu->drains;
		out->recoveries += cpu->recoveries;
		out->recovered += cpu->recovered;
	}
	out->table_pages = (uint64_t)tables;
}

void mm_stats(struct mm *mm, struct mm_stats *out)
{
	*out = (struct mm_stats){ 0 };
	out->total_pages = mm_total_pages(mm);
	out->free_pages = mm_free_pages(mm);
	out->reserved_pages = mm->npages - out->total_pages;
	struct slab_cache *c;
	list_for_each(c, &mm->caches, link) {
		out->slab_pages += (uint64_t)c->nslabs << c->order;
		for (unsigned i = 0; i < SLAB_CPUS; i++)
			out->alloc_calls += c->magazine[i].allocs;
	}
	out->heap_pages = mm->heap.blocks.total >> PAGE_SHIFT;
	out->heap_blocks = mm->heap.blocks.nlive;
	out->heap_bytes = mm->heap.blocks.asked;
	add_cpus(mm, out);
}

/* ---- zones ---- */

/* The zone's lock is held. */
static bool is_largest_block(const struct mm *mm, const struct zone *z, uint64_t i)
{
	const struct page *page = &mm->pages[i];
	return i < mm->npages && page->state == PAGE_FREE && page->zone == z->id && page->order == FRAME_ORDERS - 1;
}

/* Each row of touching blocks is counted from its first one, which has none before it. */
static uint64_t largest_row(const struct mm *mm, const struct zone *z)
{
	const uint64_t step = 1ull << (FRAME_ORDERS - 1);
	uint64_t best = 0;
	const struct page *page;
	list_for_each(page, &z->blocks[FRAME_ORDERS - 1], link) {
		uint64_t first = (uint64_t)(page - mm->pages), i = first;
		if (first >= step && is_largest_block(mm, z, first - step))
			continue;
		while (is_largest_block(mm, z, i))
			i += step;
		if (i - first > best)
			best = i - first;
	}
	return best;
}

static uint64_t largest_run(const struct mm *mm, const struct zone *z)
{
	unsigned order = FRAME_ORDERS - 1;
	if (z->nblocks[order])
		return largest_row(mm, z);
	while (order > 0 && !z->nblocks[order])
		order--;
	return z->nblocks[order] ? 1ull << order : 0;
}

unsigned mm_zone_count(const struct mm *mm) { return mm->nzones; }

void mm_zone_stats(struct mm *mm, unsigned i, struct zone_stats *out)
{
	struct zone *z = &mm->zones[i];
	spin_lock(&z->lock);
	*out = (struct zone_stats){
		.name = z->name, .node = z->node, .start = z->start, .end = z->end,
		.managed = z->managed, .free = z->free, .min = z->min, .low = z->low, .high = z->high,
		.ops = z->ops, .steps = z->steps, .largest_run = largest_run(mm, z),
	};
	memcpy(out->reserve, z->reserve, sizeof out->reserve);
	memcpy(out->blocks, z->nblocks, sizeof out->blocks);
	spin_unlock(&z->lock);
}

void mm_cpu_stats(struct mm *mm, unsigned cpu, struct cpu_stats *out)
{
	ASSERT(cpu < MM_CPUS);
	*out = (struct cpu_stats){
		.zone = mm->cpu[cpu].frames_zone, .count = frame_stack_count(&mm->cpu[cpu].frames),
		.batch = CPU_FRAMES_BATCH, .most = CPU_FRAMES_MAX,
	};
}

void mm_cache_for_each(struct mm *mm, bool (*fn)(const struct cache_stats *s, void *ctx), void *ctx)
{
	struct slab_cache *c;
	list_for_each(c, &mm->caches, link) {
		uint64_t cached = magazine_objects(c);
		struct cache_stats s = {
			.name = c->name, .size = c->object_size, .per_slab = c->per_slab, .pages_per_slab = 1u << c->order,
			.objects = c->nobjects - cached, .cached = cached, .slabs = c->nslabs, .empty_slabs = c->nempty,
		};
		if (!fn(&s, ctx))
			return;
	}
}

/* ---- what each frame is for ---- */

static uint64_t *counter_of(const struct mm *mm, struct mm_census *c, const struct page *page)
{
	if (page == mm->zero_page)
		return &c->reserved;
	switch (page->state) {
	case PAGE_RESERVED: return &c->reserved;
	case PAGE_FREE: return &c->free;
	case PAGE_CPU: return &c->cpu;
	case PAGE_SLAB: return &c->slab;
	case PAGE_KMALLOC: return &c->kmalloc;
	case PAGE_HEAP: return &c->heap;
	case PAGE_TABLE: return &c->tables;
	default: return page->flags & PAGE_ANON ? &c->anon : &c->other;
	}
}

/* A block that is split or merged meanwhile is counted as it was or will be, or its frames one by one. */
void mm_count_frames(struct mm *mm, struct mm_census *out)
{
	*out = (struct mm_census){ 0 };
	for (uint64_t i = 0; i < mm->npages;) {
		const struct page *page = &mm->pages[i];
		uint64_t n = page->state == PAGE_TAIL || page->state == PAGE_RESERVED ? 1 : 1ull << page->order;
		if (n > mm->npages - i)
			n = mm->npages - i;
		*counter_of(mm, out, page) += n;
		i += n;
	}
}

/* ---- fragmentation ---- */

/* Free blocks of order or more. */
static uint64_t frames_in_blocks_from(const struct zone_stats *z, unsigned order)
{
	uint64_t n = 0;
	for (; order < FRAME_ORDERS; order++)
		n += z->blocks[order] << order;
	return n;
}

unsigned zone_unusable_index(const struct zone_stats *z, unsigned order)
{
	uint64_t all = frames_in_blocks_from(z, 0);
	ASSERT(order < FRAME_ORDERS);
	return all ? (unsigned)((all - frames_in_blocks_from(z, order)) * 1000 / all) : 1000;
}

int zone_fragmentation_index(const struct zone_stats *z, unsigned order)
{
	uint64_t all = frames_in_blocks_from(z, 0), nblocks = 0;
	ASSERT(order < FRAME_ORDERS);
	for (unsigned i = 0; i < FRAME_ORDERS; i++)
		nblocks += z->blocks[i];
	if (!nblocks)
		return 0;
	if (frames_in_blocks_from(z, order))
		return -1000;
	uint64_t short_by = (1000 + (all * 1000 >> order)) / nblocks;
	return short_by < 1000 ? (int)(1000 - short_by) : 0;
}

unsigned mm_fragmentation(uint64_t largest, uint64_t free)
{
	ASSERT(largest <= free);
	return free ? (unsigned)((free - largest) * 1000 / free) : 0;
}

uint64_t mm_largest_run(struct mm *mm)
{
	uint64_t best = 0;
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct zone_stats z;
		mm_zone_stats(mm, i, &z);
		if (z.largest_run > best)
			best = z.largest_run;
	}
	return best;
}

/* ---- health ---- */

void mm_events(struct mm *mm, struct mm_events *out)
{
	struct mm_stats s;
	mm_stats(mm, &s);
	*out = (struct mm_events){
		.alloc_calls = s.alloc_calls, .failed_calls = s.failed_calls, .oom_events = s.recoveries - s.recovered,
		.bad_frees = s.bad_frees, .corruptions = s.corruptions,
	};
}

struct mm_events mm_events_since(const struct mm_events *now, const struct mm_events *mark)
{
	return (struct mm_events){
		.alloc_calls = now->alloc_calls - mark->alloc_calls, .failed_calls = now->failed_calls - mark->failed_calls,
		.oom_events = now->oom_events - mark->oom_events, .bad_frees = now->bad_frees - mark->bad_frees,
		.corruptions = now->corruptions - mark->corruptions,
	};
}

unsigned mm_failure_rate(const struct mm_events *e)
{
	if (!e->alloc_calls)
		return 0;
	uint64_t rate = (e->failed_calls * 1000 + e->alloc_calls - 1) / e->alloc_calls;
	return rate < 1000 ? (unsigned)rate : 1000;
}

bool mm_is_healthy(const struct mm_events *e, const struct mm_limits *limits)
{
	return mm_failure_rate(e) < limits->failure_rate && e->oom_events < limits->oom_events;
}
