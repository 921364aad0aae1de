/* Descriptors as Linux keeps them: how many there may be, how large their files may grow. */
#include "abirow.h"
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
	WANT(fcntl(30, F_GETFD) == 0 && dup2(30, 15) == 15 && close(30) == 0);
	WANT_ERRNO(dup2(15, 30), EBADF);
	WANT(close(15) == 0 && limit_descriptors(0, &again) == NULL);
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

static const struct check_case cases[] = {
	{ "no more descriptors", no_more },
	{ "descriptors above the limit", limit_below },
	{ "the size of files", file_sizes },
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
