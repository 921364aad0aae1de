/* Frames: the memmap, and allocation of blocks of frames. Single frames of the zone nearest to a CPU pass through a short stack
 * of that CPU's (struct frame_stack), without a lock; everything else asks the zones. A frame on such a stack is PAGE_CPU: neither
 * allocated nor on a zone's list. When memory runs out all CPUs' stacks are emptied. */
#include "mm_priv.h"
#include <lib/rows.h>

struct page *page_of(struct mm *mm, paddr_t pa) { return mm_page(mm, pa); }
paddr_t page_pa(const struct mm *mm, const struct page *page) { return mm_page_pa(mm, page); }
void *page_ptr(const struct mm *mm, const struct page *page) { return mm_page_ptr(mm, page); }

struct page *page_head(struct mm *mm, struct page *page)
{
	pfn_t pfn = mm_pfn(mm, page);
	for (unsigned order = 1; page->state == PAGE_TAIL && order < FRAME_ORDERS; order++)
		page = &mm->pages[(pfn & ~((1ull << order) - 1)) - mm->base];
	return page;
}

void mm_bad_free(struct mm *mm, const void *what, const char *why, const void *caller)
{
	char from[PORT_WHERE_MAX];
	mm_cpu(mm)->bad_frees++;
	port_log("[mm] bad free of %p from %s: %s", what, port_where(caller, from, sizeof from), why);
}

/* ---- this CPU's stack ---- */

/* The whole stack, for its CPU; NULL if it is empty. Its own stores come before in any case. */
static inline struct page *stack_open(struct frame_stack *s)
{
	return __atomic_exchange_n(&s->top, NULL, __ATOMIC_RELAXED);
}

/* Who takes it away sees what the pages say. */
static inline void stack_close(struct frame_stack *s, struct page *top)
{
	__atomic_store_n(&s->top, top, __ATOMIC_RELEASE);
}

/* The top page may be in use again by the time its count is read: then the count is anything. */
unsigned frame_stack_count(const struct frame_stack *s)
{
	const struct page *top = __atomic_load_n(&s->top, __ATOMIC_ACQUIRE);
	uint64_t n = top ? __atomic_load_n(&top->index, __ATOMIC_RELAXED) : 0;
	return n < CPU_FRAMES_MAX ? (unsigned)n : CPU_FRAMES_MAX;
}

void frame_drain(struct mm *mm)
{
	for (unsigned i = 0; i < MM_CPUS; i++) {
		struct page *top = __atomic_exchange_n(&mm->cpu[i].frames.top, NULL, __ATOMIC_ACQUIRE);
		if (top)
			zone_free_batch(mm, top, CPU_FRAMES_MAX);
	}
	mm_cpu(mm)->drains++;
}

/* ---- allocation ---- */

/* What frame_alloc() says of a frame it gives out, besides what its free state says. */
static inline void make_used(struct page *page)
{
	page->state = PAGE_USED;
	page->flags = 0;
	page->refs = 1;
	page->owner = NULL;
	page->index = 0;
}

static __attribute__((noinline)) void zero_in_window(struct mm *mm, struct page *page)
{
	fill_rows(port_map_frame(mm_page_pa(mm, page), 0), 0, PAGE_SIZE);
	port_unmap_frame(0);
}

/* A single frame. */
static __attribute__((noinline)) struct page *zeroed(struct mm *mm, struct page *page)
{
	if (mm_is_direct(mm, page))
		fill_rows(mm_page_ptr(mm, page), 0, PAGE_SIZE);
	else
		zero_in_window(mm, page);
	return page;
}

static struct page *zeroed_block(struct mm *mm, struct page *page)
{
	for (struct page *frame = page, *end = page + (1u << page->order); frame < end; frame++)
		zeroed(mm, frame);
	return page;
}

/* From this CPU's stack, filled again if it is empty. */
static struct page *alloc_stacked(struct mm *mm, struct mm_cpu *cpu, unsigned flags)
{
	struct page *page = stack_open(&cpu->frames);
	if (!page) {
		page = zone_alloc_batch(&mm->zones[cpu->frames_zone], CPU_FRAMES_BATCH, flags);
		cpu->refills++;
	}
	if (page)
		stack_close(&cpu->frames, page->owner);
	return page;
}

static struct page *alloc_once(struct mm *mm, unsigned order, unsigned flags)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	struct page *page = order | (flags & cpu->not_stacked) ? NULL : alloc_stacked(mm, cpu, flags);
	return page ? page : zone_alloc(mm, order, flags);
}

/* A request for a user's page that finds memory low gives back what is only cached until it is high again, as far as that goes. */
static void relieve(struct mm *mm, unsigned flags)
{
	while (flags & FRAME_USER && zone_is_low(mm, flags) && port_reclaim())
		frame_drain(mm);	/* what came back lies on a stack, where it does not count */
}

/* Take back what the CPUs and the slabs keep for later, then what the surroundings only cache. */
static struct page *alloc_after_reclaim(struct mm *mm, unsigned order, unsigned flags)
{
	mm_cpu(mm)->recoveries++;
	table_drain_cpu(mm);
	slab_shrink(mm);
	kheap_shrink(mm);
	frame_drain(mm);
	struct page *page = alloc_once(mm, order, flags);
	while (!page && port_reclaim()) {
		frame_drain(mm);
		page = alloc_once(mm, order, flags);
	}
	mm_cpu(mm)->recovered += page != NULL;
	return page;
}

static __attribute__((noinline)) struct page *alloc_slowly(struct mm *mm, unsigned order, unsigned flags)
{
	struct page *page = NULL;
	ASSERT(order == 0 || !(flags & FRAME_HIGH));
	if (!mm_may_allocate(mm))
		return NULL;
	if (order < FRAME_ORDERS) {
		relieve(mm, flags);
		page = alloc_once(mm, order, flags);
		if (!page && !mm->fail_fast)
			page = alloc_after_reclaim(mm, order, flags);
	}
	if (!page) {
		mm_cpu(mm)->failed_calls++;
		return NULL;
	}
	make_used(page);
	return flags & FRAME_ZERO ? zeroed_block(mm, page) : page;
}

/* Who asked, for memck. */
static inline struct page *for_site(struct page *page, const void *site)
{
#ifdef CONFIG_DEBUG
	if (page)
		page->site = site;
#else
	(void)site;
#endif
	return page;
}

/* The common case calls nothing: a single frame, and this CPU has one. */
struct page *frame_alloc(struct mm *mm, unsigned order, unsigned flags)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (order | (flags & cpu->not_stacked) | mm->injecting)
		return for_site(alloc_slowly(mm, order, flags), CALL_SITE);
	struct page *page = stack_open(&cpu->frames);
	if (!page)
		return for_site(alloc_slowly(mm, order, flags), CALL_SITE);
	stack_close(&cpu->frames, page->owner);
	cpu->alloc_calls++;
	make_used(page);
	return for_site(flags & FRAME_ZERO ? zeroed(mm, page) : page, CALL_SITE);
}

/* ---- freeing ---- */

static inline void stack_push(struct mm_cpu *cpu, struct page *page, struct page *top)
{
	page->state = PAGE_CPU;
	page->owner = top;
	page->index = top ? top->index + 1 : 1;
	stack_close(&cpu->frames, page);
}

/* There are as many as there may be. */
static __attribute__((noinline)) void shorten_and_push(struct mm *mm, struct mm_cpu *cpu, struct page *page, struct page *top)
{
	cpu->flushes++;
	stack_push(cpu, page, zone_free_batch(mm, top, CPU_FRAMES_BATCH));
}

static __attribute__((noinline)) void release_to_zone(struct mm *mm, struct page *page)
{
	page->refs = 0;
	zone_free(mm, page, page->order);
}

/* The block has no references left. */
static inline void release(struct mm *mm, struct page *page)
{
	struct mm_cpu *cpu = mm_cpu(mm);
	if (page->order | (page->zone ^ cpu->frames_zone)) {
		release_to_zone(mm, page);
		return;
	}
	struct page *top = stack_open(&cpu->frames);
	if (top && top->index >= CPU_FRAMES_MAX)
		shorten_and_push(mm, cpu, page, top);
	else
		stack_push(cpu, page, top);
}

static __attribute__((noinline)) void not_allocated(struct mm *mm, struct page *page, const void *caller)
{
	mm_bad_free(mm, page, "not an allocated frame", caller);
}

void frame_free(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		not_allocated(mm, page, RETURN_ADDRESS);
		return;
	}
	ASSERT(page->refs == 1);
	release(mm, page);
}

void frame_put(struct mm *mm, struct page *page)
{
	if (page->state != PAGE_USED) {
		not_allocated(mm, page, RETURN_ADDRESS);
		return;
	}
	if (__atomic_sub_fetch(&page->refs, 1, __ATOMIC_ACQ_REL) == 0)
		release(mm, page);
}

/* ---- access ---- */

void *frame_map(struct mm *mm, struct page *page, unsigned slot)
{
	ASSERT(slot < FRAME_SLOTS);
	return mm_is_direct(mm, page) ? mm_page_ptr(mm, page) : port_map_frame(mm_page_pa(mm, page), slot);
}

void frame_unmap(struct mm *mm, struct page *page, unsigned slot)
{
	if (!mm_is_direct(mm, page))
		port_unmap_frame(slot);
}

void frame_copy(struct mm *mm, struct page *to, struct page *from)
{
	copy_rows(frame_map(mm, to, 0), frame_map(mm, from, 1), PAGE_SIZE);
	frame_unmap(mm, from, 1);
	frame_unmap(mm, to, 0);
}
