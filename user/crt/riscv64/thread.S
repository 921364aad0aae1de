/* What threads need of the machine: see libc/thread/thread_priv.h. */
	.text
	.globl	thread_clone
thread_clone:
	li	a7, 220
	ecall
	bnez	a0, 1f
	li	s0, 0
	li	ra, 0
	mv	a0, a6
	jr	a5
1:	ret

	.globl	thread_unmap_exit
thread_unmap_exit:
	li	a7, 215
	ecall
	li	a0, 0
	li	a7, 93
	ecall

	.globl	thread_set_pointer
thread_set_pointer:
	mv	tp, a0
	ret
