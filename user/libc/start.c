/* Start and end of a program. */
#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <assert.h>
#include "lock.h"
#include "priv.h"

enum { ATEXIT_MAX = 32 };

__thread int errno;
char **environ;
static void (*at_exit[ATEXIT_MAX])(void);
static int at_exit_count, at_exit_lock;

int main(int argc, char **argv, char **envp);
_Noreturn void libc_start(long *stack);

_Noreturn void libc_start(long *stack)
{
	int argc = (int)stack[0];
	char **argv = (char **)(stack + 1);
	environ = argv + argc + 1;
	char **end = environ;
	while (*end)
		end++;
	tls_start((unsigned long *)(void *)(end + 1));
	if (argc > 0)
		program_name = argv[0];
	if (argc == 2 && *program_help && !strcmp(argv[1], "--help")) {
		fputs(program_help, stdout);
		exit(0);
	}
	exit(main(argc, argv, environ));
}

int atexit(void (*fn)(void))
{
	lock(&at_exit_lock);
	int r = at_exit_count == ATEXIT_MAX ? -1 : 0;
	if (!r)
		at_exit[at_exit_count++] = fn;
	unlock(&at_exit_lock);
	return r;
}

_Noreturn void _exit(int status)
{
	for (;;)
		CALL1(exit_group, status);
}

_Noreturn void _Exit(int status) { _exit(status); }

static void (*next_at_exit(void))(void)
{
	lock(&at_exit_lock);
	void (*fn)(void) = at_exit_count ? at_exit[--at_exit_count] : NULL;
	unlock(&at_exit_lock);
	return fn;
}

_Noreturn void exit(int status)
{
	for (void (*fn)(void); (fn = next_at_exit());)
		fn();
	stdio_flush_all();
	if (!status && *program_help && ferror(stdout))
		status = 1;	/* of a command, which has a help text: all was not done. Other programs' status is their own */
	_exit(status);
}

_Noreturn void abort(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGABRT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(SIGABRT);
	signal(SIGABRT, SIG_DFL);
	raise(SIGABRT);
	_exit(127);
}

_Noreturn void assert_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, what);
	abort();
}
