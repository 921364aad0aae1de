#pragma once
#include <stdbool.h>
#include <stdint.h>
struct cpu;
struct fdt;
/* The generic interrupt controller: gic.c is what both versions share, gicv2.c and gicv3.c what differs. */

enum {
	GIC_SGI_KICK = 0,		/* software interrupt 0 */
	GIC_SPI_BASE = 32,		/* up to here each CPU has its own */
	GIC_SPECIAL = 1020,		/* acknowledged numbers from here on: nothing pending */
	GIC_PRIORITY = 0xa0a0a0a0u,	/* of four interrupts: all the same */
};
/* Registers of the distributor; those from GICD_GROUP to GICD_PRIORITY are found again in each CPU's part of version 3. */
enum {
	GICD_CTLR = 0, GICD_TYPER = 4, GICD_GROUP = 0x80, GICD_SET_ENABLE = 0x100, GICD_CLEAR_ENABLE = 0x180,
	GICD_PRIORITY = 0x400, GICD_TARGETS = 0x800, GICD_ROUTER = 0x6000, GICD_SGI = 0xf00,
};

struct gic_model {
	const char *const *compatible;	/* ends with NULL */
	bool (*init)(const struct fdt *fdt, int node);		/* distributor; false: no memory */
	void (*init_cpu)(uint32_t own_irqs);	/* this CPU's interface; own_irqs: bits of the numbers below 32 to enable */
	uint32_t (*acknowledge)(void);		/* the number in bits 9:0 (version 3: 23:0) */
	void (*end)(uint32_t acknowledged);
	void (*route_to_boot_cpu)(unsigned irq);
	void (*kick)(const struct cpu *c);
};
extern const struct gic_model gicv2, gicv3;

static inline volatile uint32_t *gic_reg(volatile uint8_t *base, unsigned offset)
{
	return (volatile uint32_t *)(base + offset);
}

/* The common part of init: how many interrupts the distributor has; all shared ones off, of equal priority, in group 1 if wanted. */
unsigned gic_quiet_shared(volatile uint8_t *distributor, bool group1);

void gic_set_timer_irq(unsigned irq);
void gic_kick(const struct cpu *c);
/* Serve what is pending. From trap_entry.S. */
void gic_take(void);
