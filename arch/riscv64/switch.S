/* Switching between kernel contexts, the floating-point registers, and the signal trampoline. */

	.macro	each_saved op
	\op	ra, 0(sp)
	\op	s0, 8(sp)
	\op	s1, 16(sp)
	\op	s2, 24(sp)
	\op	s3, 32(sp)
	\op	s4, 40(sp)
	\op	s5, 48(sp)
	\op	s6, 56(sp)
	\op	s7, 64(sp)
	\op	s8, 72(sp)
	\op	s9, 80(sp)
	\op	s10, 88(sp)
	\op	s11, 96(sp)
	.endm

	.text
/* void arch_switch(struct context *from, const struct context *to) */
	.globl	arch_switch
arch_switch:
	addi	sp, sp, -112
	each_saved sd
	sd	sp, (a0)
	ld	sp, (a1)
	each_saved ld
	addi	sp, sp, 112
	ret

/* Where a context made by arch_context_init() begins: s1 = entry, s2 = its argument. */
	.globl	context_start
context_start:
	mv	a0, s2
	jalr	s1

	.option	push
	.option	arch, +f, +d
	.macro	each_fp op
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
	\op	f\n, \n * 8(a0)
	.endr
	.endm

/* void fp_save(struct fpstate *), void fp_restore(const struct fpstate *); sstatus.FS is on. */
	.globl	fp_save
fp_save:
	each_fp	fsd
	frcsr	t0
	sd	t0, 256(a0)
	ret
	.globl	fp_restore
fp_restore:
	each_fp	fld
	ld	t0, 256(a0)
	fscsr	t0
	ret
	.option	pop

/* Copied into each process: where a signal handler returns to. */
	.section .rodata
	.balign	4
	.globl	arch_sigtramp, arch_sigtramp_end
arch_sigtramp:
	li	a7, 139			/* rt_sigreturn */
	ecall
arch_sigtramp_end:
