#pragma once
/* Numbers that assembly shares with C. state.c checks each against the structure it is about. */
#define TF_X(n)			((n) * 8)	/* struct trapframe */
#define TF_SP			248
#define TF_PC			256
#define TF_PSTATE		264
#define TF_ORIG_X0		272
#define TF_SIZE			288

#define CPU_KSTACK_TOP		8		/* struct cpu */
#define CPU_NEED_RETURN_WORK	16
#define CPU_ID			20
#define CPU_SCRATCH		72

#define FP_FPSR			512		/* struct fpstate */

#define EMERGENCY_STACK_SHIFT	12		/* one page per CPU */
