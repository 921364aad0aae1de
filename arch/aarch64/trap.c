/* What a trap was, and whose business it is.
 *
 * Source: Arm Architecture Reference Manual, "ESR_EL1, Exception Syndrome Register". */
#include <abi/signal.h>
#include <arch/cpu.h>
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/trap.h>
#include <kernel/cpu.h>
#include <kernel/kmap.h>
#include "sysreg.h"

enum exception_class {
	EC_UNKNOWN = 0x00, EC_ILLEGAL_STATE = 0x0e, EC_SYSREG = 0x18, EC_FETCH_USER = 0x20, EC_FETCH_KERNEL = 0x21, EC_PC_ALIGN = 0x22,
	EC_DATA_USER = 0x24, EC_DATA_KERNEL = 0x25, EC_SP_ALIGN = 0x26, EC_FP = 0x2c, EC_BREAK_USER = 0x30,
	EC_STEP_USER = 0x32, EC_WATCH_USER = 0x34, EC_BRK = 0x3c, ECS = 64,
};
#define ESR_EC(esr)	((esr) >> 26 & 63)
#define ESR_STATUS(esr)	((esr) & 63)		/* of an abort */
#define ESR_WRITE	(1u << 6)
#define ESR_CACHE_OP	(1u << 8)		/* it says write, but is none */
enum { STATUS_ALIGNMENT = 0x21 };

extern char trap_vectors[];
extern const struct fixup { uint64_t from, to, place; } user_fixups[], user_fixups_end[];

/* Exceptions of a user program other than aborts. */
static const struct { const char *what; int sig, code; } user_exceptions[ECS] = {
	[EC_UNKNOWN] = { "illegal instruction", SIGILL, ILL_ILLOPC },
	[EC_ILLEGAL_STATE] = { "illegal execution state", SIGILL, ILL_ILLOPC },
	[EC_SYSREG] = { "system register", SIGILL, ILL_ILLOPC },
	[EC_PC_ALIGN] = { "misaligned jump", SIGBUS, BUS_ADRALN },
	[EC_SP_ALIGN] = { "misaligned stack pointer", SIGBUS, BUS_ADRALN },
	[EC_FP] = { "floating-point exception", SIGFPE, FPE_INTDIV },
	[EC_BREAK_USER] = { "breakpoint", SIGTRAP, TRAP_BRKPT },
	[EC_STEP_USER] = { "single step", SIGTRAP, TRAP_BRKPT },
	[EC_WATCH_USER] = { "watchpoint", SIGTRAP, TRAP_BRKPT },
	[EC_BRK] = { "breakpoint", SIGTRAP, TRAP_BRKPT },
};

static bool is_abort(uint64_t esr)
{
	uint64_t ec = ESR_EC(esr);
	return ec == EC_FETCH_USER || ec == EC_FETCH_KERNEL || ec == EC_DATA_USER || ec == EC_DATA_KERNEL;
}

/* An abort because of what the tables say (address size, translation, access flag, permission), not of the bus. */
static bool is_page_fault(uint64_t esr, enum access *access)
{
	bool fetch = ESR_EC(esr) == EC_FETCH_USER || ESR_EC(esr) == EC_FETCH_KERNEL;
	bool write = !fetch && (esr & ESR_WRITE) && !(esr & ESR_CACHE_OP);
	*access = fetch ? ACCESS_EXEC : write ? ACCESS_WRITE : ACCESS_READ;
	return is_abort(esr) && ESR_STATUS(esr) < 0x10;
}

static void user_exception(struct trapframe *tf, uint64_t esr, vaddr_t va)
{
	uint64_t ec = ESR_EC(esr);
	if (is_abort(esr))
		trap_user_exception(tf, SIGBUS, ESR_STATUS(esr) == STATUS_ALIGNMENT ? BUS_ADRALN : BUS_ADRERR, va,
			ESR_STATUS(esr) == STATUS_ALIGNMENT ? "misaligned access" : "access to where no memory is");
	else if (user_exceptions[ec].what)
		trap_user_exception(tf, user_exceptions[ec].sig, user_exceptions[ec].code, tf->pc, user_exceptions[ec].what);
	else
		trap_user_exception(tf, SIGILL, ILL_ILLOPC, tf->pc, "unknown exception");
}

/* From trap_entry.S: an exception in user mode, but no system call. */
void trap_user_sync(struct trapframe *tf, uint64_t esr, vaddr_t va);
void trap_user_sync(struct trapframe *tf, uint64_t esr, vaddr_t va)
{
	enum access access;
	if (!is_page_fault(esr, &access)) {
		user_exception(tf, esr, va);
		return;
	}
	trap_user_page_fault(tf, va, access);
}

/* From trap_entry.S: SError while in user mode, or a vector that is never used. */
void trap_user_bad(struct trapframe *tf, uint64_t esr, vaddr_t va);
void trap_user_bad(struct trapframe *tf, uint64_t esr, vaddr_t va)
{
	(void)esr;
	trap_user_exception(tf, SIGBUS, BUS_ADRERR, va, "system error");
}

static const struct fixup *find_fixup(uint64_t pc)
{
	for (const struct fixup *f = user_fixups; f < user_fixups_end; f++)
		if (f->from <= pc && pc < f->to)
			return f;
	return NULL;
}

static const char *bug_name(uint64_t esr, vaddr_t va)
{
	enum access access;
	if (!is_page_fault(esr, &access))
		return is_abort(esr) ? "bad access" : user_exceptions[ESR_EC(esr)].what ? user_exceptions[ESR_EC(esr)].what
			: "unknown exception";
	if (kstack_is_guard(va))
		return "kernel stack overflow";
	if (va < PAGE_SIZE)
		return "NULL pointer";
	return access == ACCESS_WRITE ? "invalid write" : access == ACCESS_EXEC ? "invalid jump" : "invalid read";
}

/* From trap_entry.S: an exception in the kernel. */
void trap_kernel_sync(struct trapframe *tf, uint64_t esr, vaddr_t va);
void trap_kernel_sync(struct trapframe *tf, uint64_t esr, vaddr_t va)
{
	enum access access;
	const struct fixup *f = find_fixup(tf->pc);
	if (!f || !is_abort(esr) || va >= USER_END)
		trap_kernel_panic(bug_name(esr, va), tf->pc, tf->x[29], is_abort(esr) ? va : tf->pc);
	if (is_page_fault(esr, &access) && trap_kernel_user_fault(va, access))
		return;
	tf->pc = f->place;
}

/* From trap_entry.S: SError in the kernel, or a vector that is never used. */
_Noreturn void trap_kernel_bad(struct trapframe *tf, uint64_t esr, vaddr_t va);
_Noreturn void trap_kernel_bad(struct trapframe *tf, uint64_t esr, vaddr_t va)
{
	(void)esr;
	trap_kernel_panic("system error", tf->pc, tf->x[29], va);
}

void arch_trap_init(void)
{
	const uint64_t fp_on = 3ull << 20, user_virtual_counter = 2;
	sysreg_write(vbar_el1, (uintptr_t)trap_vectors);
	sysreg_write(cpacr_el1, fp_on);
	sysreg_write(cntkctl_el1, user_virtual_counter);
	isb();
}
