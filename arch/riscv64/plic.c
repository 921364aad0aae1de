/* The platform-level interrupt controller. Each hart and mode has a context; we use one, the boot hart's in
 * S-mode, and let no other CPU have external interrupts.
 *
 * Source: RISC-V Platform-Level Interrupt Controller Specification 1.0. */
#include <arch/cpu.h>
#include <arch/irq.h>
#include <arch/trap.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include "csr.h"
#include "plic.h"

enum {
	PRIORITY_BYTES = 0x1000,
	ENABLE_BASE = 0x2000, ENABLE_BYTES = 0x80,
	CONTEXT_BASE = 0x200000, CONTEXT_BYTES = 0x1000,
	S_EXTERNAL = 9,			/* the interrupt number of S-mode's input at the hart */
	SOURCES_MAX = 1024,
};
#define SIE_SOFT_TIMER_EXTERNAL 0x222

static volatile uint32_t *priority;	/* per source */
static volatile uint32_t *enable;	/* a bit per source, for our context */
static volatile struct { uint32_t threshold, claim; } *context;

/* Does this interrupt-controller node, by its handle, sit in the hart with id hwid? */
static bool is_in_hart(const struct fdt *fdt, uint32_t phandle, uint64_t hwid)
{
	uint64_t reg, size;
	int node = fdt_find_phandle(fdt, phandle);
	int cpu = node >= 0 ? fdt_parent(fdt, node) : -1;
	return cpu >= 0 && fdt_reg(fdt, cpu, 0, &reg, &size) && reg == hwid;
}

/* The context number of the boot hart's S-mode, or -1: interrupts-extended lists {hart's controller, input} by context. */
static int find_context(const struct fdt *fdt, int node)
{
	unsigned len;
	if (!fdt_prop(fdt, node, "interrupts-extended", &len))
		return -1;
	for (unsigned i = 0; i < len / 8; i++)
		if (fdt_cell(fdt, node, "interrupts-extended", 2 * i + 1, 0) == S_EXTERNAL
			&& is_in_hart(fdt, fdt_cell(fdt, node, "interrupts-extended", 2 * i, 0), cpu_this()->hwid))
			return (int)i;
	return -1;
}

bool arch_irq_init(const struct fdt *fdt)
{
	uint64_t pa, size;
	int node = fdt_find_compatible(fdt, -1, "sifive,plic-1.0.0");
	if (node < 0)
		node = fdt_find_compatible(fdt, -1, "riscv,plic0");
	int n = node >= 0 ? find_context(fdt, node) : -1;
	if (n < 0 || !fdt_reg(fdt, node, 0, &pa, &size)) {
		printk("[irq] no PLIC that serves the boot hart\n");
		return false;
	}
	priority = kmap_device(pa, PRIORITY_BYTES);
	enable = kmap_device(pa + ENABLE_BASE + (unsigned)n * ENABLE_BYTES, ENABLE_BYTES);
	context = kmap_device(pa + CONTEXT_BASE + (unsigned)n * CONTEXT_BYTES, sizeof *context);
	if (!priority || !enable || !context) {
		printk("[irq] no memory to map the PLIC\n");
		return false;
	}
	for (unsigned i = 0; i < SOURCES_MAX / 32; i++)
		enable[i] = 0;
	context->threshold = 0;
	printk("[irq] PLIC, context %d\n", n);
	return true;
}

void arch_irq_init_cpu(void)
{
	csr_write(sie, SIE_SOFT_TIMER_EXTERNAL);
}

void arch_irq_enable(unsigned irq)
{
	if (irq == 0 || irq >= SOURCES_MAX)
		return;
	priority[irq] = 1;
	enable[irq / 32] |= 1u << irq % 32;
}

unsigned arch_irq_of_node(const struct fdt *fdt, int node)
{
	return fdt_cell(fdt, node, "interrupts", 0, 0);
}

void plic_take(void)
{
	for (uint32_t irq; (irq = context->claim);) {
		trap_external(irq);
		context->claim = irq;
	}
}
