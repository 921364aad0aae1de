/* Zones: RAM divided by what can reach it, and by whose it is; and which zone an allocation may use.
 *
 *             first 16 MiB of RAM      not in the direct map
 *   node 0    |==== DMA ====|===== Normal =====|
 *   node 1                                     |== Normal ==|======= High =======|
 *
 * A request says the highest kind that suits it. It asks its CPU's node first, from that kind downwards (High, Normal, DMA), then the
 * other nodes, nearest first, in the same way: mm->fallback. A zone keeps a reserve from requests that could use a higher kind. Within
 * a zone, requests for user pages stop at min; and one that finds all its zones below low gives back cached memory until one is at high.
 *
 *   0 |-- for the kernel --| min |-- give back what is cached --| low ... high
 *
 * Whatever was reserved before (firmware, kernel, memmap) never gets here. */
#include "mm_priv.h"
#include <lib/bits.h>

enum { DMA_FRAMES = 16 << (20 - PAGE_SHIFT) };

static uint64_t clamp(uint64_t n, uint64_t lo, uint64_t hi)
{
	return n < lo ? lo : n > hi ? hi : n;
}

/* ---- which frame is in which zone ---- */

static enum zone_kind kind_of(const struct mm *mm, pfn_t pfn)
{
	if (pfn >= mm->direct_end)
		return ZONE_HIGH;
	return pfn < mm->base + DMA_FRAMES ? ZONE_DMA : ZONE_NORMAL;
}

static unsigned node_of(const struct mm_boot *boot, pfn_t pfn)
{
	for (unsigned i = 0; i < boot->nnode_ranges; i++) {
		const struct mm_node_range *r = &boot->node_ranges[i];
		if (pfn << PAGE_SHIFT >= r->range.start && pfn << PAGE_SHIFT < r->range.end)
			return r->node;
	}
	return 0;
}

static pfn_t nearer(pfn_t pfn, pfn_t border, pfn_t end) { return border > pfn && border < end ? border : end; }

/* Where, at or before end, the frames after pfn may begin to belong to another zone. */
static pfn_t piece_end(const struct mm *mm, const struct mm_boot *boot, pfn_t pfn, pfn_t end)
{
	end = nearer(pfn, mm->base + DMA_FRAMES, end);
	end = nearer(pfn, mm->direct_end, end);
	for (unsigned i = 0; i < boot->nnode_ranges; i++) {
		end = nearer(pfn, (boot->node_ranges[i].range.start + PAGE_SIZE - 1) >> PAGE_SHIFT, end);
		end = nearer(pfn, (boot->node_ranges[i].range.end + PAGE_SIZE - 1) >> PAGE_SHIFT, end);
	}
	return end;
}

static struct zone *find_zone(struct mm *mm, enum zone_kind kind, unsigned node)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].kind == kind && mm->zones[i].node == node)
			return &mm->zones[i];
	return NULL;
}

static struct zone *make_zone(struct mm *mm, enum zone_kind kind, unsigned node)
{
	static const char *const names[ZONE_KINDS] = { "DMA", "Normal", "High" };
	struct zone *z = &mm->zones[mm->nzones];
	ASSERT(node < MM_NODES);
	z->name = names[kind];
	z->kind = (uint8_t)kind;
	z->node = (uint8_t)node;
	z->id = (uint8_t)mm->nzones++;
	spin_init(&z->lock, LOCK_ZONE, z->name);
	for (unsigned i = 0; i < FRAME_ORDERS; i++)
		list_init(&z->blocks[i]);
	if (node >= mm->nnodes)
		mm->nnodes = node + 1;
	return z;
}

/* There is RAM at [pfn, end): see to it that it lies in zones. */
static void add_zones(struct mm *mm, const struct mm_boot *boot, pfn_t pfn, pfn_t end)
{
	for (pfn_t next; pfn < end; pfn = next) {
		struct zone *z = find_zone(mm, kind_of(mm, pfn), node_of(boot, pfn));
		next = piece_end(mm, boot, pfn, end);
		if (!z) {
			z = make_zone(mm, kind_of(mm, pfn), node_of(boot, pfn));
			z->start = pfn;
		}
		z->end = next;
	}
}

/* The frames [pfn, end) are free, and in one zone: give them to it in the largest blocks that fit. */
static void add_piece(struct mm *mm, struct zone *z, pfn_t pfn, pfn_t end)
{
	spin_lock(&z->lock);
	while (pfn < end) {
		unsigned order = FRAME_ORDERS - 1;
		while (pfn & ((1ull << order) - 1) || pfn + (1ull << order) > end)
			order--;
		buddy_free(mm, z, &mm->pages[pfn - mm->base], order);
		z->managed += 1ull << order;
		pfn += 1ull << order;
	}
	spin_unlock(&z->lock);
}

static void add_free(struct mm *mm, const struct mm_boot *boot, pfn_t pfn, pfn_t end)
{
	for (pfn_t next; pfn < end; pfn = next) {
		next = piece_end(mm, boot, pfn, end);
		add_piece(mm, find_zone(mm, kind_of(mm, pfn), node_of(boot, pfn)), pfn, next);
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

/* Each stretch of RAM goes to its zones, less what is reserved in it. */
static void add_ram(struct mm *mm, const struct mm_boot *boot, const struct mm_range *self)
{
	pfn_t cursor = mm->base;
	for (unsigned i = 0; i < boot->nram; i++) {
		paddr_t ram_end = boot->ram[i].end & ~(PAGE_SIZE - 1);
		struct mm_range run = { (boot->ram[i].start + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1), ram_end };
		add_zones(mm, boot, run.start >> PAGE_SHIFT, ram_end >> PAGE_SHIFT);
		for (; next_free_run(boot, self, &run); run = (struct mm_range){ run.end, ram_end }) {
			mark_reserved(mm, cursor, run.start >> PAGE_SHIFT);
			cursor = run.end >> PAGE_SHIFT;
			add_free(mm, boot, run.start >> PAGE_SHIFT, cursor);
		}
	}
	mark_reserved(mm, cursor, mm->base + mm->npages);
}

/* ---- watermarks, reserves, fallback ---- */

static bool has_kind(const struct mm *mm, enum zone_kind above, enum zone_kind upto)
{
	for (unsigned i = 0; i < mm->nzones; i++)
		if (mm->zones[i].kind > above && mm->zones[i].kind <= upto)
			return true;
	return false;
}

static void set_watermarks(struct mm *mm, struct zone *z)
{
	z->min = clamp(z->managed / 128, 8, 1024);
	z->low = z->min + z->min / 4;
	z->high = z->min + z->min / 2;
	for (enum zone_kind asked = 0; asked < ZONE_KINDS; asked++)
		z->reserve[asked] = has_kind(mm, z->kind, asked) ? z->managed / 32 : 0;
}

/* The node nearest to from that is not done; of several, the next by number. */
static unsigned nearest_node(const struct mm *mm, unsigned from, const bool *done)
{
	unsigned best = MM_NODES;
	for (unsigned i = 0; i < mm->nnodes; i++) {
		unsigned node = (from + i) % mm->nnodes;
		if (!done[node] && (best == MM_NODES || mm->distance[from][node] < mm->distance[from][best]))
			best = node;
	}
	return best;
}

static void set_fallback(struct mm *mm, unsigned from)
{
	uint8_t *next = mm->fallback[from];
	bool done[MM_NODES] = { false };
	for (unsigned i = 0; i < mm->nnodes; i++) {
		unsigned node = nearest_node(mm, from, done);
		done[node] = true;
		for (int kind = ZONE_KINDS - 1; kind >= 0; kind--) {
			const struct zone *z = find_zone(mm, (enum zone_kind)kind, node);
			if (z)
				*next++ = z->id;
		}
	}
}

static void set_distances(struct mm *mm, const struct mm_boot *boot)
{
	for (unsigned from = 0; from < MM_NODES; from++)
		for (unsigned to = 0; to < MM_NODES; to++) {
			uint8_t said = boot->distance[from][to];
			mm->distance[from][to] = said ? said : from == to ? NODE_NEAR : NODE_FAR;
		}
}

void zone_init_all(struct mm *mm, const struct mm_boot *boot, struct mm_range self)
{
	add_ram(mm, boot, &self);
	set_distances(mm, boot);
	for (unsigned i = 0; i < mm->nzones; i++)
		set_watermarks(mm, &mm->zones[i]);
	for (unsigned node = 0; node < MM_NODES; node++)
		set_fallback(mm, node);
	for (unsigned i = 0; i < MM_CPUS; i++)
		zone_set_cpu(mm, &mm->cpu[i], 0);
}

void zone_set_cpu(struct mm *mm, struct mm_cpu *cpu, unsigned node)
{
	const uint8_t *z = mm->fallback[node];
	while (mm->zones[*z].kind == ZONE_HIGH)
		z++;
	cpu->node = (uint8_t)node;
	cpu->frames_zone = *z;
	cpu->not_stacked = FRAME_DMA | (has_kind(mm, ZONE_NORMAL, ZONE_HIGH) ? FRAME_HIGH : 0);
}

/* ---- allocation ---- */

/* The highest kind that a request may use. */
static enum zone_kind asked_kind(unsigned flags)
{
	return flags & FRAME_DMA ? ZONE_DMA : flags & FRAME_HIGH ? ZONE_HIGH : ZONE_NORMAL;
}

/* How many frames an allocation must leave in z. */
static uint64_t must_leave(const struct zone *z, unsigned flags)
{
	uint64_t reserve = z->reserve[asked_kind(flags)], leave = flags & FRAME_USER ? z->min : 0;
	return leave > reserve ? leave : reserve;
}

/* The lock is held, free has changed. Between low and high things stay as they are. */
static void note_level(struct zone *z)
{
	if (z->free < z->low)
		z->is_low = true;
	else if (z->free >= z->high)
		z->is_low = false;
}

bool zone_is_low(struct mm *mm, unsigned flags)
{
	for (unsigned i = 0; i < mm->nzones; i++) {
		const struct zone *z = &mm->zones[i];
		if (z->kind <= asked_kind(flags) && !z->is_low && z->free >= z->reserve[asked_kind(flags)] + z->low)
			return false;
	}
	return true;
}

static struct page *alloc_from(struct mm *mm, struct zone *z, unsigned order, unsigned flags)
{
	struct page *page = NULL;
	spin_lock(&z->lock);
	if (z->free >= must_leave(z, flags) + (1ull << order))
		page = buddy_alloc(mm, z, order);
	note_level(z);
	spin_unlock(&z->lock);
	return page;
}

struct page *zone_alloc(struct mm *mm, unsigned order, unsigned flags)
{
	const uint8_t *order_of_zones = mm->fallback[mm_cpu(mm)->node];
	for (unsigned i = 0; i < mm->nzones; i++) {
		struct zone *z = &mm->zones[order_of_zones[i]];
		struct page *page = z->kind <= asked_kind(flags) ? alloc_from(mm, z, order, flags) : NULL;
		if (page)
			return page;
	}
	return NULL;
}

/* The frames of an allocated block become single ones on a CPU's stack; its new top. */
static struct page *stack_block(struct zone *z, struct page *block, struct page *top)
{
	uint64_t index = top ? top->index : 0;
	for (struct page *page = block, *end = block + (1ull << block->order); page < end; page++) {
		page->state = PAGE_CPU;
		page->order = 0;
		page->zone = z->id;
		page->refs = 0;
		page->owner = top;
		page->index = ++index;
		top = page;
	}
	return top;
}

/* Whole blocks, the smallest first: one step of the buddy allocator for many frames, and the large blocks stay. To make up n exactly
 * would take another block apart each time, and leave its crumbs for the next. */
struct page *zone_alloc_batch(struct zone *z, unsigned n, unsigned flags)
{
	uint64_t leave = must_leave(z, flags);
	struct page *top = NULL;
	spin_lock(&z->lock);
	while ((!top || top->index < n / 2) && z->free > leave) {
		uint64_t most = z->free - leave < n ? z->free - leave : n;
		top = stack_block(z, buddy_alloc_smallest(z, bit_highest(most)), top);
	}
	note_level(z);
	spin_unlock(&z->lock);
	return top;
}

/* How large a block the frames make up that lie on a stack from top on, n at most. Who gave out the frames of a block one by one mostly gets
 * them back in their order, so that they lie here as they lie in memory. */
static unsigned block_on_stack(const struct mm *mm, const struct page *top, unsigned n)
{
	unsigned run = 1, order = 0;
	for (const struct page *page = top; run < n && page->owner == page + 1; page++)
		run++;
	while (2u << order <= run && !(mm_pfn(mm, top) >> order & 1))
		order++;
	return order;
}

/* The frames of a block become its tails. Returns what lies below them on the stack. */
static struct page *unstack_block(struct page *head, unsigned order)
{
	struct page *last = head + (1u << order) - 1;
	for (struct page *page = head + 1; page <= last; page++)
		page->state = PAGE_TAIL;
	return last->owner;
}

/* By blocks: one step of the buddy allocator for many frames. */
struct page *zone_free_batch(struct mm *mm, struct page *top, unsigned n)
{
	struct zone *z = &mm->zones[top->zone];
	spin_lock(&z->lock);
	while (top && n > 0) {
		struct page *head = top;
		unsigned order = block_on_stack(mm, head, n);
		top = unstack_block(head, order);
		n -= 1u << order;
		buddy_free(mm, z, head, order);
	}
	note_level(z);
	spin_unlock(&z->lock);
	return top;
}

void zone_free(struct mm *mm, struct page *page, unsigned order)
{
	struct zone *z = &mm->zones[page->zone];
	spin_lock(&z->lock);
	buddy_free(mm, z, page, order);
	note_level(z);
	spin_unlock(&z->lock);
}
