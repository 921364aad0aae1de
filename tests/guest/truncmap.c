/* Files that are mapped and become shorter: pages beyond the end leave every mapping, and who touches them gets SIGBUS. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, PAGES = 6 };
#define RW (PROT_READ | PROT_WRITE)

static int pipes[2];

/* The byte at p, as the kernel meets it for this process; -1: a bad address. */
static int load(const char *p)
{
	char c;
	if (write(pipes[1], p, 1) != 1)
		return errno == EFAULT ? -1 : -2;
	return read(pipes[0], &c, 1) == 1 ? c : -2;
}

static int store(char *p, char c)
{
	char drain;
	if (write(pipes[1], &c, 1) != 1)
		return -2;
	if (read(pipes[0], p, 1) == 1)
		return 0;
	return errno == EFAULT && read(pipes[0], &drain, 1) == 1 ? -1 : -2;
}

static void *volatile expected;

static void on_bus(int sig, siginfo_t *info, void *context)
{
	(void)context;
	_exit(sig == SIGBUS && info->si_code == BUS_ADRERR && info->si_addr == expected ? 0 : 2);
}

/* Load p over and over, as a program does: 0 once that is a bus error, 1 if it ever gives anything but c. */
static int watch(volatile char *p, char c, volatile char *seen)
{
	expected = (void *)(uintptr_t)p;
	while (*p == c)
		*seen = 1;
	return 1;
}

/* Whether a load of p is a bus error to a program. */
static bool is_bus_error(char *p)
{
	int status;
	char seen = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(watch(p, 0, &seen));
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static int open_file(const char *path)
{
	char page[PAGE];
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int k = 0; fd >= 0 && k < PAGES; k++) {
		memset(page, 'a' + k, PAGE);
		if (write(fd, page, PAGE) != PAGE)
			return -1;
	}
	return fd;
}

/* Each page of a mapping of [0, PAGES): the file's byte up to the end, a bus error beyond. */
static const char *want_end(char *p, int npages, int copy_from)
{
	for (int k = 0; k < PAGES; k++) {
		WANT(load(p + k * PAGE) == (k >= npages ? -1 : k >= copy_from ? 'A' + k : 'a' + k));
		WANT(store(p + k * PAGE + 5, 'x') == (k >= npages ? -1 : 0));
		WANT(k < npages || is_bus_error(p + k * PAGE + 7));
	}
	return NULL;
}

static const char *pages_leave(const char *path)
{
	int fd = open_file(path);
	char *shared = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0), *private = mmap(NULL, PAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
	WANT(fd >= 0 && shared != MAP_FAILED && private != MAP_FAILED);
	for (int k = 0; k < PAGES; k++) {
		WANT(load(shared + k * PAGE) == 'a' + k && load(private + k * PAGE) == 'a' + k);
		if (k >= 2)
			private[k * PAGE] = (char)('A' + k);
	}
	shared[0] = 'a';
	WANT(ftruncate(fd, 4 * PAGE) == 0);
	const char *why = want_end(shared, 4, PAGES);
	why = why ? why : want_end(private, 4, 2);
	if (why)
		return why;
	/* back to full length: zeros, in private copies too */
	WANT(ftruncate(fd, PAGES * PAGE) == 0);
	for (int k = 4; k < PAGES; k++)
		WANT(load(shared + k * PAGE) == 0 && load(private + k * PAGE) == 0);
	WANT(load(shared + 3 * PAGE) == 'd' && load(private + 3 * PAGE) == 'A' + 3);
	WANT(munmap(shared, PAGES * PAGE) == 0 && munmap(private, PAGES * PAGE) == 0 && close(fd) == 0 && unlink(path) == 0);
	return NULL;
}

static const char *tail_is_zero(const char *path)
{
	char page[PAGE];
	int fd = open_file(path);
	char *shared = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0), *private = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
	WANT(fd >= 0 && load(shared + 2 * PAGE) == 'c' && load(private + 2 * PAGE) == 'c');
	WANT(ftruncate(fd, 2 * PAGE + 100) == 0);
	WANT(load(shared + 2 * PAGE + 99) == 'c' && load(shared + 2 * PAGE + 100) == 0 && load(shared + 3 * PAGE - 1) == 0);
	WANT(load(private + 2 * PAGE + 99) == 'c' && load(private + 3 * PAGE - 1) == 0 && load(private + 3 * PAGE) == -1);
	shared[2 * PAGE + 200] = 'z';		/* beyond the end, where it does not count */
	WANT(ftruncate(fd, 3 * PAGE) == 0 && load(shared + 2 * PAGE + 200) == 0);
	WANT(pread(fd, page, PAGE, 2 * PAGE) == PAGE && page[99] == 'c' && page[100] == 0 && page[200] == 0);
	/* opening anew takes all of it */
	int again = open(path, O_RDWR | O_TRUNC);
	WANT(again >= 0 && load(shared) == -1 && load(private) == -1 && close(again) == 0);
	WANT(write(fd, page, 0) == 0 && read(fd, shared, PAGE) == 0);
	WANT(munmap(shared, PAGES * PAGE) == 0 && munmap(private, PAGES * PAGE) == 0 && close(fd) == 0 && unlink(path) == 0);
	return NULL;
}

/* The kernel's own hand meets the end too: a bad address, no signal. */
static const char *system_calls_say_fault(const char *path)
{
	int fd = open_file(path), zero = open("/dev/zero", O_RDONLY);
	char *p = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0);
	WANT(fd >= 0 && zero >= 0 && load(p + PAGE) == 'b' && ftruncate(fd, PAGE) == 0);
	WANT_ERRNO(read(zero, p + PAGE, 10), EFAULT);
	WANT(read(zero, p + PAGE - 10, 20) == 10);
	WANT(munmap(p, PAGES * PAGE) == 0 && close(zero) == 0 && close(fd) == 0 && unlink(path) == 0);
	return NULL;
}

/* Children that look at a page all the time, on other CPUs if there are any, and have it in their TLBs. */
static const char *children_lose_them(const char *path)
{
	enum { CHILDREN = 3 };
	int fd = open_file(path), status, pids[CHILDREN];
	char *shared = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0), *private = mmap(NULL, PAGES * PAGE, RW, MAP_PRIVATE, fd, 0);
	char *seen = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	WANT(fd >= 0 && seen != MAP_FAILED && load(shared + 4 * PAGE) == 'e');
	private[4 * PAGE] = 'e';		/* a copy, which the children share with each other */
	fflush(stdout);
	for (int k = 0; k < CHILDREN; k++)
		if ((pids[k] = fork()) == 0)
			_exit(watch((k & 1 ? private : shared) + 4 * PAGE, 'e', seen + k));
	for (int k = 0; k < CHILDREN; k++)
		while (!*(volatile char *)(seen + k))
			sched_yield();
	WANT(ftruncate(fd, 3 * PAGE) == 0 && load(shared + 4 * PAGE) == -1 && load(private + 4 * PAGE) == -1);
	for (int k = 0; k < CHILDREN; k++)
		WANT(waitpid(pids[k], &status, 0) == pids[k] && status == 0);
	WANT(munmap(shared, PAGES * PAGE) == 0 && munmap(private, PAGES * PAGE) == 0 && munmap(seen, PAGE) == 0);
	WANT(close(fd) == 0 && unlink(path) == 0);
	return NULL;
}

/* Truncated and extended again and again under children that fork all the time: a page is never another's, and no mapping is forgotten. */
static int fork_on(char *p, volatile char *stop)
{
	int status;
	while (!*stop) {
		pid_t pid = fork();
		if (pid == 0) {
			int c = load(p + 5 * PAGE);
			_exit(c != -1 && c != 0 && c != 'f');
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
			return 1;
	}
	return 0;
}

static const char *while_others_fork(const char *path)
{
	enum { CHILDREN = 2, ROUNDS = 60 };
	int fd = open_file(path), status, pids[CHILDREN];
	char *p = mmap(NULL, PAGES * PAGE, RW, MAP_SHARED, fd, 0), *stop = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	WANT(fd >= 0 && p != MAP_FAILED && stop != MAP_FAILED);
	fflush(stdout);
	for (int k = 0; k < CHILDREN; k++)
		if ((pids[k] = fork()) == 0)
			_exit(fork_on(p, stop));
	for (int k = 0; k < ROUNDS; k++) {
		WANT(ftruncate(fd, 5 * PAGE) == 0 && load(p + 5 * PAGE) == -1);
		sched_yield();
		WANT(ftruncate(fd, 6 * PAGE) == 0 && load(p + 5 * PAGE) == 0 && store(p + 5 * PAGE, 'f') == 0);
	}
	*stop = 1;
	for (int k = 0; k < CHILDREN; k++)
		WANT(waitpid(pids[k], &status, 0) == pids[k] && status == 0);
	WANT(munmap(p, PAGES * PAGE) == 0 && munmap(stop, PAGE) == 0 && close(fd) == 0 && unlink(path) == 0);
	return NULL;
}

#define ON_BOTH(fn) \
	static const char *fn##_fat(void) { return fn("/truncmap.dat"); } \
	static const char *fn##_tmp(void) { return fn("/tmp/truncmap.dat"); }
ON_BOTH(pages_leave)
ON_BOTH(tail_is_zero)
ON_BOTH(system_calls_say_fault)
ON_BOTH(children_lose_them)
ON_BOTH(while_others_fork)
#define BOTH(fn) { #fn ", FAT", fn##_fat }, { #fn ", tmpfs", fn##_tmp }

static const struct check_case cases[] = {
	BOTH(pages_leave), BOTH(tail_is_zero), BOTH(system_calls_say_fault), BOTH(children_lose_them), BOTH(while_others_fork),
};

int main(void)
{
	struct sigaction act = { .sa_sigaction = on_bus, .sa_flags = SA_SIGINFO };
	if (sigaction(SIGBUS, &act, NULL) || pipe(pipes))
		return 1;
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
