#pragma once
#include <stdint.h>
#include <abi/signal.h>
/* The frame that a signal handler's entry leaves on the user stack, and that rt_sigreturn(2) reads back. Its
 * outer shape is the same on both machines: siginfo, then the context, whose last part is the machine's. The
 * mask has room for 1,024 signals on the stack, 64 of which exist.
 *
 * Sources: Linux uapi asm/ucontext.h, asm/sigcontext.h, asm/ptrace.h of riscv and arm64. */

#ifdef __aarch64__

/* Every record in the reserved area starts with this; a record of magic 0 ends the list. */
struct abi_ctx_head { uint32_t magic, size; };
#define FPSIMD_MAGIC 0x46508001u
#define ESR_MAGIC 0x45535201u

struct abi_fpsimd {
	struct abi_ctx_head head;	/* FPSIMD_MAGIC, 528 bytes */
	uint32_t fpsr, fpcr;
	uint64_t vregs[64];		/* v0..v31, the low half of each first */
};
_Static_assert(sizeof(struct abi_fpsimd) == 528, "arm64 ABI");

struct abi_sigcontext {
	uint64_t fault_address;
	uint64_t regs[31];
	uint64_t sp, pc, pstate;
	unsigned char records[4096] __attribute__((aligned(16)));
};

#else

/* pc, then x1..x31, in the order of the registers' numbers. */
struct abi_user_regs {
	uint64_t pc, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5, a6, a7;
	uint64_t s2, s3, s4, s5, s6, s7, s8, s9, s10, s11, t3, t4, t5, t6;
};

/* The area is as large as the Q extension's registers, though only D's are used. */
union abi_fpregs {
	struct { uint64_t f[32]; uint32_t fcsr; } d;
	struct { uint64_t f[64] __attribute__((aligned(16))); uint32_t fcsr, reserved[3]; } q;
};
_Static_assert(sizeof(union abi_fpregs) == 528, "riscv ABI");

struct abi_sigcontext {
	struct abi_user_regs regs;
	union abi_fpregs fpregs;
};

#endif

struct abi_uc_head {
	uint64_t uc_flags;
	uint64_t uc_link;
	stack_t uc_stack;
	uint64_t uc_sigmask;
};

struct abi_ucontext {
	struct abi_uc_head head;
	unsigned char abi_room[128 - sizeof(uint64_t)];
	struct abi_sigcontext uc_mcontext __attribute__((aligned(16)));
};
_Static_assert(__builtin_offsetof(struct abi_ucontext, uc_mcontext) == 176, "generic ABI");

struct abi_rt_sigframe {
	struct abi_siginfo info;
	struct abi_ucontext uc;
};
