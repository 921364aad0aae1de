/* A memory world: making one, and the check of all of it. */
#include "mm_priv.h"
#include <lib/bits.h>
#include <lib/string.h>

static void ram_bounds(const struct mm_boot *boot, pfn_t *base, pfn_t *end)
{
	ASSERT(boot->nram > 0);
	*base = (boot->ram[0].start + PAGE_SIZE - 1) >> PAGE_SHIFT;
	*end = boot->ram[boot->nram - 1].end >> PAGE_SHIFT;
	ASSERT(*base < *end);
}

static size_t memmap_offset(void) { return (size_t)align_up(sizeof(struct mm), 64); }

uint64_t mm_boot_bytes(const struct mm_boot *boot)
{
	pfn_t base, end;
	ram_bounds(boot, &base, &end);
	return align_up(memmap_offset() + (end - base) * sizeof(struct page), PAGE_SIZE) + PAGE_SIZE;
}

/* The last page of the world's own memory, which is zeroed already, and belongs to the world for ever. */
static void make_zero_page(struct mm *mm, paddr_t pa)
{
	mm->zero_pa = pa;
	mm->zero_page = mm_page(mm, pa);
	mm->zero_page->state = PAGE_USED;
	mm->zero_page->refs = 1;
}

/* Zero is PAGE_TAIL, which most frames will be: one memset makes most of the memmap. */
struct mm *mm_init(const struct mm_boot *boot, paddr_t place)
{
	uint64_t nbytes = mm_boot_bytes(boot);
	struct mm *mm = port_ptr(place);
	memset(mm, 0, nbytes);
	pfn_t end;
	ram_bounds(boot, &mm->base, &end);
	mm->npages = end - mm->base;
	mm->pages = (void *)((char *)mm + memmap_offset());
	mm->direct = (uintptr_t)mm - (uintptr_t)place;
	mm->direct_end = boot->direct_end && boot->direct_end >> PAGE_SHIFT < end ? boot->direct_end >> PAGE_SHIFT : end;
	mm->direct_page = (uintptr_t)mm_ptr(mm, mm->base << PAGE_SHIFT) >> PAGE_SHIFT;
	mm->kernel_root = boot->kernel_root;
	ASSERT(place + nbytes <= mm->direct_end << PAGE_SHIFT);
	mm->slab_debug = boot->slab_debug;
	zone_init_all(mm, boot, (struct mm_range){ place, place + nbytes });
	make_zero_page(mm, place + nbytes - PAGE_SIZE);
	spin_init(&mm->caches_lock, LOCK_SLAB, "caches");
	list_init(&mm->caches);
	kmalloc_init(mm);
	kheap_init(mm);
	asid_init(mm);
	space_init_caches(mm);
	return mm;
}

void mm_set_injection(struct mm *mm, bool on)
{
	struct slab_cache *c;
	mm->injecting = on;
	list_for_each(c, &mm->caches, link)
		magazine_serve(mm, c, kmalloc_may_serve(mm, c));
}

void mm_set_fail_fast(struct mm *mm, bool on) { mm->fail_fast = on; }
bool mm_fail_fast(const struct mm *mm) { return mm->fail_fast; }
void mm_set_kernel_root(struct mm *mm, paddr_t root) { mm->kernel_root = root; }
unsigned mm_node_count(const struct mm *mm) { return mm->nnodes; }

void mm_set_cpu_node(struct mm *mm, unsigned cpu, unsigned node)
{
	ASSERT(cpu < MM_CPUS && node < MM_NODES);
	frame_drain(mm);
	zone_set_cpu(mm, &mm->cpu[cpu], node);
}

unsigned mm_node_distance(const struct mm *mm, unsigned from, unsigned to)
{
	ASSERT(from < MM_NODES && to < MM_NODES);
	return mm->distance[from][to];
}

static uint64_t mix(uint64_t h, uint64_t x) { return (h ^ x) * 0x100000001b3; }

void mm_trim(struct mm *mm)
{
	slab_shrink(mm);
	kheap_shrink(mm);
	table_drain_cpu(mm);
	frame_drain(mm);
}

uint64_t mm_fingerprint(struct mm *mm)
{
	mm_trim(mm);
	struct mm_stats s;
	mm_stats(mm, &s);
	uint64_t h = mix(0xcbf29ce484222325, s.free_pages);
	h = mix(h, s.table_pages);
	h = mix(mix(h, s.heap_blocks), s.heap_bytes);
	for (unsigned i = 0; i < mm->nzones; i++)
		for (unsigned order = 0; order < FRAME_ORDERS; order++)
			h = mix(h, mm->zones[i].nblocks[order]);
	struct slab_cache *c;
	list_for_each(c, &mm->caches, link)
		h = mix(mix(h, c->nobjects), c->nslabs);
	return h;
}
