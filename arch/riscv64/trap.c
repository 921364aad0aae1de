/* What a trap was, and whose business it is.
 *
 * Source: The RISC-V Instruction Set Manual, Volume II, "Supervisor Cause Register". */
#include <abi/signal.h>
#include <arch/cpu.h>
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/offsets.h>
#include <arch/switch.h>
#include <arch/trap.h>
#include <kernel/cpu.h>
#include <kernel/kmap.h>
#include "csr.h"
#include "plic.h"
#include "state_priv.h"

enum cause {
	CAUSE_FETCH_MISALIGNED = 0, CAUSE_FETCH_ACCESS = 1, CAUSE_ILLEGAL = 2, CAUSE_BREAKPOINT = 3,
	CAUSE_LOAD_MISALIGNED = 4, CAUSE_LOAD_ACCESS = 5, CAUSE_STORE_MISALIGNED = 6, CAUSE_STORE_ACCESS = 7,
	CAUSE_USER_ECALL = 8, CAUSE_FETCH_PAGE = 12, CAUSE_LOAD_PAGE = 13, CAUSE_STORE_PAGE = 15, CAUSES = 16,
};
enum { IRQ_SOFT = 1, IRQ_TIMER = 5, IRQ_EXTERNAL = 9 };

extern char trap_entry[];
extern const struct fixup { uint64_t from, to, place; } user_fixups[], user_fixups_end[];

/* Exceptions of a user program other than page faults. */
static const struct { const char *what; int sig, code; } user_exceptions[CAUSES] = {
	[CAUSE_FETCH_MISALIGNED] = { "misaligned jump", SIGBUS, BUS_ADRALN },
	[CAUSE_FETCH_ACCESS] = { "jump to where no memory is", SIGSEGV, SEGV_ACCERR },
	[CAUSE_ILLEGAL] = { "illegal instruction", SIGILL, ILL_ILLOPC },
	[CAUSE_BREAKPOINT] = { "breakpoint", SIGTRAP, TRAP_BRKPT },
	[CAUSE_LOAD_MISALIGNED] = { "misaligned load", SIGBUS, BUS_ADRALN },
	[CAUSE_LOAD_ACCESS] = { "load from where no memory is", SIGSEGV, SEGV_ACCERR },
	[CAUSE_STORE_MISALIGNED] = { "misaligned store", SIGBUS, BUS_ADRALN },
	[CAUSE_STORE_ACCESS] = { "store to where no memory is", SIGSEGV, SEGV_ACCERR },
};

static bool is_page_fault(uint64_t cause, enum access *access)
{
	*access = cause == CAUSE_STORE_PAGE ? ACCESS_WRITE : cause == CAUSE_FETCH_PAGE ? ACCESS_EXEC : ACCESS_READ;
	return cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE;
}

static void take_interrupt(uint64_t number)
{
	if (number == IRQ_TIMER) {
		trap_timer();
	} else if (number == IRQ_SOFT) {
		csr_clear(sip, 1 << IRQ_SOFT);
		trap_kick();
	} else if (number == IRQ_EXTERNAL) {
		plic_take();
	}
}

static void user_exception(struct trapframe *tf, uint64_t cause, vaddr_t va)
{
	if (cause == CAUSE_ILLEGAL && fp_first_use(tf))
		return;
	if (cause < CAUSES && user_exceptions[cause].what)
		trap_user_exception(tf, user_exceptions[cause].sig, user_exceptions[cause].code,
			cause == CAUSE_ILLEGAL || cause == CAUSE_BREAKPOINT ? tf->reg[0] : va, user_exceptions[cause].what);
	else
		trap_user_exception(tf, SIGILL, ILL_ILLOPC, tf->reg[0], "unknown exception");
}

/* From trap_entry.S: anything but a system call in user mode. */
void trap_from_user(struct trapframe *tf, uint64_t cause, vaddr_t va);
void trap_from_user(struct trapframe *tf, uint64_t cause, vaddr_t va)
{
	enum access access;
	if ((int64_t)cause < 0) {
		take_interrupt(cause << 1 >> 1);
	} else if (is_page_fault(cause, &access)) {
		trap_user_page_fault(tf, va, access);
	} else {
		user_exception(tf, cause, va);
	}
}

static const struct fixup *find_fixup(uint64_t pc)
{
	for (const struct fixup *f = user_fixups; f < user_fixups_end; f++)
		if (f->from <= pc && pc < f->to)
			return f;
	return NULL;
}

static const char *bug_name(uint64_t cause, vaddr_t va)
{
	enum access access;
	if (!is_page_fault(cause, &access))
		return cause < CAUSES && user_exceptions[cause].what ? user_exceptions[cause].what : "unknown exception";
	if (kstack_is_guard(va))
		return "kernel stack overflow";
	if (va < PAGE_SIZE)
		return "NULL pointer";
	return access == ACCESS_WRITE ? "invalid write" : access == ACCESS_EXEC ? "invalid jump" : "invalid read";
}

/* Of an instruction, where it is, since stval holds its bits, if anything. */
static uint64_t bug_address(const struct trapframe *tf, uint64_t cause, vaddr_t va)
{
	return cause == CAUSE_ILLEGAL || cause == CAUSE_BREAKPOINT ? tf->reg[0] : va;
}

/* From trap_entry.S: the kernel was interrupted. */
void trap_from_kernel(struct trapframe *tf, uint64_t cause, vaddr_t va);
void trap_from_kernel(struct trapframe *tf, uint64_t cause, vaddr_t va)
{
	enum access access;
	if ((int64_t)cause < 0) {
		take_interrupt(cause << 1 >> 1);
		return;
	}
	const struct fixup *f = find_fixup(tf->reg[0]);
	if (!f || va >= USER_END)
		trap_kernel_panic(bug_name(cause, va), tf->reg[0], tf->reg[8], bug_address(tf, cause, va));
	if (is_page_fault(cause, &access) && trap_kernel_user_fault(va, access))
		return;
	tf->reg[0] = f->place;
}

void arch_trap_init(void)
{
	enum { COUNTERS = 7 };	/* cycle, time, instret */
	csr_write(sscratch, 0);
	csr_write(stvec, trap_entry);
	csr_write(scounteren, COUNTERS);
	csr_clear(sstatus, SR_FS);
	csr_set(sstatus, SR_SUM);
}
