/* Running trees. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "sh.h"

static int run_node(struct node *n);

bool interactive;
int loop_break;

/* ---- redirection ---- */

static bool apply_one(const struct redirect *r)
{
	char *target = expand_one(r->target);
	int fd = r->dup ? isdigit(*target) ? atoi(target) : -1 : open(target, r->flags | O_CLOEXEC, 0666);
	bool ok = fd >= 0 && dup2(fd, r->fd) >= 0;
	if (r->dup && !strcmp(target, "-"))
		ok = close(r->fd) == 0;
	else if (!ok)
		fprintf(stderr, "sh: %s: %s\n", target, strerror(r->dup ? EBADF : errno));
	if (!r->dup && fd >= 0 && fd != r->fd)
		close(fd);
	free(target);
	return ok;
}

bool apply_redirects(const struct redirect *r)
{
	for (; r; r = r->next)
		if (!apply_one(r))
			return false;
	return true;
}

/* For commands that run in the shell itself: remember descriptors, to put them back. */
struct saved { int fd[10]; };

static void save_fds(struct saved *s, const struct redirect *r)
{
	for (int i = 0; i < 10; i++)
		s->fd[i] = -2;
	for (; r; r = r->next)
		if (r->fd < 10 && s->fd[r->fd] == -2)
			s->fd[r->fd] = fcntl(r->fd, F_DUPFD_CLOEXEC, 20L);
}

static void restore_fds(const struct saved *s)
{
	fflush(stdout);
	for (int i = 0; i < 10; i++) {
		if (s->fd[i] >= 0) {
			dup2(s->fd[i], i);
			close(s->fd[i]);
		} else if (s->fd[i] == -1) {
			close(i);
		}
	}
}

/* ---- simple commands ---- */

static bool is_assignment(const char *w)
{
	size_t n = 0;
	while (isalnum(w[n]) || w[n] == '_')
		n++;
	return n && !isdigit(*w) && w[n] == '=';
}

static void assign(const char *word, void (*set)(const char *name, const char *value))
{
	char *w = expand_one(word), *eq = strchr(w, '=');
	*eq = 0;
	set(w, eq + 1);
	free(w);
}

static _Noreturn void exec_program(char **argv)
{
	execvp(strcmp(argv[0], "[") ? argv[0] : "test", argv);
	int e = errno;
	if (e == ENOEXEC) {
		size_t n = 0;
		while (argv[n])
			n++;
		char **args = calloc(n + 2, sizeof *args);
		args[0] = "sh";
		memcpy(args + 1, argv, (n + 1) * sizeof *args);
		execv("/bin/sh", args);
	}
	fprintf(stderr, "sh: %s: %s\n", argv[0], e == ENOENT && !strchr(argv[0], '/') ? "command not found" : strerror(e));
	_exit(e == ENOENT ? 127 : 126);
}

static int run_in_shell(const struct node *n, char **argv)
{
	struct saved saved;
	save_fds(&saved, n->redirects);
	int status = 1;
	if (apply_redirects(n->redirects))
		status = argv[0] ? run_builtin(find_builtin(argv[0]), argv) : 0;
	restore_fds(&saved);
	return status;
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
		if (!(argv[i] = strdup(number)))
			abort();
	}
}

static size_t count_assignments(const struct node *n)
{
	size_t i = 0;
	while (i < n->nwords && is_assignment(n->words[i]))
		i++;
	return i;
}

/* A simple command in a child: argv is what its words expand to. */
static _Noreturn void command_in_child(const struct node *n, char **argv)
{
	for (size_t i = 0; i < count_assignments(n); i++)
		assign(n->words[i], var_export);
	if (!apply_redirects(n->redirects))
		_exit(1);
	if (!argv[0])
		exit(0);
	if (find_builtin(argv[0]) >= 0)
		exit(run_builtin(find_builtin(argv[0]), argv));
	exec_program(argv);
}

/* Any node in a child. */
static _Noreturn void run_in_child(struct node *n)
{
	interactive = false;
	if (n->type == NODE_COMMAND) {
		size_t first = count_assignments(n), argc;
		command_in_child(n, expand_words(n->words + first, n->nwords - first, &argc));
	}
	if (!apply_redirects(n->redirects))
		_exit(1);
	if (n->type == NODE_SUBSHELL || n->type == NODE_GROUP)
		exit(n->left ? run(n->left) : 0);
	exit(run_node(n));
}

/* n in a child of its own, in the foreground. argv: the expanded words, if n is a simple command. */
static int fork_and_wait(struct node *n, char **argv)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		child_setup(0, true);
		interactive = false;
		if (argv)
			command_in_child(n, argv);
		run_in_child(n);
	}
	if (pid < 0) {
		perror("sh: fork");
		return 126;
	}
	struct job *j = job_create(pid, argv ? argv[0] : "(");
	job_add(j, pid);
	return job_foreground(j, false);
}

static int run_assignments(const struct node *n, char **argv)
{
	last_status = 0;	/* that of the last $(...) in them */
	for (size_t i = 0; i < count_assignments(n); i++)
		assign(n->words[i], var_set);
	return n->redirects ? run_in_shell(n, argv) : last_status;
}

static int run_command(struct node *n)
{
	size_t first = count_assignments(n), argc;
	char **argv = expand_words(n->words + first, n->nwords - first, &argc);
	int status;
	if (argc && !strcmp(argv[0], "kill"))
		name_job_groups(argv);
	if (!argc)
		status = run_assignments(n, argv);
	else if (!first && find_builtin(argv[0]) >= 0)
		status = run_in_shell(n, argv);
	else
		status = fork_and_wait(n, argv);
	words_free(argv);
	return status;
}

/* ---- pipelines ---- */

static const char *name_of(const struct node *n)
{
	while (n->left)
		n = n->left;
	return n->nwords ? n->words[0] : "job";
}

/* The ends of pipes that a part reads and writes, and one that is its successor's; -1: none. */
struct ends { int in, out, next; };

static pid_t start_part(struct node *n, struct ends e, pid_t pgid)
{
	pid_t pid = fork();
	if (pid)
		return pid;
	child_setup(pgid, true);
	if (e.in >= 0) {
		dup2(e.in, 0);
		close(e.in);
	}
	if (e.out >= 0) {
		dup2(e.out, 1);
		close(e.out);
		close(e.next);
	}
	run_in_child(n);
}

/* Start the parts of n from left to right: pipes hang to the left, ((a | b) | c). *job: the job, made by the first. The reading end
 * of the last pipe, or -1 at the right end or on failure. */
static int start_pipe(struct node *n, bool is_last, struct job **job)
{
	struct ends e = { -1, -1, -1 };
	int fds[2];
	struct node *part = n;
	if (n->type == NODE_PIPE) {
		e.in = start_pipe(n->left, false, job);
		part = n->right;
		if (e.in < 0)
			return -1;
	}
	bool ok = is_last || pipe(fds) == 0;
	if (!is_last && ok) {
		e.out = fds[1];
		e.next = fds[0];
	}
	pid_t pid = ok ? start_part(part, e, *job ? job_group(*job) : 0) : -1;
	if (pid < 0)
		perror("sh: pipeline");
	else
		job_add(*job ? *job : (*job = job_create(pid, name_of(part))), pid);
	if (e.in >= 0)
		close(e.in);
	if (e.out >= 0)
		close(e.out);
	if (pid < 0 && e.next >= 0)
		close(e.next);
	return pid < 0 ? -1 : e.next;
}

static int run_pipe(struct node *n)
{
	struct job *job = NULL;
	fflush(stdout);
	start_pipe(n, true, &job);
	return job ? job_foreground(job, false) : 126;
}

static int run_background(struct node *n)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		child_setup(0, false);
		run_in_child(n->left);
	}
	if (pid < 0) {
		perror("sh: fork");
		return 126;
	}
	struct job *j = job_create(pid, name_of(n->left));
	job_add(j, pid);
	job_background(j);
	return 0;
}

/* ---- control ---- */

/* True if the loop goes on. */
static bool loop_goes_on(void)
{
	if (loop_break > 0) {
		loop_break--;
		return false;
	}
	if (loop_break < 0 && ++loop_break < 0)
		return false;
	return true;
}

static int run_while(struct node *n)
{
	int status = 0;
	while ((run(n->left) == 0) == (n->type == NODE_WHILE) && !interrupted) {
		status = n->right ? run(n->right) : 0;
		if (!loop_goes_on())
			break;
	}
	return interrupted ? 128 + SIGINT : status;
}

static int run_for(struct node *n)
{
	size_t count;
	int status = 0;
	char **items = n->nwords > 1 ? expand_words(n->words + 1, n->nwords - 1, &count) : expand_words(NULL, 0, &count);
	for (size_t i = 0; i < count; i++) {
		var_set(n->words[0], items[i]);
		status = n->right ? run(n->right) : 0;
		if (!loop_goes_on() || interrupted)
			break;
	}
	words_free(items);
	return status;
}

static int run_if(struct node *n)
{
	if (n->left && run(n->left) == 0)
		return n->right ? run(n->right) : 0;
	return n->third ? run(n->third) : 0;
}

static int run_node(struct node *n)
{
	int status;
	switch (n->type) {
	case NODE_COMMAND: return run_command(n);
	case NODE_PIPE: return run_pipe(n);
	case NODE_AND: return (status = run(n->left)) == 0 && !loop_break ? run(n->right) : status;
	case NODE_OR: return (status = run(n->left)) != 0 && !loop_break ? run(n->right) : status;
	case NODE_SEQ:
		status = run(n->left);
		return loop_break ? status : run(n->right);
	case NODE_BACKGROUND: return run_background(n);
	case NODE_NOT: return !run(n->left);
	case NODE_IF: return run_if(n);
	case NODE_WHILE: case NODE_UNTIL: return run_while(n);
	case NODE_FOR: return run_for(n);
	case NODE_GROUP:
		if (!n->redirects)
			return n->left ? run(n->left) : 0;
		return fork_and_wait(n, NULL);
	default: return fork_and_wait(n, NULL);
	}
}

int run(struct node *n)
{
	if (interrupted)
		return last_status = 128 + SIGINT;
	if (n->redirects && n->type >= NODE_IF && n->type <= NODE_FOR)
		return last_status = fork_and_wait(n, NULL);
	return last_status = run_node(n);
}

int run_text(const char *text)
{
	const char *error;
	struct node *n = parse(text, &error);
	if (error) {
		fprintf(stderr, "sh: syntax: %s\n", *error ? error : "the text ends too soon");
		return last_status = 2;
	}
	int status = n ? run(n) : last_status;
	node_free(n);
	return status;
}
