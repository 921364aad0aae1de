/* Programs of the shell as functions: system, popen, pclose. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "lock.h"

struct piped { struct piped *next; FILE *f; pid_t pid; };

static struct piped *all;
static int all_lock;

static _Noreturn void run_shell(const char *command)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)command, NULL };
	execv("/bin/sh", argv);
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

int system(const char *command)
{
	sighandler_t interrupt = signal(SIGINT, SIG_IGN), quit = signal(SIGQUIT, SIG_IGN);
	pid_t pid = command ? fork() : 0;
	if (pid == 0 && command) {
		signal(SIGINT, interrupt);
		signal(SIGQUIT, quit);
		run_shell(command);
	}
	int status = !command ? access("/bin/sh", 1) == 0 : pid < 0 ? -1 : wait_for(pid);
	signal(SIGINT, interrupt);
	signal(SIGQUIT, quit);
	return status;
}

/* In the child: its end of the pipe becomes standard input or output. */
static _Noreturn void run_piped(const char *command, int end, int as)
{
	if (end != as)
		dup2(end, as);
	else
		fcntl(as, F_SETFD, 0L);
	run_shell(command);
}

FILE *popen(const char *command, const char *mode)
{
	int fds[2], ours = *mode == 'w';	/* which end is kept */
	if ((*mode != 'r' && *mode != 'w') || mode[1]) {
		errno = EINVAL;
		return NULL;
	}
	struct piped *p = malloc(sizeof *p);
	if (!p || pipe2(fds, O_CLOEXEC) < 0) {
		free(p);
		return NULL;
	}
	p->f = fdopen(fds[ours], mode);
	p->pid = p->f ? fork() : -1;
	if (p->pid == 0)
		run_piped(command, fds[!ours], !ours);
	close(fds[!ours]);
	if (p->pid < 0) {
		if (p->f)
			fclose(p->f);
		else
			close(fds[ours]);
		free(p);
		return NULL;
	}
	lock(&all_lock);
	p->next = all;
	all = p;
	unlock(&all_lock);
	return p->f;
}

int pclose(FILE *f)
{
	lock(&all_lock);
	struct piped **at = &all;
	while (*at && (*at)->f != f)
		at = &(*at)->next;
	struct piped *p = *at;
	if (p)
		*at = p->next;
	unlock(&all_lock);
	if (!p) {
		errno = ECHILD;
		return -1;
	}
	pid_t pid = p->pid;
	free(p);
	fclose(f);
	return wait_for(pid);
}
