/* The way into the kernel and out of it.
 *
 * In user mode sscratch holds this CPU's struct cpu, in the kernel 0. One exchange with tp tells both who was
 * interrupted and gives the kernel its tp back. From user mode the registers go to the top of the
 * thread's kernel stack, from the kernel to where its stack is: a fault in a user copy, or an interrupt in the
 * idle loop or sched_point(). If that is no stack at all (it overflowed into its guard page), to this CPU's
 * emergency stack, so that the panic can be told. */
#include <arch/layout.h>
#include <arch/offsets.h>

	.macro	callers_registers op	/* what a function may change, and s0; but for sp and tp */
	.irp	n, 1, 3, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 28, 29, 30, 31
	\op	x\n, TF_REG(\n)(sp)
	.endr
	.endm

	.macro	kept_registers op	/* s1 to s11: a function gives them back as they were */
	.irp	n, 9, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27
	\op	x\n, TF_REG(\n)(sp)
	.endr
	.endm

	.macro	each_register op
	callers_registers \op
	kept_registers \op
	.endm

	.text
	.balign	4
	.globl	trap_entry
trap_entry:
	/* [from_user] */
	csrrw	tp, sscratch, tp
	beqz	tp, from_kernel
	sd	sp, CPU_SCRATCH(tp)
	ld	sp, CPU_KSTACK_TOP(tp)
	addi	sp, sp, -TF_SIZE
	each_register sd
	ld	t0, CPU_SCRATCH(tp)
	csrrw	t1, sscratch, zero
	sd	t0, TF_REG(2)(sp)
	sd	t1, TF_REG(4)(sp)
	li	t1, SR_FS
	csrrc	t1, sstatus, t1		/* the kernel uses no floating point: make a slip trap */
	sd	t1, TF_STATUS(sp)
	csrr	t0, sepc
	csrr	a1, scause
	li	t2, 8
	mv	s0, zero		/* the end of every backtrace */
	bne	a1, t2, 1f
	addi	t0, t0, 4		/* go on behind the ecall */
	sd	t0, TF_REG(0)(sp)
	sd	a0, TF_ORIG_A0(sp)
	mv	a0, sp
	call	trap_syscall
	/* [/from_user] */

return_to_user:
	lw	t0, CPU_NEED_RETURN_WORK(tp)
	bnez	t0, 2f
	/* [to_user] */
to_user:				/* s1 to s11 are the user's already */
	ld	t0, TF_STATUS(sp)
	ld	t1, TF_REG(0)(sp)
	csrw	sstatus, t0
	csrw	sepc, t1
	csrw	sscratch, tp
	callers_registers ld
	ld	tp, TF_REG(4)(sp)
	ld	sp, TF_REG(2)(sp)
	sret
	/* [/to_user] */

1:	sd	t0, TF_REG(0)(sp)
	mv	a0, sp
	csrr	a2, stval
	call	trap_from_user
	j	return_to_user

2:	mv	a0, sp
	call	trap_return_work
	kept_registers ld		/* a signal, or execve, may have changed the frame */
	j	return_to_user

	.globl	arch_return_to_user
arch_return_to_user:
	mv	sp, a0
	kept_registers ld
	j	to_user

from_kernel:
	csrrw	tp, sscratch, zero
	sd	t0, CPU_SCRATCH(tp)
	sd	t1, CPU_SCRATCH + 8(tp)
	sd	sp, CPU_SCRATCH + 16(tp)
	li	t1, KSTACK_SIZE - TF_SIZE
	ld	t0, CPU_KSTACK_TOP(tp)
	sub	t0, t0, sp
	bleu	t0, t1, 1f		/* in the thread's stack, with room for the frame */
	la	t0, boot_stack + TF_SIZE
	sub	t0, sp, t0
	bleu	t0, t1, 1f
	lw	t0, CPU_ID(tp)
	addi	t0, t0, 1
	slli	t0, t0, EMERGENCY_STACK_SHIFT
	la	sp, emergency_stacks
	add	sp, sp, t0
1:	ld	t0, CPU_SCRATCH(tp)
	ld	t1, CPU_SCRATCH + 8(tp)
	addi	sp, sp, -TF_SIZE
	each_register sd
	ld	t0, CPU_SCRATCH + 16(tp)
	csrr	t1, sepc
	csrr	t2, sstatus
	sd	t0, TF_REG(2)(sp)
	sd	t1, TF_REG(0)(sp)
	sd	t2, TF_STATUS(sp)
	mv	a0, sp
	csrr	a1, scause
	csrr	a2, stval
	call	trap_from_kernel
	ld	t1, TF_REG(0)(sp)
	ld	t2, TF_STATUS(sp)
	csrw	sepc, t1
	csrw	sstatus, t2
	each_register ld		/* tp stays: a thread that slept in the fault may have changed CPUs */
	ld	sp, TF_REG(2)(sp)
	sret
