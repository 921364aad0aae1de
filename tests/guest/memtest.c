/* Memory as a program sees it: mmap, munmap, mprotect, madvise, mremap, brk, copy-on-write, the stack, and that
 * nothing leaks. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096 };
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)

static char *map(size_t pages, int prot) { return mmap(NULL, pages * PAGE, prot, ANON, -1, 0); }

/* The signal that ended a child which ran fn; 0 if it exited with 0. */
static int death_of(void (*fn)(void *), void *arg)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		fn(arg);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
}

static void store(void *p) { *(volatile char *)p = 1; }
static void load(void *p) { (void)*(volatile char *)p; }
static void jump(void *p) { ((void (*)(void))p)(); }

static const char *zero_on_demand(void)
{
	char *p = map(64, RW);
	WANT(p != MAP_FAILED);
	for (size_t i = 0; i < 64 * PAGE; i += 511)
		WANT(p[i] == 0);
	memset(p, 0x5a, 64 * PAGE);
	WANT(munmap(p, 64 * PAGE) == 0);
	char *q = map(64, RW);
	for (size_t i = 0; i < 64 * PAGE; i += 511)
		WANT(q[i] == 0);
	WANT(munmap(q, 64 * PAGE) == 0);
	return NULL;
}

static const char *partial_unmap(void)
{
	char *p = map(8, RW);
	memset(p, 7, 8 * PAGE);
	WANT(munmap(p + 2 * PAGE, 3 * PAGE) == 0);
	WANT(p[2 * PAGE - 1] == 7 && p[5 * PAGE] == 7);
	WANT(death_of(load, p + 3 * PAGE) == SIGSEGV);
	char *q = mmap(p + 2 * PAGE, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	WANT(q == p + 2 * PAGE && q[0] == 0);
	WANT(munmap(p, 8 * PAGE) == 0);
	WANT(munmap(p, 8 * PAGE) == 0);		/* holes are no error */
	return NULL;
}

static const char *protection(void)
{
	char *p = map(3, RW);
	p[PAGE] = 1;
	WANT(mprotect(p + PAGE, PAGE, PROT_READ) == 0);
	WANT(death_of(store, p + PAGE) == SIGSEGV);
	WANT(death_of(load, p + PAGE) == 0);
	WANT(death_of(store, p) == 0 && death_of(store, p + 2 * PAGE) == 0);
	WANT(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
	WANT(death_of(load, p + PAGE) == SIGSEGV);
	WANT(death_of(jump, p) == SIGSEGV);
	WANT(mprotect(p, 3 * PAGE, RW) == 0 && p[PAGE] == 1);
	p[PAGE] = 2;
	WANT(munmap(p, 3 * PAGE) == 0);
	WANT_ERRNO(mprotect(p, PAGE, PROT_READ), ENOMEM);
	return NULL;
}

static const char *bad_arguments(void)
{
	char *p = map(1, RW);
	WANT_ERRNO(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
	WANT_ERRNO(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	WANT_ERRNO(mmap(NULL, (size_t)1 << 60, RW, ANON, -1, 0), ENOMEM);
	WANT_ERRNO(mmap(NULL, SIZE_MAX, RW, ANON, -1, 0), ENOMEM);
	WANT_ERRNO(mmap(p + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	WANT_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
	WANT_ERRNO(mmap(NULL, PAGE, RW, MAP_PRIVATE, 0, 1), EINVAL);
	WANT_ERRNO(mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	WANT_ERRNO(munmap(p + 1, PAGE), EINVAL);
	WANT_ERRNO(munmap(p, 0), EINVAL);
	WANT_ERRNO(munmap((void *)(uintptr_t)-PAGE, PAGE), EINVAL);
	WANT_ERRNO(mprotect(p + 1, PAGE, RW), EINVAL);
	WANT_ERRNO(madvise(p + 1, PAGE, MADV_DONTNEED), EINVAL);
	WANT_ERRNO(madvise(p, PAGE, 4711), EINVAL);
	WANT(munmap(p, PAGE) == 0);
	return NULL;
}

static const char *copy_on_write(void)
{
	char *p = map(16, RW);
	int status, fds[2];
	char ready;
	memset(p, 1, 16 * PAGE);
	WANT(pipe(fds) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		char seen = p[0];
		memset(p, 2, 8 * PAGE);
		write(fds[1], &seen, 1);
		_exit(p[0] == 2 && p[15 * PAGE] == 1 ? 0 : 1);
	}
	WANT(read(fds[0], &ready, 1) == 1 && ready == 1);
	WANT(p[0] == 1 && p[8 * PAGE - 1] == 1);
	WANT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0);
	memset(p, 3, 16 * PAGE);
	close(fds[0]), close(fds[1]);
	WANT(munmap(p, 16 * PAGE) == 0);
	return NULL;
}

static const char *shared_memory(void)
{
	int status;
	volatile char *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	WANT(p != MAP_FAILED);
	pid_t pid = fork();
	if (pid == 0) {
		p[0] = 42;
		p[PAGE] = 43;
		_exit(0);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	WANT(p[0] == 42 && p[PAGE] == 43);
	WANT(munmap((void *)p, 2 * PAGE) == 0);
	return NULL;
}

static const char *discard(void)
{
	char *p = map(4, RW);
	memset(p, 9, 4 * PAGE);
	WANT(madvise(p + PAGE, 2 * PAGE, MADV_DONTNEED) == 0);
	WANT(p[0] == 9 && p[PAGE] == 0 && p[3 * PAGE - 1] == 0 && p[3 * PAGE] == 9);
	WANT(munmap(p, 4 * PAGE) == 0);
	return NULL;
}

static const char *remap(void)
{
	char *p = map(4, RW);
	memset(p, 5, 4 * PAGE);
	char *q = mremap(p, 4 * PAGE, 64 * PAGE, MREMAP_MAYMOVE);
	WANT(q != MAP_FAILED && q[0] == 5 && q[4 * PAGE - 1] == 5 && q[4 * PAGE] == 0);
	WANT(mremap(q, 64 * PAGE, 2 * PAGE, 0) == q && q[0] == 5);
	WANT(death_of(load, q + 3 * PAGE) == SIGSEGV);
	WANT(munmap(q, 2 * PAGE) == 0);
	return NULL;
}

static const char *heap_break(void)
{
	char *start = sbrk(0);
	WANT(sbrk(10 * PAGE) == start);
	memset(start, 1, 10 * PAGE);
	WANT(sbrk(-10 * PAGE) == start + 10 * PAGE);
	WANT(sbrk(10 * PAGE) == start && start[0] == 0);
	WANT(sbrk(-10 * PAGE) != (void *)-1);
	WANT_ERRNO(sbrk((intptr_t)1 << 50), ENOMEM);
	return NULL;
}

static int deep(int n)
{
	volatile char frame[PAGE];
	frame[0] = (char)n;
	return n ? deep(n - 1) + frame[0] : 0;
}

static void dig(void *depth) { deep((int)(intptr_t)depth); }

static const char *stack_grows(void)
{
	WANT(death_of(dig, (void *)1000) == 0);
	WANT(death_of(dig, (void *)100000) == SIGSEGV);
	return NULL;
}

static const char *null_and_kernel(void)
{
	WANT(death_of(load, NULL) == SIGSEGV);
	WANT(death_of(load, (void *)0xffffffff80000000) == SIGSEGV);
	WANT(death_of(store, (void *)0xffffffc080000000) == SIGSEGV);
	WANT(death_of(load, (void *)0x8000000000000000) == SIGSEGV);
	WANT(death_of(jump, (void *)0x4000000000) == SIGSEGV);
	return NULL;
}

static const char *file_mapping(void)
{
	char buf[PAGE], page[2 * PAGE];
	int fd = open("/tmp/maptest", O_RDWR | O_CREAT | O_TRUNC, 0644);
	WANT(fd >= 0);
	memset(page, 'a', sizeof page);
	WANT(write(fd, page, sizeof page) == (ssize_t)sizeof page);
	char *priv = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
	char *shared = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
	WANT(priv != MAP_FAILED && shared != MAP_FAILED);
	WANT(priv[0] == 'a' && shared[PAGE] == 'a');
	priv[0] = 'p';
	shared[PAGE] = 's';
	WANT(shared[0] == 'a' && priv[PAGE] == 's');
	WANT(pread(fd, buf, PAGE, PAGE) == PAGE && buf[0] == 's');
	WANT(pread(fd, buf, PAGE, 0) == PAGE && buf[0] == 'a');
	WANT(ftruncate(fd, PAGE) == 0);
	WANT(munmap(priv, 2 * PAGE) == 0 && munmap(shared, 2 * PAGE) == 0);
	int ro = open("/tmp/maptest", O_RDONLY);
	WANT_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, ro, 0), EACCES);
	char *past = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, ro, 0);
	WANT(past != MAP_FAILED && past[0] == 'a');
	WANT(death_of(load, past + PAGE) == SIGBUS);
	WANT(munmap(past, 2 * PAGE) == 0);
	close(fd), close(ro);
	WANT(unlink("/tmp/maptest") == 0);
	return NULL;
}

/* Free memory as /proc/meminfo tells it, kB. */
static long free_kb(void)
{
	char buf[1024];
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t n = read(fd, buf, sizeof buf - 1);
	close(fd);
	buf[n < 0 ? 0 : n] = 0;
	char *p = strstr(buf, "MemFree:");
	return p ? strtol(p + 8, NULL, 10) : -1;
}

static void churn(void *arg)
{
	(void)arg;
	for (int i = 0; i < 50; i++) {
		char *p = map(32, RW);
		memset(p, 1, 32 * PAGE);
		munmap(p + PAGE, 7 * PAGE);
		mprotect(p + 9 * PAGE, PAGE, PROT_READ);
	}
}

static const char *nothing_leaks(void)
{
	for (int i = 0; i < 4; i++)
		WANT(death_of(churn, NULL) == 0);
	long before = free_kb();
	for (int i = 0; i < 16; i++)
		WANT(death_of(churn, NULL) == 0);
	long lost = before - free_kb();
	if (lost > 128)
		printf("%ld kB lost\n", lost);
	WANT(lost <= 128);
	return NULL;
}

static const struct check_case cases[] = {
	{ "zero_on_demand", zero_on_demand }, { "partial_unmap", partial_unmap }, { "protection", protection },
	{ "bad_arguments", bad_arguments }, { "copy_on_write", copy_on_write }, { "shared_memory", shared_memory },
	{ "discard", discard }, { "remap", remap }, { "heap_break", heap_break }, { "stack_grows", stack_grows },
	{ "null_and_kernel", null_and_kernel }, { "file_mapping", file_mapping }, { "nothing_leaks", nothing_leaks },
};
CHECK_MAIN(cases)
