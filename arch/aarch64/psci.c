/* The firmware's power interface: other CPUs, power off, reset. */
#include <arch/cpu.h>
#include <lib/string.h>
#include <kernel/fdt.h>
#include "psci.h"

enum psci_function { PSCI_SYSTEM_OFF = 0x84000008, PSCI_SYSTEM_RESET = 0x84000009 };
#define PSCI_CPU_ON 0xc4000003ull

static enum { METHOD_NONE, METHOD_HVC, METHOD_SMC } method;

void psci_init(const struct fdt *fdt)
{
	int node = fdt_find_compatible(fdt, -1, "arm,psci-0.2");
	if (node < 0)
		node = fdt_find_compatible(fdt, -1, "arm,psci-1.0");
	const char *how = node >= 0 ? fdt_string(fdt, node, "method") : NULL;
	if (how && !strcmp(how, "hvc"))
		method = METHOD_HVC;
	else if (how && !strcmp(how, "smc"))
		method = METHOD_SMC;
}

/* -1 if there is no such firmware: PSCI's NOT_SUPPORTED. */
static int64_t psci_call(uint64_t fn, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = fn;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;
	if (method == METHOD_HVC)
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
			"x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	else if (method == METHOD_SMC)
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10",
			"x11", "x12", "x13", "x14", "x15", "x16", "x17", "memory");
	else
		return -1;
	return (int64_t)x0;
}

bool psci_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t arg)
{
	return psci_call(PSCI_CPU_ON, mpidr, entry, arg) == 0;
}

static _Noreturn void stop(void)
{
	irq_off();
	for (;;)
		cpu_wait();
}

_Noreturn void arch_poweroff(void)
{
	psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	stop();
}

_Noreturn void arch_reboot(void)
{
	psci_call(PSCI_SYSTEM_RESET, 0, 0, 0);
	stop();
}
