/* strace: show the system calls of a command, or of a running process; -f: and of its children; -c: only count them; -o: into a file;
 * -e mmap,munmap: of the calls only these (trace=mmap,munmap says the same).
 *
 * The kernel writes them into /proc/PID/trace (abi/trace.h). A command is started by a child that first waits until it is traced. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <abi/syscall.h>
#include "strace.h"

#define SYNOPSIS "[-cf] [-e CALL,...] [-o FILE] {-p PID | COMMAND [ARGUMENT ...]}"

static bool follow, only_count;
static bool before_command;	/* what the child does until it runs the command is ours, not the command's */
static struct show shown;
enum { CALLS = 512 };
static bool chosen[CALLS], choosing;	/* the calls of -e */
static volatile int interrupted;

static void stop(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* A list of names with commas between. */
static void choose(char *list)
{
	if (!strncmp(list, "trace=", 6))
		list += 6;
	choosing = true;
	for (char *name = strtok(list, ","); name; name = strtok(NULL, ",")) {
		unsigned nr = 0;
		while (nr < CALLS && !(call_name(nr) && !strcmp(call_name(nr), name)))
			nr++;
		if (nr == CALLS)
			errx(2, "%s: no such call", name);
		chosen[nr] = true;
	}
}

static bool is_wanted(const struct trace_record *r)
{
	bool is_call = r->kind == TRACE_ENTER || r->kind == TRACE_LEAVE;
	return !is_call || !choosing || (r->nr < CALLS && chosen[r->nr]);
}

/* Begin to trace; the descriptor. */
static int attach(int pid)
{
	char path[32];
	snprintf(path, sizeof path, "/proc/%d/trace", pid);
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", path);
	if (follow && write(fd, "follow", 6) != 6)
		err(1, "%s", path);
	return fd;
}

static void take(const char *buf, size_t n)
{
	for (size_t at = 0; at < n; at += ((const struct trace_record *)(const void *)(buf + at))->size) {
		const struct trace_record *r = (const void *)(buf + at);
		before_command = before_command && r->nr != SYS_execve;
		if (before_command || !is_wanted(r))
			continue;
		if (only_count)
			count_record(r);
		else
			show_record(&shown, r);
	}
	if (!only_count)
		fflush(shown.out);
}

static void read_all(int fd)
{
	static char buf[16 << 10] __attribute__((aligned(8)));
	while (!interrupted) {
		ssize_t n = read(fd, buf, sizeof buf);
		if (n == 0)
			return;
		if (n < 0 && errno != EINTR)
			err(1, "reading the trace");
		if (n > 0)
			take(buf, (size_t)n);
	}
}

/* A child that runs the command as soon as it is let go, by the end of the pipe. */
static int start(char **argv, int *hold)
{
	int ends[2];
	char c;
	if (pipe(ends) < 0)
		err(1, "pipe");
	fflush(stdout);
	int pid = fork();
	if (pid < 0)
		err(1, "fork");
	if (pid == 0) {
		close(ends[1]);
		(void)!read(ends[0], &c, 1);
		close(ends[0]);
		execvp(argv[0], argv);
		warn("%s", argv[0]);
		_exit(errno == ENOENT ? 127 : 126);
	}
	close(ends[0]);
	*hold = ends[1];
	return pid;
}

static int trace_command(char **argv)
{
	int hold, status, pid = start(argv, &hold), fd = attach(pid);
	before_command = true;
	signal(SIGINT, SIG_IGN);	/* the command's business; it ends the trace by ending */
	close(hold);
	read_all(fd);
	close(fd);
	if (waitpid(pid, &status, 0) != pid)
		err(1, "wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int trace_process(int pid)
{
	struct sigaction a = { .sa_handler = stop };
	sigaction(SIGINT, &a, NULL);
	int fd = attach(pid);
	read_all(fd);
	close(fd);
	if (shown.open_tid)
		fputs(" <detached ...>\n", shown.out);
	return 0;
}

int main(int argc, char **argv)
{
	const char *to = NULL;
	int pid = 0, status;
	for (int c; (c = getopt(argc, argv, "ce:fo:p:")) != -1;)
		switch (c) {
		case 'c': only_count = true; break;
		case 'e': choose(optarg); break;
		case 'f': follow = true; break;
		case 'o': to = optarg; break;
		case 'p': pid = atoi(optarg); break;
		default: usage(SYNOPSIS);
		}
	if (!pid == (optind == argc))
		usage(SYNOPSIS);
	shown = (struct show){ .out = to ? fopen(to, "w") : fdopen(2, "w"), .with_pid = follow };
	if (!shown.out)
		err(1, "%s", to ? to : "stderr");
	if (to)
		fcntl(fileno(shown.out), F_SETFD, FD_CLOEXEC);
	status = pid ? trace_process(pid) : trace_command(argv + optind);
	if (only_count)
		count_print(shown.out);
	fflush(shown.out);
	return status;
}
