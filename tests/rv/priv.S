/* What priv.c stands on: the entry, the trap handler, and probes: functions that do one thing that may trap, and return in either case.
 * What happened is in the array trapped: cause, value, place, sstatus; a cause of -1: nothing. Probes are leaves, so the handler returns for them. */
	.text
	.globl	_start
_start:
	la	sp, stack_end
	la	t0, trap_entry
	csrw	stvec, t0
	csrw	sie, zero
	call	tests
	li	a7, 8			/* SBI: shutdown */
	ecall
1:	j	1b

	.globl	trap_entry
	.balign	256			/* vectors: 4 bytes for each interrupt */
trap_entry:
	j	handle
	.rept	15
	jal	t2, vectored
	.endr
vectored:
	la	t0, trap_entry
	sub	t2, t2, t0
	la	t0, vector
	sd	t2, (t0)
handle:
	la	t1, trapped
	csrr	t0, scause
	sd	t0, (t1)
	csrr	t0, stval
	sd	t0, 8(t1)
	csrr	t0, sepc
	sd	t0, 16(t1)
	csrr	t0, sstatus
	sd	t0, 24(t1)
	la	t1, saved
	ld	sp, (t1)
	ld	ra, 8(t1)
	ret

	.macro	probe name
	.globl	\name
\name:
	la	t1, saved
	sd	sp, (t1)
	sd	ra, 8(t1)
	la	t1, trapped
	li	t0, -1
	sd	t0, (t1)
	sd	zero, 8(t1)
	sd	zero, 16(t1)
	.endm

	.option	norvc
	probe	run			/* what lies at a0, with a1 in a0; it ends with ret, or a trap */
	mv	t0, a0
	mv	a0, a1
	mv	a1, a2
	jr	t0
	probe	run_user		/* the same in U mode, at an address in a user's page; it ends with a trap */
	csrw	sepc, a0
	li	t0, 0x100		/* SPP */
	csrc	sstatus, t0
	mv	a0, a1
	mv	a1, a2
	sret

	.bss
	.balign	16
	.globl	trapped
trapped: .skip	32
	.globl	vector
vector:	.skip	8
saved:	.skip	16
	.skip	8192
stack_end:
