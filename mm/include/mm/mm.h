#pragma once
#include <mm/types.h>
#include <mm/kmalloc.h>
#include <mm/page.h>
#include <mm/slab.h>
#include <mm/stats.h>
/* A memory world: everything that mm/ knows hangs on one of these. The kernel has one, each
 * host test makes its own. */
struct mm;

/* A stretch of RAM, and what of it is taken already. */
struct mm_range { paddr_t start, end; };

/* NUMA: a CPU reaches some RAM faster than other RAM. RAM and CPUs are divided among nodes, and a table says how far apart two are. */
enum { MM_NODES = 4, NODE_NEAR = 10 /* to itself */, NODE_FAR = 20 /* where nobody says */ };
struct mm_node_range { struct mm_range range; unsigned node; };

struct mm_boot {
	const struct mm_range *ram;	/* sorted, disjoint */
	unsigned nram;
	const struct mm_range *reserved;	/* may overlap, any order */
	unsigned nreserved;
	const char *slab_debug;		/* names of the caches to harden, with commas, or "all"; NULL: none. Kept, not copied */
	const struct mm_node_range *node_ranges;	/* whose RAM is whose; what none covers belongs to node 0 */
	unsigned nnode_ranges;
	uint8_t distance[MM_NODES][MM_NODES];	/* from, to; 0 means NODE_NEAR to itself, else NODE_FAR */
	paddr_t direct_end;		/* RAM from here on is High: not in the direct map; 0: there is none */
	paddr_t kernel_root;		/* page table of the kernel's own half, 0 on hosts; may be set later */
};

/* Bytes that struct mm and the memmap need for this RAM; the caller finds a page-aligned place in RAM for them and says so. */
uint64_t mm_boot_bytes(const struct mm_boot *boot);
/* Make a world in place (mm_boot_bytes, in RAM, itself marked reserved by this function). Cannot fail. */
struct mm *mm_init(const struct mm_boot *boot, paddr_t place);
void mm_set_kernel_root(struct mm *mm, paddr_t root);
/* CPU cpu belongs to this node: its allocations begin there, and the frames it keeps are that node's. All CPUs are node 0's at first. That
 * CPU allocates nothing meanwhile. */
void mm_set_cpu_node(struct mm *mm, unsigned cpu, unsigned node);
/* One more than the highest node that has RAM. */
unsigned mm_node_count(const struct mm *mm);
unsigned mm_node_distance(const struct mm *mm, unsigned from, unsigned to);
/* Whether port_may_allocate() is asked before each allocation, on every CPU; false at first. */
void mm_set_injection(struct mm *mm, bool on);

/* What the allocator says of itself (what others say of their frames is memck's, mm/memck.h): every free list entry is free and aligned,
 * no free block has a free buddy, every frame is in one block, slabs, tables and counts add up. True if sound; else logs the first fault. No other CPU may allocate meanwhile. */
bool mm_check(struct mm *mm);
/* Give back what this CPU and the slabs keep for later, so that only what is in use counts. */
void mm_trim(struct mm *mm);
/* A digest of the allocator's state (free blocks per zone and order, slab counts), to prove that a failed operation changed nothing.
 * Trims first. Other CPUs are idle. */
uint64_t mm_fingerprint(struct mm *mm);
