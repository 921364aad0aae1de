/* mm/'s surroundings where nothing else runs: RAM is what port_ram says, a lock costs a store, there is no TLB and nothing to reclaim. */
#include "port.h"
#include <lib/fmt.h>
#include <arch/mmu.h>

char *port_ram;

void *port_ptr(paddr_t pa) { return port_ram + (size_t)(pa - RAM_BASE); }
paddr_t port_pa(const void *p) { return (paddr_t)((const char *)p - port_ram) + RAM_BASE; }
void *port_map_frame(paddr_t pa, unsigned slot) { (void)slot; return port_ptr(pa); }
void port_unmap_frame(unsigned slot) { (void)slot; }
size_t port_cpu(void) { return 0; }
bool port_may_allocate(void) { return true; }
bool port_reclaim(void) { return false; }

const char *port_where(const void *pc, char *buf, size_t n)
{
	snprintf(buf, n, "%p", pc);
	return buf;
}

void spin_init(struct spinlock *l, enum lock_rank rank, const char *name) { *l = (struct spinlock)SPINLOCK_INIT((uint16_t)rank, name); }
void spin_lock(struct spinlock *l) { l->held = 1; }
void spin_unlock(struct spinlock *l) { l->held = 0; }
void mutex_init(struct mutex *m, enum lock_rank rank, const char *name) { *m = (struct mutex){ .rank = (uint16_t)rank, .name = name }; }
void mutex_lock(struct mutex *m) { m->owner = m; }
void mutex_unlock(struct mutex *m) { m->owner = NULL; }
bool mutex_is_held(const struct mutex *m) { return m->owner; }

unsigned arch_asid_count(void) { return 64; }
void arch_mmu_publish(void) {}
void arch_icache_sync(const void *p, size_t n) { (void)p, (void)n; }
void arch_root_init(pte_t *root, const pte_t *kernel_root) { (void)root, (void)kernel_root; }
void arch_tlb_flush(asid_t asid, struct vrange r) { (void)asid, (void)r; }
void arch_tlb_flush_asid(asid_t asid) { (void)asid; }
