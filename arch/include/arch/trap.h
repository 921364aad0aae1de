#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mm/types.h>
#include <arch/trapframe.h>
/* Traps: how the machine's entry code and the kernel talk. arch/trapframe.h defines
 * struct trapframe, the user registers as saved at the top of the thread's kernel stack, and as
 * static inlines (so that the system-call path has no calls that it does not need):
 *
 *   uint64_t tf_syscall_nr(const struct trapframe *);      a7 / x8
 *   uint64_t tf_arg(const struct trapframe *, unsigned i); i = 0..5; arg 0 as it was at entry, even
 *                                                          after tf_set_result (for restarting)
 *   void     tf_set_result(struct trapframe *, int64_t);   a0 / x0
 *   uint64_t tf_pc / tf_sp(const struct trapframe *);
 *   void     tf_restart_syscall(struct trapframe *);       the next return runs the call again
 *
 * The entry code calls, with interrupts off: */

/* A system call. In kernel/syscall.c. Sets the result. */
void trap_syscall(struct trapframe *tf);

/* The kinds of access that a page fault can be. */
enum access { ACCESS_READ = P_READ, ACCESS_WRITE = P_WRITE, ACCESS_EXEC = P_EXEC };

/* A page fault in user mode at address va. In kernel/trap.c. */
void trap_user_page_fault(struct trapframe *tf, vaddr_t va, enum access access);

/* Any other exception in user mode: the signal (SIGILL, SIGBUS, SIGTRAP, SIGFPE, SIGSEGV for a
 * non-canonical address), its si_code, the address, and a name for the log ("illegal instruction"). */
void trap_user_exception(struct trapframe *tf, int sig, int code, vaddr_t va, const char *what);

/* A page fault in the kernel at user address va while the pc is inside the user-copy routines: true if it
 * was resolved and the instruction can run again; false: the entry code makes the routine
 * return failure (jumps to its fixup). */
bool trap_kernel_user_fault(vaddr_t va, enum access access);

/* An exception in the kernel that is a bug. pc and fp are for the backtrace. */
_Noreturn void trap_kernel_panic(const char *what, uint64_t pc, uint64_t fp, uint64_t addr);

/* The timer of this CPU went off. */
void trap_timer(void);
/* Another CPU kicked this one. */
void trap_kick(void);
/* External interrupt number irq of the interrupt controller. In kernel/irq.c. */
void trap_external(unsigned irq);

/* Called last before each return to user mode if cpu->need_return_work is set (see kernel/cpu.h):
 * preemption and signals. Without it the way back may take for granted that the registers which C functions keep are as they were: who
 * changes more of a frame than the result sets need_return_work. */
void trap_return_work(struct trapframe *tf);

/* ---- What the machine gives the kernel ---- */

/* Install this CPU's vectors; user access to the counter (scounteren.TM,
 * CNTKCTL_EL1.EL0VCTEN), cache maintenance (UCT, UCI, DZE) and, on RISC-V, sstatus.SUM on for good:
 * QEMU flushes its TLB at each change of SUM, so it is never toggled; user memory is touched by user_copy_* only. */
void arch_trap_init(void);

/* Return to user mode by tf, which lies at the top of this thread's kernel stack. */
_Noreturn void arch_return_to_user(struct trapframe *tf);

/* Prepare tf to start a program at pc with stack sp: other registers 0, user mode. */
void arch_tf_init(struct trapframe *tf, vaddr_t pc, vaddr_t sp);

/* Copy between kernel and user memory. The range was checked to lie below USER_END. Return the number of
 * bytes NOT copied (0 = all), after a fault that could not be resolved. Must not be called under a spinlock
 * or a map lock. The str form copies up to n bytes and stops after a 0; returns the
 * length without the 0, n if there was no 0 in n bytes, or -1 for a fault. */
size_t arch_copy_from_user(void *dst, vaddr_t src, size_t n);
size_t arch_copy_to_user(vaddr_t dst, const void *src, size_t n);
size_t arch_clear_user(vaddr_t dst, size_t n);
int64_t arch_copy_str_from_user(char *dst, vaddr_t src, size_t n);

/* Atomically: if *word == old, *word = new. *seen gets the value found. False for a
 * fault. For futexes: */
bool arch_user_load32(vaddr_t word, uint32_t *seen);
