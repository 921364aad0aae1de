/* GIC version 3: the CPU's interface is system registers; its own interrupts are set up in its redistributor, which is
 * found by the affinity that it names. */
#include <arch/cpu.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include <kernel/kmap.h>
#include "gic.h"
#include "sysreg.h"

enum {
	DISTRIBUTOR_BYTES = 0x10000, REDISTRIBUTOR_BYTES = 0x20000,
	CTLR_GROUP1 = 2, CTLR_AFFINITY = 0x10,
	GICR_TYPER = 8, GICR_WAKER = 0x14, GICR_SGI_FRAME = 0x10000,
	TYPER_LAST = 0x10, WAKER_SLEEP = 2, WAKER_ASLEEP = 4,
};

static volatile uint8_t *distributor, *redistributors;
static uint64_t redistributors_bytes;

static bool gicv3_init(const struct fdt *fdt, int node)
{
	const uint64_t most = (uint64_t)CPUS_MAX * REDISTRIBUTOR_BYTES;
	uint64_t d, r, size;
	if (!fdt_reg(fdt, node, 0, &d, &size) || !fdt_reg(fdt, node, 1, &r, &size))
		return false;
	redistributors_bytes = size < most ? size : most;
	distributor = kmap_device(d, DISTRIBUTOR_BYTES);
	redistributors = kmap_device(r, redistributors_bytes);
	if (!distributor || !redistributors)
		return false;
	*gic_reg(distributor, GICD_CTLR) = 0;
	gic_quiet_shared(distributor, true);
	*gic_reg(distributor, GICD_CTLR) = CTLR_AFFINITY | CTLR_GROUP1;
	return true;
}

/* Affinity levels 3..0 of an MPIDR, a byte each. */
static uint32_t affinity(uint64_t mpidr) { return (uint32_t)(mpidr >> 32 & 0xff) << 24 | (uint32_t)(mpidr & 0xffffff); }

static volatile uint8_t *own_redistributor(void)
{
	uint32_t own = affinity(cpu_this()->hwid);
	for (uint64_t at = 0; at + REDISTRIBUTOR_BYTES <= redistributors_bytes; at += REDISTRIBUTOR_BYTES) {
		if (*gic_reg(redistributors + at, GICR_TYPER + 4) == own)
			return redistributors + at;
		if (*gic_reg(redistributors + at, GICR_TYPER) & TYPER_LAST)
			break;
	}
	return NULL;
}

static void wake_redistributor(volatile uint8_t *r)
{
	*gic_reg(r, GICR_WAKER) &= ~(uint32_t)WAKER_SLEEP;
	while (*gic_reg(r, GICR_WAKER) & WAKER_ASLEEP)
		cpu_relax();
}

static void init_own_irqs(volatile uint8_t *sgi_frame, uint32_t own_irqs)
{
	*gic_reg(sgi_frame, GICD_CLEAR_ENABLE) = UINT32_MAX;
	*gic_reg(sgi_frame, GICD_GROUP) = UINT32_MAX;
	for (unsigned i = 0; i < GIC_SPI_BASE; i += 4)
		*gic_reg(sgi_frame, GICD_PRIORITY + i) = GIC_PRIORITY;
	*gic_reg(sgi_frame, GICD_SET_ENABLE) = own_irqs;
}

static void gicv3_init_cpu(uint32_t own_irqs)
{
	volatile uint8_t *r = own_redistributor();
	if (r) {
		wake_redistributor(r);
		init_own_irqs(r + GICR_SGI_FRAME, own_irqs);
	}
	sysreg_write(S3_0_C12_C12_5, sysreg_read(S3_0_C12_C12_5) | 1);	/* ICC_SRE_EL1: system registers */
	isb();
	sysreg_write(S3_0_C4_C6_0, 0xff);				/* ICC_PMR_EL1 */
	sysreg_write(S3_0_C12_C12_3, 0);				/* ICC_BPR1_EL1 */
	sysreg_write(S3_0_C12_C12_4, 0);				/* ICC_CTLR_EL1: one write ends an interrupt */
	sysreg_write(S3_0_C12_C12_7, 1);				/* ICC_IGRPEN1_EL1 */
	isb();
}

static uint32_t gicv3_acknowledge(void)
{
	uint32_t irq = (uint32_t)sysreg_read(S3_0_C12_C12_0);		/* ICC_IAR1_EL1 */
	__asm__ volatile("dsb sy" : : : "memory");
	return irq;
}

static void gicv3_end(uint32_t acknowledged)
{
	sysreg_write(S3_0_C12_C12_1, acknowledged);			/* ICC_EOIR1_EL1 */
	isb();
}

static void gicv3_route_to_boot_cpu(unsigned irq)
{
	*(volatile uint64_t *)(distributor + GICD_ROUTER + 8 * irq) = cpus[0].hwid & 0xff00ffffff;
}

static void gicv3_kick(const struct cpu *c)
{
	uint64_t id = c->hwid, low = id & 0xff;
	uint64_t affinities = (id >> 32 & 0xff) << 48 | (id >> 16 & 0xff) << 32 | (id >> 8 & 0xff) << 16;
	__asm__ volatile("dsb ishst" : : : "memory");	/* what the other is to look at is there before it looks */
	sysreg_write(S3_0_C12_C11_5,					/* ICC_SGI1R_EL1 */
		affinities | (low >> 4) << 44 | (uint64_t)GIC_SGI_KICK << 24 | 1ull << (low & 15));
	isb();
}

static const char *const names[] = { "arm,gic-v3", NULL };
const struct gic_model gicv3 = {
	names, gicv3_init, gicv3_init_cpu, gicv3_acknowledge, gicv3_end, gicv3_route_to_boot_cpu, gicv3_kick,
};
