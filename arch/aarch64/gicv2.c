/* GIC version 2: each CPU reaches its interface at the same address. */
#include <arch/cpu.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include <kernel/kmap.h>
#include "gic.h"

enum { DISTRIBUTOR_BYTES = 0x1000, INTERFACE_BYTES = 0x1000 };
enum { GICC_CTLR = 0, GICC_PMR = 4, GICC_BPR = 8, GICC_IAR = 0xc, GICC_EOIR = 0x10 };

static volatile uint8_t *distributor, *interface;
static uint8_t interface_bit[CPUS_MAX];		/* the CPU as the distributor's target lists name it */

static bool gicv2_init(const struct fdt *fdt, int node)
{
	uint64_t d, c, size;
	if (!fdt_reg(fdt, node, 0, &d, &size) || !fdt_reg(fdt, node, 1, &c, &size))
		return false;
	distributor = kmap_device(d, DISTRIBUTOR_BYTES);
	interface = kmap_device(c, INTERFACE_BYTES);
	if (!distributor || !interface)
		return false;
	*gic_reg(distributor, GICD_CTLR) = 0;
	gic_quiet_shared(distributor, false);
	*gic_reg(distributor, GICD_CTLR) = 1;
	return true;
}

/* The target registers of a CPU's own interrupts all name that CPU; with one CPU they may be 0. */
static void gicv2_init_cpu(uint32_t own_irqs)
{
	uint8_t bit = (uint8_t)*gic_reg(distributor, GICD_TARGETS);
	interface_bit[cpu_this()->id] = bit ? bit : 1;
	*gic_reg(distributor, GICD_CLEAR_ENABLE) = UINT32_MAX;
	for (unsigned i = 0; i < GIC_SPI_BASE; i += 4)
		*gic_reg(distributor, GICD_PRIORITY + i) = GIC_PRIORITY;
	*gic_reg(distributor, GICD_SET_ENABLE) = own_irqs;
	*gic_reg(interface, GICC_PMR) = 0xff;
	*gic_reg(interface, GICC_BPR) = 0;
	*gic_reg(interface, GICC_CTLR) = 1;
}

static uint32_t gicv2_acknowledge(void) { return *gic_reg(interface, GICC_IAR); }
static void gicv2_end(uint32_t acknowledged) { *gic_reg(interface, GICC_EOIR) = acknowledged; }

static void gicv2_route_to_boot_cpu(unsigned irq)
{
	*(distributor + GICD_TARGETS + irq) = interface_bit[0];
}

static void gicv2_kick(const struct cpu *c)
{
	__asm__ volatile("dsb ishst" : : : "memory");	/* what the other is to look at is there before it looks */
	*gic_reg(distributor, GICD_SGI) = (uint32_t)interface_bit[c->id] << 16 | GIC_SGI_KICK;
}

static const char *const names[] = { "arm,cortex-a15-gic", "arm,gic-400", "arm,cortex-a9-gic", "arm,cortex-a7-gic", NULL };
const struct gic_model gicv2 = {
	names, gicv2_init, gicv2_init_cpu, gicv2_acknowledge, gicv2_end, gicv2_route_to_boot_cpu, gicv2_kick,
};
