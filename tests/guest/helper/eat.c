/* eat HOW: use memory until there is none.
 *
 * touch: map and touch pages until the kernel ends this process or refuses. fork: children that each hold memory, until fork
 * fails. file: fill /tmp until the write fails. Ends with status 0 if it was refused in an orderly way. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, STEP = 16 * PAGE, CHILDREN = 4096 };

static void *pages(size_t n)
{
	return mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int refused(const char *what, size_t after)
{
	printf("eat: %s refused after %zu KiB: %s\n", what, after / 1024, strerror(errno));
	return errno == ENOMEM || errno == EAGAIN || errno == ENOSPC ? 0 : 1;
}

static int touch(void)
{
	for (size_t total = 0;; total += STEP) {
		volatile char *p = pages(STEP);
		if ((void *)p == MAP_FAILED)
			return refused("mmap", total);
		for (size_t i = 0; i < STEP; i += PAGE)
			p[i] = 1;
	}
}

/* Each child writes into the pages that it shares with its parent, so each holds frames of its own. */
static int forks(void)
{
	static pid_t child[CHILDREN];
	int n = 0, status;
	char *shared = pages(STEP);
	memset(shared, 1, STEP);
	while (n < CHILDREN && (child[n] = fork()) > 0)
		n++;
	if (n < CHILDREN && child[n] == 0) {
		memset(shared, 2, STEP);
		for (;;)
			pause();
	}
	int result = n == CHILDREN ? 1 : refused("fork", (size_t)n * STEP);
	for (int i = 0; i < n; i++) {
		kill(child[i], SIGKILL);
		waitpid(child[i], &status, 0);
	}
	return result;
}

static int file(void)
{
	static char block[STEP];
	int fd = open("/tmp/eaten", O_CREAT | O_WRONLY | O_TRUNC, 0600);
	size_t total = 0;
	for (ssize_t n; (n = write(fd, block, sizeof block)) > 0; total += (size_t)n)
		;
	int result = refused("write", total);
	close(fd);
	unlink("/tmp/eaten");
	return result;
}

int main(int argc, char **argv)
{
	static const struct { const char *name; int (*run)(void); } ways[] = { { "touch", touch }, { "fork", forks }, { "file", file } };
	for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
		if (argc == 2 && !strcmp(argv[1], ways[i].name))
			return ways[i].run();
	fprintf(stderr, "usage: eat touch|fork|file\n");
	return 2;
}
