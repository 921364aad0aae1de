/* Panic: say what, where and by which calls, then stop every CPU. */
#include <arch/cpu.h>
#include <arch/layout.h>
#include <kernel/cpu.h>
#include <kernel/printk.h>
#include <kernel/proc.h>

/* The symbol table that tools/ksyms.py makes after the first link. */
extern const uint32_t ksyms_count, ksyms_offset[], ksyms_name_at[];
extern const char ksyms_names[], _text[], _etext[];

static volatile uint32_t panicking;
static volatile bool poweroff_after;

bool panic_in_progress(void) { return panicking; }
void panic_set_poweroff(bool on) { poweroff_after = on; }

const char *ksym_find(uint64_t addr, uint64_t *offset)
{
	uint64_t base = (uintptr_t)_text;
	*offset = 0;
	if (addr < base || addr >= (uintptr_t)_etext || !ksyms_count)
		return "?";
	uint32_t lo = 0, hi = ksyms_count;
	while (hi - lo > 1) {
		uint32_t mid = lo + (hi - lo) / 2;
		if (ksyms_offset[mid] <= addr - base)
			lo = mid;
		else
			hi = mid;
	}
	*offset = addr - base - ksyms_offset[lo];
	return ksyms_names + ksyms_name_at[lo];
}

static void print_call(uint64_t pc)
{
	uint64_t offset;
	const char *name = ksym_find(pc, &offset);
	printk("[panic]   0x%lx %s+0x%lx\n", (unsigned long)pc, name, (unsigned long)offset);
}

#ifdef CONFIG_DEBUG
enum { CALLS_MAX = 32 };
#else
enum { CALLS_MAX = 0 };		/* the release build has no frame pointers */
#endif

/* Both compilers' frame records lie at the frame pointer: RISC-V's {fp, ra} just below it, AArch64's {fp, lr}
 * at it. Stop at anything that is not further up a kernel stack. */
static void print_backtrace(uint64_t pc, uint64_t fp)
{
	print_call(pc);
	for (int depth = 0; depth < CALLS_MAX && fp >= DIRECT_BASE && fp % 8 == 0; depth++) {
		const uint64_t *record = (const uint64_t *)(uintptr_t)(fp - ARCH_FRAME_RECORD_OFFSET);
		uint64_t next = record[0], ret = record[1];
		if (ret < (uintptr_t)_text || ret >= (uintptr_t)_etext)
			break;
		print_call(ret - 4);
		if (next <= fp || next - fp > KSTACK_SIZE)
			break;
		fp = next;
	}
}

_Noreturn void panic_halt(void)
{
	irq_off();
	for (;;)
		cpu_wait();
}

static void stop_others(void)
{
	for (unsigned i = 0; i < ncpus; i++)
		if (cpus[i].online && &cpus[i] != cpu_this())
			arch_cpu_kick(&cpus[i]);
}

static _Noreturn void vpanic(uint64_t pc, uint64_t fp, const char *fmt, va_list ap)
{
	irq_off();
	if (__atomic_exchange_n(&panicking, 1, __ATOMIC_SEQ_CST))
		panic_halt();
	log_for_panic();
	stop_others();
	struct thread *t = thread_current();
	printk("\n[panic] CPU %u, %s: ", cpu_this()->id, t ? t->name : "start-up");
	vprintk(fmt, ap);
	printk("\n");
	print_backtrace(pc, fp);
	if (poweroff_after)
		arch_poweroff();
	printk("[panic] halted\n");
	panic_halt();
}

_Noreturn void panic(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vpanic((uintptr_t)__builtin_return_address(0) - 4, (uintptr_t)__builtin_frame_address(0), fmt, ap);
}

_Noreturn void panic_at(uint64_t pc, uint64_t fp, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	vpanic(pc, fp, fmt, ap);
}
