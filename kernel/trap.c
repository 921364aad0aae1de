/* What the machine's trap entries call: faults, exceptions, and the work before user mode. System calls
 * are in syscall.c. */
#include <abi/signal.h>
#include <lib/string.h>
#include <kernel/irq.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/rendezvous.h>
#include <kernel/syscall.h>
#include <kernel/time.h>
#include <arch/irq.h>
#include <arch/layout.h>
#include <arch/trap.h>

void trap_return_work(struct trapframe *tf)
{
	struct cpu *c = cpu_this();
	while (c->need_return_work) {
		c->need_return_work = 0;
		if (c->need_resched) {
			sched_yield();
			c = cpu_this();
		}
		if (signal_is_pending() || c->current->restart || c->current->sig_restore_mask)
			signal_deliver(tf);
		c = cpu_this();
	}
	c->need_return_work = 0;
}

void trap_kick(void)
{
	if (panic_in_progress())
		panic_halt();
	rendezvous_serve();
	cpu_this()->need_return_work = 1;
}

void trap_timer(void)
{
	sched_tick();
	alarm_tick();
	timerfd_tick();
	ptimer_tick();
	cputimer_tick();
}

/* A fault that the program does not handle ends it: say where. */
static void send_fault(struct trapframe *tf, const struct abi_siginfo *info, const char *what)
{
	struct proc *p = proc_current();
	uint64_t h = p->actions[info->si_signo - 1].handler;
	if (h == (uintptr_t)SIG_DFL || h == (uintptr_t)SIG_IGN)
		printk("[fault] Process %d (%s): %s, address 0x%lx, pc 0x%lx\n", p->pid, p->path, what,
			(unsigned long)(uintptr_t)info->si_addr, (unsigned long)tf_pc(tf));
	signal_force(info->si_signo, info);
}

static const char *fault_name(enum fault_result r, enum access access)
{
	switch (r) {
	case FAULT_NOMEM: return "out of memory in a page fault";
	case FAULT_BUS: return "access past the end of a mapped file";
	default:
		return access == ACCESS_WRITE ? "invalid write" : access == ACCESS_EXEC ? "invalid jump" : "invalid read";
	}
}

static uint64_t oom_kills;

uint64_t proc_oom_kills(void) { return __atomic_load_n(&oom_kills, __ATOMIC_RELAXED); }

/* The program meant no good, or there is no memory. */
static __attribute__((noinline)) void fault_is_fatal(struct trapframe *tf, vaddr_t va, enum access access, enum fault_result r)
{
	struct abi_siginfo info;
	if (r == FAULT_NOMEM)
		__atomic_fetch_add(&oom_kills, 1, __ATOMIC_RELAXED);
	memset(&info, 0, sizeof info);
	info.si_signo = r == FAULT_BUS ? SIGBUS : r == FAULT_NOMEM ? SIGKILL : SIGSEGV;
	info.si_code = r == FAULT_BUS ? BUS_ADRERR : r == FAULT_DENIED ? SEGV_ACCERR : SEGV_MAPERR;
	info.si_addr = (void *)(uintptr_t)va;
	send_fault(tf, &info, fault_name(r, access));
}

void trap_user_page_fault(struct trapframe *tf, vaddr_t va, enum access access)
{
	enum fault_result r = va < USER_END ? space_fault(proc_current()->space, va, (prot_t)access) : FAULT_UNMAPPED;
	if (r != FAULT_OK)
		fault_is_fatal(tf, va, access, r);
}

void trap_user_exception(struct trapframe *tf, int sig, int code, vaddr_t va, const char *what)
{
	struct abi_siginfo info;
	memset(&info, 0, sizeof info);
	info.si_signo = sig;
	info.si_code = code;
	info.si_addr = (void *)(uintptr_t)va;
	send_fault(tf, &info, what);
}

bool trap_kernel_user_fault(vaddr_t va, enum access access)
{
	struct thread *t = thread_current();
	if (!t || !t->proc || !t->proc->space || t->nofault || va >= USER_END)
		return false;
#ifdef CONFIG_DEBUG
	KASSERT(!cpu_this()->spin_depth);
#endif
	return space_fault(t->proc->space, va, (prot_t)access) == FAULT_OK;
}

_Noreturn void trap_kernel_panic(const char *what, uint64_t pc, uint64_t fp, uint64_t addr)
{
	panic_at(pc, fp, "%s at address 0x%lx", what, (unsigned long)addr);
}

/* ---- external interrupts ---- */

enum { IRQS_MAX = 64 };
static struct { unsigned irq; irq_handler_fn *fn; void *arg; } handlers[IRQS_MAX];
static unsigned nhandlers;

void irq_register(unsigned irq, irq_handler_fn *fn, void *arg)
{
	KASSERT(nhandlers < IRQS_MAX);
	handlers[nhandlers].irq = irq;
	handlers[nhandlers].fn = fn;
	handlers[nhandlers].arg = arg;
	nhandlers++;
	arch_irq_enable(irq);
}

void trap_external(unsigned irq)
{
	for (unsigned i = 0; i < nhandlers; i++)
		if (handlers[i].irq == irq)
			handlers[i].fn(handlers[i].arg);
}
