/* This hart and the others: its record, its timer, starting and kicking harts.
 *
 * Sources: RISC-V SBI 1.0 (TIME, IPI, HSM); RISC-V "stimecmp / vstimecmp" extension (Sstc). */
#include <arch/cpu.h>
#include <arch/layout.h>
#include <lib/string.h>
#include <kernel/cpu.h>
#include <kernel/fdt.h>
#include "csr.h"
#include "mmu_priv.h"
#include "sbi.h"

extern uint64_t arch_kernel_pa;		/* head.S */
extern char secondary_start[];

/* What head.S reads when another hart arrives, at these offsets. */
static struct secondary { uint64_t satp; struct cpu *cpu; uintptr_t stack_top; } secondaries[CPUS_MAX];
_Static_assert(offsetof(struct secondary, stack_top) == 16, "head.S");

static uint64_t frequency;
static bool has_sstc;
static char isa[32];		/* the base and its letters: "rv64imafdc" */

void cpu_set_this(struct cpu *c) { cpu_in_tp = c; }
uint64_t time_frequency(void) { return frequency; }

/* Is stimecmp there, and does the firmware let us use it? A refusal is a trap, which here only skips the next instruction. */
static bool stimecmp_works(void)
{
	unsigned long works = 0, value, vector;
	__asm__ volatile(
		"	la	%2, 1f\n"
		"	csrrw	%2, stvec, %2\n"
		"	csrr	%1, 0x14d\n"
		"	li	%0, 1\n"
		"	.balign 4\n"
		"1:	csrw	stvec, %2\n"
		: "+r"(works), "=&r"(value), "=&r"(vector) : : "memory");
	return works;
}

static void read_isa(const char *s)
{
	size_t n = 0;
	for (; s[n] && s[n] != '_' && n < sizeof isa - 1; n++)
		isa[n] = s[n];
}

void arch_timer_init(const struct fdt *fdt)
{
	int cpu_nodes = fdt_find_path(fdt, "/cpus");
	int first = fdt_find_compatible(fdt, -1, "riscv");
	const char *s = first >= 0 ? fdt_string(fdt, first, "riscv,isa") : NULL;
	frequency = cpu_nodes >= 0 ? fdt_cell(fdt, cpu_nodes, "timebase-frequency", 0, 0) : 0;
	if (!frequency)
		frequency = 10000000;
	if (s) {
		read_isa(s);
		has_sstc = strstr(s, "_sstc") && stimecmp_works();
	}
}

void arch_timer_set(uint64_t deadline)
{
	if (has_sstc)
		csr_write(0x14d, deadline);
	else
		sbi_call(SBI_TIME, 0, (struct sbi_args){ { deadline } });
}

void arch_cpu_describe(char *buf, unsigned n)
{
	strlcpy(buf, isa[0] ? isa : "rv64", n);
	if (has_sstc)
		strlcat(buf, " sstc", n);
}

void arch_smp_init(const struct fdt *fdt)
{
	(void)fdt;	/* the firmware interface is always there */
}

bool arch_cpu_start(uint64_t hwid, struct cpu *c, uintptr_t stack_top)
{
	uint64_t entry = arch_kernel_pa + ((uintptr_t)secondary_start - KERNEL_BASE);
	struct secondary *s = &secondaries[c->id];
	*s = (struct secondary){ mmu_kernel_satp(), c, stack_top };
	__asm__ volatile("fence rw, rw" : : : "memory");
	return sbi_call(SBI_HSM, 0, (struct sbi_args){ { hwid, entry, (uintptr_t)s } }) == 0;
}

void arch_cpu_kick(const struct cpu *c)
{
	sbi_ask_cpus(SBI_SEND_IPI, 1u << c->id, 0);
}
