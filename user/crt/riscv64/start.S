/* The first instructions of a program: the stack holds argc, argv, envp, auxv. */
	.text
	.globl	_start
_start:
	.option push
	.option norelax
	lla	gp, __global_pointer$
	.option pop
	mv	a0, sp
	andi	sp, sp, -16
	li	s0, 0
	call	libc_start
