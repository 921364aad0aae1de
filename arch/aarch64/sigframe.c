/* The registers in a signal frame, as Linux lays them out on this machine. Its 4 KiB area for records holds the
 * floating-point one and the end mark; behind them lies the frame record {fp, lr} that lets a debugger walk from the handler to what it
 * interrupted. The rest of the area is neither written nor read. */
#include <abi/ucontext.h>
#include <arch/switch.h>
#include <kernel/syscall.h>
#include <lib/string.h>

/* What lies in the area for records. */
struct records {
	struct abi_fpsimd fpsimd;
	struct abi_ctx_head end;
	uint64_t pad;
	uint64_t fp, lr;
};
/* The beginning of a floating-point record. */
struct fp_head { struct abi_ctx_head head; uint32_t fpsr, fpcr; };

enum {
	FAULT_ADDRESS = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.fault_address),
	REGS = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.regs),
	RECORDS = offsetof(struct abi_rt_sigframe, uc.uc_mcontext.records),
	VREGS = RECORDS + offsetof(struct records, fpsimd.vregs),
	END = RECORDS + offsetof(struct records, end),
	REGS_SIZE = offsetof(struct trapframe, orig_x0),	/* x0..x30, sp, pc, pstate */
};
_Static_assert(sizeof(struct abi_rt_sigframe) % 16 == 0 && RECORDS % 16 == 0, "the stack stays aligned");
_Static_assert(REGS_SIZE == offsetof(struct abi_sigcontext, pstate) + 8 - offsetof(struct abi_sigcontext, regs), "in the trap frame's order");
_Static_assert(sizeof(struct fp_head) == offsetof(struct abi_fpsimd, vregs), "a record's beginning");

#define PSTATE_FLAGS 0xf0000000u	/* NZCV: all that a program may set */

static enum err write_records(vaddr_t at, const struct trapframe *tf, const struct fpstate *fp)
{
	struct fp_head head = { { FPSIMD_MAGIC, sizeof(struct abi_fpsimd) }, fp->fpsr, fp->fpcr };
	uint64_t end[] = { 0, 0, tf->x[29], tf->x[30] };
	enum err e = copy_to_user(at + RECORDS, &head, sizeof head);
	if (e == OK)
		e = copy_to_user(at + VREGS, fp->v, sizeof fp->v);
	return e == OK ? copy_to_user(at + END, end, sizeof end) : e;
}

enum err arch_sigcontext_write(vaddr_t at, const struct trapframe *tf, const struct fpstate *fp, uint64_t fault_address)
{
	enum err e = copy_to_user(at + FAULT_ADDRESS, &fault_address, sizeof fault_address);
	if (e == OK)
		e = copy_to_user(at + REGS, tf, REGS_SIZE);
	return e == OK ? write_records(at, tf, fp) : e;
}

static enum err read_records(vaddr_t at, struct fpstate *fp)
{
	struct fp_head head;
	enum err e = copy_from_user(&head, at + RECORDS, sizeof head);
	if (e == OK && (head.head.magic != FPSIMD_MAGIC || head.head.size != sizeof(struct abi_fpsimd)))
		e = ERR_INVAL;
	fp->fpsr = head.fpsr;
	fp->fpcr = head.fpcr;
	return e == OK ? copy_from_user(fp->v, at + VREGS, sizeof fp->v) : e;
}

enum err arch_sigcontext_read(vaddr_t at, struct trapframe *tf, struct fpstate *fp)
{
	enum err e = copy_from_user(tf, at + REGS, REGS_SIZE);
	tf->pstate &= PSTATE_FLAGS;
	return e == OK ? read_records(at, fp) : e;
}

void arch_sigframe_enter(struct trapframe *tf, vaddr_t at, const struct handler_entry *entry)
{
	tf->x[0] = (uint64_t)entry->sig;
	tf->x[1] = at + offsetof(struct abi_rt_sigframe, info);
	tf->x[2] = at + offsetof(struct abi_rt_sigframe, uc);
	tf->x[29] = at + RECORDS + offsetof(struct records, fp);
	tf->x[30] = entry->restorer;
	tf->sp = at;
	tf->pc = entry->handler;
}
