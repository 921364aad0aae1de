/* The state of a thread that only the machine knows.
 *
 * Floating point: sstatus.FS in the trap frame says what the user registers are. Off: the program has not
 * used them, and its first use traps. Clean: the thread's struct fpstate has the same values. Dirty: they were written since.
 * In the kernel sstatus.FS itself is off. */
#include <arch/layout.h>
#include <arch/offsets.h>
#include <arch/switch.h>
#include <arch/trap.h>
#include <lib/string.h>
#include <kernel/cpu.h>
#include "csr.h"
#include "state_priv.h"

_Static_assert(offsetof(struct trapframe, status) == TF_STATUS, "offsets.h");
_Static_assert(offsetof(struct trapframe, orig_a0) == TF_ORIG_A0, "offsets.h");
_Static_assert(sizeof(struct trapframe) == TF_SIZE, "offsets.h");
_Static_assert(offsetof(struct cpu, kstack_top) == CPU_KSTACK_TOP, "offsets.h");
_Static_assert(offsetof(struct cpu, need_return_work) == CPU_NEED_RETURN_WORK, "offsets.h");
_Static_assert(offsetof(struct cpu, id) == CPU_ID, "offsets.h");
_Static_assert(offsetof(struct cpu, scratch) == CPU_SCRATCH, "offsets.h");
_Static_assert(CPUS_MAX == 8, "emergency_stacks in head.S");

#define FS_CLEAN 0x4000ul
#define STATUS_UXL (3ul << 32)

void context_start(void);
void fp_save(struct fpstate *fp);
void fp_restore(const struct fpstate *fp);

/* The words that arch_switch() takes from a stack. */
struct saved { uint64_t ra, s[12], pad; };

void arch_context_init(struct context *to, uintptr_t stack_top, void (*entry)(void *), void *arg)
{
	struct saved *w = (struct saved *)stack_top - 1;
	memset(w, 0, sizeof *w);
	w->ra = (uintptr_t)context_start;
	w->s[1] = (uintptr_t)entry;
	w->s[2] = (uintptr_t)arg;
	to->sp = (uintptr_t)w;
}

void arch_tf_init(struct trapframe *tf, vaddr_t pc, vaddr_t sp)
{
	memset(tf, 0, sizeof *tf);
	tf->reg[0] = pc;
	tf->reg[2] = sp;
	tf->status = (csr_read(sstatus) & STATUS_UXL) | SR_SPIE | SR_SUM;
}

void arch_set_tls(struct trapframe *tf, struct fpstate *fp, uint64_t tls)
{
	(void)fp;
	tf->reg[4] = tls;
}

void arch_fpstate_init(struct fpstate *fp) { memset(fp, 0, sizeof *fp); }

static void mark_saved(struct trapframe *tf)
{
	tf->status = (tf->status & ~(uint64_t)SR_FS) | FS_CLEAN;
}

/* Without F, FS is always off. */
static bool machine_has_fp(void)
{
	csr_set(sstatus, SR_FS);
	bool have = csr_read(sstatus) & SR_FS;
	csr_clear(sstatus, SR_FS);
	return have;
}

void fp_mark_saved(struct trapframe *tf)
{
	if (machine_has_fp())
		mark_saved(tf);
}

void arch_user_state_save(struct fpstate *fp, struct trapframe *tf)
{
	if ((tf->status & SR_FS) != SR_FS)
		return;
	csr_set(sstatus, SR_FS);
	fp_save(fp);
	csr_clear(sstatus, SR_FS);
	mark_saved(tf);
}

void arch_user_state_restore(const struct fpstate *fp, struct trapframe *tf)
{
	if (!(tf->status & SR_FS))
		return;
	csr_set(sstatus, SR_FS);
	fp_restore(fp);
	csr_clear(sstatus, SR_FS);
	mark_saved(tf);
}

bool fp_first_use(struct trapframe *tf)
{
	static const struct fpstate zero;
	if (tf->status & SR_FS)
		return false;
	if (!machine_has_fp())
		return false;
	csr_set(sstatus, SR_FS);
	fp_restore(&zero);
	csr_clear(sstatus, SR_FS);
	tf->status |= SR_FS;
	return true;
}
