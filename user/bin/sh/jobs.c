/* Jobs: process groups, and who has the terminal. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

enum { PROCS_MAX = 64, JOBS_MAX = 32, TERMINAL_FD = 19 /* and up: out of the way of commands, and of what redirect.c saves */ };

struct job {
	int number;		/* 0: the slot is free */
	pid_t pgid, last, pids[PROCS_MAX];	/* last: of the last process, which stays */
	int n, live, status, signal, stop_signal;	/* status: of the last process; signal: what ended one of them, or 0 */
	int failed_at, failed;	/* the last part that failed, from 1, and its status: what set -o pipefail looks at */
	bool stopped, background;
	unsigned since;		/* it began or stopped: the greater the later, for slots are used again */
	char text[40];
};

static struct job jobs[JOBS_MAX];
static unsigned changes;
static struct termios shell_modes;
static int terminal;		/* also while standard input is something else */
pid_t last_background;
volatile int interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void job_interrupts_on(void)
{
	const struct sigaction interrupt = { .sa_handler = on_interrupt };	/* without SA_RESTART: waits end */
	sigaction(SIGINT, &interrupt, NULL);
}

void jobs_init(void)
{
	static const int ignored[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGQUIT };
	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	job_interrupts_on();
	terminal = fcntl(0, F_DUPFD_CLOEXEC, (long)TERMINAL_FD);
	setpgid(0, 0);
	tcsetpgrp(terminal, getpgrp());
	tcgetattr(terminal, &shell_modes);
}

static const int of_terminal[] = { SIGTSTP, SIGTTIN, SIGTTOU, SIGINT, SIGQUIT };

/* What the terminal sends does not get lost, and does not come in between, until the mask before is put back. */
static void hold_terminal_signals(sigset_t *before)
{
	sigset_t set;
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof of_terminal / sizeof *of_terminal; i++)
		sigaddset(&set, of_terminal[i]);
	sigprocmask(SIG_BLOCK, &set, before);
}

void child_setup(pid_t pgid)
{
	if (interactive) {
		/* What stays in the shell's own group is no job, and nobody could continue it: it ignores the first three, which stop. */
		size_t i = pgid < 0 ? 3 : 0;
		if (pgid >= 0)
			setpgid(0, pgid);
		for (; i < sizeof of_terminal / sizeof *of_terminal; i++)
			signal(of_terminal[i], SIG_DFL);
	}
	interactive = false;
	memset(jobs, 0, sizeof jobs);
	traps_reset();
}

/* For one more job; the last free place is for the foreground, so that commands go on. A script waits for a place instead. */
static bool is_room(bool foreground)
{
	int room = 0;
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		room += !j->number;
	return !interactive || room > !foreground;
}

/* The child that begins a foreground job waits behind the gate until the terminal is its own. It must not take the terminal itself: it could
 * come to that after it was stopped, when the shell has the terminal back, or a later part of a pipeline when the first is stopped already. Only
 * the shell at the terminal holds signals back meanwhile, for it hands them on; any other would die of them, and its child not have heard. */
pid_t job_fork(pid_t pgid, bool foreground)
{
	int gate[2] = { -1, -1 };
	char c;
	sigset_t before;
	bool holds = interactive, first = holds && foreground && !pgid;
	if (!pgid && !is_room(foreground)) {
		errno = EAGAIN;
		return -1;
	}
	if (first && pipe(gate) < 0)
		return -1;
	if (holds)
		hold_terminal_signals(&before);
	pid_t pid = fork();
	int e = errno;
	if (pid == 0) {
		close(gate[1]);
		child_setup(pgid);
		while (first && read(gate[0], &c, 1) < 0 && errno == EINTR)
			;
	} else if (pid > 0 && interactive) {
		setpgid(pid, pgid ? pgid : pid);
		if (first)
			tcsetpgrp(terminal, pid);
	}
	close(gate[0]);
	if (pid)
		close(gate[1]);
	if (holds)
		sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid > 0 && interactive && foreground && interrupted)	/* Ctrl-C came before the job had the terminal */
		kill(-(pgid ? pgid : pid), SIGINT);
	errno = e;
	return pid;
}

struct job *job_create(pid_t pgid, const char *text)
{
	struct job *j = jobs;
	if (interactive)	/* the prompt says what has ended */
		while (j < jobs + JOBS_MAX && j->number)
			j++;
	else
		while (j < jobs + JOBS_MAX && j->number && (j->live || j->last == last_background))
			j++;
	if (j == jobs + JOBS_MAX)
		job_wait(--j);
	memset(j, 0, sizeof *j);
	j->number = (int)(j - jobs) + 1;
	j->pgid = pgid;
	j->since = ++changes;
	strlcpy(j->text, text, sizeof j->text);
	return j;
}

pid_t job_group(const struct job *j) { return j->pgid; }

void job_add(struct job *j, pid_t pid)
{
	j->last = pid;
	j->pids[j->n++] = pid;
	j->live++;
}

bool job_is_full(const struct job *j) { return j->n == PROCS_MAX; }

static void say_death(const struct job *j)
{
	if (j->signal == SIGINT && interactive) {
		interrupted = 2;
		fprintf(stderr, "\n");
	} else if (j->signal != SIGINT && j->signal != SIGPIPE && !(interactive && j->background)) {
		fprintf(stderr, "%s: %s\n", j->text, strsignal(j->signal));
	}
}

static void note_end(struct job *j, int part, int status)
{
	if (part == j->n - 1)
		j->status = status;
	if (status && part >= j->failed_at) {
		j->failed_at = part + 1;
		j->failed = status;
	}
}

static int status_of(const struct job *j) { return options[OPT_PIPEFAIL] && !j->status ? j->failed : j->status; }

static void note_change(pid_t pid, int status)
{
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		for (int i = 0; j->number && i < j->n; i++) {
			if (j->pids[i] != pid)
				continue;
			if (WIFSTOPPED(status)) {
				j->stopped = true;
				j->stop_signal = WSTOPSIG(status);
				return;
			}
			j->pids[i] = 0;
			j->live--;
			note_end(j, i, WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
			if (WIFSIGNALED(status)) {
				j->signal = WTERMSIG(status);
				say_death(j);
			}
			return;
		}
}

/* Wait for a change in any child. WUNTRACED is for the shell at the terminal: another is stopped with its children, and would find when it goes
 * on that they were. */
static bool wait_for_change(void)
{
	int status;
	pid_t pid = waitpid(-1, &status, interactive ? WUNTRACED : 0);
	if (pid > 0)
		note_change(pid, status);
	return pid > 0 || errno == EINTR;
}

static void on_child(int sig) { (void)sig; }

/* As wait_for_change, but also until Ctrl-C or a trap's signal. These are held back while it looks whether they have come, so that none comes
 * between the look and the wait. */
static bool wait_for_change_or_signal(void)
{
	const struct sigaction child = { .sa_handler = on_child };
	struct sigaction old;
	sigset_t all, before;
	int status;
	pid_t pid = 0;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	sigaction(SIGCHLD, NULL, &old);
	if (old.sa_handler == SIG_DFL)
		sigaction(SIGCHLD, &child, NULL);
	while (!interrupted && !trap_is_pending() && !(pid = waitpid(-1, &status, WNOHANG | (interactive ? WUNTRACED : 0))))
		sigsuspend(&before);
	sigaction(SIGCHLD, &old, NULL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid > 0)
		note_change(pid, status);
	return pid > 0;
}

ssize_t read_or_interrupt(int fd, void *to, size_t n)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t before;
	int ready = 1;
	if (interactive) {
		hold_terminal_signals(&before);
		ready = interrupted ? -1 : ppoll(&p, 1, NULL, &before);
		sigprocmask(SIG_SETMASK, &before, NULL);
	}
	return ready < 0 ? -1 : read(fd, to, n);
}

/* The shell has the terminal again. All of the job stops: a part that began after Ctrl-Z was typed has not heard of it. */
static int note_stop(struct job *j)
{
	if (j->live > 1)
		kill(-j->pgid, j->stop_signal);
	printf("\n[%d] stopped  %s\n", j->number, j->text);
	j->background = true;
	j->since = ++changes;
	if (loop_depth)
		loop_break = loop_depth;
	return 128 + j->stop_signal;
}

int job_foreground(struct job *j, bool resume)
{
	j->background = false;
	if (resume) {
		printf("%s\n", j->text);
		fflush(stdout);
		if (interactive)
			tcsetpgrp(terminal, j->pgid);
		j->stopped = false;
		kill(-j->pgid, SIGCONT);
	}
	while (j->live && !j->stopped && wait_for_change())
		;
	if (interactive) {
		tcsetpgrp(terminal, getpgrp());
		tcsetattr(terminal, TCSADRAIN, &shell_modes);
	}
	if (j->stopped && j->live)
		return note_stop(j);
	j->number = 0;
	return status_of(j);
}

void job_background(struct job *j)
{
	j->background = true;
	last_background = j->last;
	if (interactive)
		printf("[%d] %d\n", j->number, j->last);
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
				printf("[%d] %-7s  %s\n", j->number, j->signal ? strsignal(j->signal) : "done", j->text);
			j->number = 0;
		}
}

void jobs_list(bool groups)
{
	jobs_poll();
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->number && groups)
			printf("%d\n", j->pgid);
		else if (j->number)
			printf("[%d] %-7s  %s\n", j->number, j->stopped ? "stopped" : "running", j->text);
}

/* %n, %% %+ (the newest), %- (the one before), %text (that begins so), or the number of a process. */
static bool is_named(const struct job *j, const char *spec)
{
	if (!spec || *spec != '%')
		return !spec || j->last == atoi(spec);
	if (!spec[1] || (strchr("%+-", spec[1]) && !spec[2]))
		return true;
	return isdigit(spec[1]) ? j->number == atoi(spec + 1) : !strncmp(j->text, spec + 1, strlen(spec + 1));
}

struct job *job_find(const char *spec)
{
	struct job *newest = NULL, *before = NULL;
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++) {
		if (!j->number || !is_named(j, spec))
			continue;
		if (!newest || j->since > newest->since) {
			before = newest;
			newest = j;
		} else if (!before || j->since > before->since) {
			before = j;
		}
	}
	return spec && !strcmp(spec, "%-") && before ? before : newest;
}

int job_wait(struct job *j)
{
	while (j->live && !j->stopped && wait_for_change_or_signal())
		;
	if (j->live)
		return 128 + (interrupted ? SIGINT : trap_is_pending() ? SIGTERM : SIGTSTP);
	j->number = 0;
	return status_of(j);
}

int jobs_wait_one(void)
{
	bool some = false;
	for (;;) {
		for (struct job *j = jobs; j < jobs + JOBS_MAX; j++) {
			if (j->number && !j->live)
				return job_wait(j);
			some |= j->number && !j->stopped;
		}
		if (!some || !wait_for_change_or_signal())
			return interrupted ? 128 + SIGINT : trap_is_pending() ? 128 + SIGTERM : 127;
		some = false;
	}
}

int jobs_wait_all(void)
{
	int last = 0;
	for (struct job *j = jobs; j < jobs + JOBS_MAX; j++)
		if (j->number && !interrupted && !trap_is_pending())
			last = job_wait(j);
	return interrupted || trap_is_pending() ? last : 0;
}
