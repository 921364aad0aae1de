/* The way into the kernel and out of it.
 *
 * While a program runs, sp_el1 is the top of its thread's kernel stack, so a trap only moves it down and saves the registers there.
 * In the kernel sp_el0 is free, for the user's is in the frame. A trap from the kernel (a fault in a user copy, or an interrupt in the idle
 * loop or sched_point()) uses the stack that it finds. If that is no stack at all (it overflowed into its guard
 * page), this CPU's emergency stack, so that the panic can be told. */
#include <arch/layout.h>
#include <arch/offsets.h>

#define EC_SVC64	0x15

	.macro	each_pair op		/* all but x30 */
	.irp	n, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26
	each_pair_of \op, \n
	.endr
	\op	x28, x29, [sp, #TF_X(28)]
	.endm
	.altmacro
	.macro	each_pair_of op, n
	each_pair_is \op, \n, %(\n + 1)
	.endm
	.macro	each_pair_is op, n, m
	\op	x\n, x\m, [sp, #TF_X(\n)]
	.endm

	.macro	save
	each_pair stp
	mrs	x21, sp_el0
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	stp	x30, x21, [sp, #TF_X(30)]
	stp	x22, x23, [sp, #TF_PC]
	.endm

/* x0 = frame, x1 = syndrome, x2 = address, for the C functions. */
	.macro	arguments
	mrs	x1, esr_el1
	mrs	x2, far_el1
	mov	x0, sp
	.endm

	.text
	.macro	vector place
	.balign	128
	b	\place
	.endm

	.balign	2048
	.globl	trap_vectors
trap_vectors:
	vector	kernel_bad		/* with sp_el0, which the kernel does not use */
	vector	kernel_bad
	vector	kernel_bad
	vector	kernel_bad
	vector	kernel_sync
	vector	kernel_irq
	vector	kernel_bad
	vector	kernel_bad
	vector	user_sync
	vector	user_irq
	vector	user_bad
	vector	user_bad
	vector	user_bad		/* 32-bit programs: none */
	vector	user_bad
	vector	user_bad
	vector	user_bad

	/* [from_user] */
user_sync:
	sub	sp, sp, #TF_SIZE
	save
	mrs	x1, esr_el1
	lsr	x2, x1, #26
	mov	x29, xzr		/* the end of every backtrace */
	cmp	x2, #EC_SVC64
	b.ne	1f
	str	x0, [sp, #TF_ORIG_X0]
	mov	x0, sp
	bl	trap_syscall
	/* [/from_user] */

return_to_user:
	mrs	x0, tpidr_el1
	ldr	w0, [x0, #CPU_NEED_RETURN_WORK]
	cbnz	w0, 2f
	/* [to_user] */
to_user:
	ldp	x30, x21, [sp, #TF_X(30)]
	ldp	x22, x23, [sp, #TF_PC]
	msr	sp_el0, x21
	msr	elr_el1, x22
	msr	spsr_el1, x23
	each_pair ldp
	add	sp, sp, #TF_SIZE
	eret
	/* [/to_user] */

1:	mrs	x2, far_el1
	mov	x0, sp
	bl	trap_user_sync
	b	return_to_user

2:	mov	x0, sp
	bl	trap_return_work
	b	return_to_user

user_irq:
	sub	sp, sp, #TF_SIZE
	save
	mov	x29, xzr
	bl	gic_take
	b	return_to_user

user_bad:
	sub	sp, sp, #TF_SIZE
	save
	mov	x29, xzr
	arguments
	bl	trap_user_bad
	b	return_to_user

	.globl	arch_return_to_user
arch_return_to_user:
	mov	sp, x0
	b	to_user

	.macro	enter_from_kernel
	msr	sp_el0, x0
	mrs	x0, tpidr_el1
	stp	x1, x2, [x0, #CPU_SCRATCH]
	mov	x1, sp
	ldr	x2, [x0, #CPU_KSTACK_TOP]
	sub	x2, x2, x1
	mov	x1, #KSTACK_SIZE - TF_SIZE
	cmp	x2, x1
	b.hi	3f			/* not in the thread's stack with room for the frame */
4:	ldp	x1, x2, [x0, #CPU_SCRATCH]
	mrs	x0, sp_el0
	sub	sp, sp, #TF_SIZE
	save
	.endm

/* The boot stack is a good one too; else there is none, and the way back is lost. */
	.macro	else_choose_stack
3:	adrp	x2, boot_stack + TF_SIZE
	add	x2, x2, :lo12:boot_stack + TF_SIZE
	mov	x1, sp
	sub	x2, x1, x2
	mov	x1, #KSTACK_SIZE - TF_SIZE
	cmp	x2, x1
	b.ls	4b
	ldr	w2, [x0, #CPU_ID]
	add	x2, x2, #1
	adrp	x1, emergency_stacks
	add	x1, x1, x2, lsl #EMERGENCY_STACK_SHIFT
	mov	sp, x1
	b	4b
	.endm

kernel_sync:
	enter_from_kernel
	arguments
	bl	trap_kernel_sync
return_to_kernel:
	ldr	x30, [sp, #TF_X(30)]
	ldp	x22, x23, [sp, #TF_PC]
	msr	elr_el1, x22
	msr	spsr_el1, x23
	each_pair ldp
	add	sp, sp, #TF_SIZE
	eret
	else_choose_stack

kernel_irq:
	enter_from_kernel
	bl	gic_take
	b	return_to_kernel
	else_choose_stack

kernel_bad:
	enter_from_kernel
	arguments
	bl	trap_kernel_bad
	else_choose_stack
