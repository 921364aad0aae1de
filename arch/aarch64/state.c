/* The state of a thread that only the machine knows. */
#include <arch/offsets.h>
#include <arch/switch.h>
#include <arch/trap.h>
#include <lib/string.h>
#include <kernel/cpu.h>
#include "sysreg.h"

_Static_assert(offsetof(struct trapframe, sp) == TF_SP, "offsets.h");
_Static_assert(offsetof(struct trapframe, pc) == TF_PC, "offsets.h");
_Static_assert(offsetof(struct trapframe, pstate) == TF_PSTATE, "offsets.h");
_Static_assert(offsetof(struct trapframe, orig_x0) == TF_ORIG_X0, "offsets.h");
_Static_assert(sizeof(struct trapframe) == TF_SIZE, "offsets.h");
_Static_assert(offsetof(struct fpstate, fpsr) == FP_FPSR, "offsets.h");
_Static_assert(offsetof(struct fpstate, fpcr) == FP_FPSR + 4, "offsets.h");
_Static_assert(offsetof(struct cpu, kstack_top) == CPU_KSTACK_TOP, "offsets.h");
_Static_assert(offsetof(struct cpu, need_return_work) == CPU_NEED_RETURN_WORK, "offsets.h");
_Static_assert(offsetof(struct cpu, id) == CPU_ID, "offsets.h");
_Static_assert(offsetof(struct cpu, scratch) == CPU_SCRATCH, "offsets.h");
_Static_assert(CPUS_MAX == 8, "emergency_stacks in head.S");

void context_start(void);
void fp_save(struct fpstate *fp);
void fp_restore(const struct fpstate *fp);

/* The words that arch_switch() takes from a stack. */
struct saved { uint64_t x29, x30, x19_28[10]; };

void arch_context_init(struct context *to, uintptr_t stack_top, void (*entry)(void *), void *arg)
{
	struct saved *w = (struct saved *)stack_top - 1;
	memset(w, 0, sizeof *w);
	w->x30 = (uintptr_t)context_start;
	w->x19_28[0] = (uintptr_t)entry;
	w->x19_28[1] = (uintptr_t)arg;
	to->sp = (uintptr_t)w;
}

/* pstate 0: EL0, nothing masked. */
void arch_tf_init(struct trapframe *tf, vaddr_t pc, vaddr_t sp)
{
	memset(tf, 0, sizeof *tf);
	tf->pc = pc;
	tf->sp = sp;
}

void arch_set_tls(struct trapframe *tf, struct fpstate *fp, uint64_t tls)
{
	fp->tpidr = tls;
	if ((uintptr_t)tf == cpu_this()->kstack_top - sizeof *tf)
		sysreg_write(tpidr_el0, tls);
}

void arch_fpstate_init(struct fpstate *fp) { memset(fp, 0, sizeof *fp); }

void arch_user_state_save(struct fpstate *fp, struct trapframe *tf)
{
	(void)tf;
	fp_save(fp);
	fp->tpidr = sysreg_read(tpidr_el0);
}

void arch_user_state_restore(const struct fpstate *fp, struct trapframe *tf)
{
	(void)tf;
	fp_restore(fp);
	sysreg_write(tpidr_el0, fp->tpidr);
}
