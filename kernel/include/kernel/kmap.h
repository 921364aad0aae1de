#pragma once
#include <mm/types.h>
#include <mm/mm.h>
/* The kernel's own half of the address space (arch/layout.h). */

extern struct mm *kernel_mm;	/* the one world of mm/ in the kernel */

/* Build the kernel's page table: all RAM at DIRECT_BASE, the image at KERNEL_BASE (text executable, text and
 * rodata read-only, nothing both writable and executable), and turn it on. The image starts at kernel_pa. Needs kernel_mm. PANICs if memory is
 * too short even for that. */
void kmap_init(const struct mm_range *ram, unsigned nram, paddr_t kernel_pa);
/* A user translation with no user half: of idle CPUs and kernel threads. */
paddr_t kmap_idle_root(void);

/* Device registers [pa, pa+n) mapped uncached, forever. NULL: no memory. */
void *kmap_device(paddr_t pa, size_t n);

/* A kernel stack of KSTACK_SIZE bytes between guard pages: its top, page aligned. 0: no memory. A few freed ones are kept for reuse. */
uintptr_t kstack_alloc(void);
void kstack_free(uintptr_t top);
/* Frames in stacks, those kept included. */
uint64_t kstack_pages(void);
/* Give those up. */
void kstack_drain(void);
/* Show memck the kernel's own tables, and the stacks. The other CPUs are held. */
struct memck;
void kmap_memck(struct memck *m);
/* Is addr in the guard page below some kernel stack? For the message of the panic. */
bool kstack_is_guard(vaddr_t addr);
