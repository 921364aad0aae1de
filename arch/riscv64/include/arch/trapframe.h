#pragma once
#include <stdint.h>
/* The user registers, saved at the top of the thread's kernel stack. The entry code knows the offsets
 * (arch/offsets.h). The first 32 words have the order of Linux's user_regs_struct. */
struct trapframe {
	uint64_t reg[32];	/* reg[n] is xn, but reg[0] is the pc */
	uint64_t status;	/* sstatus */
	uint64_t orig_a0;	/* a0 when the system call began */
};
_Static_assert(sizeof(struct trapframe) % 16 == 0, "the stack stays aligned");

static inline uint64_t tf_syscall_nr(const struct trapframe *tf) { return tf->reg[17]; }
/* All six, for as long as no result is set. */
static inline const uint64_t *tf_args(const struct trapframe *tf) { return &tf->reg[10]; }
static inline uint64_t tf_arg(const struct trapframe *tf, unsigned i) { return i ? tf->reg[10 + i] : tf->orig_a0; }
static inline int64_t tf_result(const struct trapframe *tf) { return (int64_t)tf->reg[10]; }
static inline void tf_set_result(struct trapframe *tf, int64_t r) { tf->reg[10] = (uint64_t)r; }
static inline uint64_t tf_pc(const struct trapframe *tf) { return tf->reg[0]; }
static inline uint64_t tf_sp(const struct trapframe *tf) { return tf->reg[2]; }
static inline void tf_set_sp(struct trapframe *tf, uint64_t sp) { tf->reg[2] = sp; }
static inline void tf_restart_syscall(struct trapframe *tf)
{
	tf->reg[10] = tf->orig_a0;
	tf->reg[0] -= 4;	/* ecall has no short form */
}
