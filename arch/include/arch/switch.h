#pragma once
#include <stdint.h>
#include <stddef.h>
#include <mm/types.h>
#include <arch/fpstate.h>
#include <arch/trapframe.h>
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

/* Bytes that the machine's signal frame (struct rt_sigframe as Linux lays it out) takes on the user's stack, a multiple of 16; and
 * how many of them, from its start, mean something: only those are written and read. */
size_t arch_sigframe_size(void);
size_t arch_sigframe_used(void);

/* What a signal frame is made of. */
struct sigframe_req {
	const void *siginfo;	/* 128 bytes, struct abi_siginfo */
	uint64_t mask;		/* the mask to restore at sigreturn */
	const void *altstack;	/* 24 bytes, stack_t, as uc_stack */
	int sig;
	vaddr_t handler;
	vaddr_t restorer;	/* where the handler returns to */
};

/* Build the frame in kernel buffer frame (arch_sigframe_used() bytes) that will be copied to user address at,
 * 16-byte aligned, from the registers tf and fp (fp is up to date); */
void arch_sigframe_build(void *frame, const struct trapframe *tf, const struct fpstate *fp, const struct sigframe_req *req);
/* and set tf to call the handler: arguments sig, &info, &ucontext; stack pointer at; return address. */
void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct sigframe_req *req);
/* Read a frame back (rt_sigreturn): registers into tf and fp, mask out. False if the frame is not valid; it
 * never lets privileged bits through. */
bool arch_sigframe_restore(const void *frame, struct trapframe *tf, struct fpstate *fp, uint64_t *mask);

/* The user-mode page with the signal trampoline (li a7/mov x8, 139; ecall/svc), which the kernel maps
 * read-only and executable into each process: its bytes. */
extern const char arch_sigtramp[], arch_sigtramp_end[];
