/* The system-call table and the path to it: numbers, names and meaning are Linux's generic ABI. */
#include <abi/calls.h>
#include <abi/errno.h>
#include <abi/syscall.h>
#include <arch/layout.h>
#include <arch/trap.h>
#include <lib/string.h>
#include <kernel/kmap.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <kernel/trace.h>

enum { SYSCALLS_MAX = 452 };

static syscall_fn *const table[SYSCALLS_MAX] = {
#define X(name, kinds, lacks) [SYS_##name] = sys_##name,
	SYSCALLS(X)
#undef X
};

static const int errno_of[ERR_COUNT] = {
	[ERR_NOMEM] = ENOMEM, [ERR_NOSPACE_VA] = ENOMEM, [ERR_BUDGET] = ENOMEM, [ERR_INVAL] = EINVAL, [ERR_FAULT] = EFAULT,
	[ERR_ACCESS] = EACCES, [ERR_PERM] = EPERM, [ERR_NOENT] = ENOENT, [ERR_EXIST] = EEXIST,
	[ERR_NOTDIR] = ENOTDIR, [ERR_ISDIR] = EISDIR, [ERR_NOTEMPTY] = ENOTEMPTY,
	[ERR_NAMETOOLONG] = ENAMETOOLONG, [ERR_LOOP] = ELOOP, [ERR_IO] = EIO, [ERR_NOSPC] = ENOSPC,
	[ERR_ROFS] = EROFS, [ERR_BUSY] = EBUSY, [ERR_XDEV] = EXDEV, [ERR_FBIG] = EFBIG, [ERR_BADF] = EBADF,
	[ERR_MFILE] = EMFILE, [ERR_NODEV] = ENODEV, [ERR_NXIO] = ENXIO, [ERR_NOTTY] = ENOTTY, [ERR_PIPE] = EPIPE,
	[ERR_SPIPE] = ESPIPE, [ERR_AGAIN] = EAGAIN, [ERR_INTR] = ERESTARTSYS, [ERR_CHILD] = ECHILD, [ERR_SRCH] = ESRCH,
	[ERR_NOEXEC] = ENOEXEC, [ERR_2BIG] = E2BIG, [ERR_TIMEDOUT] = ETIMEDOUT,
	[ERR_OPNOTSUPP] = EOPNOTSUPP, [ERR_OVERFLOW] = EOVERFLOW,
};

int64_t err_to_errno(enum err e)
{
	return -errno_of[e];
}

/* C libraries ask for these and do without: restartable sequences, clone3, riscv_hwprobe. */
static bool is_optional(uint64_t nr) { return nr == SYS_rseq || nr == SYS_clone3 || nr == SYS_arch_specific_syscall + 14; }

/* Say once for each number, and for a few numbers in all, that a program asked for something that is not there. */
static void say_unknown(uint64_t nr)
{
	static unsigned lines_left = 16;
	static uint64_t said[(SYSCALLS_MAX + 63) / 64];
	if (nr < SYSCALLS_MAX && !is_optional(nr) && lines_left && !(said[nr / 64] >> (nr % 64) & 1)) {
		said[nr / 64] |= 1ull << (nr % 64);
		lines_left--;
		printk("[syscall] %s: number %lu is not supported\n", proc_current()->path, (unsigned long)nr);
	}
}

static int64_t unknown(const uint64_t *arg)
{
	(void)arg;
	say_unknown(tf_syscall_nr(thread_current()->tf));
	return -ENOSYS;
}

/* While anybody is traced, every call goes this way. */
static int64_t divert(const uint64_t *arg)
{
	uint64_t nr = tf_syscall_nr(thread_current()->tf);
	syscall_fn *call = nr < SYSCALLS_MAX && table[nr] ? table[nr] : unknown;
	return proc_current()->trace ? trace_call(nr, arg, call) : call(arg);
}

static syscall_fn *const diverted[SYSCALLS_MAX] = { [0 ... SYSCALLS_MAX - 1] = divert };
static syscall_fn *const *calls = table;	/* [a] this or diverted: who is not traced pays nothing for those who are not */

void syscall_divert(bool on) { __atomic_store_n(&calls, on ? diverted : table, __ATOMIC_RELAXED); }

/* [trap_syscall] */
void trap_syscall(struct trapframe *tf)
{
	uint64_t nr = tf_syscall_nr(tf);
	int64_t result;
	syscall_fn *call = nr < SYSCALLS_MAX ? __atomic_load_n(&calls, __ATOMIC_RELAXED)[nr] : divert;
	if (call)
		result = call(tf_args(tf));
	else
		result = unknown(tf_args(tf));
	if (result == -ERESTARTSYS) {
		thread_current()->restart = true;
		cpu_this()->need_return_work = 1;
	}
	tf_set_result(tf, result);
}
/* [/trap_syscall] */

/* ---- user memory ---- */

static bool is_user_range(vaddr_t va, size_t n)
{
	return va < USER_END && n <= USER_END - va;
}

enum err copy_from_user(void *dst, vaddr_t src, size_t n)
{
	return is_user_range(src, n) && !arch_copy_from_user(dst, src, n) ? OK : ERR_FAULT;
}

enum err copy_to_user(vaddr_t dst, const void *src, size_t n)
{
	return is_user_range(dst, n) && !arch_copy_to_user(dst, src, n) ? OK : ERR_FAULT;
}

int64_t copy_str_from_user(char *dst, vaddr_t src, size_t n)
{
	if (src >= USER_END)
		return -1;
	return arch_copy_str_from_user(dst, src, n < USER_END - src ? n : USER_END - src);
}

enum err copy_path_from_user(vaddr_t src, char **out)
{
	char small[256];
	int64_t len = copy_str_from_user(small, src, sizeof small);
	if (len < 0)
		return ERR_FAULT;
	size_t room = (size_t)len < sizeof small ? (size_t)len + 1 : PATH_MAX_BYTES;
	struct pool *pool = proc_current()->pool;
	char *path = pool_get(pool, room);
	if (!path)
		return ERR_NOMEM;
	if ((size_t)len < sizeof small) {
		memcpy(path, small, room);
	} else if ((len = copy_str_from_user(path, src, room)) < 0 || (size_t)len == room) {
		pool_put(pool, path);
		return len < 0 ? ERR_FAULT : ERR_NAMETOOLONG;
	}
	*out = path;
	return OK;
}

void path_free(char *path) { pool_put(proc_current()->pool, path); }
