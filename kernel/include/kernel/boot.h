#pragma once
#include <mm/mm.h>
#include <kernel/fdt.h>
/* Start-up. */

/* Where the entry code enters C: the boot CPU, on the boot stack, with the early table of head.S on. */
_Noreturn void kernel_main(uint64_t boot_hwid, paddr_t fdt_pa, paddr_t kernel_pa);

/* What the device tree says of memory, for mm_init(): RAM less what may not even be mapped, and what is taken in it. */
enum { BOOT_RANGES = 16 };
struct boot_memory {
	struct mm_range ram[BOOT_RANGES];	/* sorted, disjoint, page aligned: what mm manages */
	unsigned nram;
	paddr_t direct_end;			/* RAM from here on is High; 0: there is none */
	struct mm_range mapped[BOOT_RANGES];	/* what the direct map shows: ram before mem= cut it, less what is High and not reserved */
	unsigned nmapped;
	struct mm_range reserved[BOOT_RANGES];
	unsigned nreserved;
	struct mm_node_range node_ranges[BOOT_RANGES];
	unsigned nnode_ranges;
	uint8_t distance[MM_NODES][MM_NODES];	/* 0: not said */
};
/* Read the tree; limit: use only that many bytes of RAM. False: no RAM in it. */
bool boot_memory_read(const struct fdt *fdt, uint64_t limit, struct boot_memory *out);
/* The NUMA node that a memory or CPU node of the tree names; 0 if it names none, or one that we do not count. */
unsigned boot_node_id(const struct fdt *fdt, int node);
void boot_memory_reserve(struct boot_memory *m, paddr_t start, paddr_t end);
/* RAM beyond its first nbytes is High. Called once, after everything is reserved. */
void boot_memory_split(struct boot_memory *m, uint64_t nbytes);
/* A page-aligned place for nbytes in RAM that is not reserved, nor High, as high as possible (low memory is for DMA). 0: none. */
paddr_t boot_memory_place(const struct boot_memory *m, uint64_t nbytes);

/* Stop for a reason that is not the kernel's fault: say it and turn the machine off. */
_Noreturn void boot_give_up(const char *what, const char *hint);
