/* The generic interrupt controller, what both versions share: finding it, and serving what is pending. Numbers: 0-15 software
 * (SGI), 16-31 each CPU's own (PPI), from 32 shared (SPI).
 *
 * Sources: Arm Generic Interrupt Controller Architecture Specification, GICv2 (IHI 0048), GICv3 (IHI 0069). */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/trap.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include <kernel/printk.h>
#include "gic.h"

static const struct gic_model *gic;
static volatile uint8_t *distributor;
static unsigned timer_irq = 27;
static unsigned nirqs;

void gic_set_timer_irq(unsigned irq) { timer_irq = irq; }

unsigned gic_quiet_shared(volatile uint8_t *d, bool group1)
{
	distributor = d;
	nirqs = 32 * ((*gic_reg(d, GICD_TYPER) & 31) + 1);
	if (nirqs > GIC_SPECIAL)
		nirqs = GIC_SPECIAL;
	for (unsigned i = GIC_SPI_BASE; i < nirqs; i += 32) {
		*gic_reg(d, GICD_CLEAR_ENABLE + i / 8) = UINT32_MAX;
		if (group1)
			*gic_reg(d, GICD_GROUP + i / 8) = UINT32_MAX;
	}
	for (unsigned i = GIC_SPI_BASE; i < nirqs; i += 4)
		*gic_reg(d, GICD_PRIORITY + i) = GIC_PRIORITY;
	return nirqs;
}

static int find_node(const struct fdt *fdt, const struct gic_model *m)
{
	for (const char *const *c = m->compatible; *c; c++) {
		int node = fdt_find_compatible(fdt, -1, *c);
		if (node >= 0)
			return node;
	}
	return -1;
}

bool arch_irq_init(const struct fdt *fdt)
{
	static const struct gic_model *const models[] = { &gicv3, &gicv2 };
	for (unsigned i = 0; i < 2; i++) {
		int node = find_node(fdt, models[i]);
		if (node < 0)
			continue;
		if (!models[i]->init(fdt, node)) {
			printk("[irq] cannot map the GIC\n");
			return false;
		}
		gic = models[i];
		printk("[irq] %s, %u interrupts\n", gic == &gicv3 ? "GICv3" : "GICv2", nirqs);
		return true;
	}
	printk("[irq] no GIC in the device tree\n");
	return false;
}

void arch_irq_init_cpu(void)
{
	gic->init_cpu(1u << GIC_SGI_KICK | 1u << timer_irq);
}

void arch_irq_enable(unsigned irq)
{
	if (irq < GIC_SPI_BASE || irq >= nirqs)
		return;
	gic->route_to_boot_cpu(irq);
	*gic_reg(distributor, GICD_SET_ENABLE + irq / 32 * 4) = 1u << irq % 32;
}

/* Three cells: 0 shared or 1 each CPU's own, number, flags. */
unsigned arch_irq_of_node(const struct fdt *fdt, int node)
{
	unsigned len;
	if (!fdt_prop(fdt, node, "interrupts", &len))
		return 0;
	unsigned own = fdt_cell(fdt, node, "interrupts", 0, 0), number = fdt_cell(fdt, node, "interrupts", 1, 0);
	return number + (own ? 16 : GIC_SPI_BASE);
}

void gic_kick(const struct cpu *c) { gic->kick(c); }

void gic_take(void)
{
	for (;;) {
		uint32_t acknowledged = gic->acknowledge(), irq = acknowledged & 0x3ff;
		if (irq >= GIC_SPECIAL)
			return;
		if (irq == GIC_SGI_KICK) {
			gic->end(acknowledged);
			trap_kick();
			continue;
		}
		if (irq == timer_irq)
			trap_timer();
		else
			trap_external(irq);
		gic->end(acknowledged);
	}
}
