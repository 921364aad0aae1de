/* The first instructions: the Image header, entry from the boot loader, and entry of the other CPUs.
 *
 * Translation and data cache are off at entry and the image lies at any 2 MiB boundary, so until they are on only
 * pc-relative addresses are used, and they are physical. The early tables:
 *
 *	TTBR0	the GiB of the image	-> itself, so that the instruction after "translation on" can be fetched
 *	TTBR1	DIRECT_BASE + pa	-> 64 GiB from the image's GiB upwards, and the GiB of the device tree
 *		KERNEL_BASE		-> the image, by 2 MiB entries, executable and writable
 *
 * kmap_init() replaces them; the other CPUs use the first once more, and the kernel's own table for the other half.
 *
 * What is written here goes past the caches to memory, so lines that the caches may hold of it are dropped before they are turned on.
 *
 * Sources: booting.rst of Linux' arm64 documentation; Arm Architecture Reference Manual (VMSAv8-64, system registers). */
#include <arch/layout.h>
#include <arch/offsets.h>

#define BLOCK_KERNEL	0x701		/* valid block, attribute 0, inner shareable, accessed */
#define TABLE		3
#define EARLY_GIBS	64
#define DIRECT_GIBS	128
#define IMAGE_TAIL	0x4c49415443544e4c

#define MAIR_VALUE	0x04ff		/* 0: normal, write-back; 1: device nGnRE */
/* 39-bit addresses in both halves, 4 KiB pages, table walks cached and inner shareable. */
#define TCR_HALF	(25 | 1 << 8 | 1 << 10 | 3 << 12)
#define TCR_VALUE	(TCR_HALF | TCR_HALF << 16 | 2 << 30)
#define TCR_AS		(1 << 36)	/* 16-bit ASIDs */

#define SCTLR_RES1	0x30d00800	/* among them SPAN: traps leave PAN alone */
#define SCTLR_M		(1 << 0)
#define SCTLR_C		(1 << 2)
#define SCTLR_SA	(1 << 3)	/* sp alignment, EL1 and EL0 */
#define SCTLR_SA0	(1 << 4)
#define SCTLR_I		(1 << 12)
#define SCTLR_DZE	(1 << 14)	/* EL0 may: dc zva, */
#define SCTLR_UCT	(1 << 15)	/* read ctr_el0, */
#define SCTLR_NTWI	(1 << 16)	/* wait, */
#define SCTLR_NTWE	(1 << 18)
#define SCTLR_UCI	(1 << 26)	/* maintain caches */
#define SCTLR_ON	(SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_SA0 | SCTLR_I | SCTLR_DZE | SCTLR_UCT | \
			 SCTLR_NTWI | SCTLR_NTWE | SCTLR_UCI)

#define HCR_RW		(1 << 31)	/* EL1 is AArch64 */
#define HCR_PAUTH	(3 << 40)	/* pointer authentication does not trap */
#define CPTR_NO_FP_TRAP	0x33ff
#define SPSR_EL1H	0x3c5		/* EL1, its own sp, all masked */

	.section .head, "ax"
	.globl	_start
_start:
	/* [image_header] */
	b	enter			/* executed: the loader jumps here */
	.word	0
	.quad	0			/* load this far above a 2 MiB boundary */
	.quad	image_bytes		/* memory needed, bss included */
	.quad	0xa			/* flags: little endian, 4 KiB pages, anywhere in RAM */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0			/* no PE header */
	/* [/image_header] */

/* x0 = physical address of the device tree. */
enter:
	adrp	x1, image_tail
	ldr	x1, [x1, :lo12:image_tail]
	ldr	x2, =IMAGE_TAIL
	cmp	x1, x2
	b.ne	truncated
	mov	x20, x0
	bl	to_el1
	adrp	x19, _start		/* where we are */
	adrp	x0, _bss
	adrp	x1, _ebss
1:	stp	xzr, xzr, [x0], #16
	cmp	x0, x1
	b.lo	1b

	/* [early_table] */
	mov	x7, #BLOCK_KERNEL
	adrp	x0, early_low
	adrp	x1, early_high
	lsr	x2, x19, #30		/* the image's GiB */
	orr	x3, x7, x2, lsl #30	/* its 1 GiB entry */
	str	x3, [x0, x2, lsl #3]
	add	x4, x1, #256 * 8	/* DIRECT_BASE is entry 256 */
	mov	x5, #DIRECT_GIBS
	sub	x5, x5, x2
	mov	x6, #EARLY_GIBS
	cmp	x5, x6
	csel	x5, x5, x6, lo
	mov	x6, #1 << 30
	mov	x8, x2
2:	str	x3, [x4, x8, lsl #3]
	add	x3, x3, x6
	add	x8, x8, #1
	subs	x5, x5, #1
	b.ne	2b
	lsr	x2, x20, #30		/* the device tree's GiB */
	cmp	x2, #DIRECT_GIBS
	b.hs	3f
	orr	x3, x7, x2, lsl #30
	str	x3, [x4, x2, lsl #3]

3:	adrp	x2, early_image		/* KERNEL_BASE is entry 510 */
	orr	x3, x2, #TABLE
	str	x3, [x1, #510 * 8]
	orr	x3, x7, x19
	adrp	x4, _end
	mov	x5, #0x200000
	mov	x6, x19
4:	str	x3, [x2], #8
	add	x3, x3, x5
	add	x6, x6, x5
	cmp	x6, x4
	b.lo	4b
	/* [/early_table] */

	adrp	x2, _bss
	adrp	x3, _ebss
	bl	drop_lines
	adrp	x1, early_high
	ldr	x30, =start_linked
	b	translation_on
start_linked:
	adrp	x0, arch_kernel_pa
	str	x19, [x0, :lo12:arch_kernel_pa]
	mrs	x0, mpidr_el1
	ldr	x1, =0xff00ffffff
	and	x0, x0, x1
	mov	x1, x20
	mov	x2, x19
	adrp	x3, boot_stack_top
	mov	sp, x3
	mov	x29, xzr		/* the end of every backtrace */
	mov	x30, xzr
	bl	kernel_main

/* Drop the cached lines of [x2, x3), which is page aligned. Changes x4, x5. */
drop_lines:
	mrs	x4, ctr_el0
	ubfx	x4, x4, #16, #4		/* words in the smallest line, log 2 */
	mov	x5, #4
	lsl	x5, x5, x4
	dmb	sy
1:	dc	ivac, x2
	add	x2, x2, x5
	cmp	x2, x3
	b.lo	1b
	dsb	sy
	ret

/* From EL2, leave for EL1 with nothing trapped; from EL1, stay. Returns to x30, at EL1. Changes x1. */
	/* [to_el1] */
to_el1:
	msr	daifset, #0xf
	mrs	x1, CurrentEL
	cmp	x1, #2 << 2
	b.ne	2f
	ldr	x1, =HCR_RW | HCR_PAUTH
	msr	hcr_el2, x1
	isb
	mrs	x1, cnthctl_el2
	orr	x1, x1, #3		/* EL1 may use the counter and the timer */
	msr	cnthctl_el2, x1
	msr	cntvoff_el2, xzr
	mov	x1, #CPTR_NO_FP_TRAP
	msr	cptr_el2, x1
	msr	hstr_el2, xzr
	msr	vttbr_el2, xzr
	mrs	x1, midr_el1
	msr	vpidr_el2, x1
	mrs	x1, mpidr_el1
	msr	vmpidr_el2, x1
	mrs	x1, id_aa64pfr0_el1
	ubfx	x1, x1, #24, #4
	cbz	x1, 1f			/* no GICv3 registers */
	mrs	x1, S3_4_C12_C9_5	/* ICC_SRE_EL2: EL1 may use them */
	orr	x1, x1, #8
	orr	x1, x1, #1
	msr	S3_4_C12_C9_5, x1
	isb
	mrs	x1, S3_4_C12_C9_5
	tbz	x1, #0, 1f
	msr	S3_4_C12_C11_0, xzr	/* ICH_HCR_EL2 */
1:	ldr	x1, =SCTLR_RES1
	msr	sctlr_el1, x1
	mov	x1, #SPSR_EL1H
	msr	spsr_el2, x1
	msr	elr_el2, x30
	eret
2:	isb
	ret
	/* [/to_el1] */

/* Turn on translation with early_low and the table x1, and go on at the linked address x30. Changes x2..x4. */
translation_on:
	/* [translation_on] */
	adrp	x2, early_low
	msr	ttbr0_el1, x2
	msr	ttbr1_el1, x1
	ldr	x2, =MAIR_VALUE
	msr	mair_el1, x2
	ldr	x2, =TCR_VALUE
	mrs	x3, id_aa64mmfr0_el1
	and	x4, x3, #7		/* physical address size; 6 (52 bits) needs other pages */
	cmp	x4, #5
	b.ls	1f
	mov	x4, #5
1:	orr	x2, x2, x4, lsl #32
	ubfx	x4, x3, #4, #4
	cbz	x4, 2f
	orr	x2, x2, #TCR_AS
2:	msr	tcr_el1, x2
	isb
	tlbi	vmalle1
	ic	iallu
	dsb	nsh
	isb
	ldr	x2, =SCTLR_ON
	msr	sctlr_el1, x2
	isb
	ret
	/* [/translation_on] */

/* A CPU that arch_cpu_start() woke: x0 = physical address of its struct secondary, which was cleaned to memory. */
	.globl	secondary_start
secondary_start:
	mov	x20, x0
	bl	to_el1
	/* [secondary] */
	ldr	x1, [x20]		/* the kernel's table */
	ldp	x21, x22, [x20, #8]	/* struct cpu, top of the stack */
	ldr	x30, =1f
	b	translation_on
1:	ldr	x23, [x20, #24]		/* the identity still holds: no user half from here on */
	msr	ttbr0_el1, x23
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	msr	tpidr_el1, x21
	mov	x0, x21
	mov	sp, x22
	mov	x29, xzr
	mov	x30, xzr
	bl	cpu_secondary_main
	/* [/secondary] */

/* void mmu_replace_kernel_table(root, empty): called at its physical address, through the identity. No CPU may see
 * two translations of one address at once, so between the old table and the new there is an empty one. */
	.globl	mmu_replace_kernel_table
mmu_replace_kernel_table:
	msr	ttbr1_el1, x1
	isb
	tlbi	vmalle1
	dsb	nsh
	isb
	msr	ttbr1_el1, x0
	isb
	ret

/* The file was cut off: whatever lies behind, this page of it is there. Say so and turn the machine off. What reads
 * the device tree may be missing, so the UART is taken to be where QEMU's virt machine has it. */
#define VIRT_UART	0x09000000
#define PSCI_SYSTEM_OFF	0x84000008
truncated:
	mov	x1, #VIRT_UART
	adr	x2, truncated_text
1:	ldrb	w0, [x2], #1
	cbz	w0, 2f
	strb	w0, [x1]
	b	1b
2:	ldr	w0, =PSCI_SYSTEM_OFF
	mrs	x1, CurrentEL
	cmp	x1, #2 << 2
	b.eq	3f
	hvc	#0
3:	smc	#0			/* at EL2 the firmware is one level up */
4:	wfi
	b	4b
truncated_text:
	.asciz	"\r\nManul: the Image is truncated; build it again\r\n"
	.balign	4

	.ltorg

	.section .tail, "a"
image_tail:
	.quad	IMAGE_TAIL

	.section .bss, "aw", @nobits
	.balign	8
	.globl	arch_kernel_pa
arch_kernel_pa:				/* where the image lies */
	.skip	8

	.section .bss.page, "aw", @nobits
	.balign	4096
early_low:
	.skip	4096
early_high:
	.skip	4096
early_image:
	.skip	4096
	.globl	empty_root
empty_root:				/* for TTBR0 when there is no user half */
	.skip	4096
	.globl	boot_stack
boot_stack:
	.skip	KSTACK_SIZE
boot_stack_top:
	.globl	emergency_stacks
emergency_stacks:
	.skip	8 << EMERGENCY_STACK_SHIFT
