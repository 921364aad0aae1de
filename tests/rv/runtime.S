/* What the random instructions of isa.py stand on: loading all registers, adding them up, printing. Entered by the firmware in S mode at
 * 0x80200000. x3 is the sum; x2, between reload and fold, the middle of a window into the pool. */
#define SBI_PUTCHAR 1
#define SBI_SHUTDOWN 8
#define WINDOW 8192

	.text
	.globl	_start
_start:
	la	t0, trapped
	csrw	stvec, t0
	la	t0, pool		/* a row of values: random ones, and each fourth near an edge */
	la	t1, pool_end
	li	t2, 0x9e3779b97f4a7c15
	li	t3, 0xbf58476d1ce4e5b9
	li	t4, 1
1:	mul	t4, t4, t3
	add	t4, t4, t2
	srli	t5, t4, 29
	xor	t5, t4, t5
	mul	t5, t5, t3
	srli	a0, t5, 30
	andi	a0, a0, 3
	bnez	a0, 2f
	srai	t5, t5, 40		/* few bits, of either sign */
	srli	a0, t4, 58
	sll	t5, t5, a0
2:	sd	t5, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b
	la	t0, position
	la	t1, pool + WINDOW
	sd	t1, (t0)
	li	x3, 0
	call	tests
	li	a7, SBI_SHUTDOWN
	ecall
1:	j	1b

/* Fresh values for x5 to x31 and sscratch, from the pool; sp to a place in it. */
	.globl	reload
reload:
	la	x4, position
	ld	x2, (x4)
	addi	x2, x2, 272		/* not a power of two: other pairs in each turn */
	la	x5, pool_end - 2 * WINDOW
	bltu	x2, x5, 1f
	la	x2, pool + WINDOW
1:	andi	x2, x2, -16
	sd	x2, (x4)
	ld	x5, 4(x2)
	csrw	sscratch, x5
	.irp	n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	ld	x\n, 8 * (\n - 5)(x2)
	.endr
	ret

/* Add x5 to x31 and sscratch to the sum. */
	.globl	fold
fold:
	.macro	add_up x
	xor	x3, x3, \x
	slli	x4, x3, 13
	xor	x3, x3, x4
	srli	x4, x3, 7
	xor	x3, x3, x4
	.endm
	.irp	n, 5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	add_up	x\n
	.endr
	csrr	x5, sscratch
	add_up	x5
	ret

/* The name at x5 and the sum, which begins anew. The whole pool counts, for stores. */
	.globl	report
report:
	mv	s0, x5
	mv	s2, ra
	la	t0, pool
	la	t1, pool_end
1:	ld	t2, (t0)
	add_up	t2
	addi	t0, t0, 8
	bltu	t0, t1, 1b
1:	lbu	a0, (s0)
	addi	s0, s0, 1
	beqz	a0, 2f
	call	put
	j	1b
2:	li	a0, ' '
	call	put
	li	s1, 60
3:	srl	a0, x3, s1
	andi	a0, a0, 15
	addi	a0, a0, '0'
	li	t0, '9'
	bleu	a0, t0, 4f
	addi	a0, a0, 'a' - '9' - 1
4:	call	put
	addi	s1, s1, -4
	bgez	s1, 3b
	li	a0, '\n'
	call	put
	li	x3, 0
	jr	s2

put:
	li	a7, SBI_PUTCHAR
	ecall
	ret

/* What happened, and where, in registers; then on at the place in sscratch, which was put there for this. */
	.balign	4
trapped:
	csrr	x5, scause
	csrr	x6, stval
	csrr	x7, sepc
	csrr	x4, sscratch
	jr	x4

	.bss
	.balign	4096
pool:	.skip	65536
pool_end:
position: .skip	8
