/* The signal frame: struct rt_sigframe as Linux lays it out on this machine. Its 4 KiB area for records holds the
 * floating-point one and the end mark; behind them lies the frame record {fp, lr} that lets a debugger walk from the handler to what it
 * interrupted. The rest of the area is neither written nor read. */
#include <abi/ucontext.h>
#include <arch/switch.h>
#include <lib/string.h>

/* What lies in the area for records. */
struct records {
	struct abi_fpsimd fpsimd;
	struct abi_ctx_head end;
	uint64_t pad;
	uint64_t fp, lr;
};
enum { RECORDS_AT = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.records) };
_Static_assert(sizeof(struct abi_rt_sigframe) % 16 == 0 && RECORDS_AT % 16 == 0, "the stack stays aligned");

#define PSTATE_FLAGS 0xf0000000u	/* NZCV: all that a program may set */

size_t arch_sigframe_size(void) { return sizeof(struct abi_rt_sigframe); }
size_t arch_sigframe_used(void) { return RECORDS_AT + sizeof(struct records); }

void arch_sigframe_build(void *frame, const struct trapframe *tf, const struct fpstate *fp, const struct sigframe_req *req)
{
	struct abi_rt_sigframe *f = frame;
	struct records *r = (struct records *)((char *)frame + RECORDS_AT);
	struct abi_sigcontext *c = &f->uc.uc_mcontext;
	memset(f, 0, arch_sigframe_used());
	memcpy(&f->info, req->siginfo, sizeof f->info);
	memcpy(&f->uc.uc_stack, req->altstack, sizeof f->uc.uc_stack);
	f->uc.uc_sigmask = req->mask;
	memcpy(c->regs, tf->x, sizeof c->regs);
	c->sp = tf->sp;
	c->pc = tf->pc;
	c->pstate = tf->pstate;
	c->fault_address = (uint64_t)(uintptr_t)f->info.si_addr;
	r->fpsimd.head = (struct abi_ctx_head){ FPSIMD_MAGIC, sizeof r->fpsimd };
	r->fpsimd.fpsr = fp->fpsr;
	r->fpsimd.fpcr = fp->fpcr;
	memcpy(r->fpsimd.vregs, fp->v, sizeof fp->v);
	r->fp = tf->x[29];
	r->lr = tf->x[30];
}

void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct sigframe_req *req)
{
	tf->x[0] = (uint64_t)req->sig;
	tf->x[1] = at + offsetof(struct abi_rt_sigframe, info);
	tf->x[2] = at + offsetof(struct abi_rt_sigframe, uc);
	tf->x[29] = at + RECORDS_AT + offsetof(struct records, fp);
	tf->x[30] = req->restorer;
	tf->sp = at;
	tf->pc = req->handler;
}

bool arch_sigframe_restore(const void *frame, struct trapframe *tf, struct fpstate *fp, uint64_t *mask)
{
	const struct abi_rt_sigframe *f = frame;
	const struct records *r = (const struct records *)((const char *)frame + RECORDS_AT);
	const struct abi_sigcontext *c = &f->uc.uc_mcontext;
	if (r->fpsimd.head.magic != FPSIMD_MAGIC || r->fpsimd.head.size != sizeof r->fpsimd)
		return false;
	memcpy(tf->x, c->regs, sizeof c->regs);
	tf->sp = c->sp;
	tf->pc = c->pc;
	tf->pstate = c->pstate & PSTATE_FLAGS;
	fp->fpsr = r->fpsimd.fpsr;
	fp->fpcr = r->fpsimd.fpcr;
	memcpy(fp->v, r->fpsimd.vregs, sizeof fp->v);
	*mask = f->uc.uc_sigmask;
	return true;
}
