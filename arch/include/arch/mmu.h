#pragma once
#include <mm/types.h>
#include <arch/pte.h>
/* The MMU border: all that mm/ may know of the machine besides the entry codec in
 * arch/pte.h. The kernel links arch/<a>/mmu.c; host and wasm builds link a software
 * TLB. Nothing here can fail, nothing here allocates. */

/* Make root (the kernel's own table) the translation of this CPU. Called once on
 * each CPU, after the early table of the entry code. */
void arch_mmu_enable(paddr_t root);

/* Fill the kernel half of a fresh, zeroed user root. Copies the kernel's top-level
 * entries on RISC-V, which has one root register (so the kernel's top-level entries
 * never change after boot); does nothing on AArch64, which has two. */
void arch_root_init(pte_t *root, const pte_t *kernel_root);

/* Make (root, asid) the user translation of this CPU. Cheap when it already is. Under ASID_SHARED
 * it also forgets that id's translations on this CPU when root differs from the last root it had there. */
void arch_mmu_switch(paddr_t root, asid_t asid);

/* Order earlier entry stores before later table walks of this and other CPUs. Call
 * after entries went from invalid to valid or gained rights. */
void arch_mmu_publish(void);

/* Forget translations of r in every CPU. When it returns no CPU can reach the old
 * pages, nor walk through a table that was unlinked before the call. asid 0 means the kernel's
 * own addresses. One call per operation: each is expensive on RISC-V. */
void arch_tlb_flush(asid_t asid, struct vrange r);

/* Forget va's translation, a remembered absence included, on this CPU alone and under every ASID: of a page that no other CPU uses. */
void arch_tlb_flush_here(vaddr_t va);

/* As arch_tlb_flush() for every translation of asid. */
void arch_tlb_flush_asid(asid_t asid);

/* Make stores to [p, p+n) visible to instruction fetch in every CPU. */
void arch_icache_sync(const void *p, size_t n);

/* Number of usable ASIDs (asids 1..n-1 are users'); at least 2. */
unsigned arch_asid_count(void);
