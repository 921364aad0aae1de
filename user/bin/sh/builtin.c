/* Commands that the shell runs itself, and the table of all of them. */
#include <commands.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

_Noreturn void shell_exit(int status)
{
	last_status = status;
	traps_run_exit();
	exit(last_status & 255);
}

static int count(char **argv)
{
	int n = 0;
	while (argv[n])
		n++;
	return n;
}

/* The number that argv[1] is, or dflt. */
static int number_or(char **argv, int dflt)
{
	char *end;
	if (!argv[1])
		return dflt;
	long n = strtol(argv[1], &end, 10);
	if (*argv[1] && !*end)
		return (int)n;
	fprintf(stderr, "%s: %s: not a number\n", argv[0], argv[1]);
	return special_failed(2);
}

static int b_exit(char **argv) { shell_exit(number_or(argv, last_status) & 255); }

static int b_jobs(char **argv)
{
	bool groups = argv[1] && !strcmp(argv[1], "-p");
	if (argv[1 + groups]) {
		fprintf(stderr, "usage: jobs [-p]\n");
		return 2;
	}
	jobs_list(groups);
	return 0;
}

static struct job *find_job(char **argv)
{
	struct job *j = job_find(argv[1]);
	if (!j)
		fprintf(stderr, "%s: no such job\n", argv[0]);
	return j;
}

static int b_fg(char **argv)
{
	struct job *j = find_job(argv);
	return j ? job_foreground(j, true) : 1;
}

static int b_bg(char **argv)
{
	struct job *j = find_job(argv);
	if (j)
		job_resume_background(j);
	return !j;
}

static int b_wait(char **argv)
{
	int status = 0;
	if (!argv[1])
		return jobs_wait_all();
	if (!strcmp(argv[1], "-n"))
		return jobs_wait_one();
	for (int i = 1; argv[i]; i++) {
		struct job *j = job_find(argv[i]);
		status = j ? job_wait(j) : 127;
	}
	return status;
}

static int b_true(char **argv) { (void)argv; return 0; }
static int b_false(char **argv) { (void)argv; return 1; }

static int cut_loops(char **argv, int sign)
{
	int n = number_or(argv, 1);
	if (loop_depth)
		loop_break = sign * (n < 1 ? 1 : n < loop_depth ? n : loop_depth);
	return 0;
}

static int b_break(char **argv) { return cut_loops(argv, 1); }
static int b_continue(char **argv) { return cut_loops(argv, -1); }

static int b_return(char **argv)
{
	int status = number_or(argv, last_status);
	returning = true;
	return status;
}

static int b_exec(char **argv)
{
	if (!argv[1])
		return 0;
	fflush(stdout);
	signal(SIGTSTP, SIG_DFL);
	exec_program(argv + 1);
}

static int b_eval(char **argv)
{
	char *text = sh_strdup("");
	size_t n = 0;
	for (char **v = argv + 1; *v; v++) {
		size_t len = strlen(*v);
		text = sh_realloc(text, n + len + 2);
		if (n)
			text[n++] = ' ';
		strcpy(text + n, *v);
		n += len;
	}
	last_status = 0;
	int status = run_text(text);
	free(text);
	return status;
}

/* Along PATH, if the name has no slash; NULL: not to be had. */
static char *read_script(const char *name)
{
	struct stat st;
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return NULL;
	char *text = sh_alloc((size_t)st.st_size + 1);
	ssize_t n = read(fd, text, (size_t)st.st_size);
	close(fd);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = 0;
	return text;
}

static int b_source(char **argv)
{
	char *text = argv[1] ? read_script(argv[1]) : NULL;
	if (!text) {
		fprintf(stderr, "%s: %s: %s\n", argv[0], argv[1] ? argv[1] : "no file is named", argv[1] ? strerror(errno) : "");
		return special_failed(1);
	}
	int line = script_line;
	last_status = 0;
	script_line = 1;
	int status = run_text(text);
	script_line = line;
	returning = false;
	free(text);
	return status;
}

static int b_echo(char **argv) { return cmd_echo(count(argv), argv); }
static int b_printf(char **argv) { return cmd_printf(count(argv), argv); }
static int b_test(char **argv) { return cmd_test(count(argv), argv); }

static const struct { const char *name; int (*run)(char **argv); bool special; } builtins[] = {
	{ "cd", cd_builtin, false }, { "pwd", pwd_builtin, false }, { "exit", b_exit, true }, { "export", export_builtin, true },
	{ "readonly", readonly_builtin, true }, { "unset", unset_builtin, true }, { "set", set_builtin, true }, { "local", local_builtin, true },
	{ "shift", shift_builtin, true }, { "read", read_builtin, false }, { "getopts", getopts_builtin, false },
	{ "jobs", b_jobs, false }, { "fg", b_fg, false }, { "bg", b_bg, false }, { "wait", b_wait, false }, { "true", b_true, false },
	{ ":", b_true, true }, { "false", b_false, false }, { "break", b_break, true }, { "continue", b_continue, true },
	{ "return", b_return, true }, { "exec", b_exec, true }, { "eval", b_eval, true }, { ".", b_source, true }, { "source", b_source, true },
	{ "trap", trap_builtin, true }, { "umask", umask_builtin, false }, { "command", command_builtin, false }, { "type", type_builtin, false },
	{ "alias", alias_builtin, false }, { "unalias", unalias_builtin, false }, { "hash", hash_builtin, false }, { "history", history_builtin, false }, { "ulimit", ulimit_builtin, false },
	{ "times", times_builtin, true },
	{ "echo", b_echo, false }, { "printf", b_printf, false }, { "test", b_test, false }, { "[", b_test, false },
};

enum { BUILTINS = sizeof builtins / sizeof *builtins };

int find_builtin(const char *name)
{
	for (int i = 0; i < BUILTINS; i++)
		if (!strcmp(builtins[i].name, name))
			return i;
	return -1;
}

bool builtin_is_special(int number) { return builtins[number].special; }
const char *builtin_name(size_t number) { return number < BUILTINS ? builtins[number].name : NULL; }
int run_builtin(int number, char **argv) { return builtins[number].run(argv); }
