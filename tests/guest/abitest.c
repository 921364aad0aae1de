/* System calls beyond memory's, as programs from elsewhere use them: what is refused with which errno, and what some of them do. */
#include "abirow.h"

static const struct row rows[] = {
	{ "preadv: closed", SYS_preadv, { CLOSED, A, 1, 0 }, EBADF, NULL },
	{ "preadv: fd below 0", SYS_preadv, { -1, A, 1, 0 }, EBADF, NULL },
	{ "preadv: a pipe", SYS_preadv, { PIPE_R, A, 1, 0 }, ESPIPE, NULL },
	{ "preadv: an offset below 0", SYS_preadv, { FILE_RW, A, 1, -1 }, EINVAL, NULL },
	{ "preadv: no vector", SYS_preadv, { FILE_RW, BAD, 1, 0 }, EFAULT, NULL },
	{ "preadv: too many pieces", SYS_preadv, { FILE_RW, A, 1025, 0 }, EINVAL, NULL },
	{ "preadv: no pieces", SYS_preadv, { FILE_RW, A, 0, 0 }, 0, NULL },
	{ "pwritev: to be read alone", SYS_pwritev, { FILE_R, A, 1, 0 }, EBADF, NULL },
	{ "pwritev: a vector in the kernel", SYS_pwritev, { FILE_RW, KERNEL, 1, 0 }, EFAULT, NULL },
	{ "pwritev: a count below 0", SYS_pwritev, { FILE_RW, A, -1, 0 }, EINVAL, NULL },

	{ "mknodat: there already", SYS_mknodat, { AT_CWD, (long)"/tmp", S_IFREG | 0600, 0 }, EEXIST, NULL },
	{ "mknodat: no folder", SYS_mknodat, { AT_CWD, (long)"/tmp/none/x", S_IFREG | 0600, 0 }, ENOENT, NULL },
	{ "mknodat: no name", SYS_mknodat, { AT_CWD, (long)"", S_IFREG | 0600, 0 }, ENOENT, NULL },
	{ "mknodat: a bad address", SYS_mknodat, { AT_CWD, BAD, S_IFREG | 0600, 0 }, EFAULT, NULL },
	{ "mknodat: a folder", SYS_mknodat, { AT_CWD, (long)"/tmp/abi.x", S_IFDIR | 0600, 0 }, EPERM, NULL },
	{ "mknodat: no such type", SYS_mknodat, { AT_CWD, (long)"/tmp/abi.x", SET_TYPE_BAD, 0 }, EINVAL, NULL },
	{ "mknodat: a named pipe", SYS_mknodat, { AT_CWD, (long)"/tmp/abi.fifo", S_IFIFO | 0600, 0 }, EPERM, "it is made there" },

	{ "faccessat2: unknown flag", SYS_faccessat2, { AT_CWD, (long)"/tmp", 0, 1 }, EINVAL, NULL },
	{ "faccessat2: unknown mode", SYS_faccessat2, { AT_CWD, (long)"/tmp", 8, 0 }, EINVAL, NULL },
	{ "faccessat2: nothing there", SYS_faccessat2, { AT_CWD, (long)"/tmp/none", 0, 0x200 }, ENOENT, NULL },
	{ "faccessat2: a descriptor's own", SYS_faccessat2, { FILE_RW, (long)"", 0, 0x1000 }, 0, NULL },
	{ "faccessat2: a bad address", SYS_faccessat2, { AT_CWD, KERNEL, 0, 0 }, EFAULT, NULL },

	{ "close_range: upside down", SYS_close_range, { 50, 49, 0 }, EINVAL, NULL },
	{ "close_range: unknown flag", SYS_close_range, { 60, 70, 64 }, EINVAL, NULL },
	{ "close_range: nothing open", SYS_close_range, { 60, -1, 0 }, 0, NULL },

	{ "fadvise64: closed", SYS_fadvise64, { CLOSED, 0, 0, 0 }, EBADF, NULL },
	{ "fadvise64: a pipe", SYS_fadvise64, { PIPE_R, 0, 0, 0 }, ESPIPE, NULL },
	{ "fadvise64: no such advice", SYS_fadvise64, { FILE_RW, 0, 0, 99 }, EINVAL, NULL },
	{ "fadvise64: a length below 0", SYS_fadvise64, { FILE_RW, 0, -1, 0 }, EINVAL, NULL },
	{ "syncfs: closed", SYS_syncfs, { CLOSED }, EBADF, NULL },
	{ "syncfs", SYS_syncfs, { FILE_RW }, 0, NULL },

	{ "eventfd2: unknown flag", SYS_eventfd2, { 0, 2 }, EINVAL, NULL },
	{ "eventfd: a short read", SYS_read, { EVENT, A, 7 }, EINVAL, NULL },
	{ "eventfd: a short write", SYS_write, { EVENT, A, 7 }, EINVAL, NULL },
	{ "eventfd: empty", SYS_read, { EVENT, A, 8 }, EAGAIN, NULL },
	{ "eventfd: write from nowhere", SYS_write, { EVENT, BAD, 8 }, EFAULT, NULL },
	{ "eventfd: seek", SYS_lseek, { EVENT, 0, 0 }, ESPIPE, "there it is at 0 for ever" },

	{ "rt_sigtimedwait: the set's size", SYS_rt_sigtimedwait, { A, 0, A, 4 }, EINVAL, NULL },
	{ "rt_sigtimedwait: no set", SYS_rt_sigtimedwait, { BAD, 0, A, 8 }, EFAULT, NULL },
	{ "rt_sigtimedwait: no time", SYS_rt_sigtimedwait, { A, 0, BAD, 8 }, EFAULT, NULL },
	{ "rt_sigtimedwait: nothing comes", SYS_rt_sigtimedwait, { A, 0, A, 8 }, EAGAIN, NULL },
	{ "rt_sigqueueinfo: from nowhere", SYS_rt_sigqueueinfo, { 1, SIGUSR1, BAD }, EFAULT, NULL },
	{ "rt_sigqueueinfo: the kernel's code", SYS_rt_sigqueueinfo, { 1, SIGUSR1, A }, EPERM, NULL },
	{ "get_robust_list: nobody", SYS_get_robust_list, { 0x7fffffff, A, A + 8 }, ESRCH, NULL },
	{ "get_robust_list: to nowhere", SYS_get_robust_list, { 0, BAD, A }, EFAULT, NULL },
	{ "set_robust_list: the head's size", SYS_set_robust_list, { A, 23 }, EINVAL, NULL },

	{ "waitid: unknown option", SYS_waitid, { 0, 0, A, 4 | 0x100, 0 }, EINVAL, NULL },
	{ "waitid: for nothing", SYS_waitid, { 0, 0, A, 1, 0 }, EINVAL, NULL },
	{ "waitid: no such kind", SYS_waitid, { 9, 0, A, 4, 0 }, EINVAL, NULL },
	{ "waitid: process 0", SYS_waitid, { 1, 0, A, 4, 0 }, EINVAL, NULL },
	{ "waitid: no child", SYS_waitid, { 0, 0, A, 4, 0 }, ECHILD, NULL },

	{ "setuid: 0", SYS_setuid, { 0 }, 0, NULL },
	{ "setuid: somebody", SYS_setuid, { 1000 }, EINVAL, "there are users there" },
	{ "setresuid: as it is", SYS_setresuid, { -1, -1, 0 }, 0, NULL },
	{ "setresgid: somebody", SYS_setresgid, { 0, 5, 0 }, EINVAL, "there are groups there" },
	{ "setreuid", SYS_setreuid, { 0, -1 }, 0, NULL },
	{ "setregid", SYS_setregid, { -1, 0 }, 0, NULL },
	{ "setgid", SYS_setgid, { 0 }, 0, NULL },
	{ "setgroups: too many", SYS_setgroups, { 65537, A }, EINVAL, NULL },
	{ "setgroups: from nowhere", SYS_setgroups, { 1, BAD }, EFAULT, NULL },
	{ "setgroups: none", SYS_setgroups, { 0, 0 }, 0, NULL },

	{ "sched_getscheduler: pid below 0", SYS_sched_getscheduler, { -1 }, EINVAL, NULL },
	{ "sched_getscheduler: nobody", SYS_sched_getscheduler, { 0x7fffffff }, ESRCH, NULL },
	{ "sched_getparam: to nowhere", SYS_sched_getparam, { 0, BAD }, EFAULT, NULL },
	{ "sched_getparam: no address", SYS_sched_getparam, { 0, 0 }, EINVAL, NULL },
	{ "sched_setparam", SYS_sched_setparam, { 0, A }, 0, NULL },
	{ "sched_setscheduler: no such policy", SYS_sched_setscheduler, { 0, 77, A }, EINVAL, NULL },
	{ "sched_setscheduler: from nowhere", SYS_sched_setscheduler, { 0, 0, BAD }, EFAULT, NULL },
	{ "sched_setaffinity: nobody", SYS_sched_setaffinity, { 0x7fffffff, 8, A }, ESRCH, NULL },
	{ "sched_setaffinity: no CPU", SYS_sched_setaffinity, { 0, 8, A }, EINVAL, NULL },
	{ "sched_setaffinity: from nowhere", SYS_sched_setaffinity, { 0, 8, BAD }, EFAULT, NULL },
	{ "sched_getaffinity: nobody", SYS_sched_getaffinity, { 0x7fffffff, 128, A }, ESRCH, NULL },
	{ "sched_getaffinity: a length of no words", SYS_sched_getaffinity, { 0, 9, A }, EINVAL, NULL },
	{ "sched_getaffinity: no room", SYS_sched_getaffinity, { 0, 0, A }, EINVAL, NULL },
	{ "sched_getaffinity: to nowhere", SYS_sched_getaffinity, { 0, 128, BAD }, EFAULT, NULL },
	{ "sched_get_priority_max: no such policy", SYS_sched_get_priority_max, { 77 }, EINVAL, NULL },
	{ "sched_get_priority_min: no such policy", SYS_sched_get_priority_min, { -1 }, EINVAL, NULL },
	{ "getcpu: to nowhere", SYS_getcpu, { BAD, 0, 0 }, EFAULT, NULL },
	{ "getcpu", SYS_getcpu, { A + 64, A + 72, 0 }, 0, NULL },
	{ "personality: which", SYS_personality, { 0xffffffff }, 0, NULL },

	{ "write: more than there is", SYS_write, { FILE_RW, A, HUGE_SIZE }, 0, "all of it must be below the kernel there" },
	{ "write: more than half of what there could be", SYS_write, { FILE_RW, A, -1 }, EINVAL, "there it is a bad address" },
	{ "read: fd below 0", SYS_read, { -5, A, 1 }, EBADF, NULL },
	{ "fcntl: no such command", SYS_fcntl, { FILE_RW, 4711, 0 }, EINVAL, NULL },
	{ "flock: closed", SYS_flock, { CLOSED, LOCK_SH }, EBADF, NULL },
	{ "flock: nothing asked", SYS_flock, { FILE_RW, LOCK_NB }, EINVAL, NULL },
	{ "flock: both", SYS_flock, { FILE_RW, LOCK_SH | LOCK_EX }, EINVAL, NULL },
	{ "flock: not held", SYS_flock, { FILE_RW, LOCK_UN }, 0, NULL },
	{ "flock: alone", SYS_flock, { FILE_RW, LOCK_EX }, 0, NULL },
	{ "flock: taken", SYS_flock, { FILE_R, LOCK_SH | LOCK_NB }, EAGAIN, NULL },
	{ "flock: shared instead", SYS_flock, { FILE_RW, LOCK_SH }, 0, NULL },
	{ "flock: with another", SYS_flock, { FILE_R, LOCK_SH | LOCK_NB }, 0, NULL },
	{ "flock: not alone", SYS_flock, { FILE_R, LOCK_EX | LOCK_NB }, EAGAIN, NULL },
	{ "flock: one lets go", SYS_flock, { FILE_RW, LOCK_UN }, 0, NULL },
	{ "flock: the other too", SYS_flock, { FILE_R, LOCK_UN }, 0, NULL },
	{ "flock: a pipe", SYS_flock, { PIPE_R, LOCK_EX | LOCK_NB }, 0, NULL },
	{ "F_SETLK: closed", SYS_fcntl, { CLOSED, F_SETLK, A }, EBADF, NULL },
	{ "F_SETLK: from nowhere", SYS_fcntl, { FILE_RW, F_SETLK, BAD }, EFAULT, NULL },
	{ "F_SETLKW: from the kernel", SYS_fcntl, { FILE_RW, F_SETLKW, KERNEL }, EFAULT, NULL },
	{ "F_GETLK: from nowhere", SYS_fcntl, { FILE_RW, F_GETLK, BAD }, EFAULT, NULL },
	{ "F_SETLK: shared, of a pipe to write", SYS_fcntl, { PIPE_W, F_SETLK, A }, EBADF, NULL },
	{ "F_OFD_SETLK: from nowhere", SYS_fcntl, { FILE_RW, F_OFD_SETLK, BAD }, EFAULT, NULL },
	{ "dup3: onto itself", SYS_dup3, { FILE_RW, FILE_RW, 0 }, EINVAL, NULL },
	{ "ppoll: far too many", SYS_ppoll, { A, 1L << 30, 0, 0, 8 }, EINVAL, NULL },
	{ "pselect6: below 0", SYS_pselect6, { -1, 0, 0, 0, 0, 0 }, EINVAL, NULL },
	{ "sendfile: closed", SYS_sendfile, { FILE_RW, CLOSED, 0, 1 }, EBADF, NULL },
	{ "linkat: from nothing", SYS_linkat, { AT_CWD, (long)"/tmp/none", AT_CWD, (long)"/tmp/x", 0 }, ENOENT, NULL },
	{ "getdents64: a file", SYS_getdents64, { FILE_RW, A, 512 }, ENOTDIR, NULL },
	{ "nanosleep: of nowhere", SYS_nanosleep, { KERNEL, 0 }, EFAULT, NULL },
	{ "clock_gettime: no such clock", SYS_clock_gettime, { 77, A }, EINVAL, NULL },
};

/* ---- what is no errno ---- */

struct piece { void *at; size_t n; };

static const char *vectors(void)
{
	char a[4] = "abcd", b[6] = "efghij", back[10] = { 0 };
	struct piece out[] = { { a, 4 }, { NULL, 0 }, { b, 6 } }, in[] = { { back, 7 }, { back + 7, 9 } };
	WANT(lseek(FILE_RW, 0, SEEK_SET) == 0 && syscall(SYS_pwritev, FILE_RW, out, 3, 5000) == 10 && lseek(FILE_RW, 0, SEEK_CUR) == 0);
	in[1].n = 3;
	WANT(syscall(SYS_preadv, FILE_RW, in, 2, 5000) == 10 && !memcmp(back, "abcdefghij", 10));
	WANT(syscall(SYS_preadv, FILE_RW, in, 2, 5008) == 2 && syscall(SYS_preadv, FILE_RW, in, 2, 9000) == 0);
	out[1] = (struct piece){ (void *)BAD, 5 };
	WANT(syscall(SYS_pwritev, FILE_RW, out, 3, 0) == 4);
	return NULL;
}

static const char *counters(void)
{
	uint64_t v = 3;
	struct pollfd p = { EVENT, POLLIN | POLLOUT, 0 };
	WANT(poll(&p, 1, 0) == 1 && p.revents == POLLOUT);
	WANT(write(EVENT, &v, 8) == 8 && write(EVENT, &v, 8) == 8 && poll(&p, 1, 0) == 1 && p.revents == (POLLIN | POLLOUT));
	WANT(read(EVENT, &v, 8) == 8 && v == 6);
	v = UINT64_MAX;
	WANT_ERRNO(write(EVENT, &v, 8), EINVAL);
	v--;
	WANT(write(EVENT, &v, 8) == 8 && poll(&p, 1, 0) == 1 && p.revents == POLLIN);
	v = 1;
	WANT_ERRNO(write(EVENT, &v, 8), EAGAIN);
	WANT(read(EVENT, &v, 8) == 8 && v == UINT64_MAX - 1);
	int sem = (int)syscall(SYS_eventfd2, 2, 1 | O_NONBLOCK);
	WANT(sem >= 0 && read(sem, &v, 8) == 8 && v == 1 && read(sem, &v, 8) == 8 && v == 1);
	WANT_ERRNO(read(sem, &v, 8), EAGAIN);
	return close(sem) ? "close" : NULL;
}

/* A reader that sleeps is woken by another process. */
static const char *counters_wake(void)
{
	uint64_t v = 0, one = 1;
	int fd = (int)syscall(SYS_eventfd2, 0, 0), status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(read(fd, &v, 8) == 8 && v == 1 ? 0 : 1);
	WANT(write(fd, &one, 8) == 8 && waitpid(pid, &status, 0) == pid && status == 0);
	close(fd);
	return NULL;
}

static const char *ends_of_children(void)
{
	info_t i;
	pid_t pid = fork();
	if (pid == 0)
		_exit(37);
	WANT(syscall(SYS_waitid, 1, pid, &i, WEXITED, 0) == 0);
	WANT(i.si_signo == SIGCHLD && i.si_pid == pid && i.si_code == CLD_EXITED && i.si_status == 37);
	pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	WANT(syscall(SYS_waitid, 1, pid, &i, WEXITED | WNOHANG, 0) == 0 && i.si_signo == 0 && i.si_pid == 0);
	WANT(kill(pid, SIGSTOP) == 0 && syscall(SYS_waitid, 1, pid, &i, WEXITED | WSTOPPED, 0) == 0);
	WANT(i.si_code == CLD_STOPPED && i.si_status == SIGSTOP);
	WANT(kill(pid, SIGKILL) == 0 && syscall(SYS_waitid, 0, 0, &i, WEXITED, 0) == 0);
	WANT(i.si_pid == pid && i.si_code == CLD_KILLED && i.si_status == SIGKILL);
	return NULL;
}

/* Asked for alone: a stop, a continuation, and an end that is only looked at. What has ended will not stop any more. */
static const char *changes_of_children(void)
{
	info_t i;
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	WANT(kill(pid, SIGSTOP) == 0);
	for (int k = 0; k < 2; k++)
		WANT(syscall(SYS_waitid, 1, pid, &i, WSTOPPED | (k ? 0 : WNOWAIT), 0) == 0 && i.si_code == CLD_STOPPED);
	WANT(syscall(SYS_waitid, 1, pid, &i, WSTOPPED | WEXITED | WNOHANG, 0) == 0 && i.si_pid == 0 && kill(pid, SIGCONT) == 0);
	for (int k = 0; k < 2; k++)
		WANT(syscall(SYS_waitid, 1, pid, &i, WCONTINUED | (k ? 0 : WNOWAIT), 0) == 0 && i.si_code == CLD_CONTINUED);
	WANT(kill(pid, SIGKILL) == 0 && syscall(SYS_waitid, 1, pid, &i, WEXITED | WNOWAIT, 0) == 0 && i.si_status == SIGKILL);
	WANT_ERRNO(syscall(SYS_waitid, 1, pid, &i, WSTOPPED | WCONTINUED, 0), ECHILD);
	WANT_ERRNO(syscall(SYS_wait4, pid, NULL, WNOWAIT, NULL), EINVAL);
	WANT(syscall(SYS_waitid, 1, pid, &i, WEXITED, 0) == 0 && i.si_pid == pid);
	WANT_ERRNO(syscall(SYS_waitid, 1, pid, &i, WEXITED, 0), ECHILD);
	return NULL;
}

#define BIT(sig) (1ull << ((sig) - 1))

static const char *waiting_for_signals(void)
{
	uint64_t set = BIT(SIGUSR1) | BIT(SIGCHLD), old;
	info_t i;
	WANT(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, &old, 8) == 0);
	WANT(kill(getpid(), SIGUSR1) == 0 && syscall(SYS_rt_sigtimedwait, &set, &i, 0, 8) == SIGUSR1);
	WANT(i.si_signo == SIGUSR1 && i.si_pid == getpid() && i.si_code == SI_USER);
	pid_t pid = fork();
	if (pid == 0)
		_exit(9);
	/* Ignored by default, and yet it comes: it is blocked, and waited for. */
	WANT(syscall(SYS_rt_sigtimedwait, &set, &i, 0, 8) == SIGCHLD && i.si_pid == pid && i.si_code == CLD_EXITED && i.si_status == 9);
	WANT(waitpid(pid, NULL, 0) == pid);
	memset(&i, 0, sizeof i);
	i.si_code = -7;
	i.si_status = 4242;
	WANT(syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &i) == 0);
	memset(&i, 0, sizeof i);
	WANT(syscall(SYS_rt_sigtimedwait, &set, &i, 0, 8) == SIGUSR1 && i.si_code == -7 && i.si_status == 4242);
	WANT(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, 0, 8) == 0);
	return NULL;
}

static volatile int seen_code, seen_status, seen_pid;

static void on_child(int sig, info_t *i, void *context)
{
	(void)sig, (void)context;
	seen_code = i->si_code;
	seen_status = i->si_status;
	seen_pid = i->si_pid;
}

static const char *what_sigchld_says(void)
{
	struct sigaction a, old;
	memset(&a, 0, sizeof a);
	a.sa_sigaction = (void *)on_child;
	a.sa_flags = SA_SIGINFO | SA_RESTART;
	WANT(sigaction(SIGCHLD, &a, &old) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(21);
	WANT(waitpid(pid, NULL, 0) == pid);
	WANT(seen_pid == pid && seen_code == CLD_EXITED && seen_status == 21);
	WANT(sigaction(SIGCHLD, &old, NULL) == 0);
	return NULL;
}

/* A process ends and holds a lock in shared memory: the word says so, also where the list leads nowhere or in a circle. */
static const char *robust_locks(void)
{
	struct { uint64_t next; uint32_t word, pad; } *e = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct { uint64_t first; int64_t offset; uint64_t pending; } *head = (void *)(e + 8);
	WANT((void *)e != MAP_FAILED);
	for (int round = 0; round < 3; round++) {
		pid_t pid = fork();
		if (pid == 0) {
			head->first = (uintptr_t)&e[0];
			head->offset = 8;
			head->pending = (uintptr_t)&e[2];
			e[0].next = (uintptr_t)&e[1];
			e[1].next = round == 0 ? (uintptr_t)head : round == 1 ? (uintptr_t)&e[0] : (uint64_t)BAD;
			e[0].word = (uint32_t)getpid() | 0x80000000u;
			e[1].word = 1;	/* somebody else's */
			e[2].word = (uint32_t)getpid();
			syscall(SYS_set_robust_list, head, 24);
			_exit(0);
		}
		WANT(waitpid(pid, NULL, 0) == pid);
		WANT(e[0].word == 0xc0000000u && e[1].word == 1 && e[2].word == (round < 2 ? 0x40000000u : (uint32_t)pid));
	}
	return munmap(e, PAGE) ? "munmap" : NULL;
}

static const char *a_range_of_descriptors(void)
{
	for (int fd = 40; fd < 45; fd++)
		WANT(dup2(FILE_R, fd) == fd);
	WANT(syscall(SYS_close_range, 43, 43, 4) == 0 && fcntl(43, F_GETFD) == FD_CLOEXEC && fcntl(42, F_GETFD) == 0);
	WANT(syscall(SYS_close_range, 41, 1000000, 0) == 0 && fcntl(40, F_GETFD) == 0);
	WANT_ERRNO(fcntl(41, F_GETFD), EBADF);
	WANT_ERRNO(fcntl(44, F_GETFD), EBADF);
	close(40);
	return NULL;
}

static const char *plain_files(void)
{
	struct stat st;
	unlink("/tmp/abi.node");
	umask(022);
	WANT(syscall(SYS_mknodat, AT_CWD, "/tmp/abi.node", S_IFREG | 0666, 0) == 0);
	WANT(stat("/tmp/abi.node", &st) == 0 && S_ISREG(st.st_mode) && st.st_size == 0 && (st.st_mode & 0777) == 0644);
	WANT(unlink("/tmp/abi.node") == 0);
	return NULL;
}

/* ---- locks ---- */

static int record(int fd, int cmd, int type, int64_t start, int64_t len)
{
	struct flock l = { .l_type = (short)type, .l_whence = SEEK_SET, .l_start = start, .l_len = len };
	return fcntl(fd, cmd, &l);
}

/* The errno with which another process is refused an exclusive lock, 0 if it gets it (and loses it at its end). */
static int refused(int64_t start, int64_t len)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		_exit(record(FILE_RW, F_SETLK, F_WRLCK, start, len) ? errno : 0);
	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *records_ranges(void)
{
	WANT(record(FILE_RW, F_SETLK, F_WRLCK, 0, 100) == 0);
	WANT(refused(99, 1) == EAGAIN && refused(0, 0) == EAGAIN && refused(100, 0) == 0);
	WANT(record(FILE_RW, F_SETLK, F_UNLCK, 40, 20) == 0);		/* cut in two */
	WANT(refused(40, 20) == 0 && refused(39, 1) == EAGAIN && refused(60, 1) == EAGAIN);
	WANT(record(FILE_RW, F_SETLK, F_RDLCK, 30, 20) == 0);		/* weaker on both sides of the border */
	WANT(refused(30, 1) == EAGAIN && refused(50, 10) == 0 && refused(29, 1) == EAGAIN);
	WANT(record(FILE_RW, F_SETLK, F_WRLCK, 0, 0) == 0 && refused(1L << 40, 1) == EAGAIN);
	WANT(record(FILE_RW, F_SETLK, F_UNLCK, 100, -50) == 0 && refused(50, 50) == 0 && refused(49, 1) == EAGAIN);
	WANT(record(FILE_RW, F_SETLK, F_UNLCK, 0, 0) == 0 && refused(0, 0) == 0);
	return NULL;
}

static const char *records_refused(void)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = 9 };
	WANT_ERRNO(fcntl(FILE_RW, F_SETLK, &l), EINVAL);
	WANT_ERRNO(record(FILE_RW, F_SETLK, 7, 0, 1), EINVAL);
	WANT_ERRNO(record(FILE_RW, F_SETLK, F_WRLCK, -1, 1), EINVAL);
	WANT_ERRNO(record(FILE_RW, F_SETLK, F_WRLCK, 5, -6), EINVAL);
	WANT_ERRNO(record(FILE_RW, F_SETLK, F_WRLCK, 2, INT64_MAX), EOVERFLOW);
	WANT_ERRNO(record(FILE_R, F_SETLK, F_WRLCK, 0, 1), EBADF);
	WANT_ERRNO(record(FILE_RW, F_GETLK, F_UNLCK, 0, 1), EINVAL);
	WANT(record(FILE_RW, F_SETLK, F_WRLCK, INT64_MAX, 1) == 0 && record(FILE_RW, F_SETLK, F_UNLCK, 0, 0) == 0);
	return NULL;
}

/* A process that has the lock until it is ended; who asks learns of it. */
static pid_t holder(int64_t start, int64_t len)
{
	char c;
	pid_t pid = fork();
	if (pid == 0) {
		if (record(FILE_RW, F_SETLK, F_WRLCK, start, len) == 0 && write(PIPE_W, "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	return read(PIPE_R, &c, 1) == 1 ? pid : -1;
}

static void nothing(int sig) { (void)sig; }

static const char *records_of_another(void)
{
	struct flock l = { .l_type = F_RDLCK, .l_start = 5, .l_len = 100 };
	struct sigaction a = { .sa_handler = nothing };
	struct itimerval soon = { { 0, 10000 }, { 0, 10000 } }, never = { { 0, 0 }, { 0, 0 } };
	pid_t pid = holder(10, 20);
	WANT(fcntl(FILE_RW, F_GETLK, &l) == 0 && l.l_type == F_WRLCK && l.l_start == 10 && l.l_len == 20 && l.l_pid == pid);
	WANT_ERRNO(record(FILE_RW, F_SETLK, F_RDLCK, 29, 1), EAGAIN);
	WANT(sigaction(SIGALRM, &a, NULL) == 0 && setitimer(ITIMER_REAL, &soon, NULL) == 0);
	WANT_ERRNO(record(FILE_RW, F_SETLKW, F_WRLCK, 0, 0), EINTR);
	WANT(setitimer(ITIMER_REAL, &never, NULL) == 0 && kill(pid, SIGKILL) == 0);
	WANT(record(FILE_RW, F_SETLKW, F_WRLCK, 0, 0) == 0);		/* its end gives the lock to who waits */
	WANT(waitpid(pid, NULL, 0) == pid && fcntl(FILE_RW, F_GETLK, &l) == 0);
	return record(FILE_RW, F_SETLK, F_UNLCK, 0, 0) ? "unlock" : NULL;
}

/* Each has what the other waits for: whoever comes second is told. */
static const char *records_deadlock(void)
{
	char c;
	int status;
	WANT(record(FILE_RW, F_SETLK, F_WRLCK, 0, 1) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		if (record(FILE_RW, F_SETLK, F_WRLCK, 1, 1) || write(PIPE_W, "x", 1) != 1)
			_exit(99);
		_exit(record(FILE_RW, F_SETLKW, F_WRLCK, 0, 1) ? errno : 0);
	}
	WANT(read(PIPE_R, &c, 1) == 1);
	int mine = record(FILE_RW, F_SETLKW, F_WRLCK, 1, 1) ? errno : 0;
	WANT(record(FILE_RW, F_SETLK, F_UNLCK, 0, 0) == 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	WANT((mine == EDEADLK && WEXITSTATUS(status) == 0) || (mine == 0 && WEXITSTATUS(status) == EDEADLK));
	return NULL;
}

static const char *records_and_close(void)
{
	int other = open("/tmp/abitest", O_RDONLY);
	WANT(record(FILE_RW, F_SETLK, F_WRLCK, 0, 1) == 0 && refused(0, 1) == EAGAIN);
	WANT(close(other) == 0 && refused(0, 1) == 0);		/* any descriptor's end is the lock's */
	other = open("/tmp/abitest", O_RDWR);
	WANT(record(other, F_OFD_SETLK, F_WRLCK, 0, 1) == 0 && refused(0, 1) == EAGAIN);
	WANT_ERRNO(record(FILE_RW, F_OFD_SETLK, F_WRLCK, 0, 1), EAGAIN);
	WANT(dup2(other, 50) == 50 && close(other) == 0 && refused(0, 1) == EAGAIN && close(50) == 0 && refused(0, 1) == 0);
	return NULL;
}

/* A lock of flock's belongs to the open file, which a child shares: its end leaves it, its LOCK_UN takes it. */
static const char *flock_and_fork(void)
{
	int status;
	for (int unlock = 0; unlock < 2; unlock++) {
		WANT(flock(FILE_RW, LOCK_EX) == 0);
		pid_t pid = fork();
		if (pid == 0)
			_exit(unlock ? flock(FILE_RW, LOCK_UN) : close(FILE_RW));
		WANT(waitpid(pid, &status, 0) == pid && status == 0);
		WANT((flock(FILE_R, LOCK_EX | LOCK_NB) == 0) == unlock);
	}
	pid_t pid = fork();		/* FILE_R has it: this one waits, until it is let go */
	if (pid == 0)
		_exit(flock(FILE_RW, LOCK_EX) || flock(FILE_RW, LOCK_UN));
	WANT(flock(FILE_R, LOCK_UN) == 0 && waitpid(pid, &status, 0) == pid && status == 0);
	return NULL;
}

/* ---- scripts ---- */

#define SCRIPT "/tmp/abi.script"
#define TENS(x) x x x x x x x x x x

struct script_case { const char *what, *text, *prints; int want; };
static const struct script_case scripts[] = {
	{ "an argument", "#!/bin/echo  one two \t\n", "one two " SCRIPT " x\n", 0 },
	{ "blanks before", "#! \t/bin/echo\nmore\n", SCRIPT " x\n", 0 },
	{ "no end of line", "#!/bin/echo", SCRIPT " x\n", 0 },
	{ "a long line is cut", "#!/bin/echo a" TENS(TENS("123")) "\n", NULL, 0 },
	{ "a long interpreter", "#!/" TENS(TENS("aaa")) "\n", NULL, ENOEXEC },
	{ "blanks alone", "#!" TENS(TENS("   ")) "/bin/echo\n", NULL, ENOEXEC },
	{ "nothing", "#!\n", NULL, ENOEXEC },
	{ "half a mark", "#", NULL, ENOEXEC },
	{ "text", "echo\n", NULL, ENOEXEC },
	{ "empty", "", NULL, ENOEXEC },
	{ "nobody there", "#!/none/sh\n", NULL, ENOENT },
	{ "a folder", "#!/tmp\n", NULL, EACCES },
};

/* What SCRIPT prints when it is run as "other", "x"; its status is the errno of an execve that fails. */
static const char *run_script(const struct script_case *c, char *out, size_t n, int *status)
{
	char *argv[] = { "other", "x", NULL }, *none[] = { NULL };
	int ends[2], fd = open(SCRIPT, O_WRONLY | O_CREAT | O_TRUNC, 0700);
	WANT(fd >= 0 && write(fd, c->text, strlen(c->text)) == (ssize_t)strlen(c->text) && close(fd) == 0 && pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		close(ends[0]);
		close(ends[1]);
		execve(SCRIPT, argv, none);
		_exit(errno);
	}
	close(ends[1]);
	ssize_t len = 0, got;
	while ((got = read(ends[0], out + len, n - 1 - (size_t)len)) > 0)
		len += got;
	out[len] = 0;
	close(ends[0]);
	WANT(waitpid(pid, status, 0) == pid && WIFEXITED(*status) && unlink(SCRIPT) == 0);
	return NULL;
}

static const char *scripts_run(void)
{
	static char out[1024], why[200];
	for (size_t k = 0; k < sizeof scripts / sizeof *scripts; k++) {
		const struct script_case *c = &scripts[k];
		int status;
		const char *e = run_script(c, out, sizeof out, &status);
		bool cut_right = c->want || c->prints || strlen(out) == 255 - strlen("#!/bin/echo ") + strlen(" " SCRIPT " x\n");
		if (e || WEXITSTATUS(status) != c->want || (c->prints && strcmp(out, c->prints)) || !cut_right) {
			snprintf(why, sizeof why, "%s: %s: status %d, '%.60s'", c->what, e ? e : "", WEXITSTATUS(status), out);
			return why;
		}
	}
	return NULL;
}

static const char *where_and_how_much(void)
{
	char s[4096], was[256], line[80], path[40];
	int status;
	WANT(getcwd(was, sizeof was) && (mkdir("/tmp/abi.here", 0700) == 0 || errno == EEXIST) && chdir("/tmp/abi.here") == 0);
	WANT(syscall(SYS_readlinkat, AT_CWD, "/proc/self/cwd", s, sizeof s) == 13 && !memcmp(s, "/tmp/abi.here", 13));
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	snprintf(path, sizeof path, "/proc/%d/cwd", (int)pid);
	WANT(syscall(SYS_readlinkat, AT_CWD, path, s, sizeof s) == 13 && chdir(path) == 0 && chdir(was) == 0);
	WANT(kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && rmdir("/tmp/abi.here") == 0);
	WANT_ERRNO(syscall(SYS_readlinkat, AT_CWD, path, s, sizeof s), ENOENT);
	int fd = open("/proc/self/limits", O_RDONLY);
	ssize_t n = read(fd, s, sizeof s - 1);
	WANT(n > 0 && close(fd) == 0);
	s[n] = 0;
	snprintf(line, sizeof line, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
	return strncmp(s, line, strlen(line)) || !strstr(s, "\nMax open files    ") ? "limits" : NULL;
}

/* ---- where threads run ---- */

static long set_cpus(pid_t pid, uint64_t mask) { return syscall(SYS_sched_setaffinity, pid, 8, &mask); }

static uint64_t get_cpus(pid_t pid)
{
	uint64_t mask[16] = { 0 };
	return syscall(SYS_sched_getaffinity, pid, sizeof mask, mask) >= 8 ? mask[0] : 0;
}

static bool here_alone(unsigned cpu)
{
	unsigned at = 99;
	for (int k = 0; k < 8; k++)	/* beside a busy thread each turn costs a slice */
		if (syscall(SYS_getcpu, &at, NULL, NULL) || at != cpu || syscall(SYS_sched_yield))
			return false;
	return true;
}

/* A thread moves at once to the CPU that it is bound to and stays there, and its child too, also beside another that always runs. */
static const char *bound_to_a_cpu(void)
{
	uint64_t all = get_cpus(0);
	int status;
	WANT(all);
	for (unsigned cpu = 0; cpu < 64; cpu++) {
		if (!(all >> cpu & 1))
			continue;
		WANT(set_cpus(0, 1ull << cpu) == 0 && get_cpus(0) == 1ull << cpu && here_alone(cpu));
		pid_t busy = fork();
		if (busy == 0)
			for (;;)
				;
		pid_t pid = fork();
		if (pid == 0)
			_exit(get_cpus(0) == 1ull << cpu && here_alone(cpu) && get_cpus(getppid()) == 1ull << cpu ? 0 : 1);
		WANT(waitpid(pid, &status, 0) == pid && status == 0);
		WANT(set_cpus(busy, all) == 0 && get_cpus(busy) == all && here_alone(cpu) && set_cpus(busy, 1ull << cpu) == 0 && here_alone(cpu));
		WANT(kill(busy, SIGKILL) == 0 && waitpid(busy, &status, 0) == busy);
	}
	return set_cpus(0, all) || get_cpus(0) != all ? "back" : NULL;
}

/* One that runs is moved as well. */
static const char *moved_while_it_runs(void)
{
	struct shared { volatile uint32_t at, go; } *s = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	uint64_t all = get_cpus(0), last = all;
	int status;
	while (last & (last - 1))
		last &= last - 1;
	s->at = 99;
	pid_t pid = fork();
	if (pid == 0) {
		unsigned at;
		do
			syscall(SYS_getcpu, &at, NULL, NULL);
		while (s->at = at, !s->go);
		_exit(0);
	}
	for (int k = 0; k < 4; k++) {
		uint64_t want = k & 1 ? last : all & -all;
		WANT(set_cpus(pid, want) == 0);
		while (s->at == 99 || 1ull << s->at != want)
			syscall(SYS_sched_yield);
	}
	s->go = 1;
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	return munmap(s, PAGE) ? "munmap" : NULL;
}

static const struct check_case cases[] = {
	{ "preadv and pwritev", vectors },
	{ "eventfd counts", counters },
	{ "eventfd wakes", counters_wake },
	{ "waitid", ends_of_children },
	{ "waitid for one change", changes_of_children },
	{ "sigtimedwait and sigqueueinfo", waiting_for_signals },
	{ "what SIGCHLD says", what_sigchld_says },
	{ "robust locks", robust_locks },
	{ "close_range", a_range_of_descriptors },
	{ "mknodat makes a file", plain_files },
	{ "records: ranges", records_ranges },
	{ "records: refused", records_refused },
	{ "records: another's", records_of_another },
	{ "records: a deadlock", records_deadlock },
	{ "records: closing", records_and_close },
	{ "flock and fork", flock_and_fork },
	{ "scripts", scripts_run },
	{ "bound to a CPU", bound_to_a_cpu },
	{ "moved while it runs", moved_while_it_runs },
	{ "/proc: cwd and limits", where_and_how_much },
};

ABI_MAIN(rows, cases)
