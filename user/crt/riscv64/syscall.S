/* long syscall_raw(long nr, a, b, c, d, e, f): the result, or -errno. */
	.text
	.globl	syscall_raw
syscall_raw:
	mv	a7, a0
	mv	a0, a1
	mv	a1, a2
	mv	a2, a3
	mv	a3, a4
	mv	a4, a5
	mv	a5, a6
	ecall
	ret
