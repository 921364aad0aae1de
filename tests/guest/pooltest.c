/* What a process causes the kernel to hold is charged to it: /proc/PID/pool, and the limit. */
#include <abi/syscall.h>
#include <abi/uio.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"

enum { MANY = 200, PIECES = 1000 };

/* A line of /proc/self/pool. -1: it is not there. */
static long pool_value(const char *name)
{
	static char text[4096];
	int fd = open("/proc/self/pool", O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	char *at = strstr(text, name);
	return at && (at == text || at[-1] == '\n') ? atoi(at + strlen(name)) : -1;
}

static int set_limit(long n)
{
	char s[24];
	int len = snprintf(s, sizeof s, "%ld\n", n), fd = open("/proc/self/pool", O_WRONLY);
	ssize_t done = write(fd, s, (size_t)len);
	close(fd);
	return done == len ? 0 : -1;
}

/* What is charged already: a descriptor table that a shell has made wider. */
static long at_start, blocks_at_start, arenas_at_start;

static int is_as_at_start(void)
{
	return pool_value("current ") == at_start && pool_value("blocks ") == blocks_at_start && pool_value("arenas ") == arenas_at_start;
}

static struct pollfd fds[MANY];

/* Ask for many descriptors at once, none of which is ready. */
static int poll_many(void)
{
	for (int i = 0; i < MANY; i++)
		fds[i] = (struct pollfd){ .fd = -1, .events = POLLIN };
	return poll(fds, MANY, 0);
}

static const char *figures(void)
{
	long limit = pool_value("limit "), peak = pool_value("peak "), requests = pool_value("requests ");
	WANT(limit >= 1 << 20 && limit <= 4 << 20);
	at_start = pool_value("current ");
	blocks_at_start = pool_value("blocks ");
	arenas_at_start = pool_value("arenas ");
	WANT(blocks_at_start == 0 || blocks_at_start == 1);
	WANT(blocks_at_start ? at_start >= 64 * 8 : !at_start && !arenas_at_start);
	WANT(peak > 0);		/* by the exec that started this */
	WANT(poll_many() == 0);
	WANT(pool_value("requests ") == requests + 1 && pool_value("refused ") == 0);
	WANT(pool_value("peak ") >= at_start + MANY * (long)sizeof *fds && is_as_at_start());
	return NULL;
}

static const char *limit_reached(void)
{
	static struct iovec v[PIECES];
	static char long_path[400] = "/tmp/";
	long limit = pool_value("limit "), refused = pool_value("refused ");
	memset(long_path + 5, 'x', sizeof long_path - 6);
	WANT(set_limit(at_start + 500) == 0 && pool_value("limit ") == at_start + 500);
	WANT_ERRNO(poll_many(), ENOMEM);
	WANT_ERRNO(syscall(SYS_writev, 1, v, PIECES), ENOMEM);
	WANT_ERRNO(open(long_path, O_RDONLY), ENOMEM);
	WANT_ERRNO(execv("/bin/true", (char *[]){ (char *)"true", NULL }), ENOMEM);
	WANT(pool_value("refused ") == refused + 4 && is_as_at_start());
	WANT(poll(fds, 8, 0) == 0);	/* small ones cost nothing */
	WANT(set_limit(limit) == 0);
	WANT(poll_many() == 0 && syscall(SYS_writev, 1, v, PIECES) == 0);
	WANT_ERRNO(open(long_path, O_RDONLY), ENAMETOOLONG);
	WANT(pool_value("refused ") == refused + 4 && is_as_at_start());
	return NULL;
}

/* Just enough is enough, a byte less is not. */
static const char *exactly(void)
{
	long limit = pool_value("limit "), low = 0, high = limit;
	while (high - low > 1) {
		long mid = (low + high) / 2;
		WANT(set_limit(mid) == 0);
		if (poll_many() == 0)
			high = mid;
		else
			low = mid;
	}
	WANT(set_limit(limit) == 0);
	WANT(high == at_start + MANY * (long)sizeof *fds + 32);
	return NULL;
}

static const char *descriptors_are_charged(void)
{
	long limit = pool_value("limit ");
	int fd[30], n = 0, last = dup2(1, 20);
	WANT(last == 20 && pool_value("current ") >= 64 * 8 && pool_value("blocks ") == 1);
	int pid = fork();
	if (pid == 0)
		_exit(pool_value("current ") < 64 * 8 || pool_value("limit ") != limit);
	int status;
	WANT(waitpid(pid, &status, 0) == pid && status == 0);	/* its copy of the table is its own */
	WANT(set_limit(pool_value("current ")) == 0);
	for (; n < 30 && (fd[n] = dup(1)) >= 0; n++)
		;
	WANT(n == 30);		/* there is room for 64 already */
	WANT_ERRNO(dup2(1, 100), ENOMEM);
	WANT(set_limit(limit) == 0);
	while (n--)
		close(fd[n]);
	close(last);
	return NULL;
}

/* A process goes on after a refusal, and one that is killed leaves nothing. */
static const char *children_are_on_their_own(void)
{
	for (int k = 0; k < 20; k++) {
		int pid = fork(), status;
		if (pid == 0) {
			set_limit(100);
			int was_refused = poll_many() == -1;
			set_limit(100000);
			if (k % 2)
				poll(fds, MANY, -1);
			_exit(was_refused && poll_many() == 0 ? 3 : 4);
		}
		if (k % 2) {
			usleep(2000);
			kill(pid, SIGKILL);
		}
		WANT(waitpid(pid, &status, 0) == pid);
		WANT(k % 2 ? WIFSIGNALED(status) : WIFEXITED(status) && WEXITSTATUS(status) == 3);
	}
	return NULL;
}

static const char *bad_limits(void)
{
	int fd = open("/proc/self/pool", O_WRONLY);
	WANT(fd >= 0);
	WANT_ERRNO(write(fd, "x", 1), EINVAL);
	WANT_ERRNO(write(fd, "-1", 2), EINVAL);
	WANT_ERRNO(write(fd, "99999999999999999999", 20), EINVAL);
	close(fd);
	WANT_ERRNO(open("/proc/99999/pool", O_RDONLY), ENOENT);
	return NULL;
}

static const struct check_case cases[] = {
	{ "figures", figures }, { "limit_reached", limit_reached }, { "exactly", exactly }, { "bad_limits", bad_limits },
	{ "children_are_on_their_own", children_are_on_their_own }, { "descriptors_are_charged", descriptors_are_charged },
};
CHECK_MAIN(cases)
