/* Switching between kernel contexts, the floating-point and SIMD registers, and the signal trampoline. */
#include <arch/offsets.h>

	.arch	armv8-a+fp+simd

	.text
/* void arch_switch(struct context *from, const struct context *to) */
	.globl	arch_switch
arch_switch:
	stp	x29, x30, [sp, #-96]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	mov	x2, sp
	str	x2, [x0]
	ldr	x2, [x1]
	mov	sp, x2
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #96
	ret

/* Where a context made by arch_context_init() begins: x19 = entry, x20 = its argument. */
	.globl	context_start
context_start:
	mov	x0, x20
	blr	x19

	.altmacro
	.macro	each_q op
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
	each_q_of \op, \n
	.endr
	.endm
	.macro	each_q_of op, n
	each_q_is \op, \n, %(\n + 1)
	.endm
	.macro	each_q_is op, n, m
	\op	q\n, q\m, [x0, #\n * 16]
	.endm

/* void fp_save(struct fpstate *), void fp_restore(const struct fpstate *) */
	.globl	fp_save
fp_save:
	each_q	stp
	mrs	x1, fpsr
	mrs	x2, fpcr
	str	w1, [x0, #FP_FPSR]
	str	w2, [x0, #FP_FPSR + 4]
	ret
	.globl	fp_restore
fp_restore:
	each_q	ldp
	ldr	w1, [x0, #FP_FPSR]
	ldr	w2, [x0, #FP_FPSR + 4]
	msr	fpsr, x1
	msr	fpcr, x2
	ret

/* Copied into each process: where a signal handler returns to. */
	.section .rodata
	.balign	4
	.globl	arch_sigtramp, arch_sigtramp_end
arch_sigtramp:
	mov	x8, #139		/* rt_sigreturn */
	svc	#0
arch_sigtramp_end:
