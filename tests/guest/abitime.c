/* Time that is used, and what rings when it is over: clocks, CPU time. As Linux has it; see abirow.h. */
#include "abirow.h"
#include <sys/resource.h>
#include <time.h>

enum { WALL, MONOTONIC, PROCESS_CPU, THREAD_CPU, CLOCK_OF_TAI = 11 };
#define CPU_OF(pid) (~(long)(pid) * 8 + 2)
#define CPU_OF_THREAD(tid) (~(long)(tid) * 8 + 6)

static const struct row rows[] = {
	{ "clock_gettime: nobody's CPU time", SYS_clock_gettime, { CPU_OF(0x0fffffff), A }, EINVAL, NULL },
	{ "clock_gettime: no thread's CPU time", SYS_clock_gettime, { CPU_OF_THREAD(0x0fffffff), A }, EINVAL, NULL },
	{ "clock_gettime: a thread of another process", SYS_clock_gettime, { CPU_OF_THREAD(1), A }, EINVAL, NULL },
	{ "clock_gettime: a descriptor's", SYS_clock_gettime, { CPU_OF(PIPE_R) + 1, A }, EINVAL, NULL },
	{ "clock_gettime: process 1", SYS_clock_gettime, { CPU_OF(1), A }, 0, NULL },
	{ "clock_gettime: to nowhere", SYS_clock_gettime, { CPU_OF(0), BAD }, EFAULT, NULL },
	{ "clock_getres: CPU time", SYS_clock_getres, { CPU_OF_THREAD(0), A }, 0, NULL },
	{ "clock_gettime: TAI", SYS_clock_gettime, { CLOCK_OF_TAI, A }, 0, NULL },
	{ "sched_rr_get_interval", SYS_sched_rr_get_interval, { 0, A }, 0, NULL },
	{ "sched_rr_get_interval: below 0", SYS_sched_rr_get_interval, { -1, A }, EINVAL, NULL },
	{ "sched_rr_get_interval: nobody", SYS_sched_rr_get_interval, { 0x7fffffff, A }, ESRCH, NULL },
	{ "sched_rr_get_interval: to nowhere", SYS_sched_rr_get_interval, { 0, BAD }, EFAULT, NULL },
};

enum { MS = 1000000 };

static long now_ns(long clock)
{
	struct timespec t;
	return syscall(SYS_clock_gettime, clock, &t) ? -1 : t.tv_sec * 1000000000 + t.tv_nsec;
}

static void burn(long ns)
{
	for (long end = now_ns(THREAD_CPU) + ns; now_ns(THREAD_CPU) < end;)
		;
}

static long usage_ns(int who)
{
	struct rusage u;
	return getrusage(who, &u) ? -1 : (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000000 + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1000;
}

/* What has run alone on its CPU, and was never switched away from, has used time too: for itself, and for who waits for it. */
static const char *cpu_time(void)
{
	long self = usage_ns(RUSAGE_SELF), thread = usage_ns(RUSAGE_THREAD), children = usage_ns(RUSAGE_CHILDREN);
	int status;
	burn(40 * MS);
	WANT(usage_ns(RUSAGE_SELF) - self >= 35 * MS && usage_ns(RUSAGE_THREAD) - thread >= 35 * MS);
	WANT(usage_ns(RUSAGE_CHILDREN) == children);
	pid_t pid = fork();
	if (pid == 0) {
		burn(40 * MS);
		_exit(0);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && usage_ns(RUSAGE_CHILDREN) - children >= 35 * MS);
	return NULL;
}

static const char *clocks_of_cpu_time(void)
{
	int status;
	long before = now_ns(CPU_OF(0));
	WANT(before > 0 && now_ns(CPU_OF_THREAD(0)) > 0 && now_ns(CPU_OF_THREAD(syscall(SYS_gettid))) <= now_ns(THREAD_CPU));
	burn(10 * MS);
	WANT(now_ns(CPU_OF(getpid())) - before >= 10 * MS && now_ns(CPU_OF(0)) <= now_ns(PROCESS_CPU));
	pid_t pid = fork();
	if (pid == 0)
		_exit(now_ns(THREAD_CPU) < before + 10 * MS && now_ns(PROCESS_CPU) < before + 10 * MS ? 0 : 1);
	return waitpid(pid, &status, 0) == pid && status == 0 ? NULL : "a child begins with its parent's time";
}

/* What is left of the time is said, however the wait ended. */
static const char *select_says_what_is_left(void)
{
	struct timespec t = { 0, 3 * MS };
	uint64_t set = 1ull << PIPE_W;
	WANT(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &t, NULL) == 0 && t.tv_sec == 0 && t.tv_nsec == 0);
	t.tv_sec = 1000;
	WANT(syscall(SYS_pselect6, PIPE_W + 1, NULL, &set, NULL, &t, NULL) == 1 && t.tv_sec > 900 && (t.tv_sec < 1000 || !t.tv_nsec));
	t.tv_sec = -1;
	WANT_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, &t, NULL), EINVAL);
	return t.tv_sec == -1 ? NULL : "changed";
}

/* A child runs on its own copy of the parent's stacks, the one for signals too. */
static const char *alternate_stack_of_a_child(void)
{
	static char room[16384];
	stack_t s = { .ss_sp = room, .ss_size = sizeof room }, now, off = { .ss_flags = SS_DISABLE };
	int status;
	WANT(syscall(SYS_sigaltstack, &s, NULL) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_sigaltstack, NULL, &now) == 0 && now.ss_sp == room && now.ss_size == sizeof room && !now.ss_flags ? 0 : 1);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	return syscall(SYS_sigaltstack, &off, NULL) ? "off" : NULL;
}

static const struct check_case cases[] = {
	{ "the alternate stack of a child", alternate_stack_of_a_child },
	{ "CPU time", cpu_time },
	{ "clocks of CPU time", clocks_of_cpu_time },
	{ "select says what is left", select_says_what_is_left },
};

ABI_MAIN(rows, cases)
