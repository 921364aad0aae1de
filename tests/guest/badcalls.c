/* Nothing that a program passes to a system call may harm the kernel: every call number with every kind
 * of bad argument, from children that may die of it. What counts is that this test ends. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <abi/syscall.h>
#include "check.h"

static char valid[8192];

static uint64_t next_random(uint64_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 7;
	*s ^= *s << 17;
	return *s;
}

static unsigned long argument(uint64_t *seed)
{
	static const unsigned long bad[] = {
		0, 1, 2, 3, 7, 8, 64, 4095, 4096, 65536, 0x7fffffff, 0x80000000, 0xffffffff, (unsigned long)-1, (unsigned long)-100,
		(unsigned long)-4096, 0x4000000000, 0x3fffffffff, 0x3ffffff000, 0xffffffff80000000, 0xffffffc080000000,
		0xffffffe000000000, 0x8000000000000000, 0x7fffffffffffffff, 0x1000, 0x123456789,
	};
	uint64_t r = next_random(seed);
	if (r % 4 == 0)
		return (unsigned long)(uintptr_t)(valid + next_random(seed) % sizeof valid);
	if (r % 16 == 1)
		return (unsigned long)next_random(seed);
	return bad[(r >> 8) % (sizeof bad / sizeof *bad)];
}

/* Calls that would end the test, stop it for good, or turn the machine off. */
static int is_excluded(long nr)
{
	static const long no[] = {
		SYS_exit, SYS_exit_group, SYS_reboot, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigsuspend, SYS_umount2, SYS_mount,
		SYS_unlinkat, SYS_renameat2, SYS_truncate, SYS_clone, SYS_wait4, SYS_ppoll, SYS_pselect6, SYS_futex, SYS_nanosleep,
		SYS_clock_nanosleep, SYS_read, SYS_readv, SYS_rt_sigreturn, SYS_chdir, SYS_ioctl, SYS_mkdirat, SYS_openat,
		SYS_symlinkat, SYS_linkat, SYS_setpgid, SYS_setsid, SYS_execve, SYS_sendfile, SYS_fchdir,
	};
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		if (no[i] == nr)
			return 1;
	return 0;
}

static void hammer(long nr, int rounds)
{
	uint64_t seed = 88172645463325252ull + (uint64_t)nr * 7919;
	unsigned long a[6];
	int null = open("/dev/null", O_RDWR);
	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (int i = 0; i < rounds; i++) {
		for (int k = 0; k < 6; k++)
			a[k] = argument(&seed);
		syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	_exit(0);
}

static const char *survive(long first, long last)
{
	int status;
	for (long nr = first; nr < last; nr++) {
		if (is_excluded(nr))
			continue;
		pid_t pid = fork();
		WANT(pid >= 0);
		if (pid == 0)
			hammer(nr, 60);
		WANT(waitpid(pid, &status, 0) == pid);
	}
	return NULL;
}

static const char *calls_0_99(void) { return survive(0, 100); }
static const char *calls_100_199(void) { return survive(100, 200); }
static const char *calls_200_299(void) { return survive(200, 300); }
static const char *calls_300_460(void) { return survive(300, 460); }

static const char *wild_numbers(void)
{
	WANT_ERRNO(syscall(100000, 0), ENOSYS);
	WANT_ERRNO(syscall(-1, 0), ENOSYS);
	return NULL;
}

/* Pointers into nothing, and across the end of what is mapped, for calls that copy. */
static const char *bad_pointers(void)
{
	char *p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *hole = (char *)0xffffffc080000000;
	int fds[2];
	WANT(munmap(p + 4096, 4096) == 0);
	WANT(pipe(fds) == 0);
	WANT_ERRNO(write(fds[1], p + 4096, 1), EFAULT);
	WANT_ERRNO(write(fds[1], hole, 1), EFAULT);
	WANT(write(fds[1], "ab", 2) == 2);
	WANT_ERRNO(read(fds[0], hole, 1), EFAULT);
	WANT_ERRNO(open(p + 4096, O_RDONLY), EFAULT);
	WANT_ERRNO(open(hole, O_RDONLY), EFAULT);
	memset(p + 4000, 'a', 96);
	WANT_ERRNO(open(p + 4000, O_RDONLY), EFAULT);
	WANT_ERRNO(pipe((int *)(void *)hole), EFAULT);
	WANT_ERRNO(execve(p + 4096, NULL, NULL), EFAULT);
	WANT_ERRNO(execve("/bin/true", (char **)(void *)hole, NULL), EFAULT);
	close(fds[0]), close(fds[1]);
	WANT_ERRNO(read(fds[0], p, 1), EBADF);
	WANT_ERRNO(read(-1, p, 1), EBADF);
	WANT_ERRNO(read(100000, p, 1), EBADF);
	WANT_ERRNO(dup2(0, 100000), EBADF);
	WANT_ERRNO(close(77), EBADF);
	return NULL;
}

static const struct check_case cases[] = {
	{ "bad_pointers", bad_pointers }, { "wild_numbers", wild_numbers }, { "calls_0_99", calls_0_99 },
	{ "calls_100_199", calls_100_199 }, { "calls_200_299", calls_200_299 }, { "calls_300_460", calls_300_460 },
};
CHECK_MAIN(cases)
