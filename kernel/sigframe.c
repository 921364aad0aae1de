/* The signal frame: what a handler's entry leaves on the user's stack, and rt_sigreturn(2) takes back.
 *
 *   sp after --> | siginfo | ucontext: flags, stack, mask | registers (arch/) |  128 bytes | <-- sp before
 *
 * Each part goes straight to user memory from where the kernel has it: there is no copy of the frame in between. A frame that could be
 * written in part only is no frame; then the process dies, since its handler could not run. */
#include <abi/ucontext.h>
#include <arch/switch.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>

enum {
	RED_ZONE = 128,	/* below the stack pointer, which a leaf function may use */
	INFO = offsetof(struct abi_rt_sigframe, info),
	HEAD = offsetof(struct abi_rt_sigframe, uc.head),
};

static vaddr_t frame_address(const struct thread *t, const struct abi_sigaction *a)
{
	vaddr_t sp = tf_sp(t->tf);
	bool on_alt = sp - (vaddr_t)t->altstack.ss_sp < t->altstack.ss_size;
	if ((a->flags & SA_ONSTACK) && t->altstack.ss_size && !on_alt)
		sp = (vaddr_t)t->altstack.ss_sp + t->altstack.ss_size;
	return (sp - RED_ZONE - sizeof(struct abi_rt_sigframe)) & ~(vaddr_t)15;
}

static vaddr_t restorer(const struct thread *t, const struct abi_sigaction *a)
{
#ifdef SA_RESTORER
	if (a->flags & SA_RESTORER)
		return (vaddr_t)a->restorer;
#endif
	(void)a;
	return t->proc->sigtramp;
}

enum err sigframe_push(struct thread *t, const struct abi_siginfo *info, const struct abi_sigaction *a)
{
	struct handler_entry entry = {
		.sig = info->si_signo, .handler = (vaddr_t)a->handler, .restorer = restorer(t, a), .fault_address = (uintptr_t)info->si_addr,
	};
	struct abi_uc_head head = { .uc_stack = t->altstack, .uc_sigmask = t->sig_restore_mask ? t->sig_saved_mask : t->sig_mask };
	vaddr_t at = frame_address(t, a);
	arch_user_state_save(t->fp, t->tf);
	enum err e = copy_to_user(at + INFO, info, sizeof *info);
	if (e == OK)
		e = copy_to_user(at + HEAD, &head, sizeof head);
	if (e == OK)
		e = arch_sigcontext_write(at, t->tf, t->fp, entry.fault_address);
	if (e == OK)
		arch_sigframe_enter(t->tf, at, &entry);
	return e;
}

enum err sigframe_pop(struct thread *t, uint64_t *mask)
{
	struct abi_uc_head head;
	vaddr_t at = tf_sp(t->tf);
	enum err e = copy_from_user(&head, at + HEAD, sizeof head);
	if (e == OK)
		e = arch_sigcontext_read(at, t->tf, t->fp);
	if (e == OK) {
		cpu_this()->need_return_work = 1;	/* all of the frame is new */
		arch_user_state_restore(t->fp, t->tf);
		*mask = head.uc_sigmask;
	}
	return e;
}
