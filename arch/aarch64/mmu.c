/* The MMU: translation tables, TLB invalidation, instruction caches. The hardware tells the other CPUs, if we ask for
 * the inner-shareable forms; while only one runs the local forms do, and cost less.
 *
 * Source: Arm Architecture Reference Manual, "TLB maintenance instructions", "Caches and memory hierarchy". */
#include <arch/layout.h>
#include <arch/mmu.h>
#include <kernel/cpu.h>
#include "mmu_priv.h"
#include "sysreg.h"

#define TTBR_ASID_SHIFT	48
#define TTBR_ASID_MASK	(0xffffull << TTBR_ASID_SHIFT)
#define TLBI_VA_MASK	0xfffffffffffull	/* address bits 55:12 */
enum { PAGES_ONE_BY_ONE = 8 };		/* beyond, it is cheaper to forget the whole ASID */

extern uint64_t arch_kernel_pa;		/* head.S */
extern char empty_root[];
void mmu_replace_kernel_table(paddr_t root, paddr_t empty);	/* head.S */

static struct {
	uint64_t ttbr0;		/* this CPU only, like the next */
	paddr_t shared_root;	/* the last root under ASID_SHARED */
} mmu_cpus[CPUS_MAX];

static paddr_t kernel_root;
static bool others_run;

paddr_t mmu_kernel_root(void) { return kernel_root; }
paddr_t mmu_image_pa(const void *p) { return arch_kernel_pa + ((uintptr_t)p - KERNEL_BASE); }
paddr_t mmu_empty_root(void) { return mmu_image_pa(empty_root); }
void mmu_others_run(void) { others_run = true; }

static void flush_local(void) { __asm__ volatile("tlbi vmalle1\n\tdsb nsh\n\tisb" : : : "memory"); }

void arch_mmu_enable(paddr_t root)
{
	/* The identity is still there: call the routine where it really lies. */
	uintptr_t at = mmu_image_pa((const void *)(uintptr_t)mmu_replace_kernel_table);
	((void (*)(paddr_t, paddr_t))at)(root, mmu_empty_root());
	kernel_root = root;
	sysreg_write(ttbr0_el1, mmu_empty_root());
	isb();
	flush_local();
	mmu_cpus[cpu_this()->id].ttbr0 = mmu_empty_root();
}

void arch_root_init(pte_t *root, const pte_t *kernel_table)
{
	(void)root, (void)kernel_table;		/* the kernel's half has a register of its own */
}

/* With asid 0 the new root is empty, and the ASID stays what it was: nothing can be fetched into it, and a change of ASID is what
 * costs (QEMU forgets everything then). */
void arch_mmu_switch(paddr_t root, asid_t asid)
{
	unsigned id = cpu_this()->id;
	uint64_t was = mmu_cpus[id].ttbr0;
	uint64_t ttbr = asid == ASID_KERNEL ? root | (was & TTBR_ASID_MASK) : root | (uint64_t)asid << TTBR_ASID_SHIFT;
	if (ttbr == was)
		return;
	mmu_cpus[id].ttbr0 = ttbr;
	sysreg_write(ttbr0_el1, ttbr);
	isb();
	if (asid == ASID_SHARED && mmu_cpus[id].shared_root != root) {
		mmu_cpus[id].shared_root = root;
		__asm__ volatile("tlbi aside1, %0\n\tdsb nsh\n\tisb" : : "r"((uint64_t)asid << TTBR_ASID_SHIFT) : "memory");
	}
}

void arch_mmu_publish(void) { __asm__ volatile("dsb ishst\n\tisb" : : : "memory"); }

static uint64_t tlbi_operand(asid_t asid, vaddr_t va)
{
	return (uint64_t)asid << TTBR_ASID_SHIFT | (va >> PAGE_SHIFT & TLBI_VA_MASK);
}

/* One page, the table entries that lead to it included. Kernel pages are everybody's: any ASID. */
static void invalidate_page(asid_t asid, vaddr_t va)
{
	uint64_t op = tlbi_operand(asid, va);
	if (asid == ASID_KERNEL && others_run)
		__asm__ volatile("tlbi vaae1is, %0" : : "r"(op) : "memory");
	else if (asid == ASID_KERNEL)
		__asm__ volatile("tlbi vaae1, %0" : : "r"(op) : "memory");
	else if (others_run)
		__asm__ volatile("tlbi vae1is, %0" : : "r"(op) : "memory");
	else
		__asm__ volatile("tlbi vae1, %0" : : "r"(op) : "memory");
}

static void invalidate_asid(asid_t asid)
{
	uint64_t op = tlbi_operand(asid, 0);
	if (asid == ASID_KERNEL && others_run)
		__asm__ volatile("tlbi vmalle1is" : : : "memory");
	else if (asid == ASID_KERNEL)
		__asm__ volatile("tlbi vmalle1" : : : "memory");
	else if (others_run)
		__asm__ volatile("tlbi aside1is, %0" : : "r"(op) : "memory");
	else
		__asm__ volatile("tlbi aside1, %0" : : "r"(op) : "memory");
}

/* Entry stores are seen by table walks before, */
static void before_flush(void) { __asm__ volatile("dsb ishst" : : : "memory"); }

/* and every access by an old translation is over after. */
static void after_flush(void)
{
	if (others_run)
		__asm__ volatile("dsb ish\n\tisb" : : : "memory");
	else
		__asm__ volatile("dsb nsh\n\tisb" : : : "memory");
}

void arch_tlb_flush(asid_t asid, struct vrange r)
{
	before_flush();
	if (r.end - r.start > PAGES_ONE_BY_ONE * PAGE_SIZE)
		invalidate_asid(asid);
	else
		for (vaddr_t va = r.start; va != r.end; va += PAGE_SIZE)
			invalidate_page(asid, va);
	after_flush();
}

void arch_tlb_flush_asid(asid_t asid)
{
	before_flush();
	invalidate_asid(asid);
	after_flush();
}

void arch_tlb_flush_here(vaddr_t va)
{
	__asm__ volatile("tlbi vaae1, %0\n\tdsb nsh\n\tisb" : : "r"(tlbi_operand(0, va)) : "memory");
}

/* ---- caches ---- */

static uint64_t dcache_line(void) { return 4ull << (sysreg_read(ctr_el0) >> 16 & 15); }

void mmu_clean_to_memory(const void *p, size_t n)
{
	uint64_t line = dcache_line(), end = (uintptr_t)p + n;
	for (uint64_t at = (uintptr_t)p & ~(line - 1); at < end; at += line)
		__asm__ volatile("dc civac, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb sy" : : : "memory");
}

void arch_icache_sync(const void *p, size_t n)
{
	const uint64_t idc = 1ull << 28, dic = 1ull << 29;	/* nothing to do for data; for instructions */
	uint64_t ctr = sysreg_read(ctr_el0), line = dcache_line(), end = (uintptr_t)p + n;
	if (!(ctr & idc))
		for (uint64_t at = (uintptr_t)p & ~(line - 1); at < end; at += line)
			__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish" : : : "memory");
	if (!(ctr & dic))	/* all of it: by address would miss other aliases */
		__asm__ volatile("ic ialluis\n\tdsb ish" : : : "memory");
	isb();
}

unsigned arch_asid_count(void)
{
	return (sysreg_read(id_aa64mmfr0_el1) >> 4 & 15) == 2 ? 1u << 16 : 1u << 8;
}
