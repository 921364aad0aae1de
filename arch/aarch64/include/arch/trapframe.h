#pragma once
#include <stdint.h>
/* The user registers, saved at the top of the thread's kernel stack. The entry code knows the offsets
 * (arch/offsets.h). All but the last two words have the order of Linux's user_pt_regs. */
struct trapframe {
	uint64_t x[31];
	uint64_t sp, pc, pstate;
	uint64_t orig_x0;	/* x0 when the system call began */
	uint64_t pad;
};
_Static_assert(sizeof(struct trapframe) % 16 == 0, "the stack stays aligned");

static inline uint64_t tf_syscall_nr(const struct trapframe *tf) { return tf->x[8]; }
/* All six, for as long as no result is set. */
static inline const uint64_t *tf_args(const struct trapframe *tf) { return tf->x; }
static inline uint64_t tf_arg(const struct trapframe *tf, unsigned i) { return i ? tf->x[i] : tf->orig_x0; }
static inline int64_t tf_result(const struct trapframe *tf) { return (int64_t)tf->x[0]; }
static inline void tf_set_result(struct trapframe *tf, int64_t r) { tf->x[0] = (uint64_t)r; }
static inline uint64_t tf_pc(const struct trapframe *tf) { return tf->pc; }
static inline uint64_t tf_sp(const struct trapframe *tf) { return tf->sp; }
static inline void tf_set_sp(struct trapframe *tf, uint64_t sp) { tf->sp = sp; }
static inline void tf_restart_syscall(struct trapframe *tf)
{
	tf->x[0] = tf->orig_x0;
	tf->pc -= 4;
}
