/* System calls as functions. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <sys/reboot.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>
#include "priv.h"

long result_of(long r)
{
	if (r < 0 && r > -4096) {
		errno = (int)-r;
		return -1;
	}
	return r;
}

long syscall(long nr, ...)
{
	long a[6];
	va_list ap;
	va_start(ap, nr);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	return result_of(syscall_raw(nr, a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* ---- files ---- */

static int vopenat(int dir, const char *path, int flags, va_list ap)
{
	mode_t mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;
	return (int)CALL4(openat, dir, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	int fd = vopenat(AT_FDCWD, path, flags, ap);
	va_end(ap);
	return fd;
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list ap;
	va_start(ap, flags);
	int fd = vopenat(dir, path, flags, ap);
	va_end(ap);
	return fd;
}

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	va_start(ap, cmd);
	long arg = va_arg(ap, long);
	va_end(ap);
	return (int)CALL3(fcntl, fd, cmd, arg);
}

int flock(int fd, int operation) { return (int)CALL2(flock, fd, operation); }

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	va_start(ap, request);
	void *arg = va_arg(ap, void *);
	va_end(ap);
	return (int)CALL3(ioctl, fd, request, arg);
}

int close(int fd) { return (int)CALL1(close, fd); }
ssize_t read(int fd, void *buf, size_t n) { return CALL3(read, fd, buf, n); }
ssize_t write(int fd, const void *buf, size_t n) { return CALL3(write, fd, buf, n); }
ssize_t pread(int fd, void *buf, size_t n, off_t at) { return CALL4(pread64, fd, buf, n, at); }
ssize_t pwrite(int fd, const void *buf, size_t n, off_t at) { return CALL4(pwrite64, fd, buf, n, at); }
off_t lseek(int fd, off_t off, int whence) { return CALL3(lseek, fd, off, whence); }
int ftruncate(int fd, off_t size) { return (int)CALL2(ftruncate, fd, size); }
int truncate(const char *path, off_t size) { return (int)CALL2(truncate, path, size); }
int fdatasync(int fd) { return (int)CALL1(fdatasync, fd); }
int fsync(int fd) { return (int)CALL1(fsync, fd); }
void sync(void) { CALL0(sync); }
int access(const char *path, int mode) { return (int)CALL3(faccessat, AT_FDCWD, path, mode); }
int unlink(const char *path) { return (int)CALL3(unlinkat, AT_FDCWD, path, 0); }
int rmdir(const char *path) { return (int)CALL3(unlinkat, AT_FDCWD, path, AT_REMOVEDIR); }
int rename(const char *from, const char *to);
int rename(const char *from, const char *to) { return (int)CALL5(renameat2, AT_FDCWD, from, AT_FDCWD, to, 0); }
int mkdir(const char *path, mode_t mode) { return (int)CALL3(mkdirat, AT_FDCWD, path, mode); }
mode_t umask(mode_t mask) { return (mode_t)CALL1(umask, mask); }
int fchdir(int fd) { return (int)CALL1(fchdir, fd); }
int chdir(const char *path) { return (int)CALL1(chdir, path); }
int dup(int fd) { return (int)CALL1(dup, fd); }
int dup2(int from, int to) { return from == to ? (fcntl(from, F_GETFD) < 0 ? -1 : to) : (int)CALL3(dup3, from, to, 0); }
int dup3(int from, int to, int flags) { return (int)CALL3(dup3, from, to, flags); }
int pipe(int fds[2]) { return (int)CALL2(pipe2, fds, 0); }
int pipe2(int fds[2], int flags) { return (int)CALL2(pipe2, fds, flags); }
int stat(const char *path, struct stat *st) { return (int)CALL4(newfstatat, AT_FDCWD, path, st, 0); }
int lstat(const char *path, struct stat *st) { return (int)CALL4(newfstatat, AT_FDCWD, path, st, AT_SYMLINK_NOFOLLOW); }
int fstat(int fd, struct stat *st) { return (int)CALL2(fstat, fd, st); }
int utimensat(int dir, const char *path, const struct timespec times[2], int flags)
{
	return (int)CALL4(utimensat, dir, path, times, flags);
}

char *getcwd(char *buf, size_t n) { return CALL2(getcwd, buf, n) < 0 ? NULL : buf; }

int isatty(int fd)
{
	struct termios t;
	return tcgetattr(fd, &t) == 0;
}

/* ---- processes ---- */


pid_t fork(void)
{
	stdio_hold();
	malloc_hold();
	pid_t pid = (pid_t)CALL5(clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		threads_after_fork();
		malloc_after_fork();
	}
	malloc_release();
	stdio_release();
	return pid;
}

int execve(const char *path, char *const argv[], char *const envp[]) { return (int)CALL3(execve, path, argv, envp); }
int execv(const char *path, char *const argv[]) { return execve(path, argv, environ); }

/* The arguments from first on, up to NULL, as the others are given them. */
enum { EXEC_ARGS = 256 };

static int gather(const char **argv, const char *first, va_list ap)
{
	int n = 0;
	for (const char *arg = first; n < EXEC_ARGS; arg = va_arg(ap, const char *)) {
		argv[n++] = arg;
		if (!arg)
			return 0;
	}
	errno = E2BIG;
	return -1;
}

int execl(const char *path, const char *first, ...)
{
	const char *argv[EXEC_ARGS];
	va_list ap;
	va_start(ap, first);
	int r = gather(argv, first, ap);
	va_end(ap);
	return r < 0 ? -1 : execv(path, (char **)(uintptr_t)argv);
}

int execlp(const char *file, const char *first, ...)
{
	const char *argv[EXEC_ARGS];
	va_list ap;
	va_start(ap, first);
	int r = gather(argv, first, ap);
	va_end(ap);
	return r < 0 ? -1 : execvp(file, (char **)(uintptr_t)argv);
}

/* Along PATH if the name has no slash. */
int execvp(const char *file, char *const argv[])
{
	char path[256];
	const char *dirs = getenv("PATH");
	if (strchr(file, '/'))
		return execve(file, argv, environ);
	for (const char *p = dirs ? dirs : "/bin"; *p;) {
		size_t n = strcspn(p, ":");
		if (n + strlen(file) + 2 <= sizeof path) {
			memcpy(path, p, n);
			path[n] = '/';
			strcpy(path + n + 1, file);
			execve(path, argv, environ);
			if (errno != ENOENT && errno != ENOTDIR)
				return -1;
		}
		p += n;
		p += *p == ':';
	}
	errno = ENOENT;
	return -1;
}

pid_t waitpid(pid_t pid, int *status, int options) { return (pid_t)CALL4(wait4, pid, status, options, 0); }
pid_t wait(int *status) { return waitpid(-1, status, 0); }
pid_t getpid(void) { return (pid_t)CALL0(getpid); }
pid_t getppid(void) { return (pid_t)CALL0(getppid); }
pid_t getpgid(pid_t pid) { return (pid_t)CALL1(getpgid, pid); }
pid_t getpgrp(void) { return getpgid(0); }
int setpgid(pid_t pid, pid_t pgid) { return (int)CALL2(setpgid, pid, pgid); }
pid_t setsid(void) { return (pid_t)CALL0(setsid); }
uid_t geteuid(void) { return (uid_t)CALL0(geteuid); }
gid_t getegid(void) { return (gid_t)CALL0(getegid); }
uid_t getuid(void) { return (uid_t)CALL0(getuid); }
gid_t getgid(void) { return (gid_t)CALL0(getgid); }
int gettid(void) { return (int)CALL0(gettid); }

int sched_yield(void) { return (int)CALL0(sched_yield); }
int getrusage(int who, struct rusage *r) { return (int)CALL2(getrusage, who, r); }

/* ---- the heap ---- */

/* The kernel answers with the break in force, the old one if it refuses. */
static char *current_break;

int brk(void *to)
{
	current_break = (char *)CALL1(brk, to);
	if (current_break == to)
		return 0;
	errno = ENOMEM;
	return -1;
}

void *sbrk(intptr_t by)
{
	if (!current_break)
		current_break = (char *)CALL1(brk, 0);
	char *old = current_break;
	return by && brk(old + by) < 0 ? (void *)-1 : old;
}

/* ---- terminals ---- */

int tcgetattr(int fd, struct termios *t) { return ioctl(fd, TCGETS, t); }
int tcsetattr(int fd, int how, const struct termios *t) { return ioctl(fd, (unsigned long)(TCSETS + how), t); }

pid_t tcgetpgrp(int fd)
{
	int pgid;
	return ioctl(fd, TIOCGPGRP, &pgid) < 0 ? -1 : pgid;
}

int tcsetpgrp(int fd, pid_t pgid) { return ioctl(fd, TIOCSPGRP, &pgid); }

/* ---- time ---- */

int clock_gettime(clockid_t clock, struct timespec *ts) { return (int)CALL2(clock_gettime, clock, ts); }
int clock_getres(clockid_t clock, struct timespec *ts) { return (int)CALL2(clock_getres, clock, ts); }
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *span, struct timespec *left)
{
	return (int)-syscall_raw(SYS_clock_nanosleep, clock, flags, (long)span, (long)left, 0, 0);
}

int nanosleep(const struct timespec *span, struct timespec *left) { return (int)CALL2(nanosleep, span, left); }
int gettimeofday(struct timeval *tv, void *unused) { return (int)CALL2(gettimeofday, tv, unused); }
unsigned alarm(unsigned seconds)
{
	struct itimerval new, old;
	memset(&new, 0, sizeof new);
	memset(&old, 0, sizeof old);
	new.it_value.tv_sec = seconds;
	setitimer(ITIMER_REAL, &new, &old);
	return (unsigned)old.it_value.tv_sec + (old.it_value.tv_usec > 0);
}

int setitimer(int which, const struct itimerval *value, struct itimerval *old) { return (int)CALL3(setitimer, which, value, old); }

unsigned sleep(unsigned seconds)
{
	struct timespec span = { seconds, 0 };
	return nanosleep(&span, &span) < 0 ? (unsigned)span.tv_sec : 0;
}

int usleep(unsigned us)
{
	struct timespec span = { us / 1000000, us % 1000000 * 1000L };
	return nanosleep(&span, NULL);
}

int poll(struct pollfd *fds, unsigned long n, int timeout)
{
	struct timespec t = { timeout / 1000, timeout % 1000 * 1000000L };
	return ppoll(fds, n, timeout < 0 ? NULL : &t, NULL);
}

int ppoll(struct pollfd *fds, unsigned long n, const struct timespec *timeout, const sigset_t *mask)
{
	struct timespec t = timeout ? *timeout : (struct timespec){ 0 };	/* the kernel writes what is left of it */
	return (int)CALL5(ppoll, fds, n, timeout ? &t : NULL, mask, sizeof *mask);
}

int pause(void) { return (int)CALL4(ppoll, 0, 0, 0, 0); }

/* ---- the system ---- */

int mount(const char *source, const char *target, const char *type, unsigned long flags, const void *data)
{
	return (int)CALL5(mount, source, target, type, flags, data);
}

int umount(const char *target) { return (int)CALL2(umount2, target, 0); }

int gethostname(char *name, size_t n)
{
	struct utsname u;
	if (uname(&u) < 0)
		return -1;
	if (strlcpy(name, u.nodename, n) < n)
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

long sysconf(int name)
{
	struct sysinfo s;
	struct rlimit files;
	unsigned char cpus[128] = { 0 };
	long n = 0;
	switch (name) {
	case _SC_PAGESIZE: return 4096;
	case _SC_CLK_TCK: return 100;
	case _SC_OPEN_MAX: return getrlimit(RLIMIT_NOFILE, &files) < 0 ? -1 : (long)files.rlim_cur;
	case _SC_PHYS_PAGES: return sysinfo(&s) < 0 ? -1 : (long)(s.totalram * s.mem_unit / 4096);
	case _SC_NPROCESSORS_ONLN:
		CALL3(sched_getaffinity, 0, sizeof cpus, cpus);
		for (size_t i = 0; i < 8 * sizeof cpus; i++)
			n += cpus[i / 8] >> i % 8 & 1;
		return n ? n : 1;
	default: errno = EINVAL; return -1;
	}
}

int reboot(unsigned cmd) { return (int)CALL4(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, 0); }
int uname(struct utsname *u) { return (int)CALL1(uname, u); }
int sysinfo(struct sysinfo *s) { return (int)CALL1(sysinfo, s); }
int statfs(const char *path, struct statfs *s) { return (int)CALL2(statfs, path, s); }
int klogctl(int op, char *buf, int n) { return (int)CALL3(syslog, op, buf, n); }
ssize_t getrandom(void *buf, size_t n, unsigned flags) { return CALL3(getrandom, buf, n, flags); }
