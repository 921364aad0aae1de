/* Memory calls' rarer sides: mlock and its kin, mremap that leaves or doubles, limits, futexes between processes, descriptors among threads. */
#include <abi/futex.h>
#include <abi/syscall.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096 };
#define RW (PROT_READ | PROT_WRITE)

long syscall_raw(long nr, long a, long b, long c, long d, long e, long f);
static long call3(long nr, long a, long b, long c) { return syscall_raw(nr, a, b, c, 0, 0, 0); }
static char *anon(size_t n, int flags) { return mmap(NULL, n * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0); }

/* A number of /proc/self/FILE in the line that begins so, the first after the line with `after`. */
static long figure(const char *file, const char *after, const char *name)
{
	static char text[32768];
	char path[64];
	size_t n = 0;
	snprintf(path, sizeof path, "/proc/self/%s", file);
	int fd = open(path, O_RDONLY);
	for (ssize_t k; fd >= 0 && n < sizeof text - 1 && (k = read(fd, text + n, sizeof text - 1 - n)) > 0; )
		n += (size_t)k;
	close(fd);
	text[n] = 0;
	const char *at = after ? strstr(text, after) : text;
	at = at ? strstr(at, name) : NULL;
	return at ? strtol(at + strlen(name), NULL, 10) : -1;
}

static long of_region(const void *p, const char *name)
{
	char start[20];
	snprintf(start, sizeof start, "%08lx-", (unsigned long)(uintptr_t)p);
	return figure("smaps", start, name);
}

/* ---- mlock ---- */

static const char *lock_brings_frames(void)
{
	char *p = anon(8, 0), *q = anon(8, MAP_LOCKED), *r = anon(8, MAP_POPULATE);
	WANT(p != MAP_FAILED && *(volatile char *)p == 0 && of_region(p, "Rss:") == 0);
	WANT(mlock(p + 2 * PAGE + 7, 3 * PAGE) == 0);		/* touches four pages */
	WANT(of_region(p + 2 * PAGE, "Rss:") == 16 && of_region(p + 2 * PAGE, "Locked:") == 16 && of_region(p + 2 * PAGE, "ZeroPages:") == 0);
	WANT(of_region(p, "Locked:") == 0 && figure("status", NULL, "VmLck:") == 16 + 32);
	WANT(of_region(q, "Rss:") == 32 && of_region(q, "Locked:") == 32 && of_region(r, "Rss:") == 32 && of_region(r, "Locked:") == 0);
	WANT_ERRNO(madvise(p, 8 * PAGE, MADV_DONTNEED), EINVAL);
	WANT(munlock(p, 8 * PAGE) == 0 && of_region(p, "Rss:") == 16 && of_region(p, "Locked:") == 0);
	WANT(madvise(p, 8 * PAGE, MADV_DONTNEED) == 0 && of_region(p, "Rss:") == 0);
	WANT(munmap(p, 8 * PAGE) == 0 && munmap(q, 8 * PAGE) == 0 && munmap(r, 8 * PAGE) == 0 && figure("status", NULL, "VmLck:") == 0);
	return NULL;
}

static const char *lock_refuses(void)
{
	char *p = anon(4, 0);
	WANT(munmap(p + 2 * PAGE, PAGE) == 0 && mprotect(p + 3 * PAGE, PAGE, PROT_NONE) == 0);
	WANT_ERRNO(mlock(p, 4 * PAGE), ENOMEM);
	WANT_ERRNO(mlock(p + 3 * PAGE, PAGE), ENOMEM);
	WANT_ERRNO(munlock(p, 4 * PAGE), ENOMEM);
	WANT_ERRNO(mlock((char *)-PAGE, 2 * PAGE), EINVAL);
	WANT(mlock(p, 0) == 0 && munlock((char *)16, 0) == 0);
	WANT(call3(SYS_mlock2, (long)p, PAGE, 2) == -EINVAL && call3(SYS_mlockall, 0, 0, 0) == -EINVAL);
	WANT(call3(SYS_mlockall, MCL_ONFAULT, 0, 0) == -EINVAL && call3(SYS_mlockall, 8 | MCL_CURRENT, 0, 0) == -EINVAL);
	WANT(call3(SYS_mlock2, (long)p, PAGE, MLOCK_ONFAULT) == 0 && of_region(p, "Rss:") == 0);
	p[0] = 1;
	WANT(of_region(p, "Locked:") == 4);
	WANT(munmap(p, 4 * PAGE) == 0);
	return NULL;
}

static const char *lock_all(void)
{
	char *p = anon(8, 0);
	int status;
	WANT(call3(SYS_mlockall, MCL_FUTURE, 0, 0) == 0 && of_region(p, "Rss:") == 0);
	char *q = mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *r = anon(2, MAP_NORESERVE);
	WANT(of_region(q, "Locked:") == 16 && of_region(r, "Rss:") == 8);
	WANT(call3(SYS_mlockall, MCL_CURRENT, 0, 0) == 0 && of_region(p, "Locked:") == 32);
	char *s = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	WANT(of_region(s, "Locked:") == 0 && of_region(s, "ZeroPages:") == 0);	/* CURRENT alone ends FUTURE */
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(figure("status", NULL, "VmLck:") != 0);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	WANT(call3(SYS_munlockall, 0, 0, 0) == 0 && figure("status", NULL, "VmLck:") == 0);
	WANT(munmap(p, 8 * PAGE) == 0 && munmap(q, 4 * PAGE) == 0 && munmap(r, 2 * PAGE) == 0 && munmap(s, 2 * PAGE) == 0);
	return NULL;
}

/* ---- mremap ---- */

static const char *moved_and_kept(void)
{
	char *p = anon(4, 0);
	strcpy(p, "one");
	strcpy(p + PAGE, "two");
	char *q = mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	WANT(q != MAP_FAILED && q != p && !strcmp(q, "one") && !strcmp(q + PAGE, "two") && p[0] == 0 && p[PAGE] == 0);
	strcpy(p, "anew");
	WANT(!strcmp(q, "one"));
	WANT_ERRNO((long)mremap(p, 4 * PAGE, 3 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP), EINVAL);
	WANT_ERRNO((long)mremap(p, 4 * PAGE, 4 * PAGE, MREMAP_DONTUNMAP), EINVAL);
	WANT_ERRNO((long)mremap(p, 4 * PAGE, 4 * PAGE, 8), EINVAL);
	WANT(munmap(p, 4 * PAGE) == 0 && munmap(q, 4 * PAGE) == 0);
	return NULL;
}

static const char *second_view(void)
{
	char *p = mmap(NULL, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), *mine = anon(1, 0);
	strcpy(p + PAGE, "shared");
	char *q = mremap(p + PAGE, 0, 2 * PAGE, MREMAP_MAYMOVE);
	WANT(q != MAP_FAILED && !strcmp(q, "shared") && !strcmp(p + PAGE, "shared"));
	strcpy(q + PAGE, "both");
	WANT(!strcmp(p + 2 * PAGE, "both"));
	WANT_ERRNO((long)mremap(mine, 0, PAGE, MREMAP_MAYMOVE), EINVAL);
	WANT_ERRNO((long)mremap(p, 0, PAGE, 0), ENOMEM);
	WANT_ERRNO((long)mremap(p, 0, 0, MREMAP_MAYMOVE), EINVAL);
	WANT(munmap(p, 4 * PAGE) == 0 && !strcmp(q, "shared") && munmap(q, 2 * PAGE) == 0 && munmap(mine, PAGE) == 0);
	return NULL;
}

/* ---- fault-around ---- */

static const char *neighbours_come_along(void)
{
	enum { N = 64 };
	char page[PAGE];
	int fd = open("/around.dat", O_RDWR | O_CREAT | O_TRUNC, 0600);
	for (int k = 0; k < N; k++) {
		memset(page, k, PAGE);
		WANT(write(fd, page, PAGE) == PAGE);
	}
	volatile char *p = mmap(NULL, N * PAGE, RW, MAP_PRIVATE, fd, 0), *q = mmap(NULL, N * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	WANT(p != MAP_FAILED && p[20 * PAGE] == 20 && p[40 * PAGE] == 40 && of_region((char *)p, "Rss:") == 8);
	WANT(p[41 * PAGE] == 41 && of_region((char *)p, "Rss:") <= 4 + 64 && of_region((char *)p, "Rss:") > 8);
	long faults = figure("status", NULL, "Faults:");
	for (int k = 0; k < N; k++)
		WANT(q[k * PAGE] == k);
	WANT(figure("status", NULL, "Faults:") - faults <= 16 && of_region((char *)q, "Rss:") == 4 * N);
	p[42 * PAGE] = 1;	/* what came along is still copied before a store */
	WANT(q[42 * PAGE] == 42);
	struct rlimit was, few;
	WANT(getrlimit(RLIMIT_RSS, &was) == 0);
	few = was;
	few.rlim_cur = 64u << 20;
	WANT(setrlimit(RLIMIT_RSS, &few) == 0 && munmap((char *)q, N * PAGE) == 0);
	q = mmap(NULL, N * PAGE, PROT_READ, MAP_SHARED, fd, 0);
	WANT(q[0] == 0 && q[PAGE] == 1 && of_region((char *)q, "Rss:") == 8);	/* who has a limit gets what it asks for */
	WANT(setrlimit(RLIMIT_RSS, &was) == 0 && munmap((char *)q, N * PAGE) == 0 && munmap((char *)p, N * PAGE) == 0);
	WANT(close(fd) == 0 && unlink("/around.dat") == 0);
	return NULL;
}

/* ---- limits ---- */

static const char *limits_are_kept(void)
{
	struct rlimit r, want = { 5 << 20, 6 << 20 };
	int status;
	for (int k = 0; k < RLIMITS; k++) {
		struct rlimit old;
		if (k == RLIMIT_NOFILE)
			continue;
		WANT(getrlimit(k, &old) == 0 && old.rlim_cur <= old.rlim_max);
		struct rlimit new = { k == RLIMIT_AS || k == RLIMIT_RSS || k == RLIMIT_STACK ? 32u << 20 : 5, 64u << 20 };
		WANT(setrlimit(k, &new) == 0 && getrlimit(k, &r) == 0 && r.rlim_cur == new.rlim_cur && r.rlim_max == new.rlim_max);
		WANT(setrlimit(k, &old) == 0 && getrlimit(k, &r) == 0 && r.rlim_max == old.rlim_max);	/* raised: we are root */
	}
	WANT(setrlimit(RLIMIT_FSIZE, &want) == 0);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(getrlimit(RLIMIT_FSIZE, &r) || r.rlim_cur != want.rlim_cur || r.rlim_max != want.rlim_max);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	want = (struct rlimit){ 7, 6 };
	WANT_ERRNO(setrlimit(RLIMIT_FSIZE, &want), EINVAL);
	want = (struct rlimit){ 100, 1 << 20 };
	WANT_ERRNO(setrlimit(RLIMIT_NOFILE, &want), EPERM);
	WANT_ERRNO(setrlimit(RLIMITS, &want), EINVAL);
	WANT(getrlimit(RLIMIT_FSIZE, &r) == 0 && r.rlim_cur == 5 << 20 && r.rlim_max == 6 << 20);
	return NULL;
}

/* ---- futexes between processes ---- */

static long futex(volatile uint32_t *word, int op, uint32_t value, volatile uint32_t *other)
{
	return syscall_raw(SYS_futex, (long)(uintptr_t)word, op, (long)value, 1, (long)(uintptr_t)other, 0);
}

/* Sleep on word while it is 0; then say so. There is no sleep by the clock. */
static int wait_at(volatile uint32_t *word, volatile uint32_t *woken)
{
	long r = syscall_raw(SYS_futex, (long)(uintptr_t)word, FUTEX_WAIT, 0, 0, 0, 0);
	__atomic_fetch_add(woken, 1, __ATOMIC_SEQ_CST);
	return r != 0;
}

static const char *woken_elsewhere(void)
{
	int status;
	volatile uint32_t *p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	volatile uint32_t *q = mremap((void *)p, 0, PAGE, MREMAP_MAYMOVE);	/* the same words at another address */
	WANT(p != MAP_FAILED && q != MAP_FAILED);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(wait_at(p + 5, p));
	WANT(futex(p + 6, FUTEX_WAKE, 1, NULL) == 0 && futex(p + 5, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, 1, NULL) == 0);
	while (futex(q + 5, FUTEX_WAKE, 1, NULL) == 0)		/* through the other address */
		sched_yield();
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && p[0] == 1);
	/* moved from one word to another, and woken there */
	pid = fork();
	if (pid == 0)
		_exit(wait_at(p + 5, p));
	while (futex(p + 5, FUTEX_REQUEUE, 0, q + 7) == 0)
		sched_yield();
	WANT(futex(p + 5, FUTEX_WAKE, 1, NULL) == 0 && p[0] == 1 && futex(p + 7, FUTEX_WAKE, 1, NULL) == 1);
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && p[0] == 2);
	WANT(munmap((void *)p, PAGE) == 0 && munmap((void *)q, PAGE) == 0);
	return NULL;
}

/* Private memory at the same address in parent and child is two words. */
static const char *private_words_are_two(void)
{
	int status;
	volatile uint32_t *shared = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	static volatile uint32_t word;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		shared[1] = 1;
		_exit(wait_at(&word, shared));
	}
	while (!shared[1])
		sched_yield();
	for (int k = 0; k < 200; k++) {
		WANT(futex(&word, FUTEX_WAKE, 1, NULL) == 0);
		sched_yield();
	}
	WANT(shared[0] == 0 && kill(pid, SIGKILL) == 0 && waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	WANT(munmap((void *)shared, PAGE) == 0);
	return NULL;
}

/* ---- descriptors among threads ---- */

enum { OPENERS = 4, OPENS = 300 };

/* One descriptor is left, for four threads that create files: who is refused has made none. */
static void *create_files(void *arg)
{
	char path[32];
	long refused = 0;
	snprintf(path, sizeof path, "/tmp/vmtest.%ld", (long)(uintptr_t)arg);
	for (int k = 0; k < OPENS; k++) {
		int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
		if (fd < 0) {
			refused++;
			if (access(path, F_OK) == 0)
				return (void *)-1L;
			continue;
		}
		sched_yield();
		if (close(fd) || unlink(path))
			return (void *)-2L;
	}
	return (void *)(uintptr_t)refused;
}

static const char *last_descriptor(void)
{
	pthread_t t[OPENERS];
	int fds[300], n = 0;
	void *r;
	while (n < 300 && (fds[n] = open("/dev/null", O_RDONLY)) >= 0)
		n++;
	WANT(errno == EMFILE && n > 100 && close(fds[--n]) == 0);
	for (long k = 0; k < OPENERS; k++)
		WANT(pthread_create(&t[k], NULL, create_files, (void *)(uintptr_t)k) == 0);
	for (int k = 0; k < OPENERS; k++)
		WANT(pthread_join(t[k], &r) == 0 && (long)r >= 0);
	int fd = open("/dev/null", O_RDONLY);
	WANT(fd == fds[n] && close(fd) == 0);		/* and it is free again */
	while (n > 0)
		WANT(close(fds[--n]) == 0);
	return NULL;
}

static const struct check_case cases[] = {
	{ "lock_brings_frames", lock_brings_frames }, { "lock_refuses", lock_refuses }, { "lock_all", lock_all },
	{ "moved_and_kept", moved_and_kept }, { "second_view", second_view }, { "neighbours_come_along", neighbours_come_along },
	{ "limits_are_kept", limits_are_kept }, { "woken_elsewhere", woken_elsewhere }, { "private_words_are_two", private_words_are_two },
	{ "last_descriptor", last_descriptor },
};

CHECK_MAIN(cases)
