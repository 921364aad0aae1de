#pragma once
#include <stdint.h>
#include <stddef.h>
#include <mm/types.h>
#include <arch/fpstate.h>
#include <arch/trapframe.h>
#include <lib/err.h>
/* Switching between threads, and what of a thread's state only the machine knows.
 * arch/fpstate.h defines struct fpstate: f0-f31 + fcsr, or v0-v31 + fpsr + fpcr. */

/* A suspended kernel context: a stack pointer; callee-saved registers are on the stack. */
struct context { uintptr_t sp; };

/* Save this context into from and continue at to. Interrupts are off. */
void arch_switch(struct context *from, const struct context *to);

/* Prepare to: its first switch calls entry(arg) on the stack whose top is stack_top (16-byte
 * aligned). entry never returns. */
void arch_context_init(struct context *to, uintptr_t stack_top, void (*entry)(void *), void *arg);

/* User state that is not in the trap frame: floating point, and the thread pointer where the trap
 * frame has it not. Called at a switch away from and to a thread that has user state. Save may skip
 * work when the registers are clean (sstatus.FS). */
void arch_user_state_save(struct fpstate *fp, struct trapframe *tf);
void arch_user_state_restore(const struct fpstate *fp, struct trapframe *tf);
/* The state of a fresh program. */
void arch_fpstate_init(struct fpstate *fp);

/* The thread pointer register (tp, tpidr_el0) of the thread whose frame is tf, which is running or is
 * being made: what clone(CLONE_SETTLS) sets. */
void arch_set_tls(struct trapframe *tf, struct fpstate *fp, uint64_t tls);

/* ---- the machine's part of a signal frame (struct abi_rt_sigframe, abi/ucontext.h); kernel/sigframe.c has the rest ---- */

/* What a handler's entry needs. */
struct handler_entry {
	int sig;
	vaddr_t handler;
	vaddr_t restorer;	/* where the handler returns to */
	uint64_t fault_address;
};

/* Store the registers tf and fp (fp is up to date) into the frame at user address at: struct abi_sigcontext, as far as it means
 * anything. ERR_FAULT: some of it may be written. */
enum err arch_sigcontext_write(vaddr_t at, const struct trapframe *tf, const struct fpstate *fp, uint64_t fault_address) MUST_CHECK;
/* Read them back (rt_sigreturn), never letting privileged bits through. ERR_FAULT, or ERR_INVAL: no valid frame; tf and fp may be half changed. */
enum err arch_sigcontext_read(vaddr_t at, struct trapframe *tf, struct fpstate *fp) MUST_CHECK;
/* Set tf to call the handler on the frame at: arguments sig, &info, &ucontext; stack pointer; return address. */
void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct handler_entry *entry);

/* The user-mode page with the signal trampoline (li a7/mov x8, 139; ecall/svc), which the kernel maps
 * read-only and executable into each process: its bytes. */
extern const char arch_sigtramp[], arch_sigtramp_end[];
