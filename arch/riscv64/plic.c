/* The platform-level interrupt controllers. Each hart and mode has a context in one of them; of each controller we use one, in
 * S-mode: the boot hart's, or else that of the first hart it serves. QEMU's machine has one controller for each NUMA node,
 * which numbers its sources from 1 like the others, so our interrupt numbers say which one:
 *
 *   | controller | source, 10 bits |
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

enum { PLICS_MAX = 4, SOURCE_BITS = 10 };

static struct plic {
	int node;			/* in the device tree */
	uint64_t hwid;			/* the hart that is told */
	volatile uint32_t *priority;	/* per source */
	volatile uint32_t *enable;	/* a bit per source, for our context */
	volatile struct plic_context { uint32_t threshold, claim; } *context;
	uint32_t enabled[SOURCES_MAX / 32];	/* what enable should say */
} plics[PLICS_MAX];
static unsigned nplics;

/* The id of the hart in which this interrupt-controller node, by its handle, sits. */
static bool hart_of(const struct fdt *fdt, uint32_t phandle, uint64_t *hwid)
{
	uint64_t size;
	int node = fdt_find_phandle(fdt, phandle);
	int cpu = node >= 0 ? fdt_parent(fdt, node) : -1;
	return cpu >= 0 && fdt_reg(fdt, cpu, 0, hwid, &size);
}

/* The number of the S-mode context to use, and its hart; or -1. interrupts-extended lists {hart's controller, input} by context. */
static int find_context(const struct fdt *fdt, int node, uint64_t *hwid)
{
	int found = -1;
	unsigned len;
	uint64_t hart;
	if (!fdt_prop(fdt, node, "interrupts-extended", &len))
		return -1;
	for (unsigned i = 0; i < len / 8; i++) {
		if (fdt_cell(fdt, node, "interrupts-extended", 2 * i + 1, 0) != S_EXTERNAL
			|| !hart_of(fdt, fdt_cell(fdt, node, "interrupts-extended", 2 * i, 0), &hart))
			continue;
		if (found >= 0 && hart != cpu_this()->hwid)
			continue;
		found = (int)i;
		*hwid = hart;
	}
	return found;
}

static void open_context(struct plic *p)
{
	for (unsigned i = 0; i < SOURCES_MAX / 32; i++)
		p->enable[i] = p->enabled[i];
	p->context->threshold = 0;
}

static bool add_plic(const struct fdt *fdt, int node)
{
	uint64_t pa, size;
	struct plic p = { .node = node };
	int n = find_context(fdt, node, &p.hwid);
	if (n < 0 || nplics == PLICS_MAX || !fdt_reg(fdt, node, 0, &pa, &size))
		return false;
	p.priority = kmap_device(pa, PRIORITY_BYTES);
	p.enable = kmap_device(pa + ENABLE_BASE + (unsigned)n * ENABLE_BYTES, ENABLE_BYTES);
	p.context = kmap_device(pa + CONTEXT_BASE + (unsigned)n * CONTEXT_BYTES, sizeof *p.context);
	if (!p.priority || !p.enable || !p.context) {
		printk("[irq] no memory to map the PLIC\n");
		return false;
	}
	printk("[irq] PLIC %u, context %d\n", nplics, n);
	open_context(&p);
	plics[nplics++] = p;
	return true;
}

bool arch_irq_init(const struct fdt *fdt)
{
	static const char *const compatible[] = { "sifive,plic-1.0.0", "riscv,plic0" };
	for (unsigned i = 0; i < 2 && !nplics; i++)
		for (int node = -1; (node = fdt_find_compatible(fdt, node, compatible[i])) >= 0;)
			add_plic(fdt, node);
	if (!nplics)
		printk("[irq] no PLIC that serves a hart\n");
	return nplics;
}

/* Firmware closes a hart's context when it starts the hart: OpenSBI sets the threshold to 7, and enables nothing. */
void arch_irq_init_cpu(void)
{
	for (unsigned i = 0; i < nplics; i++)
		if (plics[i].hwid == cpu_this()->hwid)
			open_context(&plics[i]);
	csr_write(sie, SIE_SOFT_TIMER_EXTERNAL);
}

void arch_irq_enable(unsigned irq)
{
	unsigned i = irq >> SOURCE_BITS, source = irq % SOURCES_MAX;
	if (source == 0 || i >= nplics)
		return;
	plics[i].priority[source] = 1;
	plics[i].enabled[source / 32] |= 1u << source % 32;
	plics[i].enable[source / 32] = plics[i].enabled[source / 32];
}

/* The controller that node's interrupts go to: interrupt-parent stands in the node, or in one above it. */
static unsigned plic_of_node(const struct fdt *fdt, int node)
{
	uint32_t phandle = 0;
	for (; node >= 0 && !phandle; node = fdt_parent(fdt, node))
		phandle = fdt_cell(fdt, node, "interrupt-parent", 0, 0);
	int parent = fdt_find_phandle(fdt, phandle);
	for (unsigned i = 0; i < nplics; i++)
		if (plics[i].node == parent)
			return i;
	return 0;
}

unsigned arch_irq_of_node(const struct fdt *fdt, int node)
{
	unsigned source = fdt_cell(fdt, node, "interrupts", 0, 0);
	return source ? plic_of_node(fdt, node) << SOURCE_BITS | source : 0;
}

void plic_take(void)
{
	for (unsigned i = 0; i < nplics; i++) {
		if (plics[i].hwid != cpu_this()->hwid)
			continue;
		for (uint32_t source; (source = plics[i].context->claim);) {
			trap_external(i << SOURCE_BITS | source);
			plics[i].context->claim = source;
		}
	}
}
