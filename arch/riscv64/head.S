/* The first instructions: the Image header, entry from the boot loader, and entry of the other harts.
 *
 * Translation is off at entry and the image lies at any 2 MiB boundary, so until it is on only pc-relative
 * addresses are used (the medany code model has no others), and they are physical. The early table:
 *
 *	the GiB of the image	-> itself, so that the instruction after "translation on" can be fetched
 *	DIRECT_BASE + pa	-> 64 GiB from the image's GiB upwards, and the GiB of the device tree
 *	KERNEL_BASE		-> the image, by 2 MiB entries, executable and writable
 *
 * kmap_init() replaces it. The other harts pass through it once more on their way to the kernel's own table.
 *
 * Sources: boot-image-header.rst and boot.rst of Linux' RISC-V documentation; RISC-V SBI, HSM extension; "Sv39". */
#include <arch/layout.h>
#include <arch/offsets.h>

#define SATP_SV39	8
#define PTE_KERNEL	0xef	/* V R W X G A D */
#define ENTRY_2M	(0x200000 >> 2)		/* what one step of a page adds to an entry */
#define ENTRY_1G	(0x40000000 >> 2)
#define EARLY_GIBS	64
#define DIRECT_GIBS	128
#define IMAGE_TAIL	0x4c49415443544e4c

#define SBI_PUTCHAR	1		/* legacy: in every firmware, and there is nothing yet to look for another with */
#define SBI_SYSTEM_RESET 0x53525354

	.section .head, "ax"
	.option	norvc
	.globl	_start
_start:
	/* [image_header] */
	j	enter			/* executed: the loader jumps here */
	.word	0
	.dword	0x200000		/* load this far above the start of RAM */
	.dword	image_bytes		/* memory needed, bss included */
	.dword	0			/* flags: little endian */
	.word	2			/* version 0.2 */
	.word	0
	.dword	0
	.ascii	"RISCV\0\0\0"
	.ascii	"RSC\x05"
	.word	0			/* no PE header */
	/* [/image_header] */
	.option	rvc

/* a0 = hart id, a1 = physical address of the device tree. */
enter:
	csrw	sie, zero
	lla	t0, image_tail
	ld	t0, (t0)
	li	t1, IMAGE_TAIL
	bne	t0, t1, truncated
	/* OpenSBI before 1.2 marks a hart as started before it has stored where. A hart that is just then on its way
	 * to sleep arrives here, for this is what its record said before. The first to come is the boot hart; any
	 * other one stops again, and start_cpu() asks for it once more. */
	lla	t0, boot_hart_taken
	li	t1, 1
	amoswap.w.aq t1, t1, (t0)
	bnez	t1, stray
	mv	s0, a0
	mv	s1, a1
	la	s2, _start		/* where we are */
	lla	t0, _bss
	lla	t1, _ebss
1:	sd	zero, (t0)
	addi	t0, t0, 8
	bltu	t0, t1, 1b

	/* [early_table] */
	la	s3, early_root
	srli	t0, s2, 30		/* the image's GiB */
	slli	t1, t0, 28
	ori	t1, t1, PTE_KERNEL	/* its 1 GiB entry */
	slli	t2, t0, 3
	add	t2, t2, s3
	sd	t1, (t2)		/* identity */
	addi	t2, t2, 1024		/* DIRECT_BASE is entry 256, */
	addi	t2, t2, 1024		/* 2048 bytes on */
	li	t3, DIRECT_GIBS
	sub	t3, t3, t0
	li	t4, EARLY_GIBS
	bleu	t3, t4, 2f
	mv	t3, t4
2:	li	t4, ENTRY_1G
3:	sd	t1, (t2)
	addi	t2, t2, 8
	add	t1, t1, t4
	addi	t3, t3, -1
	bnez	t3, 3b
	srli	t0, s1, 30		/* the device tree's GiB */
	li	t3, DIRECT_GIBS
	bgeu	t0, t3, 4f
	slli	t1, t0, 28
	ori	t1, t1, PTE_KERNEL
	slli	t0, t0, 3
	add	t0, t0, s3
	addi	t0, t0, 1024
	sd	t1, 1024(t0)

4:	la	t0, early_image		/* KERNEL_BASE is entry 510 */
	srli	t1, t0, 2
	ori	t1, t1, 1		/* V alone: a table */
	li	t2, 510 * 8
	add	t2, t2, s3
	sd	t1, (t2)
	srli	t1, s2, 2
	ori	t1, t1, PTE_KERNEL
	la	t2, _end
	li	t3, ENTRY_2M
	mv	t4, s2
	li	t5, 0x200000
5:	sd	t1, (t0)
	addi	t0, t0, 8
	add	t1, t1, t3
	add	t4, t4, t5
	bltu	t4, t2, 5b
	/* [/early_table] */

	la	t6, start_linked
	j	translation_on
start_linked:
	mv	a0, s0
	mv	a1, s1
	mv	a2, s2
	la	t0, arch_kernel_pa
	sd	s2, (t0)
	la	sp, boot_stack_top
	mv	s0, zero		/* the end of every backtrace */
	call	kernel_main

/* Turn on the early table and go on at the linked address of t6. Changes t0..t6. */
translation_on:
	la	t0, _start
	li	t1, KERNEL_BASE
	sub	t1, t1, t0
	add	t6, t6, t1
	la	t0, early_root
	srli	t0, t0, 12
	li	t1, SATP_SV39 << 60
	or	t0, t0, t1
	sfence.vma
	csrw	satp, t0
	sfence.vma
	jr	t6

/* A hart that arch_cpu_start() woke: a0 = hart id, a1 = its struct secondary. Translation is off. */
	.globl	secondary_start
secondary_start:
	csrw	sie, zero
	mv	s1, a1
	la	t6, 1f
	j	translation_on
	/* [secondary] */
1:	ld	t0, 0(s1)		/* satp */
	ld	a0, 8(s1)		/* struct cpu */
	ld	sp, 16(s1)
	csrw	satp, t0
	sfence.vma
	mv	tp, a0
	csrw	sscratch, zero
	mv	s0, zero
	call	cpu_secondary_main
	/* [/secondary] */

/* The file was cut off: whatever lies behind, this page of it is there. Say so and turn the machine off. */
truncated:
	lla	s0, truncated_text
1:	lbu	a0, (s0)
	beqz	a0, 2f
	li	a7, SBI_PUTCHAR
	ecall
	addi	s0, s0, 1
	j	1b
2:	li	a7, SBI_SYSTEM_RESET
	li	a6, 0
	li	a0, 0			/* shut down, */
	li	a1, 0			/* for no special reason */
	ecall
3:	wfi
	j	3b
truncated_text:
	.asciz	"\r\nManul: the Image is truncated; build it again\r\n"
	.balign	4

stray:
	li	a7, 0x48534d		/* hart state management: */
	li	a6, 1			/* stop this hart */
	ecall
	j	stray

	.section .tail, "a"
image_tail:
	.dword	IMAGE_TAIL

	.section .data, "aw"
	.balign	4
boot_hart_taken:
	.word	0

	.section .bss, "aw", @nobits
	.balign	8
	.globl	arch_kernel_pa
arch_kernel_pa:				/* where the image lies */
	.skip	8

	.section .bss.page, "aw", @nobits
	.balign	4096
early_root:
	.skip	4096
early_image:
	.skip	4096
	.globl	boot_stack
boot_stack:
	.skip	KSTACK_SIZE
boot_stack_top:
	.globl	emergency_stacks
emergency_stacks:
	.skip	8 << EMERGENCY_STACK_SHIFT
