#pragma once
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>
#include <abi/syscall.h>
#include "check.h"
/* A sweep makes one system call over and over; in round k the k-th allocation that the kernel makes for it fails
 * (/proc/self/fail-nth). Either the call fails then, as it documents, and nothing has changed: neither what the program can
 * see nor what the kernel holds (/proc/fingerprint). Or it succeeds all the same. The sweep ends with the first round
 * in which there was no k-th allocation. */

enum { PAGE = 4096, ROUNDS_MAX = 400 };
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
#define FAT_DIR "/sweep.tmp"
#define TMP_DIR "/tmp/sweep.tmp"

/* SWEEP_CHILD: each round in a process of its own, which the kernel may end for want of memory: the call is followed by page
 * faults, or is one. SWEEP_OPEN: the file in use keeps what the kernel learned of it, so objects and frames may only become more
 * while it is open. SWEEP_DISK: needs a second disk. */
enum { SWEEP_CHILD = 1, SWEEP_OPEN = 2, SWEEP_DISK = 4 };

struct sweep {
	const char *name;
	void (*prepare)(void);	/* before each round, with memory enough */
	long (*call)(void);	/* -1 with errno is failure */
	void (*clear)(void);	/* after each round, whatever the call did; may be NULL like prepare */
	int also;		/* an errno that it may give besides ENOMEM */
	unsigned flags;
};

enum outcome { FAILED, RECOVERED, DONE, WRONG };

static int fail_fd = -1, print_fd = -1;		/* /proc/self/fail-nth, /proc/fingerprint */

struct snapshot {
	char kernel[2048], maps[8192];
	uint64_t files, fds, disk;	/* disk: free clusters */
	long brk;
};
static struct snapshot before, after, base;

static inline void sweep_open_fail(void)
{
	if (fail_fd >= 0)
		close(fail_fd);
	fail_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
}

static unsigned armed_for;	/* the round's k */

static inline void arm(unsigned k)
{
	char s[12];
	int n = snprintf(s, sizeof s, "%u", k);
	if (write(fail_fd, s, (size_t)n) != n)
		_exit(99);
}

/* How many allocations were still missing to k. */
static inline int disarm(void)
{
	char s[12] = "";
	if (pread(fail_fd, s, sizeof s - 1, 0) < 1)
		_exit(99);
	arm(0);
	return atoi(s);
}

static inline void read_all(int fd, char *buf, size_t room)
{
	size_t n = 0;
	for (ssize_t got; n < room - 1 && (got = pread(fd, buf + n, room - 1 - n, (off_t)n)) > 0;)
		n += (size_t)got;
	buf[n] = 0;
}

static inline size_t line_length(const char *s)
{
	const char *end = strchr(s, '\n');
	return end ? (size_t)(end - s) : strlen(s);
}

static inline uint64_t mix(uint64_t h, const void *p, size_t n)
{
	for (const unsigned char *c = p; n-- > 0; c++)
		h = (h ^ *c) * 0x100000001b3;
	return h;
}

static inline uint64_t digest_of_file(const char *path)
{
	static char buf[PAGE];
	uint64_t h = 1;
	int fd = open(path, O_RDONLY);
	for (ssize_t n; fd >= 0 && (n = read(fd, buf, sizeof buf)) > 0;)
		h = mix(h, buf, (size_t)n);
	close(fd);
	return h;
}

/* Names, sizes and contents, in any order. */
static inline uint64_t digest_of_dir(const char *dir)
{
	static char buf[2048], path[320];
	uint64_t sum = 0;
	int fd = open(dir, O_RDONLY);
	for (long n; fd >= 0 && (n = syscall(SYS_getdents64, fd, buf, sizeof buf)) > 0;)
		for (long at = 0; at < n; at += *(uint16_t *)(void *)(buf + at + 16)) {
			struct stat st = { 0 };
			snprintf(path, sizeof path, "%s/%s", dir, buf + at + 19);
			if (buf[at + 19] == '.' || lstat(path, &st) != 0)
				continue;
			uint64_t facts[] = { (uint64_t)st.st_size, st.st_mode, st.st_nlink, S_ISREG(st.st_mode) ? digest_of_file(path) : 0 };
			sum += mix(mix(1, path, strlen(path)), facts, sizeof facts);
		}
	close(fd);
	return sum;
}

static inline uint64_t digest_of_fds(void)
{
	uint64_t h = 1;
	for (int fd = 0; fd < 256; fd++) {
		struct stat st = { 0 };
		long facts[] = { fcntl(fd, F_GETFD), lseek(fd, 0, SEEK_CUR), fstat(fd, &st), (long)st.st_ino, (long)st.st_size };
		if (fd != fail_fd && fd != print_fd)
			h = mix(h, facts, sizeof facts);
	}
	return h;
}

static inline uint64_t free_clusters(void)
{
	struct statfs st = { 0 };
	sync();
	syscall(SYS_statfs, FAT_DIR, &st);
	return st.f_bfree;
}

/* Write to every page that may be written, so that a child has its own of each and none comes to count later; also of the stack that a later
 * look, with more calls above it, will need. */
static inline void own_pages(void)
{
	static struct snapshot *s = &before;
	volatile char stack[4 * PAGE];
	for (size_t at = 0; at < sizeof stack; at += PAGE)
		stack[at] = 0;
	int fd = open("/proc/self/maps", O_RDONLY);
	read_all(fd, s->maps, sizeof s->maps);
	close(fd);
	for (char *line = s->maps; *line; line += line_length(line) + 1) {
		char *rest;
		uintptr_t from = strtoul(line, &rest, 16), to = strtoul(rest + 1, &rest, 16);
		for (volatile char *p = (void *)from; rest[2] == 'w' && to - from <= 64 * PAGE && (uintptr_t)p < to; p += PAGE)
			*p = *p;
	}
}

/* What the kernel holds is looked at last: by then the program has touched all that it touches. */
static inline void look(struct snapshot *s)
{
	int fd = open("/proc/self/maps", O_RDONLY);
	read_all(fd, s->maps, sizeof s->maps);
	close(fd);
	s->files = digest_of_dir(FAT_DIR) + digest_of_dir(TMP_DIR);
	s->fds = digest_of_fds();
	s->disk = free_clusters();
	s->brk = syscall(SYS_brk, 0);
	read_all(print_fd, s->kernel, sizeof s->kernel);
}

/* The first line of a that b lacks. */
static inline const char *first_difference(const char *a, const char *b)
{
	static char line[2][80];
	while (*a && *b) {
		size_t n = line_length(a), m = line_length(b);
		if (n != m || memcmp(a, b, n)) {
			snprintf(line[0], sizeof line[0], "%.*s", (int)n, a);
			snprintf(line[1], sizeof line[1], "%s, then %.*s", line[0], (int)m, b);
			return line[1];
		}
		a += n + (a[n] == '\n');
		b += m + (b[m] == '\n');
	}
	return *a ? a : b;
}

static inline bool complain(const struct sweep *s, unsigned k, const char *what, const char *detail)
{
	printf("[KO] %s, allocation %u: %s %s\n", s->name, k, what, detail);
	return false;
}

/* What the kernel holds is as before, now, or in a moment: another CPU may be freeing what has ended. */
static inline bool settles(const char *old, char *now)
{
	for (int tries = 0; strcmp(old, now); tries++) {
		if (tries == 5)
			return false;
		usleep(2000);
		read_all(print_fd, now, sizeof after.kernel);
	}
	return true;
}

static inline bool is_unchanged(const struct sweep *s, unsigned k)
{
	look(&after);
	if (strcmp(before.maps, after.maps))
		return complain(s, k, "mappings changed:", first_difference(before.maps, after.maps));
	if (before.files != after.files)
		return complain(s, k, "files changed", "");
	if (before.disk != after.disk)
		return complain(s, k, "clusters of the disk were lost", "");
	if (before.fds != after.fds || before.brk != after.brk)
		return complain(s, k, "descriptors or the break changed", "");
	if (!(s->flags & SWEEP_OPEN) && !settles(before.kernel, after.kernel))
		return complain(s, k, "the kernel kept something:", first_difference(before.kernel, after.kernel));
	return true;
}

/* k 0: nothing fails. */
static inline enum outcome round_here(const struct sweep *s, unsigned k)
{
	enum outcome result = DONE;
	if (s->prepare)
		s->prepare();
	look(&before);
	arm(armed_for = k);
	long r = s->call();
	int e = errno, left = disarm();
	if (r >= 0) {
		result = left ? DONE : RECOVERED;
	} else {
		result = FAILED;
		if (left || !k || (e != ENOMEM && e != s->also))
			result = complain(s, k, "failed:", strerror(e)) ? FAILED : WRONG;
		else if (!is_unchanged(s, k))
			result = WRONG;
	}
	if (s->clear)
		s->clear();
	return k ? result : result == WRONG ? WRONG : DONE;
}

static inline enum outcome round_in_child(const struct sweep *s, unsigned k)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		sweep_open_fail();
		own_pages();
		enum outcome o = round_here(s, k);
		fflush(stdout);
		_exit((int)o);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return WRONG;
	if (!WIFSIGNALED(status))
		return WEXITSTATUS(status) <= WRONG ? (enum outcome)WEXITSTATUS(status) : WRONG;
	bool fair = WTERMSIG(status) == SIGKILL || WTERMSIG(status) == SIGBUS || WTERMSIG(status) == SIGSEGV;
	return fair ? FAILED : complain(s, k, "ended by an odd signal", "") ? FAILED : WRONG;
}

static inline enum outcome round_of(const struct sweep *s, unsigned k)
{
	return s->flags & SWEEP_CHILD ? round_in_child(s, k) : round_here(s, k);
}

/* True if all is well. */
static inline bool sweep(const struct sweep *s)
{
	unsigned count[WRONG + 1] = { 0 };
	enum outcome o = WRONG;
	for (int warm = 0; warm < 2; warm++)
		if (round_of(s, 0) == WRONG)
			return complain(s, 0, "does not work with memory enough", "");
	look(&before);
	look(&base);
	for (unsigned k = 1; k <= ROUNDS_MAX && !count[DONE]; k++) {
		o = round_of(s, k);
		count[o]++;
	}
	look(&before);
	if (count[WRONG])
		return false;
	if (!count[DONE])
		return complain(s, ROUNDS_MAX, "there is always one more allocation", "");
	if (base.disk != before.disk || base.files != before.files)
		return complain(s, 0, "the sweep changed the disk", "");
	if (!settles(base.kernel, before.kernel))
		return complain(s, 0, "the sweep leaked:", first_difference(base.kernel, before.kernel));
	printf("[OK] %s: %u failed, %u recovered\n", s->name, count[FAILED], count[RECOVERED]);
	return true;
}
