/* Running trees: simple commands, pipelines, lists. */
#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sh.h"

static int run_node(struct node *n);

bool interactive;
int testing, script_line = 1;

/* ---- simple commands ---- */

static size_t count_assignments(const struct node *n)
{
	size_t i = 0;
	while (i < n->nwords && name_length(n->words[i]) && n->words[i][name_length(n->words[i])] == '=')
		i++;
	return i;
}

/* Do the assignments before a command; temporary: they are exported, and belong to a frame of variables. */
static bool assign_all(const struct node *n, bool temporary)
{
	bool ok = true;
	for (size_t i = 0; i < count_assignments(n) && ok; i++) {
		char *w = expand_assignment(n->words[i]), *eq = strchr(w, '=');
		*eq = 0;
		if (temporary)
			var_save(w);
		ok = !expand_failed && var_set(w, eq + 1);
		if (ok && temporary)
			var_export(w);
		if (ok && options[OPT_XTRACE])
			fprintf(stderr, "%s%s=%s\n", var_get("PS4") ? var_get("PS4") : "", w, eq + 1);
		free(w);
	}
	return ok;
}

_Noreturn void exec_program(char **argv)
{
	environ = vars_environ();
	execvp(argv[0], argv);
	int e = errno;
	if (e == ENOEXEC) {
		size_t n = 0;
		while (argv[n])
			n++;
		char **args = sh_alloc((n + 2) * sizeof *args);
		args[0] = "sh";
		memcpy(args + 1, argv, (n + 1) * sizeof *args);
		execv("/bin/sh", args);
	}
	fprintf(stderr, "sh: %s: %s\n", argv[0], e == ENOENT && !strchr(argv[0], '/') ? "command not found" : strerror(e));
	_exit(e == ENOENT ? 127 : 126);
}

/* kill %N: the job's process group, as /bin/kill knows it. */
static void name_job_groups(char **argv)
{
	char number[16];
	for (int i = 1; argv[i]; i++) {
		struct job *j = argv[i][0] == '%' ? job_find(argv[i]) : NULL;
		if (!j)
			continue;
		snprintf(number, sizeof number, "-%d", job_group(j));
		free(argv[i]);
		argv[i] = sh_strdup(number);
	}
}

static void trace(char **argv)
{
	if (!options[OPT_XTRACE] || !argv[0])
		return;
	fflush(stdout);
	fputs(var_get("PS4") ? var_get("PS4") : "", stderr);
	for (int i = 0; argv[i]; i++)
		fprintf(stderr, i ? " %s" : "%s", argv[i]);
	fputc('\n', stderr);
}

/* The status of a builtin, whose output must be where it belongs before that place is another. */
static int written(const char *name, int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "sh: %s: %s\n", name, strerror(errno));
	clearerr(stdout);
	return status ? status : 1;
}

/* A builtin, a function, or nothing but redirections and assignments. A special builtin's assignments, and exec's redirections, stay. */
static int run_in_shell(const struct node *n, char **argv, struct node *function)
{
	struct saved_fds saved;
	int builtin = argv[0] && !function ? find_builtin(argv[0]) : -1, status = 1;
	bool stay = !argv[0] || (!function && builtin_is_special(builtin)), exec = argv[0] && !function && !strcmp(argv[0], "exec");
	if (!redirects_apply(n->redirects, exec ? NULL : &saved)) {
		if (stay && argv[0] && !interactive)
			shell_exit(2);
		return 1;
	}
	if (!stay)
		vars_enter();
	if (assign_all(n, !stay))
		status = function ? function_call(function, argv) : argv[0] ? written(argv[0], run_builtin(builtin, argv)) : 0;
	else if (!interactive)
		shell_exit(2);
	if (!stay)
		vars_leave();
	if (!exec)
		redirects_restore(&saved);
	return status;
}

static _Noreturn void program_in_child(const struct node *n, char **argv)
{
	if (!redirects_apply(n->redirects, NULL))
		_exit(1);
	vars_enter();
	if (!assign_all(n, true))
		_exit(2);
	exec_program(argv);
}

static void add_string(struct text *t, const char *s)
{
	while (*s)
		text_add(t, *s++);
}

static void describe(struct text *t, const struct node *n)
{
	static const char *const between[] = { [NODE_PIPE] = " | ", [NODE_AND] = " && ", [NODE_OR] = " || ", [NODE_SEQ] = "; " };
	static const char *const others[] = { [NODE_BACKGROUND] = "... &", [NODE_NOT] = "! ...", [NODE_IF] = "if ...", [NODE_WHILE] = "while ...",
		[NODE_UNTIL] = "until ...", [NODE_FOR] = "for ...", [NODE_CASE] = "case ...", [NODE_ARM] = "", [NODE_FUNCTION] = "... ()",
		[NODE_SUBSHELL] = "(...)", [NODE_GROUP] = "{...}", [NODE_TIME] = "time ..." };
	if (n->type == NODE_COMMAND) {
		for (size_t i = 0; i < n->nwords; i++) {
			add_string(t, i ? " " : "");
			add_string(t, n->words[i]);
		}
	} else if (n->type <= NODE_SEQ) {
		describe(t, n->left);
		add_string(t, between[n->type]);
		describe(t, n->right);
	} else {
		add_string(t, others[n->type]);
	}
}

/* A job that is called what was typed. */
static struct job *create_job(pid_t pid, const struct node *n)
{
	struct text t = { 0 };
	describe(&t, n);
	struct job *j = job_create(pid, t.s ? t.s : "");
	free(t.s);
	job_add(j, pid);
	return j;
}

static int fork_failed(void)
{
	perror("sh: fork");
	return 126;
}

static int wait_for_child(pid_t pid, const char *name)
{
	if (pid < 0)
		return fork_failed();
	struct job *j = job_create(pid, name);
	job_add(j, pid);
	return job_foreground(j, false);
}

static pid_t fork_foreground(void)
{
	fflush(stdout);
	return job_fork(0, true);
}

int run_argv(char **argv)
{
	pid_t pid = fork_foreground();
	if (pid == 0)
		exec_program(argv);
	return wait_for_child(pid, argv[0]);
}

static int run_program(const struct node *n, char **argv)
{
	if (!strcmp(argv[0], "kill"))
		name_job_groups(argv);
	pid_t pid = fork_foreground();
	if (pid == 0)
		program_in_child(n, argv);
	return wait_for_child(pid, argv[0]);
}

static int run_words(const struct node *n, char **argv)
{
	struct node *function = argv[0] ? function_find(argv[0]) : NULL;
	trace(argv);
	if (argv[0] && !function && find_builtin(argv[0]) < 0)
		return run_program(n, argv);
	int status = run_in_shell(n, argv, function);
	return argv[0] || status ? status : output_taken ? last_status : 0;
}

/* What a command's words expand to; its assignments come first, and are not among them. */
static char **expand_command(const struct node *n)
{
	size_t first = count_assignments(n), argc;
	expand_failed = output_taken = false;
	return expand_words(n->nwords ? n->words + first : NULL, n->nwords - first, &argc);
}

static int run_command(struct node *n)
{
	script_line = n->line ? n->line : script_line;
	char **argv = expand_command(n);
	int status = expand_failed ? 2 : interrupted ? 128 + SIGINT : run_words(n, argv);
	words_free(argv);
	return expand_failed ? 2 : status;
}

/* Any node in a child that does nothing else. */
static _Noreturn void run_in_child(struct node *n)
{
	script_line = n->line ? n->line : script_line;
	if (n->type != NODE_COMMAND) {
		while (n->type == NODE_SUBSHELL) {	/* one process serves for all that stand around each other */
			if (!redirects_apply(n->redirects, NULL))
				_exit(1);
			n = n->left;
		}
		shell_exit(run(n));
	}
	char **argv = expand_command(n);
	if (!argv[0] || function_find(argv[0]) || find_builtin(argv[0]) >= 0)
		shell_exit(run_words(n, argv));
	trace(argv);
	if (!strcmp(argv[0], "kill"))
		name_job_groups(argv);
	program_in_child(n, argv);
}

static int run_subshell(struct node *n)
{
	pid_t pid = fork_foreground();
	if (pid == 0)
		run_in_child(n);
	return pid < 0 ? fork_failed() : job_foreground(create_job(pid, n), false);
}

/* ---- pipelines ---- */

struct ends { int in, out, next; };	/* next: the read end that the next part gets, or -1 */

static void close_end(int fd)
{
	if (fd >= 0)
		close(fd);
}

static pid_t start_part(struct node *n, struct ends e, const struct job *job)
{
	if (job && job_is_full(job)) {
		errno = E2BIG;
		return -1;
	}
	pid_t pid = job_fork(job ? job_group(job) : 0, true);
	if (pid)
		return pid;
	if (e.in >= 0)
		dup2(e.in, 0), close(e.in);
	if (e.out >= 0)
		dup2(e.out, 1), close(e.out);
	close_end(e.next);
	run_in_child(n);
}

/* Start the parts of the pipeline all, up to n, left to right; the tree leans left. *next: the read end for what follows, -1 if nothing does. False: a part
 * cannot be had; those after it are not started, those before it find their pipe closed. */
static bool start_pipe(struct node *n, const struct node *all, struct job **job, int *next)
{
	int in = -1, fds[2] = { -1, -1 };
	struct node *part = n->type == NODE_PIPE ? n->right : n;
	if (n->type == NODE_PIPE && !start_pipe(n->left, all, job, &in))
		return false;
	bool ok = n == all || pipe(fds) == 0;
	pid_t pid = ok ? start_part(part, (struct ends){ in, fds[1], fds[0] }, *job) : -1;
	if (pid < 0)
		perror("sh: pipeline");
	else if (*job)
		job_add(*job, pid);
	else
		*job = create_job(pid, all);
	close_end(in);
	close_end(fds[1]);
	*next = fds[0];
	if (pid < 0)
		close_end(fds[0]);
	return pid > 0;
}

static int run_pipe(struct node *n)
{
	struct job *job = NULL;
	int next;
	fflush(stdout);
	bool ok = start_pipe(n, n, &job, &next);
	int status = job ? job_foreground(job, false) : 126;
	return ok ? status : 126;
}

static int run_background(struct node *n)
{
	fflush(stdout);
	pid_t pid = job_fork(0, false);
	if (pid == 0)
		run_in_child(n->left);
	if (pid < 0)
		return fork_failed();
	job_background(create_job(pid, n->left));
	return 0;
}

/* ---- lists ---- */

/* n, whose status is looked at: set -e does not mind it. */
static int run_tested(struct node *n)
{
	testing++;
	int status = run(n);
	testing--;
	return status;
}

static int run_node(struct node *n)
{
	int status;
	switch (n->type) {
	case NODE_COMMAND: return run_command(n);
	case NODE_PIPE: return run_pipe(n);
	case NODE_SUBSHELL: return run_subshell(n);
	case NODE_BACKGROUND: return run_background(n);
	case NODE_AND: return (status = run_tested(n->left)) == 0 && !flow_is_cut() ? run(n->right) : status;
	case NODE_OR: return (status = run_tested(n->left)) != 0 && !flow_is_cut() ? run(n->right) : status;
	case NODE_NOT: return status = run_tested(n->left), flow_is_cut() ? status : !status;
	case NODE_SEQ:
		status = run(n->left);
		return flow_is_cut() ? status : run(n->right);
	default: return run_control(n);
	}
}

int run(struct node *n)
{
	if (interrupted)
		return last_status = 128 + SIGINT;
	if (!n)
		return last_status = 0;
	if (options[OPT_NOEXEC])
		return 0;
	last_status = run_node(n);
	if (interrupted)
		last_status = 128 + SIGINT;
	if (trap_is_pending())
		traps_run();
	bool counts = n->type == NODE_COMMAND || n->type == NODE_PIPE || n->type == NODE_SUBSHELL;
	if (counts && last_status && options[OPT_ERREXIT] && !testing && !interrupted)
		shell_exit(last_status);
	return last_status;
}

static void say_where(int line)
{
	if (interactive)
		fprintf(stderr, "sh: ");
	else
		fprintf(stderr, "%s: line %d: ", positional[0], line);
}

int run_text(const char *text)
{
	const int line = script_line;
	struct lexer l = { .at = text, .line = line, .whole = true };
	do {
		lex_next(&l);
		struct node *n = parse_line(&l);
		if (l.error) {
			say_where(l.line);
			fprintf(stderr, "syntax: %s\n", *l.error ? l.error : "the text ends too soon");
			last_status = 2;
			if (!interactive)
				shell_exit(2);
			break;
		}
		if (n)
			run(n);
		node_free(n);
	} while (l.token != T_END && !flow_is_cut());
	alias_texts_free(&l);
	script_line = line;
	return last_status;
}
