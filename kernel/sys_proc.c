/* System calls on processes, threads and signals. */
#include <abi/fcntl.h>
#include <abi/sched.h>
#include <abi/signal.h>
#include <abi/wait.h>
#include <lib/fmt.h>
#include <lib/string.h>
#include <kernel/exec.h>
#include <kernel/futex.h>
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/sys_time.h>
#include "fs/vfs_priv.h"

/* clone(flags, stack, parent_tid, tls, child_tid): the argument order of both machines. */
int64_t sys_clone(const uint64_t *a)
{
	struct clone_args args = { a[0], a[1], a[2], a[3], a[4] };
	int child;
	enum err e = proc_clone(&args, &child);
	return e == OK ? child : err_to_errno(e);
}

int64_t sys_exit(const uint64_t *a) { proc_exit((int)(a[0] & 0xff) << 8, false); }
int64_t sys_exit_group(const uint64_t *a) { proc_exit((int)(a[0] & 0xff) << 8, true); }

int64_t sys_wait4(const uint64_t *a)
{
	struct wait_result r;
	const uint64_t known = WNOHANG | WUNTRACED | WCONTINUED | 0xe0000000;
	if ((uint32_t)a[2] & ~known)
		return -EINVAL;
	enum err e = proc_wait((int)a[0], (int)a[2] | WEXITED, &r);
	if (e == OK && r.pid && a[1])
		e = copy_to_user(a[1], &r.status, sizeof r.status);
	if (e == OK && r.pid && a[3])
		e = copy_rusage(a[3], r.user_ticks, r.sys_ticks);
	return e == OK ? r.pid : err_to_errno(e);
}

static void fill_child(struct abi_siginfo *info, const struct wait_result *r)
{
	memset(info, 0, sizeof *info);
	if (!r->pid)
		return;
	info->si_signo = SIGCHLD;
	info->si_pid = r->pid;
	info->si_code = r->status == 0xffff ? CLD_CONTINUED : (r->status & 0xff) == 0x7f ? CLD_STOPPED :
		r->status & 0x7f ? CLD_KILLED : CLD_EXITED;
	info->si_status = r->status == 0xffff ? SIGCONT : r->status & 0x7f && (r->status & 0x7f) != 0x7f ? r->status & 0x7f :
		r->status >> 8 & 0xff;
}

/* waitid(which, id, info, options, usage) */
int64_t sys_waitid(const uint64_t *a)
{
	enum { P_ALL, P_PID, P_PGID };
	struct wait_result r;
	struct abi_siginfo info;
	int id = (int)a[1];
	const uint64_t changes = WEXITED | WSTOPPED | WCONTINUED;
	if ((uint32_t)a[3] & ~(uint32_t)(changes | WNOHANG | WNOWAIT | 0xe0000000) || !(a[3] & changes))
		return -EINVAL;
	if ((uint32_t)a[0] > P_PGID || ((uint32_t)a[0] == P_PID && id <= 0) || ((uint32_t)a[0] == P_PGID && id < 0))
		return -EINVAL;
	int pid = (uint32_t)a[0] == P_ALL ? -1 : (uint32_t)a[0] == P_PID ? id : -id;
	enum err e = proc_wait(pid, (int)(a[3] & (changes | WNOHANG | WNOWAIT)), &r);
	if (e != OK)
		return err_to_errno(e);
	fill_child(&info, &r);
	if (a[2] && copy_to_user(a[2], &info, sizeof info) != OK)
		return -EFAULT;
	return a[4] && r.pid ? err_to_errno(copy_rusage(a[4], r.user_ticks, r.sys_ticks)) : 0;
}

static int64_t exec_program(const char *path, vaddr_t argv, vaddr_t envp)
{
	struct argbuf *args;
	enum err e = argbuf_from_user(argv, envp, &args);
	if (e == OK) {
		e = proc_exec(path, args);
		argbuf_free(args);
	}
	if (e != OK)
		return err_to_errno(e);
	thread_current()->robust_list = 0;
	return (int64_t)tf_arg(thread_current()->tf, 0);
}

int64_t sys_execve(const uint64_t *a)
{
	char small[128], *path = small;
	int64_t len = copy_str_from_user(small, a[0], sizeof small);
	enum err e = len < 0 ? ERR_FAULT : (size_t)len < sizeof small ? OK : copy_path_from_user(a[0], &path);
	if (e != OK)
		return err_to_errno(e);
	int64_t r = exec_program(path, a[1], a[2]);
	if (path != small)
		path_free(path);
	return r;
}

/* The path that execveat's program has: below a descriptor, or the descriptor itself. */
static enum err path_at(int fd, const char *path, uint64_t flags, char *out, size_t n)
{
	struct fdref r;
	if (!path[0] && !(flags & AT_EMPTY_PATH))
		return ERR_NOENT;
	if (flags & ~(uint64_t)AT_EMPTY_PATH)
		return ERR_INVAL;
	if (path[0] == '/' || (path[0] && fd == AT_FDCWD))
		return strlcpy(out, path, n) < n ? OK : ERR_NAMETOOLONG;
	if (fd == AT_FDCWD)
		return ERR_ACCESS;	/* a folder */
	if (!fd_get(fd, &r))
		return ERR_BADF;
	fd_put(&r);
	return (size_t)snprintf(out, n, path[0] ? "/dev/fd/%d/%s" : "/dev/fd/%d", fd, path) < n ? OK : ERR_NAMETOOLONG;
}

int64_t sys_execveat(const uint64_t *a)
{
	char *path;
	struct pool *pool = proc_current()->pool;
	enum err e = copy_path_from_user(a[1], &path);
	if (e != OK)
		return err_to_errno(e);
	char *full = pool_get(pool, PATH_MAX_BYTES);
	e = full ? path_at((int)a[0], path, a[4], full, PATH_MAX_BYTES) : ERR_NOMEM;
	path_free(path);
	int64_t r = e == OK ? exec_program(full, a[2], a[3]) : err_to_errno(e);
	if (full)
		pool_put(pool, full);
	return r;
}

int64_t sys_set_tid_address(const uint64_t *a)
{
	thread_current()->clear_tid = a[0];
	return thread_current()->tid;
}

/* ---- identity ---- */

int64_t sys_getpid(const uint64_t *a) { (void)a; return proc_current()->pid; }
int64_t sys_gettid(const uint64_t *a) { (void)a; return thread_current()->tid; }
int64_t sys_getuid(const uint64_t *a) { (void)a; return 0; }
int64_t sys_geteuid(const uint64_t *a) { (void)a; return 0; }
int64_t sys_getgid(const uint64_t *a) { (void)a; return 0; }
int64_t sys_getegid(const uint64_t *a) { (void)a; return 0; }
int64_t sys_getgroups(const uint64_t *a) { (void)a; return 0; }

int64_t sys_getresuid(const uint64_t *a)
{
	uint32_t zero = 0;
	for (int i = 0; i < 3; i++)
		if (copy_to_user(a[i], &zero, sizeof zero) != OK)
			return -EFAULT;
	return 0;
}

int64_t sys_getresgid(const uint64_t *a) { return sys_getresuid(a); }

int64_t sys_getppid(const uint64_t *a) { (void)a; return proc_current()->ppid; }

static enum err set_group(int pid, int pgid)
{
	struct proc *me = proc_current(), *p = pid ? proc_find(pid) : me;
	if (pgid < 0)
		return ERR_INVAL;
	if (!p || (p != me && p->parent != me))
		return ERR_SRCH;
	if (p->sid == p->pid || p->sid != me->sid)
		return ERR_PERM;
	p->pgid = pgid ? pgid : p->pid;
	return OK;
}

int64_t sys_setpgid(const uint64_t *a)
{
	spin_lock(&proc_lock);
	enum err e = set_group((int)a[0], (int)a[1]);
	spin_unlock(&proc_lock);
	return err_to_errno(e);
}

static int64_t group_of(int pid, bool session)
{
	spin_lock(&proc_lock);
	struct proc *p = pid ? proc_find(pid) : proc_current();
	int64_t r = !p ? -ESRCH : session ? p->sid : p->pgid;
	spin_unlock(&proc_lock);
	return r;
}

int64_t sys_getpgid(const uint64_t *a) { return group_of((int)a[0], false); }
int64_t sys_getsid(const uint64_t *a) { return group_of((int)a[0], true); }

int64_t sys_setsid(const uint64_t *a)
{
	struct proc *p = proc_current();
	(void)a;
	spin_lock(&proc_lock);
	int64_t r = -EPERM;
	if (p->pgid != p->pid || p == proc_init)
		r = p->sid = p->pgid = p->pid;
	spin_unlock(&proc_lock);
	return r;
}

int64_t sys_sched_yield(const uint64_t *a)
{
	(void)a;
	sched_yield();
	return 0;
}

static unsigned all_cpus(void) { return (unsigned)((1ull << ncpus) - 1); }

/* The thread with that id, or the current one; proc_lock is held. */
static struct thread *thread_of(uint64_t tid) { return (int)tid ? proc_find_thread((int)tid) : thread_current(); }

int64_t sys_sched_getaffinity(const uint64_t *a)
{
	uint64_t mask = all_cpus();
	if (a[1] < sizeof mask || a[1] % sizeof mask)
		return -EINVAL;
	spin_lock(&proc_lock);
	struct thread *t = thread_of(a[0]);
	mask &= t ? ~t->cpus_barred : 0;
	spin_unlock(&proc_lock);
	if (!t)
		return -ESRCH;
	return copy_to_user(a[2], &mask, sizeof mask) == OK ? (int64_t)sizeof mask : -EFAULT;
}

/* Another's is changed with proc_lock held, so that it does not end; one's own, which may have to move, without. */
int64_t sys_sched_setaffinity(const uint64_t *a)
{
	uint64_t mask = 0;
	if (copy_from_user(&mask, a[2], a[1] < sizeof mask ? a[1] : sizeof mask) != OK)
		return -EFAULT;
	unsigned cpus_asked = (unsigned)mask & all_cpus();
	spin_lock(&proc_lock);
	struct thread *t = thread_of(a[0]);
	if (t && cpus_asked && t != thread_current())
		sched_set_affinity(t, cpus_asked);
	spin_unlock(&proc_lock);
	if (!t || !cpus_asked)
		return t ? -EINVAL : -ESRCH;
	if (t == thread_current())
		sched_set_affinity(t, cpus_asked);
	return 0;
}
