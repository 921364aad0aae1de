/* A file is read right where the kernel cannot have a frame for its bytes: with the k-th allocation of the read failing, for every k,
 * with a neighbour who lets nearly all of them fail, and with one who has all the memory there is. */
#include <sched.h>
#include <stdint.h>
#include "sweep.h"
#define main sha256sum_main
#define k round_constants
#include "../../user/bin/sha256sum.c"
#undef main
#undef k

enum { BYTES = 300000, READ = 20000, BIG = 1500000, GRAB = 16 * PAGE };
static const char path[] = "/stream.tmp", big_path[] = "/stream.big";
/* Shared, so that a fork makes nothing of it to be copied later. */
static struct { volatile int go, full; unsigned char buf[READ]; } *shared;
#define buf shared->buf

static unsigned char byte_at(size_t k) { return (unsigned char)(k * 31 + k / 256 * 7 + k / 65536); }

static uint64_t streamed(void)
{
	static char text[2048];
	int fd = open("/proc/vmstat", O_RDONLY);
	read_all(fd, text, sizeof text);
	close(fd);
	char *at = strstr(text, "pgstream ");
	return at ? strtoull(at + 9, NULL, 10) : 0;
}

static void drop(void)
{
	int fd = open("/proc/sys/vm/drop_caches", O_WRONLY);
	if (fd < 0 || write(fd, "1", 1) != 1)
		_exit(99);
	close(fd);
}

static const char *make(void)
{
	shared = mmap(NULL, sizeof *shared, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	WANT(fd >= 0 && shared != MAP_FAILED);
	for (size_t at = 0; at < BYTES; at += sizeof buf) {
		for (size_t k = 0; k < sizeof buf; k++)
			buf[k] = byte_at(at + k);
		WANT(write(fd, buf, sizeof buf) == (ssize_t)sizeof buf);
	}
	WANT(fsync(fd) == 0 && close(fd) == 0);
	sweep_open_fail();
	return fail_fd >= 0 ? NULL : "no /proc/self/fail-nth";
}

static bool is_right(size_t at)
{
	for (size_t k = 0; k < sizeof buf; k++)
		if (buf[k] != byte_at(at + k))
			return false;
	return true;
}

static const char *each_allocation(void)
{
	int fd = open(path, O_RDONLY), left = 0;
	uint64_t start = streamed();
	unsigned k = 0;
	WANT(fd >= 0);
	for (size_t at = 0; !left && k < ROUNDS_MAX; at = (at + 3 * READ) % BYTES) {
		drop();
		memset(buf, 0, sizeof buf);
		arm(++k);
		ssize_t n = pread(fd, buf, sizeof buf, (off_t)at);
		left = disarm();
		WANT(n == READ && is_right(at));
	}
	close(fd);
	WANT(left && k > 1 && streamed() > start);
	printf("%u allocations\n", k - 1);
	return NULL;
}

/* A child arms its parent again and again, until it is killed. */
static const char *hardly_any_memory(void)
{
	char name[40];
	int fd = open(path, O_RDONLY), status;
	snprintf(name, sizeof name, "/proc/%d/fail-nth", (int)getpid());
	pid_t child = fork();
	WANT(fd >= 0 && child >= 0);
	if (child == 0) {
		int to = open(name, O_WRONLY);
		while (!shared->go)
			;
		while (to >= 0 && (write(to, "1", 1) == 1 || errno == ENOMEM))
			;
		_exit(1);
	}
	memset(buf, 0, sizeof buf);
	drop();
	shared->go = 1;		/* what a fork left to be copied has been, here and in the call before */
	for (int round = 0; round < 20; round++)
		for (size_t at = 0; at < BYTES; at += READ) {
			ssize_t n = pread(fd, buf, sizeof buf, (off_t)at);
			WANT(n == READ && is_right(at));
		}
	kill(child, SIGKILL);
	WANT(waitpid(child, &status, 0) == child && WIFSIGNALED(status));
	arm(0);
	close(fd);
	return NULL;
}

/* The SHA-256 of what fd has, in pieces of the buffer. */
static bool sum_of(int fd, struct sha *c)
{
	ssize_t n;
	begin(c);
	for (off_t at = 0; (n = pread(fd, buf, sizeof buf, at)) > 0; at += n)
		add(c, buf, (size_t)n);
	finish(c);
	return n == 0;
}

/* Take memory until it is refused, and then what others give back, for good. A copy into a page that cannot be had is an error; to touch
 * it would be the end. */
static void have_all_memory(void)
{
	size_t all = (size_t)1 << 32, at = 0;
	char *p = mmap(NULL, all, RW, ANON | MAP_NORESERVE, -1, 0);
	int zero = open("/dev/zero", O_RDONLY);
	if (p == MAP_FAILED || zero < 0)
		_exit(1);
	while (!shared->go)
		;
	for (;;) {
		ssize_t n = read(zero, p + at, GRAB);
		if (n > 0)
			at += (size_t)n;
		else
			shared->full++;
	}
}

static const char *make_big(void)
{
	int fd = open(big_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	WANT(fd >= 0);
	for (size_t at = 0; at < BIG; at += sizeof buf) {
		for (size_t k = 0; k < sizeof buf; k++)
			buf[k] = byte_at(at + k);
		WANT(write(fd, buf, sizeof buf) == (ssize_t)sizeof buf);
	}
	WANT(fsync(fd) == 0 && close(fd) == 0);
	return NULL;
}

static const char *no_memory(void)
{
	struct sha with, without;
	int fd = open(big_path, O_RDONLY), status;
	uint64_t start = streamed();
	shared->go = 0;
	pid_t child = fork();
	WANT(fd >= 0 && child >= 0);
	if (child == 0)
		have_all_memory();
	WANT(sum_of(fd, &with));	/* what the fork left to be copied has been, now */
	drop();
	shared->go = 1;
	while (shared->full < 3)
		sched_yield();
	bool right = sum_of(fd, &without);
	kill(child, SIGKILL);
	WANT(waitpid(child, &status, 0) == child && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	WANT(right && !memcmp(with.h, without.h, sizeof with.h));
	uint64_t pieces = streamed() - start;
	printf("%u bytes without memory, %lu pieces past the cache\n", BIG, (unsigned long)pieces);
	WANT(pieces > BIG / 1024);
	return close(fd) == 0 && unlink(big_path) == 0 ? NULL : "the big file stays";
}

static const char *clear(void)
{
	WANT(unlink(path) == 0);
	return NULL;
}

static const struct check_case cases[] = {
	{ "a file is made", make },
	{ "with each allocation failing in turn", each_allocation },
	{ "with hardly any memory", hardly_any_memory },
	{ "a big file is made", make_big },
	{ "with no memory at all", no_memory },
	{ "all is taken away", clear },
};
CHECK_MAIN(cases)
