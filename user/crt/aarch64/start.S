/* The first instructions of a program: the stack holds argc, argv, envp, auxv. */
	.text
	.globl	_start
_start:
	mov	x29, #0
	mov	x30, #0
	mov	x0, sp
	bl	libc_start
