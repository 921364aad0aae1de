/* The signal frame: struct rt_sigframe as Linux lays it out on this machine. */
#include <abi/ucontext.h>
#include <arch/switch.h>
#include <lib/string.h>
#include "state_priv.h"

_Static_assert(sizeof(struct abi_rt_sigframe) % 16 == 0, "the stack stays aligned");
_Static_assert(sizeof(struct abi_user_regs) == 32 * 8, "in the trap frame's order");

size_t arch_sigframe_size(void) { return sizeof(struct abi_rt_sigframe); }
size_t arch_sigframe_used(void) { return sizeof(struct abi_rt_sigframe); }

void arch_sigframe_build(void *frame, const struct trapframe *tf, const struct fpstate *fp, const struct sigframe_req *req)
{
	struct abi_rt_sigframe *f = frame;
	memset(f, 0, sizeof *f);
	memcpy(&f->info, req->siginfo, sizeof f->info);
	memcpy(&f->uc.uc_stack, req->altstack, sizeof f->uc.uc_stack);
	f->uc.uc_sigmask = req->mask;
	memcpy(&f->uc.uc_mcontext.regs, tf->reg, sizeof f->uc.uc_mcontext.regs);
	memcpy(f->uc.uc_mcontext.fpregs.d.f, fp->f, sizeof fp->f);
	f->uc.uc_mcontext.fpregs.d.fcsr = (uint32_t)fp->fcsr;
}

void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct sigframe_req *req)
{
	tf->reg[0] = req->handler;
	tf->reg[1] = req->restorer;
	tf->reg[2] = at;
	tf->reg[10] = (uint64_t)req->sig;
	tf->reg[11] = at + offsetof(struct abi_rt_sigframe, info);
	tf->reg[12] = at + offsetof(struct abi_rt_sigframe, uc);
}

bool arch_sigframe_restore(const void *frame, struct trapframe *tf, struct fpstate *fp, uint64_t *mask)
{
	const struct abi_rt_sigframe *f = frame;
	const union abi_fpregs *regs = &f->uc.uc_mcontext.fpregs;
	for (unsigned i = 0; i < 3; i++)
		if (regs->q.reserved[i])
			return false;	/* extensions that nobody announced */
	memcpy(tf->reg, &f->uc.uc_mcontext.regs, sizeof tf->reg);
	memcpy(fp->f, regs->d.f, sizeof fp->f);
	fp->fcsr = regs->d.fcsr & 0xff;
	fp_mark_saved(tf);
	*mask = f->uc.uc_sigmask;
	return true;
}
