/* Loads from and stores to user memory: here and nowhere else. When one faults and the fault cannot be
 * resolved, trap_kernel_sync() looks its pc up in user_fixups and goes on at the place that the entry names. The
 * quick loops do not move their registers before a turn is done, so their place is the byte loop, which finds the exact byte.
 * Words need not be aligned: this is normal memory. */

	.macro	fixup from, to, place
	.pushsection .rodata.fixups, "a"
	.quad	\from, \to, \place
	.popsection
	.endm

	.macro	copy64	off
	ldp	x3, x4, [x1, #\off]
	ldp	x5, x6, [x1, #\off+16]
	ldp	x7, x8, [x1, #\off+32]
	ldp	x9, x10, [x1, #\off+48]
	stp	x3, x4, [x0, #\off]
	stp	x5, x6, [x0, #\off+16]
	stp	x7, x8, [x0, #\off+32]
	stp	x9, x10, [x0, #\off+48]
	.endm

	.section .rodata.fixups, "a"
	.balign	8
	.globl	user_fixups
user_fixups:

	.text
/* size_t arch_copy_from_user(void *dst, vaddr_t src, size_t n), and the other way: x0 = to, x1 = from, x2 = bytes left. */
	.globl	arch_copy_from_user, arch_copy_to_user
arch_copy_from_user:
arch_copy_to_user:
	cmp	x2, #256
	b.lo	.Lfew
.Lblocks:
	copy64	0
	copy64	64
	copy64	128
	copy64	192
	add	x0, x0, #256
	add	x1, x1, #256
	sub	x2, x2, #256
	cmp	x2, #256
	b.hs	.Lblocks
.Lfew:	cmp	x2, #64
	b.lo	.Lwords
.Lblock:
	copy64	0
	add	x0, x0, #64
	add	x1, x1, #64
	sub	x2, x2, #64
	cmp	x2, #64
	b.hs	.Lblock
.Lwords:
	cmp	x2, #8
	b.lo	.Lbytes
.Lword:	ldr	x3, [x1]
	str	x3, [x0]
	add	x0, x0, #8
	add	x1, x1, #8
	sub	x2, x2, #8
	cmp	x2, #8
	b.hs	.Lword
.Lbytes:
	cbz	x2, .Lcopied
.Lbyte:	ldrb	w3, [x1]
	strb	w3, [x0]
	add	x0, x0, #1
	add	x1, x1, #1
	sub	x2, x2, #1
	cbnz	x2, .Lbyte
.Lcopied:
	mov	x0, x2
	ret
	fixup	.Lblocks, .Lbytes, .Lbytes
	fixup	.Lbytes, .Lcopied, .Lcopied

/* size_t arch_clear_user(vaddr_t dst, size_t n) */
	.globl	arch_clear_user
arch_clear_user:
	cmp	x1, #64
	b.lo	.Lzbytes
.Lzblock:
	stp	xzr, xzr, [x0]
	stp	xzr, xzr, [x0, #16]
	stp	xzr, xzr, [x0, #32]
	stp	xzr, xzr, [x0, #48]
	add	x0, x0, #64
	sub	x1, x1, #64
	cmp	x1, #64
	b.hs	.Lzblock
.Lzbytes:
	cbz	x1, .Lcleared
.Lzbyte:
	strb	wzr, [x0]
	add	x0, x0, #1
	sub	x1, x1, #1
	cbnz	x1, .Lzbyte
.Lcleared:
	mov	x0, x1
	ret
	fixup	.Lzblock, .Lzbytes, .Lzbytes
	fixup	.Lzbytes, .Lcleared, .Lcleared

/* int64_t arch_copy_str_from_user(char *dst, vaddr_t src, size_t n) */
	.globl	arch_copy_str_from_user
arch_copy_str_from_user:
	mov	x3, x0
	mov	x0, #0
.Lstr:	cmp	x0, x2
	b.eq	.Lstr_end
	ldrb	w4, [x1, x0]
	strb	w4, [x3, x0]
	cbz	w4, .Lstr_end
	add	x0, x0, #1
	b	.Lstr
.Lstr_end:
	ret
.Lstr_fault:
	mov	x0, #-1
	ret
	fixup	.Lstr, .Lstr_end, .Lstr_fault

/* bool arch_user_load32(vaddr_t word, uint32_t *seen) */
	.globl	arch_user_load32
arch_user_load32:
.Lload:	ldr	w2, [x0]
	str	w2, [x1]
.Lload_end:
	mov	w0, #1
	ret
.Lload_fault:
	mov	w0, #0
	ret
	fixup	.Lload, .Lload_end, .Lload_fault

	.section .rodata.fixups, "a"
	.globl	user_fixups_end
user_fixups_end:
