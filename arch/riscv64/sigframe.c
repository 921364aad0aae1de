/* The registers in a signal frame, as Linux lays them out on this machine. */
#include <abi/ucontext.h>
#include <arch/switch.h>
#include <kernel/syscall.h>
#include <lib/string.h>
#include "state_priv.h"

_Static_assert(sizeof(struct abi_rt_sigframe) % 16 == 0, "the stack stays aligned");
_Static_assert(sizeof(struct abi_user_regs) == sizeof ((struct trapframe *)0)->reg, "in the trap frame's order");

enum {
	REGS = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.regs),
	FPREGS = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.fpregs),
	TAIL = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.fpregs.q.fcsr),
};
struct tail { uint32_t fcsr_of_q, reserved[3]; };	/* 0: extensions are announced here, and there are none */

enum err arch_sigcontext_write(vaddr_t at, const struct trapframe *tf, const struct fpstate *fp, uint64_t fault_address)
{
	static const struct tail none;
	(void)fault_address;
	enum err e = copy_to_user(at + REGS, tf->reg, sizeof tf->reg);
	if (e == OK)
		e = copy_to_user(at + FPREGS, fp, sizeof *fp);
	return e == OK ? copy_to_user(at + TAIL, &none, sizeof none) : e;
}

enum err arch_sigcontext_read(vaddr_t at, struct trapframe *tf, struct fpstate *fp)
{
	struct tail tail;
	enum err e = copy_from_user(tf->reg, at + REGS, sizeof tf->reg);
	if (e == OK)
		e = copy_from_user(fp, at + FPREGS, sizeof *fp);
	if (e == OK)
		e = copy_from_user(&tail, at + TAIL, sizeof tail);
	if (e == OK && (tail.reserved[0] | tail.reserved[1] | tail.reserved[2]))
		e = ERR_INVAL;
	fp->fcsr &= 0xff;
	fp_mark_saved(tf);
	return e;
}

void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct handler_entry *entry)
{
	tf->reg[0] = entry->handler;
	tf->reg[1] = entry->restorer;
	tf->reg[2] = at;
	tf->reg[10] = (uint64_t)entry->sig;
	tf->reg[11] = at + offsetof(struct abi_rt_sigframe, info);
	tf->reg[12] = at + offsetof(struct abi_rt_sigframe, uc);
}
