#pragma once
#include <mm/types.h>
/* Between mmu.c and the rest of arch/aarch64. */
paddr_t mmu_kernel_root(void);		/* what a new CPU puts into TTBR1, */
paddr_t mmu_empty_root(void);		/* and into TTBR0 */
paddr_t mmu_image_pa(const void *p);	/* of something in the kernel's image */
void mmu_clean_to_memory(const void *p, size_t n);	/* for a reader with its caches off */
void mmu_others_run(void);		/* other CPUs are about to start: tell them of changes from here on */
