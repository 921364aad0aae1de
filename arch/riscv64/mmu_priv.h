#pragma once
#include <mm/types.h>
/* Between mmu.c and the rest of arch/riscv64. */
uint64_t mmu_kernel_satp(void);		/* what a new hart puts into satp */
