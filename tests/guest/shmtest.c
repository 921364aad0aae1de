/* Shared memory: by name, without a name, and from a parent to its children. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096 };
#define RW (PROT_READ | PROT_WRITE)
static const char name[] = "/shmtest";

static char *map_fd(int fd, size_t pages) { return mmap(NULL, pages * PAGE, RW, MAP_SHARED, fd, 0); }

/* The status of a child that runs fn, as a shell counts it. */
static int in_child(int (*fn)(void *), void *arg)
{
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(fn(arg));
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int load(void *p) { return *(volatile char *)p; }
static int store(void *p) { *(volatile char *)p = 1; return 0; }

/* ---- by name ---- */

/* The other of two processes that have nothing but the name in common: this program, run anew. */
static int other(void)
{
	int fd = shm_open(name, O_RDWR, 0);
	volatile char *p = fd < 0 ? MAP_FAILED : map_fd(fd, 2);
	if (p == MAP_FAILED || p[0] != 'a' || p[PAGE] != 'b')
		return 1;
	p[1] = 'c';
	while (p[2] != 'd')		/* the first one's answer */
		usleep(1000);
	p[3] = 'e';
	return 0;
}

static const char *by_name(void)
{
	int status, fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
	WANT(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0);
	volatile char *p = map_fd(fd, 2);
	WANT(p != MAP_FAILED && p[0] == 0 && close(fd) == 0);
	p[0] = 'a';
	p[PAGE] = 'b';
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		char *argv[] = { "/test/shmtest", "other", NULL };
		execv(argv[0], argv);
		_exit(126);
	}
	for (int k = 0; k < 20000 && p[1] != 'c'; k++)
		usleep(1000);
	WANT(p[1] == 'c');
	p[2] = 'd';
	WANT(waitpid(pid, &status, 0) == pid && status == 0 && p[3] == 'e');
	WANT(munmap((void *)p, 2 * PAGE) == 0 && shm_unlink(name) == 0);
	return NULL;
}

static const char *names(void)
{
	WANT_ERRNO(shm_open(name, O_RDWR, 0), ENOENT);
	WANT_ERRNO(shm_unlink(name), ENOENT);
	WANT_ERRNO(shm_open("", O_RDWR | O_CREAT, 0600), EINVAL);
	WANT_ERRNO(shm_open("/", O_RDWR | O_CREAT, 0600), EINVAL);
	WANT_ERRNO(shm_open("/a/b", O_RDWR | O_CREAT, 0600), EINVAL);
	WANT_ERRNO(shm_open("..", O_RDWR | O_CREAT, 0600), EINVAL);
	int fd = shm_open(name, O_RDWR | O_CREAT, 0600), again = shm_open("shmtest", O_RDONLY, 0);
	WANT(fd >= 0 && again >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
	WANT_ERRNO(shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
	WANT_ERRNO(mmap(NULL, PAGE, RW, MAP_SHARED, again, 0), EACCES);
	WANT(access("/dev/shm/shmtest", F_OK) == 0);
	WANT(close(fd) == 0 && close(again) == 0 && shm_unlink(name) == 0);
	return NULL;
}

static const char *unlinked_while_mapped(void)
{
	int fd = shm_open(name, O_RDWR | O_CREAT, 0600);
	WANT(fd >= 0 && ftruncate(fd, PAGE) == 0);
	char *p = map_fd(fd, 1), *q = map_fd(fd, 1);
	WANT(close(fd) == 0 && shm_unlink(name) == 0 && access("/dev/shm/shmtest", F_OK) < 0);
	p[5] = 'x';
	WANT(q[5] == 'x');
	fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);	/* the name is free for another */
	WANT(fd >= 0 && ftruncate(fd, PAGE) == 0);
	char *r = map_fd(fd, 1);
	WANT(r[5] == 0 && munmap(r, PAGE) == 0 && close(fd) == 0 && shm_unlink(name) == 0);
	WANT(munmap(p, PAGE) == 0 && q[5] == 'x' && munmap(q, PAGE) == 0);
	return NULL;
}

/* ---- sizes ---- */

static const char *grow_and_shrink(void)
{
	int fd = memfd_create("grow", MFD_CLOEXEC);
	char *p = fd < 0 ? MAP_FAILED : map_fd(fd, 4);
	WANT(p != MAP_FAILED);
	WANT(in_child(load, p) == 128 + SIGBUS);		/* empty as yet */
	WANT(ftruncate(fd, 2 * PAGE) == 0);
	p[0] = 1, p[PAGE] = 2;
	WANT(in_child(load, p + 2 * PAGE) == 128 + SIGBUS && in_child(store, p + 3 * PAGE) == 128 + SIGBUS);
	WANT(ftruncate(fd, 3 * PAGE + 1) == 0 && p[2 * PAGE] == 0);
	p[3 * PAGE] = 3, p[4 * PAGE - 1] = 4;			/* the last page is mapped whole */
	WANT(ftruncate(fd, PAGE) == 0);
	WANT(p[0] == 1 && in_child(load, p + PAGE) == 128 + SIGBUS && in_child(store, p + 3 * PAGE) == 128 + SIGBUS);
	WANT(ftruncate(fd, 4 * PAGE) == 0 && p[PAGE] == 0 && p[3 * PAGE] == 0 && p[4 * PAGE - 1] == 0);
	WANT(munmap(p, 4 * PAGE) == 0 && close(fd) == 0);
	return NULL;
}

static const char *nameless(void)
{
	char c, long_name[260];
	struct stat st;
	int fd = memfd_create("nameless", MFD_CLOEXEC), kept = memfd_create("", 0);
	WANT(fd >= 0 && kept >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC && fcntl(kept, F_GETFD) == 0);
	WANT(write(fd, "hello", 5) == 5 && fstat(fd, &st) == 0 && st.st_size == 5 && fsync(fd) == 0);
	char *p = map_fd(fd, 1), *q = map_fd(fd, 1);
	WANT(!memcmp(p, "hello", 6));
	p[0] = 'j';
	WANT(q[0] == 'j' && pread(fd, &c, 1, 0) == 1 && c == 'j' && pwrite(fd, "y", 1, 4) == 1 && q[4] == 'y');
	WANT(close(fd) == 0 && !memcmp(q, "jelly", 6) && msync(q, PAGE, MS_SYNC) == 0);
	WANT(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0 && close(kept) == 0);
	memset(long_name, 'n', sizeof long_name);
	long_name[250] = 0;
	WANT_ERRNO(memfd_create(long_name, 0), EINVAL);
	long_name[249] = 0;
	WANT((fd = memfd_create(long_name, 0)) >= 0 && close(fd) == 0);
	WANT_ERRNO(memfd_create("x", 0x8000), EINVAL);
	WANT_ERRNO(memfd_create((char *)16, 0), EFAULT);
	return NULL;
}

/* ---- parent and child ---- */

static int count_up(void *p)
{
	for (int k = 0; k < 10000; k++)
		__atomic_fetch_add((int *)p, 1, __ATOMIC_RELAXED);
	return 0;
}

static const char *fork_shares(void)
{
	int *p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0), pids[4], status;
	WANT(p != MAP_FAILED);
	fflush(stdout);
	for (int k = 0; k < 4; k++)
		if ((pids[k] = fork()) == 0)
			_exit(count_up(p) + (p[PAGE / sizeof *p + (size_t)k] = k + 1) * 0);
	for (int k = 0; k < 4; k++)
		WANT(waitpid(pids[k], &status, 0) == pids[k] && status == 0);
	WANT(p[0] == 40000);
	for (int k = 0; k < 4; k++)
		WANT(p[PAGE / sizeof *p + (size_t)k] == k + 1);
	WANT(madvise(p, 2 * PAGE, MADV_DONTNEED) == 0 && p[0] == 40000);	/* the object keeps what is shared */
	WANT(munmap(p, 2 * PAGE) == 0);
	return NULL;
}

static const struct check_case cases[] = {
	{ "by_name", by_name }, { "names", names }, { "unlinked_while_mapped", unlinked_while_mapped },
	{ "grow_and_shrink", grow_and_shrink }, { "nameless", nameless }, { "fork_shares", fork_shares },
};

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "other"))
		return other();
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
