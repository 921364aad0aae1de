/* The MMU: satp, fences, and who must be told.
 *
 * Fences on other harts are calls to the firmware that wait for all of them, so they are kept few. Each
 * CPU's asid says which user translations it can reach now. One that is elsewhere need not know at once: it gets a bit in
 * stale and catches up before it next enters a user space. Both sides write their word, fence, then read the
 * other's, so that at least one sees the other.
 *
 * Every forgetting is of a whole ASID: SFENCE.VMA with an address orders leaf entries only, not those that
 * lead to an unlinked table.
 *
 * Source: The RISC-V Instruction Set Manual, Volume II, "Supervisor Memory-Management Fence Instruction". */
#include <arch/mmu.h>
#include <lib/string.h>
#include <kernel/cpu.h>
#include "csr.h"
#include "mmu_priv.h"
#include "sbi.h"

#define SATP_SV39	(8ull << 60)
#define SATP_ASID_SHIFT	44
#define SATP_ASID_MASK	0xffffull

enum { STALE_TLB = 1, STALE_ICACHE = 2 };

static struct mmu_cpu {
	uint64_t satp;		/* this CPU only */
	paddr_t shared_root;	/* this CPU only: the last root under ASID_SHARED */
	uint32_t asid;		/* atomic */
	uint32_t stale;		/* atomic */
} mmu_cpus[CPUS_MAX];

static uint64_t kernel_satp;

static void sfence_all(void) { __asm__ volatile("sfence.vma" : : : "memory"); }
static void sfence_asid(uint64_t asid) { __asm__ volatile("sfence.vma zero, %0" : : "r"(asid) : "memory"); }
static void fence_i(void) { __asm__ volatile("fence.i" : : : "memory"); }

static uint64_t make_satp(paddr_t root, asid_t asid)
{
	return SATP_SV39 | (uint64_t)asid << SATP_ASID_SHIFT | root >> PAGE_SHIFT;
}

void arch_mmu_enable(paddr_t root)
{
	kernel_satp = make_satp(root, ASID_KERNEL);
	mmu_cpus[cpu_this()->id].satp = kernel_satp;
	csr_write(satp, kernel_satp);
	sfence_all();
}

uint64_t mmu_kernel_satp(void) { return kernel_satp; }

void arch_root_init(pte_t *root, const pte_t *kernel_root)
{
	enum { ENTRIES = 1 << PT_BITS, HALF = ENTRIES / 2 };
	memcpy(root + HALF, kernel_root + HALF, HALF * sizeof(pte_t));
}

static void catch_up(struct mmu_cpu *m)
{
	uint32_t stale = __atomic_exchange_n(&m->stale, 0, __ATOMIC_SEQ_CST);
	if (stale & STALE_TLB)
		sfence_all();
	if (stale & STALE_ICACHE)
		fence_i();
}

void arch_mmu_switch(paddr_t root, asid_t asid)
{
	struct mmu_cpu *m = &mmu_cpus[cpu_this()->id];
	uint64_t satp = make_satp(root, asid);
	if (m->satp == satp)
		return;
	m->satp = satp;
	__atomic_store_n(&m->asid, asid, __ATOMIC_SEQ_CST);
	if (asid != ASID_KERNEL && __atomic_load_n(&m->stale, __ATOMIC_SEQ_CST))
		catch_up(m);
	csr_write(satp, satp);
	if (asid == ASID_SHARED && m->shared_root != root) {
		m->shared_root = root;
		sfence_asid(asid);
	}
}

/* A hart may have remembered that an entry was invalid, or had fewer rights. It then faults on an entry that is
 * good, and space_fault(), which finds nothing to do, forgets the page. */
void arch_mmu_publish(void)
{
	__asm__ volatile("fence rw, rw" : : : "memory");
}

void arch_tlb_flush_here(vaddr_t va)
{
	__asm__ volatile("sfence.vma %0" : : "r"(va) : "memory");
}

/* The other CPUs that can reach asid's translations now (asid 0: all that are on; any: those in a user space). The rest
 * are marked stale. */
enum { ANY_USER = 0x10000 };
static uint32_t others_to_tell(uint32_t asid, uint32_t stale_bit)
{
	uint32_t set = 0, self = cpu_this()->id;
	for (unsigned i = 0; i < ncpus; i++) {
		if (i == self || !cpus[i].online)
			continue;
		__atomic_fetch_or(&mmu_cpus[i].stale, stale_bit, __ATOMIC_SEQ_CST);
		uint32_t now = __atomic_load_n(&mmu_cpus[i].asid, __ATOMIC_SEQ_CST);
		if (asid == ASID_KERNEL || now == asid || (asid == ANY_USER && now != ASID_KERNEL))
			set |= 1u << i;
	}
	return set;
}

static void flush_kernel(void)
{
	sfence_all();
	uint32_t set = others_to_tell(ASID_KERNEL, STALE_TLB);
	if (set)
		sbi_ask_cpus(SBI_SFENCE_VMA, set, 0);
}

void arch_tlb_flush_asid(asid_t asid)
{
	if (asid == ASID_KERNEL) {
		flush_kernel();
		return;
	}
	__asm__ volatile("fence rw, rw" : : : "memory");
	struct mmu_cpu *m = &mmu_cpus[cpu_this()->id];
	if (m->asid == asid)
		sfence_asid(asid);
	else
		__atomic_fetch_or(&m->stale, STALE_TLB, __ATOMIC_SEQ_CST);
	uint32_t set = others_to_tell(asid, STALE_TLB);
	if (set)
		sbi_ask_cpus(SBI_SFENCE_ASID, set, asid);
}

void arch_tlb_flush(asid_t asid, struct vrange r)
{
	(void)r;
	arch_tlb_flush_asid(asid);
}

void arch_icache_sync(const void *p, size_t n)
{
	(void)p, (void)n;
	__asm__ volatile("fence rw, rw" : : : "memory");
	fence_i();
	uint32_t set = others_to_tell(ANY_USER, STALE_ICACHE);
	if (set)
		sbi_ask_cpus(SBI_FENCE_I, set, 0);
}

unsigned arch_asid_count(void)
{
	uint64_t satp = csr_read(satp);
	csr_write(satp, satp | SATP_ASID_MASK << SATP_ASID_SHIFT);
	uint64_t asid = csr_read(satp) >> SATP_ASID_SHIFT & SATP_ASID_MASK;
	csr_write(satp, satp);
	sfence_all();
	return asid ? (unsigned)asid + 1 : 2;
}
