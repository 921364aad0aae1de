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
	{ "timer_create: no such clock", SYS_timer_create, { 77, 0, A }, EINVAL, NULL },
	{ "timer_create: an event from nowhere", SYS_timer_create, { MONOTONIC, BAD, A }, EFAULT, NULL },
	{ "timer_create: signal 0", SYS_timer_create, { MONOTONIC, A, A }, EINVAL, NULL },
	{ "timer_create: to nowhere", SYS_timer_create, { MONOTONIC, 0, BAD }, EFAULT, NULL },
	{ "timer_settime: no such timer", SYS_timer_settime, { 77, 0, A, 0 }, EINVAL, NULL },
	{ "timer_settime: to nothing", SYS_timer_settime, { 77, 0, 0, 0 }, EINVAL, NULL },
	{ "timer_settime: from nowhere", SYS_timer_settime, { 77, 0, BAD, 0 }, EFAULT, NULL },
	{ "timer_gettime: no such timer", SYS_timer_gettime, { 77, A }, EINVAL, NULL },
	{ "timer_getoverrun: no such timer", SYS_timer_getoverrun, { -1 }, EINVAL, NULL },
	{ "timer_delete: no such timer", SYS_timer_delete, { 77 }, EINVAL, NULL },
	{ "execveat: unknown flag", SYS_execveat, { PIPE_R, A, 0, 0, 0x1001 }, EINVAL, NULL },
	{ "execveat: no name", SYS_execveat, { -100, A, 0, 0, 0 }, ENOENT, NULL },
	{ "execveat: from nowhere", SYS_execveat, { -100, BAD, 0, 0, 0 }, EFAULT, NULL },
	{ "execveat: closed", SYS_execveat, { CLOSED, A, 0, 0, 0x1000 }, EBADF, NULL },
	{ "execveat: the folder that it is in", SYS_execveat, { -100, A, 0, 0, 0x1000 }, EACCES, NULL },
	{ "execveat: a pipe", SYS_execveat, { PIPE_R, A, 0, 0, 0x1000 }, EACCES, NULL },
	{ "execveat: a file that is no program", SYS_execveat, { FILE_R, A, 0, 0, 0x1000 }, EACCES, NULL },
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

/* ---- timers that send signals ---- */

struct spec { struct timespec every, at; };
struct event { long value; int signo, notify, tid, room[11]; };
enum { RT = 40, NONE = 1, OF_THREAD = 4, OF_TIMER = -2 };

static int timer_new(int clock, int sig, int notify, long value)
{
	struct event ev = { .value = value, .signo = sig, .notify = notify, .tid = (int)syscall(SYS_gettid) };
	int id;
	return syscall(SYS_timer_create, clock, &ev, &id) ? -1 : id;
}

static struct timespec to_timespec(long ns) { return (struct timespec){ ns / 1000000000, ns % 1000000000 }; }

static long timer_set(int id, int flags, long at_ns, long every_ns)
{
	struct spec s = { to_timespec(every_ns), to_timespec(at_ns) };
	return syscall(SYS_timer_settime, id, flags, &s, NULL);
}

static int block(int how, int sig)
{
	uint64_t set = 1ull << (sig - 1);
	return (int)syscall(SYS_rt_sigprocmask, how, &set, NULL, 8);
}

/* The next signal of that number, waited for when ms says so: its number, or -1. */
static int next_signal(int sig, long ms, info_t *i)
{
	uint64_t set = 1ull << (sig - 1);
	struct timespec t = to_timespec(ms * MS);
	return (int)syscall(SYS_rt_sigtimedwait, &set, i, &t, 8);
}

static const int *timer_of(const info_t *i) { return (const int *)i + 4; }	/* its number, then the overruns */
static long value_of(const info_t *i) { return ((const long *)i)[3]; }

/* One signal waits, however often its timer rings; the rest are overruns. */
static const char *timers_ring(void)
{
	info_t i;
	long before = now_ns(MONOTONIC);
	int once = timer_new(MONOTONIC, RT, 0, 5l << 40), often = timer_new(WALL, SIGUSR1, OF_THREAD, 7);
	WANT(once >= 0 && often >= 0 && once != often && block(SIG_BLOCK, RT) == 0 && block(SIG_BLOCK, SIGUSR1) == 0);
	WANT(timer_set(once, 0, 3 * MS, 0) == 0 && next_signal(RT, 5000, &i) == RT && now_ns(MONOTONIC) - before >= 3 * MS);
	WANT(i.si_code == OF_TIMER && timer_of(&i)[0] == once && timer_of(&i)[1] == 0 && value_of(&i) == 5l << 40 && next_signal(RT, 5, &i) == -1);
	WANT(timer_set(once, 1, now_ns(MONOTONIC) - MS, 0) == 0 && next_signal(RT, 5000, &i) == RT);
	WANT(timer_set(often, 1, now_ns(WALL) + 1 * MS, 2 * MS) == 0);
	for (before = now_ns(MONOTONIC); now_ns(MONOTONIC) - before < 100 * MS;)
		;
	WANT(next_signal(SIGUSR1, 5000, &i) == SIGUSR1 && value_of(&i) == 7 && timer_of(&i)[0] == often && timer_of(&i)[1] >= 10);
	WANT(syscall(SYS_timer_getoverrun, often) == timer_of(&i)[1] && timer_set(often, 0, 0, 0) == 0);
	next_signal(SIGUSR1, 1, &i);
	WANT(next_signal(SIGUSR1, 10, &i) == -1 && block(SIG_UNBLOCK, RT) == 0 && block(SIG_UNBLOCK, SIGUSR1) == 0);
	return syscall(SYS_timer_delete, once) || syscall(SYS_timer_delete, often) ? "delete" : NULL;
}

/* What is set is read back; numbers are used again, and no child has any. A timer that nobody hears of runs too. */
static const char *timers_are_set(void)
{
	struct spec s, old;
	int id = timer_new(MONOTONIC, 0, NONE, 0), other = timer_new(MONOTONIC, RT, 0, 0), status;
	WANT(id >= 0 && other > id && timer_set(id, 0, 1000000000000, 12345) == 0 && syscall(SYS_timer_gettime, id, &s) == 0);
	WANT(s.every.tv_sec == 0 && s.every.tv_nsec == 12345 && s.at.tv_sec >= 900 && s.at.tv_sec <= 1000);
	WANT(syscall(SYS_timer_gettime, other, &s) == 0 && !s.at.tv_sec && !s.at.tv_nsec);
	s.at = to_timespec(MS);
	WANT(syscall(SYS_timer_settime, id, 0, &s, &old) == 0 && old.every.tv_nsec == 12345 && old.at.tv_sec >= 900);
	s.at.tv_nsec = 1000000000;
	WANT_ERRNO(syscall(SYS_timer_settime, id, 0, &s, NULL), EINVAL);
	WANT_ERRNO(syscall(SYS_timer_settime, id, 0, &old, BAD), EFAULT);
	WANT_ERRNO(syscall(SYS_timer_gettime, id, BAD), EFAULT);
	WANT_ERRNO(timer_new(MONOTONIC, 65, 0, 0), EINVAL);
	WANT_ERRNO(timer_new(MONOTONIC, RT, 99, 0), EINVAL);
	pid_t pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_timer_gettime, id, &s) == -1 && errno == EINVAL ? 0 : 1);
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && syscall(SYS_timer_delete, id) == 0);
	WANT_ERRNO(syscall(SYS_timer_delete, id), EINVAL);
	return syscall(SYS_timer_delete, other) ? "delete" : NULL;
}

/* A timer that is over again before anybody looks leaves time for others. */
static const char *timers_let_live(void)
{
	int id = timer_new(MONOTONIC, 0, NONE, 0);
	volatile int n = 0;
	WANT(id >= 0 && timer_set(id, 0, 1, 1) == 0);
	while (n < 1000000)
		n++;
	return syscall(SYS_timer_delete, id) ? "delete" : NULL;
}

/* One that waits is taken, though its timer is gone. */
static const char *timers_go(void)
{
	struct spec s;
	info_t i;
	int id = timer_new(MONOTONIC, RT, 0, 3);
	WANT(id >= 0 && block(SIG_BLOCK, RT) == 0 && timer_set(id, 0, 1, 0) == 0);
	do
		WANT(syscall(SYS_timer_gettime, id, &s) == 0);
	while (s.at.tv_nsec);
	WANT(next_signal(RT, 5000, &i) == RT && timer_set(id, 0, MS, MS) == 0 && next_signal(RT, 5000, &i) == RT);
	WANT(syscall(SYS_timer_delete, id) == 0 && (next_signal(RT, 1, &i) == RT || 1) && next_signal(RT, 5, &i) == -1);
	return block(SIG_UNBLOCK, RT) ? "unblock" : NULL;
}

#ifndef __x86_64__
/* Here there is a bound of its own, and CPU clocks have no such timers. */
static const char *too_many_timers(void)
{
	enum { MOST = 256 };
	int id;
	WANT_ERRNO(timer_new(PROCESS_CPU, RT, 0, 0), EINVAL);
	for (id = 0; id < MOST; id++)
		WANT(timer_new(MONOTONIC, RT, 0, 0) == id);
	WANT_ERRNO(timer_new(MONOTONIC, RT, 0, 0), EAGAIN);
	WANT(syscall(SYS_timer_delete, 7) == 0 && timer_new(MONOTONIC, RT, 0, 0) == 7);
	while (id--)
		WANT(syscall(SYS_timer_delete, id) == 0);
	return NULL;
}
#endif

/* ---- programs by descriptors ---- */

static int status_of(int fd, const char *path, int flags)
{
	char *argv[] = { "abitime", "child", NULL };
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		syscall(SYS_execveat, fd, path, argv, NULL, flags);
		_exit(errno);
	}
	return waitpid(pid, &status, 0) == pid && !(status & 0x7f) ? status >> 8 & 0xff : -1;
}

static const char *programs_by_descriptors(void)
{
	char path[256], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	WANT(n > 0);
	path[n] = 0;
	int file = open(path, O_RDONLY | 02000000);
	WANT(file >= 0 && status_of(file, "", 0x1000) == 42 && status_of(-100, path, 0) == 42 && status_of(CLOSED, path, 0) == 42);
	slash = strrchr(path, '/');
	*slash = 0;
	int folder = open(slash == path ? "/" : path, O_RDONLY);
	WANT(folder >= 0 && status_of(folder, slash + 1, 0) == 42 && status_of(folder, "nothing", 0) == ENOENT && status_of(CLOSED, "x", 0) == EBADF);
	WANT(status_of(file, "x", 0) == ENOTDIR && status_of(folder, "", 0x1000) == EACCES);
	return close(file) || close(folder) ? "close" : NULL;
}

/* ---- a limit of CPU time ---- */

enum { LIMIT_CPU, SIGNAL_CPU = 24 };
struct cpu_limit { uint64_t soft, hard; };
static volatile int warnings;
static void warned(int sig) { warnings += sig == SIGNAL_CPU; }

/* A warning each second, which kills by default; at the hard limit the end, handled or not. Linux counts by its ticks, and may be early. */
static const char *limit_of_cpu_time(void)
{
	struct cpu_limit limit = { 1, 2 };
	struct sigaction a = { .sa_handler = warned };
	long children = usage_ns(RUSAGE_CHILDREN);
	int status;
	char c;
	pid_t pid = fork();
	if (pid == 0) {
		if (sigaction(SIGNAL_CPU, &a, NULL) || syscall(SYS_prlimit64, 0, LIMIT_CPU, &limit, NULL))
			_exit(1);
		for (int told = 0;; burn(MS))
			if (told < warnings && ++told && write(PIPE_W, now_ns(PROCESS_CPU) < 750 * MS ? "-" : "+", 1) != 1)
				_exit(2);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == SIGKILL && usage_ns(RUSAGE_CHILDREN) - children >= 1500l * MS);
	WANT(read(PIPE_R, &c, 1) == 1 && c == '+' && poll(&(struct pollfd){ PIPE_R, POLLIN, 0 }, 1, 0) == 0);
	pid = fork();
	if (pid == 0)
		raise(SIGNAL_CPU);
	return waitpid(pid, &status, 0) == pid && (status & 0x7f) == SIGNAL_CPU ? NULL : "it does not kill";
}

static const struct check_case cases[] = {
	{ "programs by descriptors", programs_by_descriptors },
	{ "a limit of CPU time", limit_of_cpu_time },
	{ "timers ring", timers_ring },
	{ "timers are set", timers_are_set },
	{ "timers go", timers_go }, { "timers let others live", timers_let_live },
#ifndef __x86_64__
	{ "too many timers", too_many_timers },
#endif
	{ "the alternate stack of a child", alternate_stack_of_a_child },
	{ "CPU time", cpu_time },
	{ "clocks of CPU time", clocks_of_cpu_time },
	{ "select says what is left", select_says_what_is_left },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "child"))
		return 42;
	const char *why = arrange();
	if (why) {
		printf("[KO] %s\n", why);
		return 1;
	}
	run_rows(rows, sizeof rows / sizeof *rows);
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
