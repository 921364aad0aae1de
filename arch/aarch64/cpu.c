/* This CPU and the others: its record, its timer, starting and describing CPUs.
 *
 * Source: Arm Architecture Reference Manual, "The Generic Timer"; "MIDR_EL1". */
#include <arch/cpu.h>
#include <lib/fmt.h>
#include <lib/string.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include "gic.h"
#include "mmu_priv.h"
#include "psci.h"
#include "sysreg.h"

extern char secondary_start[];

/* What head.S reads when another CPU arrives, at these offsets. */
static struct secondary { paddr_t root; struct cpu *cpu; uintptr_t stack_top; paddr_t empty_root; } secondaries[CPUS_MAX];
_Static_assert(offsetof(struct secondary, empty_root) == 24, "head.S");

static uint64_t frequency;

void cpu_set_this(struct cpu *c) { sysreg_write(tpidr_el1, (uintptr_t)c); }
uint64_t time_frequency(void) { return frequency; }

/* We use the virtual timer: it is there at EL1 whoever runs above us. */
void arch_timer_init(const struct fdt *fdt)
{
	enum { VIRTUAL = 2, CELLS = 3, PPI_BASE = 16, USUAL = 11 };
	psci_init(fdt);		/* powering off works from here on */
	int node = fdt_find_compatible(fdt, -1, "arm,armv8-timer");
	frequency = sysreg_read(cntfrq_el0);
	if (node >= 0 && !frequency)
		frequency = fdt_cell(fdt, node, "clock-frequency", 0, 0);
	gic_set_timer_irq(PPI_BASE + (node >= 0 ? fdt_cell(fdt, node, "interrupts", VIRTUAL * CELLS + 1, USUAL) : USUAL));
}

void arch_timer_set(uint64_t deadline)
{
	sysreg_write(cntv_cval_el0, deadline);
	sysreg_write(cntv_ctl_el0, 1);
	isb();
}

void arch_cpu_describe(char *buf, unsigned n)
{
	static const struct { unsigned part; const char *name; } parts[] = {
		{ 0xd03, "Cortex-A53" }, { 0xd04, "Cortex-A35" }, { 0xd05, "Cortex-A55" }, { 0xd07, "Cortex-A57" },
		{ 0xd08, "Cortex-A72" }, { 0xd0b, "Cortex-A76" }, { 0xd0c, "Neoverse-N1" },
	};
	enum { IMPLEMENTER_ARM = 0x41 };
	unsigned midr = (unsigned)sysreg_read(midr_el1);
	unsigned part = midr >> 4 & 0xfff, variant = midr >> 20 & 15, revision = midr & 15;
	for (unsigned i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (midr >> 24 == IMPLEMENTER_ARM && parts[i].part == part) {
			snprintf(buf, n, "%s r%up%u", parts[i].name, variant, revision);
			return;
		}
	snprintf(buf, n, "CPU implementer 0x%x part 0x%x r%up%u", midr >> 24, part, variant, revision);
}

void arch_smp_init(const struct fdt *fdt) { psci_init(fdt); }

bool arch_cpu_start(uint64_t hwid, struct cpu *c, uintptr_t stack_top)
{
	struct secondary *s = &secondaries[c->id];
	*s = (struct secondary){ mmu_kernel_root(), c, stack_top, mmu_empty_root() };
	mmu_clean_to_memory(s, sizeof *s);
	mmu_others_run();
	return psci_cpu_on(hwid, mmu_image_pa(secondary_start), mmu_image_pa(s));
}

void arch_cpu_kick(const struct cpu *c) { gic_kick(c); }
void arch_early_putc(char c) { (void)c; }
