/* What a program waits for: sets of descriptors, timers, signals in queues. As Linux has it; see abirow.h. */
#include "abirow.h"
#include <sys/resource.h>
#include <time.h>
#ifdef __x86_64__
#include <sys/epoll.h>
#else
#include <abi/epoll.h>
#endif

enum { SET = 20, TIMER, SIGNALS };	/* an empty one, one that is off and one that reads SIGUSR2, for rows */

static const struct row rows[] = {
	{ "epoll_create1: unknown flag", SYS_epoll_create1, { 1 }, EINVAL, NULL },
	{ "epoll_ctl: no event", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, PIPE_R, BAD }, EFAULT, NULL },
	{ "epoll_ctl: an event in the kernel", SYS_epoll_ctl, { SET, EPOLL_CTL_MOD, PIPE_R, KERNEL }, EFAULT, NULL },
	{ "epoll_ctl: a closed set", SYS_epoll_ctl, { CLOSED, EPOLL_CTL_ADD, PIPE_R, A }, EBADF, NULL },
	{ "epoll_ctl: of a closed one", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, CLOSED, A }, EBADF, NULL },
	{ "epoll_ctl: no set", SYS_epoll_ctl, { PIPE_W, EPOLL_CTL_ADD, PIPE_R, A }, EINVAL, NULL },
	{ "epoll_ctl: into itself", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, SET, A }, EINVAL, NULL },
	{ "epoll_ctl: a file", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, FILE_RW, A }, EPERM, NULL },
	{ "epoll_ctl: no such operation", SYS_epoll_ctl, { SET, 9, PIPE_R, A }, EINVAL, NULL },
	{ "epoll_ctl: change what is not there", SYS_epoll_ctl, { SET, EPOLL_CTL_MOD, PIPE_R, A }, ENOENT, NULL },
	{ "epoll_ctl: remove what is not there", SYS_epoll_ctl, { SET, EPOLL_CTL_DEL, PIPE_R, 0 }, ENOENT, NULL },
	{ "epoll_ctl: add", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, PIPE_R, A }, 0, NULL },
	{ "epoll_ctl: add again", SYS_epoll_ctl, { SET, EPOLL_CTL_ADD, PIPE_R, A }, EEXIST, NULL },
	{ "epoll_ctl: remove", SYS_epoll_ctl, { SET, EPOLL_CTL_DEL, PIPE_R, BAD }, 0, NULL },
	{ "epoll_pwait: no set", SYS_epoll_pwait, { PIPE_R, A, 1, 0, 0, 8 }, EINVAL, NULL },
	{ "epoll_pwait: closed", SYS_epoll_pwait, { CLOSED, A, 1, 0, 0, 8 }, EBADF, NULL },
	{ "epoll_pwait: for nothing", SYS_epoll_pwait, { SET, A, 0, 0, 0, 8 }, EINVAL, NULL },
	{ "epoll_pwait: for less", SYS_epoll_pwait, { SET, A, -1, 0, 0, 8 }, EINVAL, NULL },
	{ "epoll_pwait: for too much", SYS_epoll_pwait, { SET, A, 0x7fffffff, 0, 0, 8 }, EINVAL, NULL },
	{ "epoll_pwait: the mask's size", SYS_epoll_pwait, { SET, A, 1, 0, A, 4 }, EINVAL, NULL },
	{ "epoll_pwait: no mask", SYS_epoll_pwait, { SET, A, 1, 0, BAD, 8 }, EFAULT, NULL },
	{ "epoll_pwait: empty", SYS_epoll_pwait, { SET, A, 1, 0, 0, 8 }, 0, NULL },
	{ "epoll_pwait: empty, 1 ms", SYS_epoll_pwait, { SET, A, 1, 1, A, 8 }, 0, NULL },
	{ "epoll: read", SYS_read, { SET, A, 1 }, EINVAL, NULL },

	{ "timerfd_create: no such clock", SYS_timerfd_create, { 77, 0 }, EINVAL, NULL },
	{ "timerfd_create: a thread's clock", SYS_timerfd_create, { 3, 0 }, EINVAL, NULL },
	{ "timerfd_create: unknown flag", SYS_timerfd_create, { 1, 1 }, EINVAL, NULL },
	{ "timerfd_settime: from nowhere", SYS_timerfd_settime, { TIMER, 0, BAD, 0 }, EFAULT, NULL },
	{ "timerfd_settime: unknown flag", SYS_timerfd_settime, { TIMER, 4, A, 0 }, EINVAL, NULL },
	{ "timerfd_settime: closed", SYS_timerfd_settime, { CLOSED, 0, A, 0 }, EBADF, NULL },
	{ "timerfd_settime: no timer", SYS_timerfd_settime, { PIPE_R, 0, A, 0 }, EINVAL, NULL },
	{ "timerfd_settime: the old to nowhere", SYS_timerfd_settime, { TIMER, 0, A, BAD }, EFAULT, NULL },
	{ "timerfd_gettime: closed", SYS_timerfd_gettime, { CLOSED, A }, EBADF, NULL },
	{ "timerfd_gettime: no timer", SYS_timerfd_gettime, { EVENT, A }, EINVAL, NULL },
	{ "timerfd_gettime: to nowhere", SYS_timerfd_gettime, { TIMER, BAD }, EFAULT, NULL },
	{ "timerfd: a short read", SYS_read, { TIMER, A, 7 }, EINVAL, NULL },
	{ "timerfd: off", SYS_read, { TIMER, A, 8 }, EAGAIN, NULL },
	{ "timerfd: write", SYS_write, { TIMER, A, 8 }, EINVAL, NULL },

	{ "signalfd4: the mask's size", SYS_signalfd4, { -1, A, 4, 0 }, EINVAL, NULL },
	{ "signalfd4: no mask", SYS_signalfd4, { -1, BAD, 8, 0 }, EFAULT, NULL },
	{ "signalfd4: unknown flag", SYS_signalfd4, { -1, A, 8, 1 }, EINVAL, NULL },
	{ "signalfd4: closed", SYS_signalfd4, { CLOSED, A, 8, 0 }, EBADF, NULL },
	{ "signalfd4: another kind", SYS_signalfd4, { PIPE_R, A, 8, 0 }, EINVAL, NULL },
	{ "signalfd: a short read", SYS_read, { SIGNALS, A, 127 }, EINVAL, NULL },
	{ "signalfd: nothing there", SYS_read, { SIGNALS, A, 128 }, EAGAIN, NULL },
	{ "signalfd: write", SYS_write, { SIGNALS, A, 128 }, EINVAL, NULL },
	{ "signalfd4: change", SYS_signalfd4, { SIGNALS, A, 8, 0 }, 0, NULL },

	{ "setitimer: no such timer", SYS_setitimer, { 3, A, 0 }, EINVAL, NULL },
	{ "setitimer: below 0", SYS_setitimer, { -1, A, 0 }, EINVAL, NULL },
	{ "setitimer: from nowhere", SYS_setitimer, { 1, BAD, 0 }, EFAULT, NULL },
	{ "setitimer: the old to nowhere", SYS_setitimer, { 2, A, BAD }, EFAULT, NULL },
	{ "getitimer: no such timer", SYS_getitimer, { 3, A }, EINVAL, NULL },
	{ "getitimer: to nowhere", SYS_getitimer, { 1, BAD }, EFAULT, NULL },

	{ "rt_tgsigqueueinfo: from nowhere", SYS_rt_tgsigqueueinfo, { 1, 1, 40, BAD }, EFAULT, NULL },
	{ "rt_tgsigqueueinfo: process 0", SYS_rt_tgsigqueueinfo, { 0, 1, 40, A }, EINVAL, NULL },
	{ "rt_tgsigqueueinfo: thread below 0", SYS_rt_tgsigqueueinfo, { 1, -1, 40, A }, EINVAL, NULL },
	{ "rt_tgsigqueueinfo: the kernel's code", SYS_rt_tgsigqueueinfo, { 1, 1, 40, A }, EPERM, NULL },
};

/* ---- epoll ---- */

static int set_new(void) { return (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC); }

static int control(int set, int op, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event e;
	memset(&e, 0, sizeof e);
	e.events = events;
	memcpy(&e.data, &data, sizeof data);
	return (int)syscall(SYS_epoll_ctl, set, op, fd, &e);
}

static int wait_for(int set, struct epoll_event *e, int n, int ms) { return (int)syscall(SYS_epoll_pwait, set, e, n, ms, NULL, 8); }

static uint64_t data_of(const struct epoll_event *e)
{
	uint64_t data;
	memcpy(&data, &e->data, sizeof data);
	return data;
}

/* What is ready stays so until it is taken; what is asked of a member can change. */
static const char *levels(void)
{
	struct epoll_event e[4];
	char c;
	int set = set_new();
	WANT(set >= 0 && fcntl(set, F_GETFD) == FD_CLOEXEC && control(set, EPOLL_CTL_ADD, PIPE_R, EPOLLIN, 7ull << 40) == 0);
	WANT(wait_for(set, e, 4, 0) == 0 && write(PIPE_W, "x", 1) == 1);
	WANT(wait_for(set, e, 4, -1) == 1 && e[0].events == EPOLLIN && data_of(e) == 7ull << 40 && wait_for(set, e, 4, 5) == 1);
	WANT(control(set, EPOLL_CTL_MOD, PIPE_R, 0, 1) == 0 && wait_for(set, e, 4, 0) == 0);
	WANT(control(set, EPOLL_CTL_MOD, PIPE_R, EPOLLIN, 2) == 0 && wait_for(set, e, 4, 0) == 1 && data_of(e) == 2);
	WANT(read(PIPE_R, &c, 1) == 1 && wait_for(set, e, 4, 0) == 0 && control(set, EPOLL_CTL_ADD, PIPE_W, EPOLLOUT, 3) == 0);
	WANT(wait_for(set, e, 4, 0) == 1 && e[0].events == EPOLLOUT && data_of(e) == 3);
	struct pollfd p = { set, POLLIN | POLLOUT, 0 };
	WANT(poll(&p, 1, 0) == 1 && p.revents == POLLIN && control(set, EPOLL_CTL_DEL, PIPE_W, 0, 0) == 0 && poll(&p, 1, 0) == 0);
	return close(set) ? "close" : NULL;
}

/* Of what is edge-triggered each arrival is told once, however much is left; a change asks anew. */
static const char *edges(void)
{
	struct epoll_event e[4];
	uint64_t one = 1;
	char c;
	int set = set_new(), ends[2];
	WANT(pipe(ends) == 0 && control(set, EPOLL_CTL_ADD, ends[0], EPOLLIN | EPOLLET, 1) == 0 && wait_for(set, e, 4, 0) == 0);
	for (int k = 0; k < 2; k++)
		WANT(write(ends[1], "ab", 2) == 2 && wait_for(set, e, 4, -1) == 1 && e[0].events == EPOLLIN && wait_for(set, e, 4, 1) == 0);
	WANT(write(EVENT, &one, 8) == 8 && read(ends[0], &c, 1) == 1 && wait_for(set, e, 4, 0) == 0 && poll(&(struct pollfd){ set, POLLIN, 0 }, 1, 0) == 0);
	WANT(control(set, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET, 1) == 0 && wait_for(set, e, 4, 0) == 1 && wait_for(set, e, 4, 0) == 0);
	WANT(control(set, EPOLL_CTL_MOD, ends[0], EPOLLIN, 1) == 0 && wait_for(set, e, 4, 0) == 1 && wait_for(set, e, 4, 0) == 1);
	WANT(control(set, EPOLL_CTL_MOD, ends[0], EPOLLIN | EPOLLET | EPOLLONESHOT, 1) == 0 && wait_for(set, e, 4, 0) == 1);
	WANT(write(ends[1], "c", 1) == 1 && wait_for(set, e, 4, 0) == 0 && control(set, EPOLL_CTL_MOD, ends[0], EPOLLET, 1) == 0);
	WANT(wait_for(set, e, 4, 0) == 0 && close(ends[1]) == 0 && wait_for(set, e, 4, 0) == 1 && e[0].events == EPOLLHUP && wait_for(set, e, 4, 0) == 0);
	return read(EVENT, &one, 8) != 8 || close(ends[0]) || close(set) ? "the rest" : NULL;
}

/* The other side's readiness, counters and timers; what could not be told is not lost. */
static const char *edges_of_others(void)
{
	struct epoll_event e[4];
	static char full[65536];
	uint64_t one = 1;
	int set = set_new(), ends[2], timer = (int)syscall(SYS_timerfd_create, 1, 0);
	struct { struct timespec every, at; } s = { { 0, 1000000 }, { 0, 1 } };
	WANT(pipe(ends) == 0 && write(ends[1], full, sizeof full) == sizeof full);
	WANT(control(set, EPOLL_CTL_ADD, ends[1], EPOLLOUT | EPOLLET, 1) == 0 && wait_for(set, e, 4, 0) == 0);
	WANT(read(ends[0], full, sizeof full) == sizeof full && wait_for(set, e, 4, 0) == 1 && e[0].events == EPOLLOUT && wait_for(set, e, 4, 0) == 0);
	WANT(control(set, EPOLL_CTL_ADD, EVENT, EPOLLIN | EPOLLET, 2) == 0 && write(EVENT, &one, 8) == 8);
	WANT_ERRNO(wait_for(set, (void *)BAD, 4, 0), EFAULT);
	WANT(wait_for(set, e, 4, 0) == 1 && data_of(e) == 2 && read(EVENT, &one, 8) == 8 && wait_for(set, e, 4, 0) == 0);
	WANT(control(set, EPOLL_CTL_ADD, timer, EPOLLIN | EPOLLET, 3) == 0 && syscall(SYS_timerfd_settime, timer, 0, &s, NULL) == 0);
	for (int k = 0; k < 3; k++)
		WANT(wait_for(set, e, 4, -1) == 1 && data_of(e) == 3 && read(timer, &one, 8) == 8);
	return control(set, EPOLL_CTL_DEL, EVENT, 0, 0) || close(timer) || close(ends[0]) || close(ends[1]) || close(set) ? "the rest" : NULL;
}

/* One shot, until it is changed; one that could not be told is not lost. */
static const char *one_shot(void)
{
	struct epoll_event e[2];
	uint64_t v = 1;
	int set = set_new();
	WANT(control(set, EPOLL_CTL_ADD, EVENT, EPOLLIN | EPOLLONESHOT, 5) == 0 && write(EVENT, &v, 8) == 8);
	WANT_ERRNO(wait_for(set, (void *)BAD, 2, 0), EFAULT);
	WANT(wait_for(set, e, 2, 0) == 1 && data_of(e) == 5 && wait_for(set, e, 2, 0) == 0 && wait_for(set, e, 2, 1) == 0);
	WANT(control(set, EPOLL_CTL_MOD, EVENT, EPOLLIN | EPOLLONESHOT, 6) == 0 && wait_for(set, e, 2, 0) == 1 && data_of(e) == 6);
	return read(EVENT, &v, 8) != 8 || close(set) ? "the rest" : NULL;
}

/* Room for fewer than are ready: each comes to its turn. The other end's end needs not be asked for. */
static const char *turns(void)
{
	enum { N = 5 };
	struct epoll_event e[2];
	int set = set_new(), ends[N][2];
	unsigned seen = 0;
	for (int k = 0; k < N; k++)
		WANT(pipe(ends[k]) == 0 && control(set, EPOLL_CTL_ADD, ends[k][0], 0, (uint64_t)k) == 0 && close(ends[k][1]) == 0);
	for (int round = 0; round < N; round++) {
		int n = wait_for(set, e, 2, 0);
		WANT(n == 2 && e[0].events == EPOLLHUP && data_of(e) < N && data_of(e) != data_of(e + 1));
		seen |= 1u << data_of(e) | 1u << data_of(e + 1);
	}
	WANT(seen == (1 << N) - 1);
	for (int k = 0; k < N; k++)
		WANT(close(ends[k][0]) == 0);
	return wait_for(set, e, 2, 0) || close(set) ? "members stay" : NULL;
}

/* A member stays as long as its open file does, by whichever descriptor; a number that is open on something else is another member. */
static const char *members_go(void)
{
	struct epoll_event e[2];
	int set = set_new(), ends[2], copy;
	WANT(pipe(ends) == 0 && control(set, EPOLL_CTL_ADD, ends[1], EPOLLOUT, 1) == 0 && (copy = dup(ends[1])) >= 0);
	WANT(close(ends[1]) == 0 && wait_for(set, e, 2, 0) == 1);
	WANT_ERRNO(control(set, EPOLL_CTL_DEL, copy, 0, 0), ENOENT);
	WANT(dup2(EVENT, ends[1]) == ends[1] && control(set, EPOLL_CTL_ADD, ends[1], EPOLLOUT, 2) == 0 && wait_for(set, e, 2, 0) == 2);
	WANT(close(copy) == 0 && wait_for(set, e, 2, 0) == 1 && data_of(e) == 2 && control(set, EPOLL_CTL_DEL, ends[1], 0, 0) == 0);
	WANT(wait_for(set, e, 2, 0) == 0 && close(ends[1]) == 0 && close(ends[0]) == 0);
	return close(set) ? "close" : NULL;
}

/* Who sleeps is woken by what another process writes, and by what it adds. */
static const char *epoll_wakes(void)
{
	struct epoll_event e[2];
	uint64_t one = 1;
	int set = set_new(), status;
	WANT(control(set, EPOLL_CTL_ADD, EVENT, EPOLLIN, 1) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(wait_for(set, e, 2, -1) == 1 && data_of(e) == 1 ? 0 : 1);
	WANT(write(EVENT, &one, 8) == 8 && waitpid(pid, &status, 0) == pid && status == 0 && read(EVENT, &one, 8) == 8);
	pid = fork();
	if (pid == 0)
		_exit(wait_for(set, e, 2, -1) == 1 && data_of(e) == 9 ? 0 : 1);
	WANT(control(set, EPOLL_CTL_ADD, PIPE_W, EPOLLOUT, 9) == 0 && waitpid(pid, &status, 0) == pid && status == 0);
	WANT(control(set, EPOLL_CTL_DEL, PIPE_W, 0, 0) == 0);
	return close(set) ? "close" : NULL;
}

static volatile int signals;
static void count(int sig) { signals += sig == SIGUSR1; }

/* A wait that lets in a signal which is pending already: its handler has run when the wait returns, and the old mask is back. */
static const char *masks(void)
{
	struct epoll_event e;
	struct pollfd p = { PIPE_R, POLLIN, 0 };
	struct sigaction a = { .sa_handler = count }, was;
	uint64_t all = ~0ull, none = 0, old, back;
	struct { const void *set; size_t n; } mask = { &none, 8 };
	int set = set_new();
	WANT(sigaction(SIGUSR1, &a, &was) == 0);
	for (int k = 0; k < 3; k++) {
		signals = 0;
		WANT(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, 8) == 0 && kill(getpid(), SIGUSR1) == 0);
		WANT(wait_for(set, &e, 1, 1) == 0 && poll(&p, 1, 1) == 0 && !signals);
		if (k == 0)
			WANT_ERRNO(syscall(SYS_epoll_pwait, set, &e, 1, -1, &none, 8), EINTR);
		else if (k == 1)
			WANT_ERRNO(syscall(SYS_ppoll, &p, 1, NULL, &none, 8), EINTR);
		else
			WANT_ERRNO(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, &mask), EINTR);
		WANT(signals == 1 && syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, &back, 8) == 0 && back == (all & ~(1ull << 8 | 1ull << 18)));
	}
	return sigaction(SIGUSR1, &was, NULL) || close(set) ? "the rest" : NULL;
}

/* ---- timers ---- */

struct spec { struct timespec every, at; };

static long set_timer(int fd, int flags, long at_ns, long every_ns)
{
	struct spec s = { { every_ns / 1000000000, every_ns % 1000000000 }, { at_ns / 1000000000, at_ns % 1000000000 } };
	return syscall(SYS_timerfd_settime, fd, flags, &s, NULL);
}

static uint64_t taken(int fd)
{
	uint64_t n;
	return read(fd, &n, sizeof n) == sizeof n ? n : 0;
}

static long now_ns(int clock)
{
	struct timespec t;
	return syscall(SYS_clock_gettime, clock, &t) ? 0 : t.tv_sec * 1000000000 + t.tv_nsec;
}

static const char *timers_ring(void)
{
	struct spec s;
	struct epoll_event e;
	int fd = (int)syscall(SYS_timerfd_create, 1, 0), wall = (int)syscall(SYS_timerfd_create, 0, 02000000), set = set_new();
	WANT(fd >= 0 && wall >= 0 && fcntl(wall, F_GETFD) == FD_CLOEXEC);
	long before = now_ns(1);
	WANT(set_timer(fd, 0, 3000000, 0) == 0 && taken(fd) == 1 && now_ns(1) - before >= 3000000);
	WANT(set_timer(fd, 0, 1000000, 1000000) == 0 && taken(fd) >= 1 && taken(fd) >= 1);
	WANT(syscall(SYS_timerfd_gettime, fd, &s) == 0 && s.every.tv_sec == 0 && s.every.tv_nsec == 1000000 && s.at.tv_nsec <= 1000000);
	WANT(set_timer(wall, TIMER_ABSTIME, now_ns(0) + 2000000, 0) == 0 && taken(wall) == 1);
	WANT(control(set, EPOLL_CTL_ADD, fd, EPOLLIN, 4) == 0 && wait_for(set, &e, 1, -1) == 1 && data_of(&e) == 4 && taken(fd) >= 1);
	struct pollfd p = { fd, POLLIN | POLLOUT, 0 };
	WANT(poll(&p, 1, -1) == 1 && p.revents == POLLIN && set_timer(fd, 0, 0, 0) == 0 && poll(&p, 1, 0) == 0);
	return close(fd) || close(wall) || close(set) ? "close" : NULL;
}

/* Times that are over count at once; to set a timer is to forget the count; the old setting is told. */
static const char *timers_that_are_late(void)
{
	struct spec far = { { 0, 0 }, { 1000, 0 } }, old, bad = { { 0, 0 }, { 0, 1000000000 } };
	struct pollfd p = { TIMER, POLLIN, 0 };
	long now = now_ns(1);
	WANT(set_timer(TIMER, TIMER_ABSTIME, 1, 0) == 0 && poll(&p, 1, 0) == 1 && taken(TIMER) == 1 && taken(TIMER) == 0);
	WANT(set_timer(TIMER, TIMER_ABSTIME, now - 50, 100000000000) == 0 && taken(TIMER) == 1);
	WANT(set_timer(TIMER, TIMER_ABSTIME, 1, 1000000) == 0 && taken(TIMER) >= (uint64_t)now / 1000000);
	WANT(set_timer(TIMER, TIMER_ABSTIME, 1, 0) == 0 && syscall(SYS_timerfd_settime, TIMER, 0, &far, &old) == 0 && taken(TIMER) == 0);
	WANT(old.at.tv_sec == 0 && old.at.tv_nsec == 0 && syscall(SYS_timerfd_settime, TIMER, 0, &far, &old) == 0);
	WANT(old.at.tv_sec >= 900 && old.at.tv_sec < 1000 && old.every.tv_sec == 0);
	WANT_ERRNO(syscall(SYS_timerfd_settime, TIMER, 0, &bad, NULL), EINVAL);
	bad = (struct spec){ { -1, 0 }, { 1, 0 } };
	WANT_ERRNO(syscall(SYS_timerfd_settime, TIMER, 0, &bad, NULL), EINVAL);
	WANT(syscall(SYS_timerfd_gettime, TIMER, &old) == 0 && old.at.tv_sec >= 900);
	far.at.tv_sec = INT64_MAX;
	WANT(syscall(SYS_timerfd_settime, TIMER, 0, &far, NULL) == 0 && taken(TIMER) == 0 && set_timer(TIMER, 0, 0, 0) == 0);
	return syscall(SYS_timerfd_gettime, TIMER, &old) || old.at.tv_sec ? "off" : NULL;
}

static volatile int rings[2];
static void ring(int sig) { rings[sig == SIGPROF]++; }

/* Timers of CPU time ring while the process runs, each by its own signal, again and again if that is asked; a child has none. */
static const char *cpu_timers(void)
{
	struct sigaction a = { .sa_handler = ring }, was[2];
	struct itimerval far = { { 0, 0 }, { 1000, 0 } }, often = { { 0, 1000 }, { 0, 1000 } }, once = { { 0, 0 }, { 0, 1 } }, off = { { 0, 0 }, { 0, 0 } }, old;
	int status;
	WANT(sigaction(SIGVTALRM, &a, &was[0]) == 0 && sigaction(SIGPROF, &a, &was[1]) == 0);
	WANT(syscall(SYS_setitimer, 1, &far, NULL) == 0 && syscall(SYS_setitimer, 2, &often, NULL) == 0);
	while (rings[1] < 3)
		;
	WANT(rings[0] == 0 && syscall(SYS_setitimer, 2, &off, &old) == 0 && old.it_interval.tv_usec == 1000);
	WANT(syscall(SYS_getitimer, 1, &old) == 0 && old.it_value.tv_sec >= 900 && old.it_value.tv_sec < 1000);
	pid_t pid = fork();
	if (pid == 0)
		_exit(syscall(SYS_getitimer, 1, &old) || old.it_value.tv_sec || old.it_value.tv_usec);
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && syscall(SYS_setitimer, 1, &once, NULL) == 0);
	while (!rings[0])
		;
	WANT(syscall(SYS_getitimer, 1, &old) == 0 && !old.it_value.tv_sec && !old.it_value.tv_usec);
	return sigaction(SIGVTALRM, &was[0], NULL) || sigaction(SIGPROF, &was[1], NULL) ? "sigaction" : NULL;
}

/* ---- signals that are queued ---- */

enum { RT = 40 };
#define BIT(sig) (1ull << ((sig) - 1))

static void *payload(intptr_t v) { return (void *)v; }

static int queue(int sig, intptr_t value)
{
	info_t i;
	memset(&i, 0, sizeof i);
	i.si_code = SI_QUEUE;
	i.si_ptr = payload(value);
	return (int)syscall(SYS_rt_sigqueueinfo, getpid(), sig, &i);
}

/* The next of RT and RT + 1: 100 * its distance from RT, and what was sent along; -1 for none. */
static int next_queued(void)
{
	uint64_t set = BIT(RT) | BIT(RT + 1);
	struct timespec now = { 0, 0 };
	info_t i;
	int sig = (int)syscall(SYS_rt_sigtimedwait, &set, &i, &now, 8);
	return sig < 0 ? -1 : (sig - RT) * 100 + (i.si_code == SI_QUEUE ? (int)(intptr_t)i.si_ptr : 99);
}

static int mask_rt(int how)
{
	uint64_t set = BIT(RT) | BIT(RT + 1) | BIT(SIGUSR1);
	return (int)syscall(SYS_rt_sigprocmask, how, &set, NULL, 8);
}

/* Each comes, the lowest number first, those of one number in the order in which they were sent; of SIGUSR1 there is one. */
static const char *queued(void)
{
	uint64_t usr1 = BIT(SIGUSR1);
	struct timespec now = { 0, 0 };
	info_t i;
	WANT(mask_rt(SIG_BLOCK) == 0 && queue(RT + 1, 1) == 0 && queue(RT, 2) == 0 && queue(RT + 1, 3) == 0 && queue(RT, 4) == 0);
	WANT(queue(SIGUSR1, 5) == 0 && queue(SIGUSR1, 6) == 0 && kill(getpid(), RT) == 0);
	WANT(next_queued() == 2 && next_queued() == 4 && next_queued() == 99 && next_queued() == 101 && next_queued() == 103);
	WANT(next_queued() == -1 && syscall(SYS_rt_sigtimedwait, &usr1, &i, &now, 8) == SIGUSR1);
	WANT_ERRNO(syscall(SYS_rt_sigtimedwait, &usr1, &i, &now, 8), EAGAIN);
	memset(&i, 0, sizeof i);
	i.si_code = SI_QUEUE;
	for (int k = 1; k < 3; k++) {
		i.si_ptr = payload(k);
		WANT(syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), RT, &i) == 0);
	}
	WANT_ERRNO(syscall(SYS_rt_tgsigqueueinfo, getppid(), syscall(SYS_gettid), RT, &i), ESRCH);
	WANT(queue(RT, 3) == 0 && next_queued() == 1 && next_queued() == 2 && next_queued() == 3 && next_queued() == -1);
	return mask_rt(SIG_UNBLOCK) ? "unblock" : NULL;
}

static volatile int order, others;
static void note(int sig, info_t *i, void *context)
{
	(void)context;
	order = order * 10 + (int)(intptr_t)i->si_ptr;
	others += sig != RT || i->si_code != SI_QUEUE;
}

static const char *queued_for_a_handler(void)
{
	struct sigaction a, was;
	memset(&a, 0, sizeof a);
	a.sa_sigaction = (void *)note;
	a.sa_flags = SA_SIGINFO;
	WANT(sigaction(RT, &a, &was) == 0 && mask_rt(SIG_BLOCK) == 0);
	for (int k = 1; k < 5; k++)
		WANT(queue(RT, k) == 0);
	WANT(order == 0 && mask_rt(SIG_UNBLOCK) == 0 && order == 1234 && !others && sigaction(RT, &was, NULL) == 0);
	return NULL;
}

/* Room for three: a fourth is refused; kill's comes, and what it would say is lost. On a PC all of root's processes share the room. */
static const char *queue_is_full(void)
{
	struct rlimit was, now;
	int n = 0, status;
	WANT(getrlimit(RLIMIT_SIGPENDING, &was) == 0 && mask_rt(SIG_BLOCK) == 0);
	now = (struct rlimit){ 3, was.rlim_max };
	WANT(setrlimit(RLIMIT_SIGPENDING, &now) == 0);
	while (n < 4 && queue(RT, n) == 0)
		n++;
	WANT(errno == EAGAIN && n <= 3);
#ifndef __x86_64__
	WANT(n == 3);
#endif
	WANT_ERRNO(syscall(SYS_tkill, syscall(SYS_gettid), RT), EAGAIN);
	WANT(kill(getpid(), RT + 1) == 0);
	for (int k = 0; k < n; k++)
		WANT(next_queued() == k);
	WANT(next_queued() == 199 && next_queued() == -1 && setrlimit(RLIMIT_SIGPENDING, &was) == 0);
	pid_t pid = fork();		/* one that ends with some left, of its own and of its thread's */
	if (pid == 0)
		_exit(queue(RT, 1) || syscall(SYS_tkill, syscall(SYS_gettid), RT));
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	return mask_rt(SIG_UNBLOCK) ? "unblock" : NULL;
}

struct record { uint32_t signo, error, code, pid, uid, fd, tid, band, overrun, trap, status, number; uint64_t pointer; uint8_t room[72]; };

/* What is blocked waits and is read, several at once, lowest first, with what their senders said; a set asks for it too. */
static const char *signals_are_read(void)
{
	uint64_t mask = BIT(RT) | BIT(SIGUSR1) | BIT(SIGCHLD), none = 0;
	struct record r[4];
	struct epoll_event e;
	struct pollfd p = { (int)syscall(SYS_signalfd4, -1, &mask, 8, O_NONBLOCK | 02000000), POLLIN, 0 };
	int fd = p.fd, set = set_new();
	WANT(fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC && syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8) == 0);
	WANT(control(set, EPOLL_CTL_ADD, fd, EPOLLIN | EPOLLET, 1) == 0 && poll(&p, 1, 0) == 0 && wait_for(set, &e, 1, 0) == 0);
	WANT(queue(RT, 77) == 0 && kill(getpid(), SIGUSR1) == 0 && poll(&p, 1, 0) == 1 && wait_for(set, &e, 1, -1) == 1 && wait_for(set, &e, 1, 0) == 0);
	WANT(read(fd, r, sizeof r) == 2 * sizeof *r && r[0].signo == SIGUSR1 && r[0].pid == (uint32_t)getpid() && r[0].code == SI_USER);
	WANT(r[1].signo == RT && r[1].code == (uint32_t)SI_QUEUE && r[1].number == 77 && r[1].pointer == 77 && poll(&p, 1, 0) == 0);
	WANT_ERRNO(read(fd, r, sizeof r), EAGAIN);
	pid_t pid = fork();
	if (pid == 0)
		_exit(9);
	WANT(poll(&p, 1, -1) == 1 && wait_for(set, &e, 1, 0) == 1 && read(fd, r, sizeof r) == sizeof *r);
	WANT(r[0].signo == SIGCHLD && r[0].pid == (uint32_t)pid && r[0].status == 9);
	WANT(waitpid(pid, NULL, 0) == pid && syscall(SYS_signalfd4, fd, &none, 8, 0) == fd && queue(RT, 1) == 0 && poll(&p, 1, 0) == 0);
	WANT(syscall(SYS_signalfd4, fd, &mask, 8, 0) == fd && read(fd, r, sizeof r) == sizeof *r && r[0].number == 1);
	return syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &mask, NULL, 8) || close(fd) || close(set) ? "the rest" : NULL;
}

/* Who reads sleeps until it comes; another signal's handler ends that. */
static const char *signals_are_waited_for(void)
{
	uint64_t mask = BIT(RT);
	struct sigaction a = { .sa_handler = count }, was;
	struct record r;
	char c;
	int fd = (int)syscall(SYS_signalfd4, -1, &mask, 8, 0), status;
	WANT(fd >= 0 && syscall(SYS_rt_sigprocmask, SIG_BLOCK, &mask, NULL, 8) == 0 && sigaction(SIGUSR1, &a, &was) == 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(read(fd, &r, sizeof r) == -1 && errno == EINTR && write(PIPE_W, "x", 1) == 1 && read(fd, &r, sizeof r) == sizeof r && r.signo == RT ? 0 : 1);
	while (poll(&(struct pollfd){ PIPE_R, POLLIN, 0 }, 1, 1) == 0)
		WANT(kill(pid, SIGUSR1) == 0);
	WANT(read(PIPE_R, &c, 1) == 1 && kill(pid, RT) == 0 && waitpid(pid, &status, 0) == pid);
	WANT(status == 0 && sigaction(SIGUSR1, &was, NULL) == 0);
	return syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &mask, NULL, 8) || close(fd) ? "the rest" : NULL;
}

#ifndef __x86_64__
static const char *not_there(void)
{
	int set = set_new(), other = set_new();
	WANT_ERRNO(control(set, EPOLL_CTL_ADD, PIPE_R, EPOLLIN | EPOLLEXCLUSIVE, 0), EINVAL);
	WANT_ERRNO(control(set, EPOLL_CTL_ADD, other, EPOLLIN, 0), EINVAL);
	return close(set) || close(other) ? "close" : NULL;
}
#endif

static const struct check_case cases[] = {
	{ "epoll: levels", levels },
	{ "epoll: edges", edges },
	{ "epoll: edges of others", edges_of_others },
	{ "epoll: one shot", one_shot },
	{ "epoll: turns", turns },
	{ "epoll: members go", members_go },
	{ "epoll: waking", epoll_wakes },
	{ "masks of waits", masks },
	{ "signalfd: reading", signals_are_read },
	{ "signalfd: waiting", signals_are_waited_for },
	{ "timerfd: times", timers_ring },
	{ "timerfd: late", timers_that_are_late },
	{ "timers of CPU time", cpu_timers },
	{ "queued signals", queued },
	{ "queued signals, handled", queued_for_a_handler },
	{ "a full queue", queue_is_full },
#ifndef __x86_64__
	{ "epoll: what is not there", not_there },
#endif
};

int main(void)
{
	const char *why = arrange();
	int set = set_new();
	uint64_t usr2 = BIT(SIGUSR2);
	if (why || dup2((int)syscall(SYS_signalfd4, -1, &usr2, 8, O_NONBLOCK), SIGNALS) != SIGNALS || dup2(set, SET) != SET ||
	    dup2((int)syscall(SYS_timerfd_create, 1, O_NONBLOCK), TIMER) != TIMER) {
		printf("[KO] %s\n", why ? why : "no set, no timer, no signals");
		return 1;
	}
	run_rows(rows, sizeof rows / sizeof *rows);
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
