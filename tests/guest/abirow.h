#pragma once
/* Rows of system calls and of what they are refused with. The expectations are Linux's: the same source compiles on a PC (gcc -o abitest
 * tests/guest/abitest.c, as root), where all rows hold too that do not name a reason. */
#ifdef __x86_64__
#define _GNU_SOURCE
#include <sys/syscall.h>
#else
#include <abi/syscall.h>
#endif
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "check.h"
#ifdef __x86_64__
typedef siginfo_t info_t;
#else
typedef struct abi_siginfo info_t;
#endif

enum { PAGE = 4096 };
#define BAD 8L			/* an address where nothing is */
#define KERNEL (-(1L << 40))
#define HUGE_SIZE (1L << 60)

/* Descriptors and memory that rows can name: made once. */
enum { FILE_RW = 10, FILE_R, FOLDER, PIPE_R, PIPE_W, EVENT, CLOSED = 99 };
#define A 0x30000000L		/* a page of zeros */

enum { AT_CWD = -100, SET_TYPE_BAD = 0170000 };

struct row {
	const char *what;
	long call, arg[6];
	int want;		/* errno; 0: success */
	const char *only_here;	/* why Linux on a PC does otherwise; NULL: it does not */
};

static const char *arrange(void)
{
	int ends[2], event = (int)syscall(SYS_eventfd2, 0, O_NONBLOCK);
	WANT(mmap((void *)A, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == (void *)A);
	WANT(event >= 0 && dup2(event, EVENT) == EVENT && close(event) == 0);
	WANT(dup2(open("/tmp/abitest", O_RDWR | O_CREAT | O_TRUNC, 0600), FILE_RW) == FILE_RW);
	WANT(dup2(open("/tmp/abitest", O_RDONLY), FILE_R) == FILE_R && dup2(open("/tmp", O_RDONLY), FOLDER) == FOLDER);
	WANT(pipe(ends) == 0 && dup2(ends[0], PIPE_R) == PIPE_R && dup2(ends[1], PIPE_W) == PIPE_W);
	return NULL;
}

static const char *run_row(const struct row *r)
{
	static char why[120];
	const long *a = r->arg;
	errno = 0;
	memset((void *)A, 0, PAGE);
	long result = syscall(r->call, a[0], a[1], a[2], a[3], a[4], a[5]);
	int got = result == -1 ? errno : 0;
	snprintf(why, sizeof why, "errno %d, not %d", got, r->want);
	return got == r->want ? NULL : why;
}

static void run_rows(const struct row *rows, size_t n)
{
	for (size_t k = 0; k < n; k++) {
#ifdef __x86_64__
		if (rows[k].only_here)
			continue;
#endif
		const char *why = run_row(&rows[k]);
		check_run++;
		check_failed += why != NULL;
		if (why)
			printf("[KO] %s: %s\n", rows[k].what, why);
	}
	fflush(stdout);
	for (int fd = FILE_RW; fd <= EVENT; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			printf("[KO] descriptor %d is gone\n", fd), check_failed++;
}

/* All of a program: its rows, then its cases. */
#define ABI_MAIN(rows, cases) int main(void) { \
	const char *why = arrange(); \
	if (why) { \
		printf("[KO] %s\n", why); \
		return 1; \
	} \
	run_rows(rows, sizeof(rows) / sizeof *(rows)); \
	return check_all(cases, (int)(sizeof(cases) / sizeof *(cases))); \
}
