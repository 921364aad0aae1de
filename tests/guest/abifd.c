/* Descriptors as Linux keeps them: how many there may be, how large their files may grow, and their links in /proc. */
#include "abirow.h"
#include <dirent.h>
#include <sys/resource.h>

enum { LIMIT = 20 };		/* RLIMIT_NOFILE while the rows run */

static const struct row rows[] = {
	{ "dup3: at the limit", SYS_dup3, { FILE_RW, LIMIT, 0 }, EBADF, NULL },
	{ "dup3: far beyond it", SYS_dup3, { FILE_RW, 1 << 20, 0 }, EBADF, NULL },
	{ "dup3: below 0", SYS_dup3, { FILE_RW, -1, 0 }, EBADF, NULL },
	{ "dup3: beyond, onto itself", SYS_dup3, { LIMIT, LIMIT, 0 }, EINVAL, NULL },
	{ "dup3: of nothing", SYS_dup3, { CLOSED, LIMIT - 1, 0 }, EBADF, NULL },
	{ "F_DUPFD: of nothing", SYS_fcntl, { CLOSED, F_DUPFD, 0 }, EBADF, NULL },
	{ "F_DUPFD: at the limit", SYS_fcntl, { FILE_RW, F_DUPFD, LIMIT }, EINVAL, NULL },
	{ "F_DUPFD: below 0", SYS_fcntl, { FILE_RW, F_DUPFD, -1 }, EINVAL, NULL },
	{ "F_DUPFD_CLOEXEC: at the limit", SYS_fcntl, { FILE_RW, F_DUPFD_CLOEXEC, LIMIT }, EINVAL, NULL },
	{ "ppoll: more than there may be", SYS_ppoll, { A, LIMIT + 1, A, 0, 8 }, EINVAL, NULL },
	{ "readlinkat: no room", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/10", A, 0 }, EINVAL, NULL },
	{ "readlinkat: room below 0", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/10", A, -1 }, EINVAL, NULL },
	{ "readlinkat: to nowhere", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/10", BAD, 9 }, EFAULT, NULL },
	{ "readlinkat: a file", SYS_readlinkat, { AT_CWD, (long)"/tmp/abitest", A, 9 }, EINVAL, NULL },
	{ "readlinkat: no name", SYS_readlinkat, { FILE_RW, (long)"", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: closed", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/99", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: no number", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/1x", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: below 0", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/-1", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: 00", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/00", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: too large a number", SYS_readlinkat, { AT_CWD, (long)"/proc/self/fd/4294967306", A, 9 }, ENOENT, NULL },
	{ "/proc/self/fd: nothing to open", SYS_openat, { AT_CWD, (long)"/proc/self/fd/99", O_RDONLY, 0 }, ENOENT, NULL },
	{ "/proc/self/fd: an eventfd", SYS_openat, { AT_CWD, (long)"/proc/self/fd/15", O_RDWR, 0 }, ENXIO, NULL },
	{ "/proc/self/fd: in a file", SYS_openat, { AT_CWD, (long)"/proc/self/fd/10/x", O_RDONLY, 0 }, ENOTDIR, NULL },
	{ "/proc/self/fd: not followed", SYS_openat, { AT_CWD, (long)"/proc/self/fd/10", O_RDONLY | O_NOFOLLOW, 0 }, ELOOP, NULL },
	{ "/proc/self/fd: made", SYS_openat, { AT_CWD, (long)"/proc/self/fd/10", O_RDWR | O_CREAT | O_EXCL, 0 }, EEXIST, NULL },
	{ "/proc/self/fd: a folder, to be written", SYS_openat, { AT_CWD, (long)"/proc/self/fd/12", O_RDWR, 0 }, EISDIR, NULL },
	{ "/proc/self/fd: a file, as a folder", SYS_openat, { AT_CWD, (long)"/proc/self/fd/10", O_RDONLY | O_DIRECTORY, 0 }, ENOTDIR, NULL },
	{ "fallocate: closed", SYS_fallocate, { CLOSED, 0, 0, 1 }, EBADF, NULL },
	{ "fallocate: to be read alone", SYS_fallocate, { FILE_R, 0, 0, 1 }, EBADF, NULL },
	{ "fallocate: nothing", SYS_fallocate, { FILE_RW, 0, 0, 0 }, EINVAL, NULL },
	{ "fallocate: less than nothing", SYS_fallocate, { FILE_RW, 0, 0, -1 }, EINVAL, NULL },
	{ "fallocate: before the start", SYS_fallocate, { FILE_RW, 0, -1, 1 }, EINVAL, NULL },
	{ "fallocate: no such mode", SYS_fallocate, { FILE_RW, 0x4000, 0, 1 }, EOPNOTSUPP, NULL },
	{ "fallocate: a hole that grows", SYS_fallocate, { FILE_RW, 2, 0, 1 }, EOPNOTSUPP, NULL },
	{ "fallocate: a pipe", SYS_fallocate, { PIPE_W, 0, 0, 1 }, ESPIPE, NULL },
	{ "fallocate: a pipe to read", SYS_fallocate, { PIPE_R, 0, 0, 1 }, EBADF, NULL },
	{ "fallocate: a folder", SYS_fallocate, { FOLDER, 0, 0, 1 }, EBADF, NULL },
	{ "fallocate: beyond all", SYS_fallocate, { FILE_RW, 0, 1, 0x7fffffffffffffff }, EFBIG, NULL },
	{ "fallocate: a new size, and keep it", SYS_fallocate, { FILE_RW, 1, 1 << 20, 1 }, EOPNOTSUPP, "there is room beyond the end there" },
	{ "preadv2: before the start", SYS_preadv2, { FILE_RW, A, 1, -2, 0, 0 }, EINVAL, NULL },
	{ "preadv2: closed", SYS_preadv2, { CLOSED, A, 1, 0, 0, 0 }, EBADF, NULL },
	{ "preadv2: a pipe, at", SYS_preadv2, { PIPE_R, A, 1, 0, 0, 0 }, ESPIPE, NULL },
	{ "pwritev2: no vector", SYS_pwritev2, { FILE_RW, BAD, 1, 0, 0, 0 }, EFAULT, NULL },
	{ "pwritev2: to be read alone", SYS_pwritev2, { FILE_R, A, 1, -1, 0, 0 }, EBADF, NULL },
	{ "ppoll: as many as there may be", SYS_ppoll, { A, LIMIT, A, 0, 8 }, 0, NULL },
};

static const char *limit_descriptors(uint64_t n, struct rlimit *was)
{
	struct rlimit now;
	WANT(getrlimit(RLIMIT_NOFILE, was) == 0);
	now = (struct rlimit){ n, was->rlim_max };
	return setrlimit(RLIMIT_NOFILE, &now) ? "setrlimit" : NULL;
}

/* Every way to a descriptor gives EMFILE, and nothing is left behind. */
static const char *no_more(void)
{
	int ends[2], fd, first = dup(0);
	char c;
	struct stat st;
	WANT(first >= 0);
	while ((fd = dup(0)) >= 0)
		WANT(fd < LIMIT);
	WANT(errno == EMFILE && fcntl(LIMIT - 1, F_GETFD) == 0 && fcntl(LIMIT, F_GETFD) == -1);
	WANT_ERRNO(open("/tmp/abi.many", O_WRONLY | O_CREAT, 0600), EMFILE);
	WANT_ERRNO(stat("/tmp/abi.many", &st), ENOENT);
	WANT_ERRNO(pipe(ends), EMFILE);
	WANT_ERRNO(syscall(SYS_eventfd2, 0, 0), EMFILE);
	WANT_ERRNO(syscall(SYS_memfd_create, "x", 0), EMFILE);
	WANT_ERRNO(fcntl(0, F_DUPFD, 0), EMFILE);
	WANT(close(LIMIT - 1) == 0);
	WANT_ERRNO(pipe(ends), EMFILE);		/* one is not enough, and comes back */
	WANT(dup(0) == LIMIT - 1 && dup2(FILE_RW, LIMIT - 1) == LIMIT - 1 && read(LIMIT - 1, &c, 0) == 0);
	for (fd = first; fd < LIMIT; fd++)
		if (fd < FILE_RW || fd > EVENT)
			close(fd);
	return NULL;
}

/* What is open above a limit stays; with the limit 0 nothing comes. */
static const char *limit_below(void)
{
	struct rlimit was, again;
	WANT(limit_descriptors(256, &was) == NULL && dup2(0, 30) == 30 && limit_descriptors(LIMIT, &again) == NULL);
	WANT(fcntl(30, F_GETFD) == 0 && dup2(30, 16) == 16 && close(30) == 0);
	WANT_ERRNO(dup2(16, 30), EBADF);
	WANT(close(16) == 0 && limit_descriptors(0, &again) == NULL);
	WANT_ERRNO(dup(0), EMFILE);
	WANT_ERRNO(fcntl(0, F_DUPFD, 0), EINVAL);
	return setrlimit(RLIMIT_NOFILE, &was) ? "setrlimit" : NULL;
}

static volatile int signals;
static void count(int sig) { signals += sig == SIGXFSZ; }

static const char *limit_file(uint64_t n)
{
	struct rlimit limit = { n, RLIM_INFINITY };
	signals = 0;
	return setrlimit(RLIMIT_FSIZE, &limit) ? "setrlimit" : NULL;
}

/* A write is cut at the limit; none is left: EFBIG and SIGXFSZ. Devices and pipes have no size. */
static const char *file_sizes(void)
{
	static char bytes[8192];
	struct { void *at; size_t n; } two[2] = { { bytes, 600 }, { bytes, 600 } };
	struct sigaction a = { .sa_handler = count }, was;
	struct stat st;
	int null = open("/dev/null", O_WRONLY), status;
	WANT(sigaction(SIGXFSZ, &a, &was) == 0 && limit_file(1000) == NULL && ftruncate(FILE_RW, 0) == 0);
	WANT(lseek(FILE_RW, 0, SEEK_SET) == 0 && write(FILE_RW, bytes, 700) == 700 && write(FILE_RW, bytes, 700) == 300 && !signals);
	WANT_ERRNO(write(FILE_RW, bytes, 1), EFBIG);
	WANT(signals == 1 && write(FILE_RW, bytes, 0) == 0 && lseek(FILE_RW, 0, SEEK_CUR) == 1000);
	WANT_ERRNO(pwrite(FILE_RW, bytes, 1, 5000), EFBIG);
	WANT(signals == 2 && pwrite(FILE_RW, bytes, 5000, 10) == 990 && fstat(FILE_RW, &st) == 0 && st.st_size == 1000);
	WANT(syscall(SYS_pwritev, FILE_RW, two, 2, 0) == 1000 && signals == 2);
	WANT_ERRNO(ftruncate(FILE_RW, 1001), EFBIG);
	WANT_ERRNO(truncate("/tmp/abitest", 5000), EFBIG);
	WANT(signals == 4 && ftruncate(FILE_RW, 1000) == 0 && limit_file(10) == NULL && ftruncate(FILE_RW, 900) == 0 && !signals);
	WANT(write(null, bytes, 5000) == 5000 && write(PIPE_W, bytes, 100) == 100 && read(PIPE_R, bytes, 100) == 100 && close(null) == 0);
	WANT(limit_file(RLIM_INFINITY) == NULL && write(FILE_RW, bytes, 8192) == 8192);
	WANT(sigaction(SIGXFSZ, &was, NULL) == 0);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(limit_file(0) || ftruncate(FILE_RW, 1 << 20));
	WANT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ && ftruncate(FILE_RW, 0) == 0);
	return NULL;
}

/* Room is there afterwards, zeros read from it, and what was written stays. */
static const char *rooms(void)
{
	static const char *const where[] = { "/tmp/abi.room", "/abi.room" };
	char c[4];
	struct stat st;
	for (int k = 0; k < 2; k++) {
		int fd = open(where[k], O_RDWR | O_CREAT | O_TRUNC, 0600);
		WANT(fd >= 0 && write(fd, "abc", 3) == 3 && syscall(SYS_fallocate, fd, 0, 5 * PAGE, 3 * PAGE) == 0);
		WANT(fstat(fd, &st) == 0 && st.st_size == 8 * PAGE && st.st_blocks >= 3 * PAGE / 512);
		WANT(pread(fd, c, 4, 0) == 4 && !memcmp(c, "abc", 4) && pread(fd, c, 1, 7 * PAGE) == 1 && !c[0]);
		WANT(syscall(SYS_fallocate, fd, 1, 0, 8 * PAGE) == 0 && syscall(SYS_fallocate, fd, 0, 0, PAGE) == 0);
		WANT(fstat(fd, &st) == 0 && st.st_size == 8 * PAGE && st.st_blocks >= 8 * PAGE / 512);
		WANT(syscall(SYS_fallocate, fd, 0, 0, 1L << 50) == -1 && (errno == EFBIG || errno == ENOSPC));
		WANT(fstat(fd, &st) == 0 && st.st_size == 8 * PAGE && limit_file(8 * PAGE) == NULL && signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
		WANT_ERRNO(syscall(SYS_fallocate, fd, 0, 8 * PAGE, 1), EFBIG);
		WANT(limit_file(RLIM_INFINITY) == NULL && signal(SIGXFSZ, SIG_DFL) != SIG_ERR && close(fd) == 0 && unlink(where[k]) == 0);
	}
	return NULL;
}

static const char *vectors_here(void)
{
	char a[3] = "abc", b[3] = { 0 };
	struct { void *at; size_t n; } out = { a, 3 }, in = { b, 3 };
	WANT(lseek(FILE_RW, 0, SEEK_SET) == 0 && syscall(SYS_pwritev2, FILE_RW, &out, 1, -1L, -1L, 0) == 3 && lseek(FILE_RW, 0, SEEK_CUR) == 3);
	WANT(syscall(SYS_preadv2, FILE_RW, &in, 1, 1L, 0, 0) == 2 && !memcmp(b, "bc", 2) && lseek(FILE_RW, 0, SEEK_CUR) == 3);
	WANT(lseek(FILE_RW, 0, SEEK_SET) == 0 && syscall(SYS_preadv2, FILE_RW, &in, 1, -1L, -1L, 0) == 3 && !memcmp(b, a, 3));
	WANT_ERRNO(syscall(SYS_preadv2, FILE_RW, &in, 1, 0L, 0L, 1 << 20), EOPNOTSUPP);
	WANT(write(PIPE_W, "xy", 2) == 2 && syscall(SYS_preadv2, PIPE_R, &in, 1, -1L, -1L, 0) == 2 && !memcmp(b, "xy", 2));
	return NULL;
}

/* ---- /proc/PID/fd ---- */

static const char *link_of(int pid, int fd)
{
	static char path[40];
	if (pid)
		snprintf(path, sizeof path, "/proc/%d/fd/%d", pid, fd);
	else
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return path;
}

static long text_of(const char *link, char *s, size_t n) { return syscall(SYS_readlinkat, AT_CWD, link, s, n); }

static bool leads_to(int fd, const char *want)
{
	char s[256] = { 0 };
	return text_of(link_of(0, fd), s, sizeof s - 1) == (long)strlen(want) && !strcmp(s, want);
}

static const char *links_say(void)
{
	static const struct { int fd; mode_t mode; } modes[] = { { FILE_RW, 0700 }, { FILE_R, 0500 }, { PIPE_R, 0500 }, { PIPE_W, 0300 } };
	char s[64];
	struct stat st, link;
	WANT(leads_to(FILE_RW, "/tmp/abitest") && leads_to(FOLDER, "/tmp") && leads_to(EVENT, "anon_inode:[eventfd]"));
	WANT(fstat(PIPE_W, &st) == 0);
	snprintf(s, sizeof s, "pipe:[%lu]", (unsigned long)st.st_ino);
	WANT(leads_to(PIPE_R, s) && leads_to(PIPE_W, s));
	memset(s, '.', sizeof s);
	WANT(text_of(link_of(0, FILE_RW), s, 6) == 6 && !memcmp(s, "/tmp/a...", 9));
	WANT(text_of(link_of(getpid(), FILE_RW), s, sizeof s) == 12);
	WANT(stat(link_of(0, PIPE_R), &link) == 0 && link.st_ino == st.st_ino && S_ISFIFO(link.st_mode));
	for (int k = 0; k < 4; k++)
		WANT(lstat(link_of(0, modes[k].fd), &link) == 0 && S_ISLNK(link.st_mode) && (link.st_mode & 0777) == modes[k].mode);
	WANT(text_of("/dev/fd", s, sizeof s) == 13 && !memcmp(s, "/proc/self/fd", 13));
	return fstat(0, &st) || stat("/dev/stdin", &link) || st.st_ino != link.st_ino ? "/dev/stdin" : NULL;
}

/* Opened again through its link: the same file with an offset of its own, also when it has lost its name. */
static const char *links_open(void)
{
	char c = 0;
	int fd = open("/tmp/abi.gone", O_RDWR | O_CREAT | O_TRUNC, 0600), again;
	WANT(fd >= 0 && write(fd, "abc", 3) == 3 && unlink("/tmp/abi.gone") == 0 && leads_to(fd, "/tmp/abi.gone (deleted)"));
	WANT((again = open(link_of(0, fd), O_RDONLY)) >= 0 && read(again, &c, 1) == 1 && c == 'a');
	WANT_ERRNO(write(again, "x", 1), EBADF);
	WANT(close(again) == 0 && (again = open(link_of(0, fd), O_WRONLY | O_CREAT | O_TRUNC, 0600)) >= 0);
	WANT(lseek(fd, 0, SEEK_END) == 0 && close(again) == 0 && close(fd) == 0);
	fd = (int)syscall(SYS_memfd_create, "abi", 0);
	WANT(fd >= 0 && write(fd, "m", 1) == 1 && (again = open(link_of(0, fd), O_RDONLY)) >= 0 && read(again, &c, 1) == 1 && c == 'm');
	WANT(close(again) == 0 && close(fd) == 0);
	WANT((fd = openat(FOLDER, "../proc/self/fd/12/abitest", O_RDONLY)) >= 0 && close(fd) == 0);
	return NULL;
}

/* A pipe's end opened again is one more: the pipe ends when both are closed. */
static const char *links_of_pipes(void)
{
	char s[4];
	int ends[2], again, both;
	WANT(pipe(ends) == 0 && (again = open(link_of(0, ends[1]), O_WRONLY)) >= 0 && close(ends[1]) == 0);
	WANT(write(again, "ab", 2) == 2 && read(ends[0], s, 4) == 2 && fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
	WANT_ERRNO(read(ends[0], s, 1), EAGAIN);
	WANT(close(again) == 0 && read(ends[0], s, 1) == 0);
	WANT((both = open(link_of(0, ends[0]), O_RDWR)) >= 0 && write(both, "c", 1) == 1 && read(both, s, 4) == 1 && s[0] == 'c');
	struct pollfd p = { both, POLLIN | POLLOUT, 0 };
	WANT(poll(&p, 1, 0) == 1 && p.revents == POLLOUT && write(both, "d", 1) == 1 && poll(&p, 1, 0) == 1 && p.revents == (POLLIN | POLLOUT));
	WANT(close(both) == 0 && read(ends[0], s, 4) == 1 && read(ends[0], s, 4) == 0 && close(ends[0]) == 0);
	return NULL;
}

static const char *links_listed(void)
{
	unsigned open = 0, listed = 0;
	DIR *d = opendir("/proc/self/fd");
	WANT(d);
	for (int fd = 0; fd < 1024; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	for (struct dirent *e; (e = readdir(d));) {
		if (e->d_name[0] == '.')
			continue;
		WANT(fcntl(atoi(e->d_name), F_GETFD) >= 0 && e->d_type == DT_LNK);
		listed++;
	}
	WANT(open == listed && closedir(d) == 0);
	return NULL;
}

static const char *links_of_another(void)
{
	char c;
	int ends[2], fd;
	WANT(pipe(ends) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(ends[1]);
		_exit(read(ends[0], &c, 1) == 1 && c == 'x' ? 0 : 1);
	}
	close(ends[0]);
	WANT((fd = open(link_of(pid, ends[0]), O_RDONLY)) >= 0 && close(fd) == 0);
	WANT(write(ends[1], "x", 1) == 1 && close(ends[1]) == 0 && waitpid(pid, &fd, 0) == pid && fd == 0);
	WANT_ERRNO(open(link_of(pid, 0), O_RDONLY), ENOENT);
	return NULL;
}

/* What a program was started with, whole, however long. */
static const char *environments(void)
{
	static char name[6000], got[8000];
	char *none[] = { NULL }, *some[] = { "A=1", name, "LAST=", NULL }, *const *with[] = { none, some };
	memset(name, 'n', sizeof name - 1);
	name[1] = '=';
	for (int k = 0; k < 2; k++) {
		int ends[2];
		WANT(pipe(ends) == 0);
		pid_t pid = fork();
		if (pid == 0) {
			char *argv[] = { "cat", "/proc/self/environ", NULL };
			dup2(ends[1], 1);
			execve("/bin/cat", argv, with[k]);
			_exit(99);
		}
		size_t n = 0, want = k ? 4 + sizeof name + 6 : 0;
		close(ends[1]);
		for (ssize_t r; (r = read(ends[0], got + n, sizeof got - n)) > 0;)
			n += (size_t)r;
		WANT(close(ends[0]) == 0 && waitpid(pid, ends, 0) == pid && ends[0] == 0 && n == want);
		WANT(!k || (!memcmp(got, "A=1", 4) && !memcmp(got + 4, name, sizeof name) && !strcmp(got + 4 + sizeof name, "LAST=")));
	}
	return NULL;
}

/* Whoever works makes a load: it comes within the first seconds, and with it sysinfo's. */
static const char *the_load(void)
{
	char s[64];
	uint64_t info[14];
	do {
		int fd = open("/proc/loadavg", O_RDONLY);
		ssize_t n = read(fd, s, sizeof s - 1);
		WANT(n > 0 && close(fd) == 0);
		s[n] = 0;
	} while (!strncmp(s, "0.0", 3) && s[3] < '5');
	WANT(strchr(s, '/') && syscall(SYS_sysinfo, info) == 0 && info[1] >= 3000);
	return NULL;
}

static const struct check_case cases[] = {
	{ "no more descriptors", no_more },
	{ "descriptors above the limit", limit_below },
	{ "the size of files", file_sizes },
	{ "fallocate", rooms },
	{ "preadv2 and pwritev2", vectors_here },
	{ "/proc/self/fd says", links_say },
	{ "/proc/self/fd opens", links_open },
	{ "/proc/self/fd: pipes", links_of_pipes },
	{ "/proc/self/fd lists", links_listed },
	{ "/proc/PID/fd", links_of_another },
	{ "/proc/self/environ", environments },
	{ "the load", the_load },
};

int main(void)
{
	struct rlimit was;
	const char *why = arrange();
	if (why || (why = limit_descriptors(LIMIT, &was))) {
		printf("[KO] %s\n", why);
		return 1;
	}
	run_rows(rows, sizeof rows / sizeof *rows);
	return check_all(cases, (int)(sizeof cases / sizeof *cases));
}
