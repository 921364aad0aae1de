/* Loads from and stores to user memory: here and nowhere else. When one faults and the fault cannot be
 * resolved, trap_from_kernel() looks its pc up in user_fixups and goes on at the place that the entry names. The
 * quick loops do not move their registers before a turn is done, so their place is the byte loop, which finds the exact byte. */

	.macro	fixup from, to, place
	.pushsection .rodata.fixups, "a"
	.dword	\from, \to, \place
	.popsection
	.endm

	.macro	copy64	off
	ld	t1, \off(a1)
	ld	t2, \off+8(a1)
	ld	t3, \off+16(a1)
	ld	t4, \off+24(a1)
	ld	t5, \off+32(a1)
	ld	t6, \off+40(a1)
	ld	a3, \off+48(a1)
	ld	a4, \off+56(a1)
	sd	t1, \off(a0)
	sd	t2, \off+8(a0)
	sd	t3, \off+16(a0)
	sd	t4, \off+24(a0)
	sd	t5, \off+32(a0)
	sd	t6, \off+40(a0)
	sd	a3, \off+48(a0)
	sd	a4, \off+56(a0)
	.endm

	.section .rodata.fixups, "a"
	.balign	8
	.globl	user_fixups
user_fixups:

	.text
/* size_t arch_copy_from_user(void *dst, vaddr_t src, size_t n), and the other way: a0 = to, a1 = from, a2 = bytes left. */
	.globl	arch_copy_from_user, arch_copy_to_user
arch_copy_from_user:
arch_copy_to_user:
	li	t0, 16
	bltu	a2, t0, .Lbytes
.Lhead:	andi	t0, a0, 7		/* bytes until the target is aligned */
	beqz	t0, .Lhead_end
	lbu	t1, (a1)
	sb	t1, (a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	j	.Lhead
.Lhead_end:
	andi	t0, a1, 7
	bnez	t0, .Lmerge
	li	t0, 512
	bltu	a2, t0, .Lfew
.Lblocks:
	.irp	off, 0, 64, 128, 192, 256, 320, 384, 448
	copy64	\off
	.endr
	addi	a0, a0, 512
	addi	a1, a1, 512
	addi	a2, a2, -512
	bgeu	a2, t0, .Lblocks
.Lfew:	li	t0, 64
	bltu	a2, t0, .Lwords
.Lblock:
	copy64	0
	addi	a0, a0, 64
	addi	a1, a1, 64
	addi	a2, a2, -64
	bgeu	a2, t0, .Lblock
.Lwords:
	li	t0, 8
	bltu	a2, t0, .Lbytes
.Lword:	ld	t1, (a1)
	sd	t1, (a0)
	addi	a0, a0, 8
	addi	a1, a1, 8
	addi	a2, a2, -8
	bgeu	a2, t0, .Lword
	j	.Lbytes

/* The target is aligned, the source is t0 bytes off: put each word together from two. No word is read of which no
 * byte is wanted, so no page either. */
.Lmerge:
	sub	a3, a1, t0		/* the aligned word that the next byte is in */
	slli	t1, t0, 3
	neg	t2, t1			/* shifts count modulo 64 */
	ld	t3, (a3)
	li	t0, 8
.Lpair:	ld	t4, 8(a3)
	srl	t3, t3, t1
	sll	t5, t4, t2
	or	t3, t3, t5
	sd	t3, (a0)
	mv	t3, t4
	addi	a3, a3, 8
	addi	a0, a0, 8
	addi	a1, a1, 8
	addi	a2, a2, -8
	bgeu	a2, t0, .Lpair

.Lbytes:
	beqz	a2, .Lcopied
.Lbyte:	lbu	t1, (a1)
	sb	t1, (a0)
	addi	a0, a0, 1
	addi	a1, a1, 1
	addi	a2, a2, -1
	bnez	a2, .Lbyte
.Lcopied:
	mv	a0, a2
	ret
	fixup	.Lhead, .Lhead_end, .Lcopied
	fixup	.Lhead_end, .Lbytes, .Lbytes
	fixup	.Lbytes, .Lcopied, .Lcopied

/* size_t arch_clear_user(vaddr_t dst, size_t n) */
	.globl	arch_clear_user
arch_clear_user:
	li	t0, 64
.Lzhead:
	andi	t1, a0, 7
	beqz	t1, .Lzhead_end
	beqz	a1, .Lcleared
	sb	zero, (a0)
	addi	a0, a0, 1
	addi	a1, a1, -1
	j	.Lzhead
.Lzhead_end:
	bltu	a1, t0, .Lzbytes
.Lzblock:
	sd	zero, 0(a0)
	sd	zero, 8(a0)
	sd	zero, 16(a0)
	sd	zero, 24(a0)
	sd	zero, 32(a0)
	sd	zero, 40(a0)
	sd	zero, 48(a0)
	sd	zero, 56(a0)
	addi	a0, a0, 64
	addi	a1, a1, -64
	bgeu	a1, t0, .Lzblock
.Lzbytes:
	beqz	a1, .Lcleared
.Lzbyte:
	sb	zero, (a0)
	addi	a0, a0, 1
	addi	a1, a1, -1
	bnez	a1, .Lzbyte
.Lcleared:
	mv	a0, a1
	ret
	fixup	.Lzhead, .Lzhead_end, .Lcleared
	fixup	.Lzhead_end, .Lzbytes, .Lzbytes
	fixup	.Lzbytes, .Lcleared, .Lcleared

/* int64_t arch_copy_str_from_user(char *dst, vaddr_t src, size_t n) */
	.globl	arch_copy_str_from_user
arch_copy_str_from_user:
	mv	a3, a1
	add	a2, a2, a1		/* the end */
.Lstr:	beq	a1, a2, .Lstr_end
	lbu	t0, (a1)
	sb	t0, (a0)
	beqz	t0, .Lstr_end
	addi	a0, a0, 1
	addi	a1, a1, 1
	j	.Lstr
.Lstr_end:
	sub	a0, a1, a3
	ret
.Lstr_fault:
	li	a0, -1
	ret
	fixup	.Lstr, .Lstr_end, .Lstr_fault

/* bool arch_user_load32(vaddr_t word, uint32_t *seen) */
	.globl	arch_user_load32
arch_user_load32:
.Lload:	lw	t0, (a0)
	sw	t0, (a1)
.Lload_end:
	li	a0, 1
	ret
.Lload_fault:
	li	a0, 0
	ret
	fixup	.Lload, .Lload_end, .Lload_fault

	.section .rodata.fixups, "a"
	.globl	user_fixups_end
user_fixups_end:
