/* Jobs: process groups, and who has the terminal. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

enum { PROCS_MAX = 16, JOBS_MAX = 32 };

struct job {
	int number;		/* 0: the slot is free */
	pid_t pgid, pids[PROCS_MAX];
	int n, live, status;	/* status: of the last process */
	bool stopped, background;
	char text[40];
};

static struct job jobs[JOBS_MAX];
static struct termios shell_modes;

void jobs_init(void)
{
	static const int ignored[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGINT, SIGQUIT };
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	setpgid(0, 0);
	tcsetpgrp(0, getpgrp());
	tcgetattr(0, &shell_modes);
}

void child_setup(pid_t pgid, bool foreground)
{
	static const int restored[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGINT, SIGQUIT };
	if (interactive) {
		setpgid(0, pgid);
		if (foreground)
			tcsetpgrp(0, pgid ? pgid : getpid());
		for (size_t i = 0; i < sizeof restored / sizeof *restored; i++)
			signal(restored[i], SIG_DFL);
	}
	memset(jobs, 0, sizeof jobs);
}

struct job *job_create(pid_t pgid, const char *text)
{
	struct job *j = jobs;
	while (j < jobs + JOBS_MAX && j->number)
		j++;
	if (j == jobs + JOBS_MAX) {
		fprintf(stderr, "sh: too many jobs\n");
		j--;
	}
	memset(j, 0, sizeof *j);
	j->number = (int)(j - jobs) + 1;
	j->pgid = pgid;
	strlcpy(j->text, text, sizeof j->text);
	return j;
}

void job_add(struct job *j, pid_t pid)
{
	if (interactive)
		setpgid(pid, j->pgid);
	if (j->n < PROCS_MAX) {
		j->pids[j->n++] = pid;
		j->live++;
	}
}

static void say_death(const struct job *j, int status)
{
	int sig = WTERMSIG(status);
	if (sig != SIGINT && sig != SIGPIPE)
		fprintf(stderr, "%s: %s\n", j->text, strsignal(sig));
	else if (sig == SIGINT && interactive)
		fprintf(stderr, "\n");
}

static void note_change(pid_t pid, int status)
{
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		for (int i = 0; j->number && i < j->n; i++) {
			if (j->pids[i] != pid)
				continue;
			if (WIFSTOPPED(status)) {
				j->stopped = true;
				return;
			}
			j->pids[i] = 0;
			j->live--;
			if (i == j->n - 1)
				j->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
			if (WIFSIGNALED(status))
				say_death(j, status);
			return;
		}
}

int job_foreground(struct job *j, bool resume)
{
	int status;
	if (interactive)
		tcsetpgrp(0, j->pgid);
	j->background = false;
	if (resume) {
		j->stopped = false;
		kill(-j->pgid, SIGCONT);
	}
	while (j->live && !j->stopped) {
		pid_t pid = waitpid(-1, &status, WUNTRACED);
		if (pid < 0 && errno != EINTR)
			break;
		if (pid > 0)
			note_change(pid, status);
	}
	if (interactive) {
		tcsetpgrp(0, getpgrp());
		tcsetattr(0, TCSADRAIN, &shell_modes);
	}
	if (j->stopped && j->live) {
		printf("\n[%d] stopped  %s\n", j->number, j->text);
		j->background = true;
		return 128 + SIGTSTP;
	}
	j->number = 0;
	return j->status;
}

void job_background(struct job *j)
{
	j->background = true;
	if (interactive)
		printf("[%d] %d\n", j->number, j->pids[j->n - 1]);
}

void job_resume_background(struct job *j)
{
	j->stopped = false;
	kill(-j->pgid, SIGCONT);
	printf("[%d] %s &\n", j->number, j->text);
}

void jobs_poll(void)
{
	int status;
	for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | WUNTRACED)) > 0;)
		note_change(pid, status);
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->number && !j->live) {
			if (interactive)
				printf("[%d] done  %s\n", j->number, j->text);
			j->number = 0;
		}
}

void jobs_list(void)
{
	jobs_poll();
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->number)
			printf("[%d] %-7s  %s\n", j->number, j->stopped ? "stopped" : "running", j->text);
}

struct job *job_find(const char *spec)
{
	struct job *newest = NULL;
	int number = spec ? atoi(*spec == '%' ? spec + 1 : spec) : 0;
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->number && (!spec || j->number == number))
			newest = j;
	return newest;
}

int jobs_wait_all(void)
{
	int status, last = 0;
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++) {
		while (j->number && j->live && !j->stopped) {
			pid_t pid = waitpid(-1, &status, WUNTRACED);
			if (pid < 0)
				return last;
			note_change(pid, status);
		}
		if (j->number && !j->live) {
			last = j->status;
			j->number = 0;
		}
	}
	return last;
}
