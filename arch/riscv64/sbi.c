/* Calls to the firmware: raw ones, those to sets of harts, and power. */
#include <kernel/cpu.h>
#include "sbi.h"

int64_t sbi_call(enum sbi_extension ext, unsigned fn, struct sbi_args args)
{
	register uint64_t a0 __asm__("a0") = args.a[0];
	register uint64_t a1 __asm__("a1") = args.a[1];
	register uint64_t a2 __asm__("a2") = args.a[2];
	register uint64_t a3 __asm__("a3") = args.a[3];
	register uint64_t a4 __asm__("a4") = args.a[4];
	register uint64_t a6 __asm__("a6") = fn;
	register uint64_t a7 __asm__("a7") = ext;
	__asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a4), "r"(a6), "r"(a7) : "memory");
	return (int64_t)a0;
}

/* The harts hart_base + n for the bits n of hart_set. */
static void ask_harts(enum sbi_request what, uint64_t hart_set, uint64_t hart_base, uint64_t asid)
{
	static const unsigned fence_fn[] = { [SBI_FENCE_I] = 0, [SBI_SFENCE_VMA] = 1, [SBI_SFENCE_ASID] = 2 };
	const uint64_t all = UINT64_MAX;	/* as a size: every address */
	if (what == SBI_SEND_IPI)
		sbi_call(SBI_IPI, 0, (struct sbi_args){ { hart_set, hart_base } });
	else
		sbi_call(SBI_RFENCE, fence_fn[what], (struct sbi_args){ { hart_set, hart_base, 0, all, asid } });
}

void sbi_ask_cpus(enum sbi_request what, uint32_t cpu_set, uint64_t asid)
{
	uint64_t low = 0;	/* harts 0..63 go in one call */
	for (unsigned i = 0; i < CPUS_MAX; i++) {
		if (!(cpu_set >> i & 1))
			continue;
		if (cpus[i].hwid < 64)
			low |= 1ull << cpus[i].hwid;
		else
			ask_harts(what, 1, cpus[i].hwid, asid);
	}
	if (low)
		ask_harts(what, low, 0, asid);
}

void arch_early_putc(char c)
{
	sbi_call(SBI_LEGACY_PUTCHAR, 0, (struct sbi_args){ { (unsigned char)c } });
}

static _Noreturn void system_reset(uint64_t type)
{
	sbi_call(SBI_SRST, 0, (struct sbi_args){ { type, 0 } });
	for (;;)	/* firmware without that extension */
		cpu_wait();
}

_Noreturn void arch_poweroff(void)
{
	enum { SHUTDOWN, COLD_REBOOT };
	system_reset(SHUTDOWN);
}

_Noreturn void arch_reboot(void)
{
	enum { SHUTDOWN, COLD_REBOOT };
	system_reset(COLD_REBOOT);
}
