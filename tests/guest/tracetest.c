/* /proc/PID/trace as a program sees it: who may open it, what read and write refuse, that nothing is lost and nobody is left waiting. */
#include <abi/syscall.h>
#include <abi/trace.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { CALLS = 3000 };

static char buf[8192] __attribute__((aligned(8)));

/* Waits until pid sleeps in a call: whoever traces it from then on sees nothing before it is woken. */
static void until_asleep(pid_t pid)
{
	char path[32], *state = NULL;
	snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
	while (!state || state[7] != 'S') {
		int fd = open(path, O_RDONLY);
		ssize_t n = read(fd, buf, sizeof buf - 1);
		buf[n > 0 ? n : 0] = 0;
		state = strstr(buf, "State:\t");
		close(fd);
		sched_yield();
	}
}

/* A child that makes n calls of getppid once it is told to, and exits with 5. It sleeps when this returns. */
static pid_t child(int n, int *go)
{
	int ends[2];
	char c;
	if (pipe(ends) < 0)
		return -1;
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		(void)!read(ends[0], &c, 1);
		for (int k = 0; k < n; k++)
			syscall(SYS_getppid);
		_exit(5);
	}
	close(ends[0]);
	*go = ends[1];
	until_asleep(pid);
	return pid;
}

static int trace_of(pid_t pid, int flags)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/%d/trace", (int)pid);
	return open(path, flags);
}

static const char *who_may(void)
{
	int go = -1, status, fd;
	pid_t pid = child(0, &go);
	WANT_ERRNO(trace_of(pid, O_RDONLY), EACCES);
	WANT_ERRNO(trace_of(getpid(), O_RDWR), EPERM);
	WANT_ERRNO(trace_of(32000, O_RDWR), ENOENT);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	WANT_ERRNO(trace_of(pid, O_RDWR), EBUSY);
	close(fd);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	close(go);
	WANT(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 5);
	close(fd);
	return NULL;
}

static const char *refusals(void)
{
	int go = -1, fd;
	pid_t pid = child(1, &go);
	WANT((fd = trace_of(pid, O_RDWR | O_NONBLOCK)) >= 0);
	struct pollfd p = { fd, POLLIN, 0 };
	WANT_ERRNO(read(fd, buf, sizeof buf), EAGAIN);
	WANT(poll(&p, 1, 0) == 0);
	WANT_ERRNO(write(fd, "nonsense", 8), EINVAL);
	WANT_ERRNO(write(fd, "", 0), EINVAL);
	WANT_ERRNO(write(fd, (void *)8, 6), EFAULT);
	WANT_ERRNO(lseek(fd, 0, SEEK_SET), ESPIPE);
	close(go);
	WANT(poll(&p, 1, -1) == 1 && p.revents == POLLIN);
	WANT_ERRNO(read(fd, buf, sizeof(struct trace_record) - 1), EINVAL);
	WANT_ERRNO(read(fd, (void *)8, sizeof buf), EFAULT);
	WANT(read(fd, buf, sizeof buf) > 0);
	WANT(waitpid(pid, NULL, 0) == pid);
	while (read(fd, buf, sizeof buf) > 0)
		;
	WANT(read(fd, buf, sizeof buf) == 0 && poll(&p, 1, 0) == 1);
	close(fd);
	return NULL;
}

/* More calls than the ring can hold: the child waits for its reader, and every one arrives, in order. */
static const char *all_of_it(void)
{
	int go = -1, fd, entered = 0, left = 0, ended = -1;
	uint64_t last = 0;
	pid_t pid = child(CALLS, &go);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	close(go);
	for (ssize_t n; (n = read(fd, buf, sizeof buf)) > 0;)
		for (ssize_t at = 0; at < n;) {
			const struct trace_record *r = (const void *)(buf + at);
			WANT(r->size >= sizeof *r && r->size % 8 == 0 && r->pid == pid && r->ns >= last);
			entered += r->kind == TRACE_ENTER && r->nr == SYS_getppid;
			left += r->kind == TRACE_LEAVE && r->nr == SYS_getppid && r->result == getpid();
			ended = r->kind == TRACE_END ? (int)r->result : ended;
			last = r->ns;
			at += r->size;
		}
	WANT(entered == CALLS && left == CALLS && WEXITSTATUS(ended) == 5);
	WANT(waitpid(pid, NULL, 0) == pid);
	close(fd);
	return NULL;
}

/* A child that waits for room is let go when the reader closes, and dies when it is killed. */
static const char *nobody_is_left(void)
{
	int go = -1, fd, status;
	pid_t pid = child(CALLS, &go);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	close(go);
	WANT(read(fd, buf, sizeof buf) > 0);
	close(fd);
	WANT(waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 5);
	pid = child(CALLS, &go);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	close(go);
	WANT(read(fd, buf, sizeof buf) > 0 && kill(pid, SIGKILL) == 0);
	WANT(waitpid(pid, &status, 0) == pid && WTERMSIG(status) == SIGKILL);
	while (read(fd, buf, sizeof buf) > 0)
		;
	close(fd);
	return NULL;
}

/* Bad pointers in a traced call are its own affair. */
static const char *bad_pointers(void)
{
	int ends[2], fd, failed = 0;
	char c;
	WANT(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		(void)!read(ends[0], &c, 1);
		syscall(SYS_openat, -100, 8L, 0, 0);
		syscall(SYS_write, 1, -8L, -1L);
		syscall(SYS_write, 1, 8L, 1L << 60);
		syscall(SYS_execve, 8L, 8L, 8L);
		syscall(SYS_execve, -1L, -1L, -1L);
		syscall(4000, -1L, -1L, -1L, -1L, -1L, -1L);
		syscall(-1L);
		_exit(0);
	}
	close(ends[0]);
	WANT((fd = trace_of(pid, O_RDWR)) >= 0);
	close(ends[1]);
	for (ssize_t n; (n = read(fd, buf, sizeof buf)) > 0;)
		for (ssize_t at = 0; at < n; at += ((const struct trace_record *)(const void *)(buf + at))->size)
			failed += ((const struct trace_record *)(const void *)(buf + at))->result < 0;
	WANT(failed == 7 && waitpid(pid, NULL, 0) == pid);
	close(fd);
	return NULL;
}

static const struct check_case cases[] = {
	{ "trace: who may open it", who_may },
	{ "trace: what is refused", refusals },
	{ "trace: nothing is lost", all_of_it },
	{ "trace: nobody is left waiting", nobody_is_left },
	{ "trace: bad pointers", bad_pointers },
};
CHECK_MAIN(cases)
