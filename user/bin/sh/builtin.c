/* Commands that the shell runs itself. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "sh.h"

static int b_cd(char **argv)
{
	const char *to = argv[1] ? argv[1] : var_get("HOME");
	if (chdir(to ? to : "/") == 0)
		return 0;
	fprintf(stderr, "cd: %s: %s\n", to, strerror(errno));
	return 1;
}

static int b_pwd(char **argv)
{
	char path[512];
	(void)argv;
	puts(getcwd(path, sizeof path) ? path : "?");
	return 0;
}

static int b_exit(char **argv) { exit(argv[1] ? atoi(argv[1]) & 255 : last_status); }

static int b_export(char **argv)
{
	for (int i = 1; argv[i]; i++) {
		char *eq = strchr(argv[i], '=');
		if (eq)
			*eq = 0;
		var_export(argv[i], eq ? eq + 1 : NULL);
	}
	for (char **e = environ; !argv[1] && *e; e++)
		puts(*e);
	return 0;
}

static int b_unset(char **argv)
{
	for (int i = 1; argv[i]; i++)
		var_unset(argv[i]);
	return 0;
}

/* set: the variables; set [--] A B ...: the new $1 $2 ... */
static int b_set(char **argv)
{
	size_t n = 0, skip = argv[1] && !strcmp(argv[1], "--") ? 2 : 1;
	if (!argv[1]) {
		vars_print();
		return 0;
	}
	while (argv[skip + n])
		n++;
	char **fresh = calloc(n + 2, sizeof *fresh);
	if (!fresh)
		abort();
	fresh[0] = positional[0];
	for (size_t i = 0; i < n; i++)
		if (!(fresh[i + 1] = strdup(argv[skip + i])))
			abort();
	positional = fresh;	/* the old ones may be the program's arguments: they stay */
	return 0;
}

static int b_jobs(char **argv) { (void)argv; jobs_list(); return 0; }

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
	for (int i = 1; argv[i]; i++) {
		struct job *j = job_find(argv[i]);
		status = j ? job_wait(j) : 127;
	}
	return status;
}

static int b_true(char **argv) { (void)argv; return 0; }
static int b_false(char **argv) { (void)argv; return 1; }

static int b_break(char **argv)
{
	loop_break = argv[1] && atoi(argv[1]) > 0 ? atoi(argv[1]) : 1;
	return 0;
}

static int b_continue(char **argv)
{
	(void)argv;
	loop_break = -1;
	return 0;
}

static int b_exec(char **argv)
{
	if (!argv[1])
		return 0;
	fflush(stdout);
	execvp(argv[1], argv + 1);
	fprintf(stderr, "exec: %s: %s\n", argv[1], strerror(errno));
	exit(127);
}

static int b_shift(char **argv)
{
	(void)argv;
	if (!positional || !positional[0] || !positional[1])
		return 1;
	for (char **p = positional + 1; *p; p++)
		*p = p[1];
	return 0;
}

static int b_source(char **argv)
{
	struct stat st;
	int fd = argv[1] ? open(argv[1], O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0 || fstat(fd, &st) < 0) {
		fprintf(stderr, "%s: %s: %s\n", argv[0], argv[1] ? argv[1] : "", strerror(errno));
		return 1;
	}
	char *text = calloc(1, (size_t)st.st_size + 1);
	if (!text || read(fd, text, (size_t)st.st_size) < 0) {
		fprintf(stderr, "%s: %s: %s\n", argv[0], argv[1], strerror(errno));
		free(text);
		close(fd);
		return 1;
	}
	close(fd);
	int status = run_text(text);
	free(text);
	return status;
}

static const struct { const char *name; int (*run)(char **argv); } builtins[] = {
	{ "cd", b_cd }, { "pwd", b_pwd }, { "exit", b_exit }, { "export", b_export }, { "unset", b_unset }, { "set", b_set }, { "jobs", b_jobs },
	{ "fg", b_fg }, { "bg", b_bg }, { "wait", b_wait }, { "true", b_true }, { ":", b_true }, { "false", b_false },
	{ "break", b_break }, { "continue", b_continue }, { "exec", b_exec }, { "shift", b_shift }, { ".", b_source },
	{ "source", b_source },
};

int find_builtin(const char *name)
{
	for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
		if (!strcmp(builtins[i].name, name))
			return (int)i;
	return -1;
}

int run_builtin(int number, char **argv) { return builtins[number].run(argv); }
