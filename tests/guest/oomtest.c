/* Memory running out is an ordinary refusal: of mmap, of fork, of a fault; and afterwards everything is back. Quick on a
 * machine of 32 MiB, possible on any. */
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { PAGE = 4096, CHILDREN_MAX = 2000, LEFT_KB = 8192 };

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

/* A child that writes to ever more pages ends by a signal, and what it had is free again. */
static const char *touching_too_much(void)
{
	long before = free_kb();
	int status;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		size_t all = (size_t)(before + 65536) * 1024;
		char *p = mmap(NULL, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			_exit(1);
		for (size_t at = 0; at < all; at += PAGE)
			p[at] = 1;
		_exit(2);
	}
	WANT(waitpid(pid, &status, 0) == pid);
	WANT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	WANT(before - free_kb() < 512);
	return NULL;
}

/* Take memory until only LEFT_KB are free, say so on fd, and wait for the end. */
static void hog(int fd)
{
	enum { STEP = 64 };
	while (free_kb() > LEFT_KB + STEP * PAGE / 1024) {
		char *p = mmap(NULL, STEP * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (p == MAP_FAILED)
			_exit(1);
		for (size_t at = 0; at < STEP * PAGE; at += PAGE)
			p[at] = 1;
	}
	write(fd, "x", 1);
	for (;;)
		pause();
}

/* With most memory taken, children until fork refuses. Those who live are not harmed by it. */
static const char *forking_too_much(void)
{
	static pid_t pids[CHILDREN_MAX];
	int n = 0, fds[2], refused_with = 0;
	long before = free_kb();
	char byte;
	WANT(pipe(fds) == 0);
	fflush(stdout);
	while (n < CHILDREN_MAX) {
		pid_t pid = fork();
		if (pid == 0) {
			if (n == 0)
				hog(fds[1]);
			for (;;)
				pause();
		}
		if (pid < 0) {
			refused_with = errno;
			break;
		}
		pids[n++] = pid;
		if (n == 1 && read(fds[0], &byte, 1) != 1)
			break;
	}
	for (int i = 0; i < n; i++)
		kill(pids[i], SIGKILL);
	for (int i = 0; i < n; i++)
		waitpid(pids[i], NULL, 0);
	close(fds[0]), close(fds[1]);
	WANT(refused_with == ENOMEM);
	WANT(n > 10);
	WANT(before - free_kb() < 1024);
	return NULL;
}

static const char *life_goes_on(void)
{
	int status;
	char *argv[] = { "true", NULL }, *none[] = { NULL };
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execve("/bin/true", argv, none);
		_exit(1);
	}
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	return NULL;
}

static const struct check_case cases[] = {
	{ "touching_too_much", touching_too_much }, { "life_goes_on", life_goes_on }, { "forking_too_much", forking_too_much },
	{ "and_on", life_goes_on },
};
CHECK_MAIN(cases)
