/* Processes and signals as a program sees them. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "check.h"

static volatile int hits, last_sig;
static void handler(int sig) { hits++; last_sig = sig; }

static int handle(int sig, void (*fn)(int), int flags)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_handler = fn;
	sa.sa_flags = flags;
	return sigaction(sig, &sa, NULL);
}

static const char *exit_statuses(void)
{
	int status;
	for (int code = 0; code < 256; code += 51) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(code);
		WANT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == code);
	}
	WANT_ERRNO(waitpid(-1, &status, 0), ECHILD);
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	WANT(waitpid(pid, &status, WNOHANG) == 0);
	WANT(kill(pid, SIGKILL) == 0);
	WANT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	WANT_ERRNO(kill(pid, 0), ESRCH);
	WANT_ERRNO(kill(getpid(), 99), EINVAL);
	return NULL;
}

static const char *many_children(void)
{
	enum { N = 40 };
	int status, sum = 0;
	for (int i = 0; i < N; i++)
		if (fork() == 0)
			_exit(i);
	for (int i = 0; i < N; i++) {
		WANT(wait(&status) > 0);
		sum += WEXITSTATUS(status);
	}
	WANT(sum == N * (N - 1) / 2);
	return NULL;
}

static const char *orphans_are_adopted(void)
{
	int fds[2], status;
	pid_t parent;
	WANT(pipe(fds) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		pid_t child = getpid();
		if (fork() == 0) {
			while (getppid() == child)
				usleep(100);
			parent = getppid();
			write(fds[1], &parent, sizeof parent);
			_exit(0);
		}
		_exit(0);
	}
	WANT(waitpid(pid, &status, 0) == pid);
	WANT(read(fds[0], &parent, sizeof parent) == sizeof parent && parent != pid);
	close(fds[0]), close(fds[1]);
	return NULL;
}

static const char *signals_are_caught(void)
{
	WANT(handle(SIGUSR1, handler, 0) == 0);
	hits = 0;
	for (int i = 0; i < 10; i++)
		WANT(kill(getpid(), SIGUSR1) == 0);
	WANT(hits == 10 && last_sig == SIGUSR1);
	WANT_ERRNO(handle(SIGKILL, handler, 0), EINVAL);
	WANT_ERRNO(handle(65, handler, 0), EINVAL);
	return NULL;
}

static const char *signals_are_blocked(void)
{
	sigset_t set, old, pending;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	hits = 0;
	WANT(handle(SIGUSR1, handler, 0) == 0);
	WANT(sigprocmask(SIG_BLOCK, &set, &old) == 0);
	WANT(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0);
	WANT(hits == 0);
	WANT(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1));
	WANT(sigsuspend(&old) == -1 && errno == EINTR && hits == 1);
	WANT(sigprocmask(SIG_SETMASK, &old, NULL) == 0 && hits == 1);
	return NULL;
}

static volatile uintptr_t fault_at;
static void on_fault(int sig, siginfo_t *info, void *uc)
{
	(void)uc;
	fault_at = (uintptr_t)info->si_addr;
	_exit(sig == SIGSEGV && fault_at == 0x1230 ? 7 : 8);
}

static const char *faults_tell_where(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		struct sigaction sa;
		memset(&sa, 0, sizeof sa);
		sa.sa_sigaction = on_fault;
		sa.sa_flags = SA_SIGINFO;
		sigaction(SIGSEGV, &sa, NULL);
		*(volatile char *)0x1230 = 1;
		_exit(9);
	}
	WANT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 7);
	return NULL;
}

static const char *interrupted_and_restarted(void)
{
	int fds[2], status;
	char c;
	WANT(pipe(fds) == 0);
	for (int restart = 0; restart < 2; restart++) {
		WANT(handle(SIGUSR1, handler, restart ? SA_RESTART : 0) == 0);
		hits = 0;
		pid_t me = getpid(), pid = fork();
		if (pid == 0) {
			usleep(20000);
			kill(me, SIGUSR1);
			usleep(20000);
			write(fds[1], "x", 1);
			_exit(0);
		}
		ssize_t n = read(fds[0], &c, 1);
		WANT(hits == 1);
		WANT(restart ? n == 1 : n == -1 && errno == EINTR);
		if (!restart)
			WANT(read(fds[0], &c, 1) == 1);
		WANT(waitpid(pid, &status, 0) == pid);
	}
	close(fds[0]), close(fds[1]);
	return NULL;
}

static const char *stop_and_continue(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0)
		for (;;)
			pause();
	WANT(kill(pid, SIGSTOP) == 0);
	WANT(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP);
	WANT(kill(pid, SIGCONT) == 0);
	WANT(waitpid(pid, &status, WCONTINUED) == pid && WIFCONTINUED(status));
	WANT(kill(pid, SIGTERM) == 0);
	WANT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	return NULL;
}

/* STOP and CONT from one process, at once after each other: the one stopped must go on. */
static const char *stop_undone(void)
{
	int ask[2], answer[2], status;
	char c = 'x';
	WANT(pipe(ask) == 0 && pipe(answer) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ask[1]);
		while (read(ask[0], &c, 1) == 1)
			if (write(answer[1], &c, 1) != 1)
				break;
		_exit(0);
	}
	close(ask[0]);
	for (int i = 0; i < 700; i++) {
		WANT(write(ask[1], &c, 1) == 1);
		for (volatile int pause = i % 64 * 20; pause; pause--)
			;
		WANT(kill(pid, SIGSTOP) == 0 && kill(pid, SIGCONT) == 0);
		WANT(read(answer[0], &c, 1) == 1);
	}
	close(ask[1]), close(answer[0]), close(answer[1]);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	return NULL;
}

static const char *alarms(void)
{
	struct itimerval v;
	memset(&v, 0, sizeof v);
	v.it_value.tv_usec = 5000;
	hits = 0;
	WANT(handle(SIGALRM, handler, 0) == 0);
	WANT(setitimer(ITIMER_REAL, &v, NULL) == 0);
	while (!hits)
		pause();
	WANT(hits == 1 && last_sig == SIGALRM);
	return NULL;
}

static const char *sleeping(void)
{
	struct timespec t0, t1, span = { 0, 3000000 };
	WANT(clock_gettime(CLOCK_MONOTONIC, &t0) == 0);
	WANT(nanosleep(&span, NULL) == 0);
	WANT(clock_gettime(CLOCK_MONOTONIC, &t1) == 0);
	WANT((t1.tv_sec - t0.tv_sec) * 1000000000L + t1.tv_nsec - t0.tv_nsec >= 3000000);
	span.tv_nsec = 1000000000;
	WANT_ERRNO(nanosleep(&span, NULL), EINVAL);
	return NULL;
}

static const char *pipes(void)
{
	int fds[2], status;
	static char block[8192], got[8192];
	WANT(pipe(fds) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[0]);
		for (int i = 0; i < 64; i++) {
			memset(block, i, sizeof block);
			if (write(fds[1], block, sizeof block) != (ssize_t)sizeof block)
				_exit(1);
		}
		_exit(0);
	}
	close(fds[1]);
	size_t total = 0;
	for (ssize_t n; (n = read(fds[0], got, sizeof got)) > 0; total += (size_t)n)
		WANT((size_t)(unsigned char)got[0] == total / sizeof block);
	WANT(total == 64 * sizeof block);
	WANT(waitpid(pid, &status, 0) == pid && status == 0);
	close(fds[0]);
	WANT(pipe(fds) == 0);
	close(fds[0]);
	WANT(handle(SIGPIPE, handler, 0) == 0);
	hits = 0;
	WANT_ERRNO(write(fds[1], "x", 1), EPIPE);
	WANT(hits == 1 && last_sig == SIGPIPE);
	close(fds[1]);
	return NULL;
}

static const char *exec_errors(void)
{
	char *argv[] = { "x", NULL }, *none[] = { NULL };
	int fd = open("/tmp/notelf", O_CREAT | O_WRONLY | O_TRUNC, 0755), status;
	WANT(fd >= 0);
	write(fd, "\177ELF garbage garbage garbage garbage garbage garbage garbage garbage", 64);
	close(fd);
	WANT_ERRNO(execve("/no/such/file", argv, none), ENOENT);
	WANT_ERRNO(execve("/tmp", argv, none), EACCES);
	WANT_ERRNO(execve("/tmp/notelf", argv, none), ENOEXEC);
	WANT_ERRNO(execve("", argv, none), ENOENT);
	unlink("/tmp/notelf");
	pid_t pid = fork();
	if (pid == 0) {
		char *args[] = { "sh", "-c", "exit 17", NULL };
		execve("/bin/sh", args, none);
		_exit(1);
	}
	WANT(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 17);
	return NULL;
}

static const char *closed_on_exec(void)
{
	char *args[] = { "sh", "-c", "echo x >&9", NULL }, *none[] = { NULL };
	int status, fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	WANT(fd >= 0 && dup2(fd, 8) == 8);
	WANT((fcntl(fd, F_GETFD) & FD_CLOEXEC) && !(fcntl(8, F_GETFD) & FD_CLOEXEC));
	(void)args, (void)none, (void)status;
	close(fd);
	close(8);
	WANT_ERRNO(fcntl(8, F_GETFD), EBADF);
	return NULL;
}

static const char *groups(void)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(pid, pid);
	WANT(getpgid(pid) == pid);
	WANT(kill(-pid, SIGTERM) == 0);
	WANT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	WANT_ERRNO(kill(-pid, SIGTERM), ESRCH);
	return NULL;
}

static const struct check_case cases[] = {
	{ "exit_statuses", exit_statuses }, { "many_children", many_children }, { "orphans_are_adopted", orphans_are_adopted },
	{ "signals_are_caught", signals_are_caught }, { "signals_are_blocked", signals_are_blocked },
	{ "faults_tell_where", faults_tell_where }, { "interrupted_and_restarted", interrupted_and_restarted },
	{ "stop_and_continue", stop_and_continue }, { "stop_undone", stop_undone }, { "alarms", alarms }, { "sleeping", sleeping }, { "pipes", pipes },
	{ "exec_errors", exec_errors }, { "closed_on_exec", closed_on_exec }, { "groups", groups },
};
CHECK_MAIN(cases)
