/* eat HOW: use memory until there is none.
 *
 * touch: map and touch pages until the kernel ends this process or refuses. fork: children that each hold memory, until fork
 * fails. file: fill /tmp until the write fails. Ends with status 0 if it was refused in an orderly way. */
#include <errno.h>
#include <fcntl.h>
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

/* A child writes into the pages that it shares with its parent, so it holds frames of its own, until the parent closes the pipe or is
 * gone. */
static void hold(char *shared, const int *fds)
{
	char byte;
	close(fds[1]);
	memset(shared, 2, STEP);
	_exit(read(fds[0], &byte, 1) != 0);
}

static int forks(void)
{
	int n = 0, fds[2];
	pid_t pid = 1;
	char *shared = pages(STEP);
	memset(shared, 1, STEP);
	if (pipe(fds) < 0)
		return refused("pipe", 0);
	for (; n < CHILDREN && (pid = fork()) > 0; n++)
		;
	if (pid == 0)
		hold(shared, fds);
	int result = n == CHILDREN ? 1 : refused("fork", (size_t)n * STEP);
	close(fds[1]);
	while (wait(NULL) > 0)
		;
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
