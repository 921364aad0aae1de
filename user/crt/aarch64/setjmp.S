/* Where the stack stood and what a call keeps: see setjmp.h. */
	.text
	.globl	setjmp
setjmp:
	mov	w1, #0
	.globl	sigsetjmp
sigsetjmp:
	mov	x9, sp
	stp	x30, x9, [x0]
	stp	x19, x20, [x0, #16]
	stp	x21, x22, [x0, #32]
	stp	x23, x24, [x0, #48]
	stp	x25, x26, [x0, #64]
	stp	x27, x28, [x0, #80]
	str	x29, [x0, #96]
	stp	d8, d9, [x0, #112]
	stp	d10, d11, [x0, #128]
	stp	d12, d13, [x0, #144]
	stp	d14, d15, [x0, #160]
	b	setjmp_mask		/* it returns to our caller */

	.globl	jump
jump:
	ldp	x30, x9, [x0]
	mov	sp, x9
	ldp	x19, x20, [x0, #16]
	ldp	x21, x22, [x0, #32]
	ldp	x23, x24, [x0, #48]
	ldp	x25, x26, [x0, #64]
	ldp	x27, x28, [x0, #80]
	ldr	x29, [x0, #96]
	ldp	d8, d9, [x0, #112]
	ldp	d10, d11, [x0, #128]
	ldp	d12, d13, [x0, #144]
	ldp	d14, d15, [x0, #160]
	mov	w0, w1
	ret
