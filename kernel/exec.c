/* execve: a new program in an old process.
 *
 * Everything that can fail is done on a new address space that nobody sees: the ELF segments are
 * mapped, the stack is written. Then the process takes the new space and drops the old one, which cannot fail. A failure
 * before that frees the new space, and the old program goes on with an errno.
 *
 * The new program's stack, top down (System V ABI; the same on both machines):
 *	strings: argv[], envp[], the program's path, 16 random bytes
 *	auxv pairs ... AT_NULL
 *	envp pointers, NULL
 *	argv pointers, NULL
 *	argc			<- sp, 16-byte aligned */
#include <abi/auxv.h>
#include <abi/elf.h>
#include <abi/signal.h>
#include <arch/elf.h>
#include <arch/layout.h>
#include <arch/mmu.h>
#include <arch/trap.h>
#include <lib/bits.h>
#include <lib/string.h>
#include <mm/guard.h>
#include <mm/txn.h>
#include <kernel/argbuf.h>
#include <kernel/elf_load.h>
#include <kernel/exec.h>
#include <kernel/kmap.h>
#include <kernel/memck.h>
#include <kernel/printk.h>
#include <kernel/proc_priv.h>
#include <kernel/random.h>
#include <kernel/script.h>
#include <kernel/syscall.h>
#include <kernel/va.h>
#include <kernel/version.h>

#define SIGTRAMP_AT (USER_END - 8 * PAGE_SIZE)
enum { AUXV_PAIRS = 20 };

/* ---- the signal trampoline: one frame, mapped read-only into every process ---- */

static struct page *sigtramp_page;

static void tramp_get(struct vm_object *o) { (void)o; }

static enum err tramp_page(struct vm_object *o, uint64_t pgoff, bool write, struct page **out)
{
	(void)o, (void)write;
	if (pgoff)
		return ERR_NXIO;
	frame_get(sigtramp_page);
	*out = sigtramp_page;
	return OK;
}

static const struct vm_object_ops tramp_ops = { .get = tramp_get, .put = tramp_get, .get_page = tramp_page };
static struct vm_object tramp_object = { .ops = &tramp_ops };

static enum err map_sigtramp(struct space *s)
{
	vaddr_t va;
	if (!sigtramp_page) {
		struct page *page = frame_alloc(kernel_mm, 0, FRAME_ZERO);
		if (!page)
			return ERR_NOMEM;
		void *to = page_ptr(kernel_mm, page);
		memcpy(to, arch_sigtramp, (size_t)(arch_sigtramp_end - arch_sigtramp));
		arch_icache_sync(to, PAGE_SIZE);
		sigtramp_page = page;
		memck_permanent(page);
	}
	struct map_req req = {
		.hint = SIGTRAMP_AT, .npages = 1, .prot = P_READ | P_EXEC, .flags = MAPF_FIXED | MAPF_OUTSIDE,
		.object = &tramp_object, .name = "[sigtramp]",
	};
	return space_map(s, &req, &va);
}

/* ---- the stack ---- */

struct program { const char *exe /* the interpreter, of a script */; struct script script; struct space *space; struct va_layout layout; struct elf_image image; vaddr_t sp;
	struct vrange env; };

static enum err map_stack(struct space *s, vaddr_t top)
{
	vaddr_t va;
	struct map_req req = {
		.hint = top - 4 * PAGE_SIZE, .npages = 4, .prot = P_READ | P_WRITE,
		.flags = MAPF_FIXED | MAPF_STACK | MAPF_OUTSIDE,
	};
	return space_map(s, &req, &va);
}

static unsigned fill_auxv(uint64_t *v, const struct elf_image *img, vaddr_t random, vaddr_t path)
{
	const uint64_t pairs[][2] = {
		{ AT_PHDR, img->phdr }, { AT_PHENT, sizeof(Elf64_Phdr) }, { AT_PHNUM, img->phnum },
		{ AT_PAGESZ, PAGE_SIZE }, { AT_BASE, 0 }, { AT_FLAGS, 0 }, { AT_ENTRY, img->entry },
		{ AT_UID, 0 }, { AT_EUID, 0 }, { AT_GID, 0 }, { AT_EGID, 0 }, { AT_SECURE, 0 },
		{ AT_HWCAP, ARCH_ELF_HWCAP }, { AT_CLKTCK, 100 }, { AT_RANDOM, random }, { AT_EXECFN, path }, { AT_NULL, 0 },
	};
	_Static_assert(sizeof pairs / sizeof *pairs <= AUXV_PAIRS, "room in the vector");
	memcpy(v, pairs, sizeof pairs);
	return 2 * sizeof pairs / sizeof *pairs;
}

/* Write strings and vectors; prog->sp is the program's first stack pointer. */
static enum err build_stack(struct space *s, const struct argbuf *args, struct program *prog)
{
	uint64_t random[2];
	vaddr_t top = prog->layout.stack_top, strings = top - 16 - align_up(args->used, 16), random_at = top - 16;
	size_t nwords = 1 + args->argc + 1 + args->envc + 1 + 2 * AUXV_PAIRS;
	SCOPED_POOL(guard, args->pool, nwords * sizeof(uint64_t));
	uint64_t *words = guard.p;
	if (!words)
		return ERR_NOMEM;
	size_t n = 0;
	words[n++] = args->argc;
	size_t at = argbuf_addresses(args, strings, words + n);
	prog->env = (struct vrange){ args->envc ? words[n + args->argc + 1] : strings + at, strings + at };
	n += args->argc + 1 + args->envc + 1;
	n += fill_auxv(words + n, &prog->image, random_at, strings + at);
	vaddr_t start = (strings - n * sizeof *words) & ~(vaddr_t)15;
	random_bytes(random, sizeof random);
	enum err e = space_write(s, random_at, random, sizeof random);
	if (e == OK)
		e = argbuf_write(args, s, strings);
	if (e == OK)
		e = space_write(s, start, words, n * sizeof *words);
	prog->sp = start;
	return e;
}

/* ---- putting it together ---- */

static struct space_config space_settings(const struct proc *p, const struct va_layout *l)
{
	uint64_t stack = p->limits[RLIMIT_STACK].rlim_cur;
	return (struct space_config){
		.window = l->window, .policy = l->policy, .stack_top = l->stack_top,
		.max_mapped_pages = limit_pages(p->limits[RLIMIT_AS].rlim_cur),
		.max_resident_pages = limit_pages(p->limits[RLIMIT_RSS].rlim_cur),
		.stack_max_pages = (stack < (64u << 20) ? stack : 64u << 20) >> PAGE_SHIFT,
	};
}

static enum err prepare_in(struct space *s, struct inode *file, const struct argbuf *args, struct program *prog)
{
	enum err e = elf_load(s, file, prog->layout.pie_base, &prog->image);
	if (e == OK)
		e = map_stack(s, prog->layout.stack_top);
	if (e == OK)
		e = map_sigtramp(s);
	if (e == OK)
		e = build_stack(s, args, prog);
	if (e == OK)
		space_set_heap(s, prog->image.end);
	prog->space = s;
	return e;
}

static void undo_space(void *s) { space_put(s); }

/* The ELF file to run for path: itself, or its interpreter, which then is among the arguments. */
static enum err open_program(struct proc *p, const char *path, struct argbuf *args, struct program *prog, struct inode **file)
{
	enum err e = exec_open(&p->fs, path, file);
	prog->exe = path;
	if (e != OK)
		return e;
	e = script_read(*file, &prog->script);
	if (e == OK && !prog->script.interp)
		return OK;
	inode_put(*file);
	if (e == OK)
		e = argbuf_interpret(args, prog->script.interp, prog->script.arg, path);
	prog->exe = prog->script.interp;
	return e == OK ? exec_open(&p->fs, prog->exe, file) : e;
}

static enum err prepare(struct txn *txn, const char *path, struct argbuf *args, struct program *prog)
{
	struct inode *file;
	struct proc *p = proc_current();
	spin_lock(&proc_lock);
	struct va_choice va = p->va;
	spin_unlock(&proc_lock);
	prog->layout = va_layout_choose(&va);
	struct space_config cfg = space_settings(p, &prog->layout);
	enum err e = open_program(p, path, args, prog, &file);
	if (e != OK)
		return e;
	e = argbuf_add_path(args, path);
	struct space *s = e == OK ? space_create(kernel_mm, &cfg) : NULL;
	if (e == OK)
		e = s ? txn_on_rollback(txn, undo_space, s) : ERR_NOMEM;
	if (e == OK)
		e = prepare_in(s, file, args, prog);
	inode_put(file);
	return e;
}

static void set_names(struct proc *p, const char *path, const char *exe, const struct argbuf *args)
{
	const char *base = strrchr(path, '/');
	spin_lock(&proc_lock);
	strlcpy(p->path, exe, sizeof p->path);
	strlcpy(p->name, base ? base + 1 : path, sizeof p->name);
	strlcpy(thread_current()->name, p->name, sizeof p->name);
	p->cmdline_len = (unsigned)argbuf_copy_args(args, p->cmdline, sizeof p->cmdline);
	spin_unlock(&proc_lock);
}

/* The point of no return: nothing below fails. */
static void commit(const char *path, const struct argbuf *args, const struct program *prog)
{
	struct thread *t = thread_current();
	struct proc *p = t->proc;
	struct space *old = p->space;
	set_names(p, path, prog->exe, args);
	spin_lock(&proc_lock);
	p->space = prog->space;
	p->env = prog->env;
	spin_unlock(&proc_lock);
	p->sigtramp = SIGTRAMP_AT;
	arch_mmu_switch(space_root(prog->space), space_asid(prog->space));
	proc_release_vfork(p);
	if (old)
		space_put(old);
	files_close_on_exec(p->files);
	signal_reset_handlers(p);
	ptimer_drop_all(p);
	memset(&t->altstack, 0, sizeof t->altstack);
	t->clear_tid = 0;
	arch_fpstate_init(t->fp);
	arch_tf_init(t->tf, prog->image.entry, prog->sp);
	cpu_this()->need_return_work = 1;	/* all of the frame is new */
	arch_user_state_restore(t->fp, t->tf);
}

enum err proc_exec(const char *path, struct argbuf *args)
{
	struct program prog;
	SCOPED_TXN(txn, kernel_mm);
	enum err e = prepare(&txn, path, args, &prog);
	if (e == OK)
		e = proc_end_other_threads();
	if (e != OK)
		return e;
	txn_commit(&txn);
	commit(path, args, &prog);
	return OK;
}

enum err exec_init_program(const char *path)
{
	struct argbuf *args;
	enum err e = argbuf_of_one(path, &args);
	if (e == OK) {
		e = proc_exec(path, args);
		argbuf_free(args);
	}
	return e;
}
