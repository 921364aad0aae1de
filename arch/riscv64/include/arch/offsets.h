#pragma once
/* Numbers that assembly shares with C. state.c checks each against the structure it is about. */
#define TF_REG(n)		((n) * 8)	/* struct trapframe; TF_REG(0) is the pc */
#define TF_STATUS		256
#define TF_ORIG_A0		264
#define TF_SIZE			272

#define CPU_KSTACK_TOP		8		/* struct cpu */
#define CPU_NEED_RETURN_WORK	16
#define CPU_ID			20
#define CPU_SCRATCH		72

#define EMERGENCY_STACK_SHIFT	12		/* one page per CPU */

#define SR_SPIE			0x20
#define SR_FS			0x6000
#define SR_SUM			0x40000
