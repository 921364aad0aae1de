/* Loops, branches, functions, groups; and what cuts them short. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include "sh.h"

enum { CALLS_MAX = 1000 };	/* that the stack holds */

int loop_break, loop_depth;
bool returning;

bool flow_is_cut(void) { return loop_break || returning || interrupted; }

/* True if the loop goes on. */
static bool loop_goes_on(void)
{
	if (returning || interrupted)
		return false;
	if (loop_break > 0) {
		loop_break--;
		return false;
	}
	return !(loop_break < 0 && ++loop_break < 0);
}

static int run_condition(struct node *n)
{
	testing++;
	int status = run(n);
	testing--;
	return status;
}

static int run_while(struct node *n)
{
	int status = 0;
	loop_depth++;
	for (;;) {
		bool hit = (run_condition(n->left) == 0) == (n->type == NODE_WHILE);
		if (!flow_is_cut() && !hit)
			break;
		if (!flow_is_cut())
			status = run(n->right);
		if (!loop_goes_on())
			break;
	}
	loop_depth--;
	return interrupted ? 128 + SIGINT : returning ? last_status : status;
}

static int run_for(struct node *n)
{
	size_t count;
	int status = 0;
	expand_failed = false;
	char **items = expand_words(n->words + 1, n->nwords - 1, &count);
	loop_depth++;
	for (size_t i = 0; i < count && !expand_failed; i++) {
		if (!var_set(n->words[0], items[i]))
			break;
		status = run(n->right);
		if (!loop_goes_on())
			break;
	}
	loop_depth--;
	words_free(items);
	return expand_failed ? 2 : status;
}

static int run_if(struct node *n)
{
	bool hit = run_condition(n->left) == 0;
	if (flow_is_cut())
		return last_status;
	if (hit)
		return run(n->right);
	return n->third ? run(n->third) : 0;
}

static bool arm_matches(const struct node *arm, const char *word)
{
	for (size_t i = 0; i < arm->nwords; i++) {
		char *pattern = expand_pattern(arm->words[i]);
		bool hit = pattern_matches(pattern, word);
		free(pattern);
		if (hit)
			return true;
	}
	return false;
}

static int run_case(struct node *n)
{
	expand_failed = false;
	char *word = expand_one(n->words[0]);
	struct node *arm = expand_failed ? NULL : n->left;
	while (arm && !arm_matches(arm, word))
		arm = arm->right;
	free(word);
	if (expand_failed)
		return 2;
	return arm && arm->left ? run(arm->left) : 0;
}

/* ---- functions ---- */

struct function { struct function *next; struct node *body; char *name; };
static struct function *functions;

static struct function **find(const char *name)
{
	struct function **f = &functions;
	while (*f && strcmp((*f)->name, name))
		f = &(*f)->next;
	return f;
}

struct node *function_find(const char *name)
{
	struct function *f = *find(name);
	return f ? f->body : NULL;
}

const char *function_name(size_t number)
{
	struct function *f = functions;
	while (f && number--)
		f = f->next;
	return f ? f->name : NULL;
}

bool function_unset(const char *name)
{
	struct function **f = find(name), *old = *f;
	if (!old)
		return false;
	*f = old->next;
	node_free(old->body);
	free(old->name);
	free(old);
	return true;
}

static int define(struct node *n)
{
	function_unset(n->words[0]);
	struct function *f = sh_alloc(sizeof *f);
	f->name = sh_strdup(n->words[0]);
	f->body = n->left;
	f->body->refs++;
	f->next = functions;
	functions = f;
	return 0;
}

static int calls;	/* that are under way */

bool in_function(void) { return calls; }

int function_call(struct node *body, char **argv)
{
	char **caller = positional;
	int loops = loop_depth;
	if (calls == CALLS_MAX) {
		fprintf(stderr, "sh: %s: functions are nested too deep\n", argv[0]);
		return 2;
	}
	calls++;
	positional_set(argv + 1);
	body->refs++;		/* it may define itself anew */
	loop_depth = 0;
	vars_enter();
	int status = run(body);
	vars_leave();
	calls--;
	loop_depth = loops;
	node_free(body);
	returning = false;
	words_free(positional);
	positional = caller;
	return status;
}

/* ---- groups ---- */

static long milliseconds(struct timeval t) { return t.tv_sec * 1000 + t.tv_usec / 1000; }

static void print_time(const char *what, long ms) { fprintf(stderr, "%s %ld.%03ld\n", what, ms / 1000, ms % 1000); }

static int run_time(struct node *n)
{
	struct timespec from, to;
	struct rusage before, after;
	clock_gettime(CLOCK_MONOTONIC, &from);
	getrusage(RUSAGE_CHILDREN, &before);
	int status = run(n->left);
	clock_gettime(CLOCK_MONOTONIC, &to);
	getrusage(RUSAGE_CHILDREN, &after);
	print_time("real", (to.tv_sec - from.tv_sec) * 1000 + (to.tv_nsec - from.tv_nsec) / 1000000);
	print_time("user", milliseconds(after.ru_utime) - milliseconds(before.ru_utime));
	print_time("sys ", milliseconds(after.ru_stime) - milliseconds(before.ru_stime));
	return status;
}

static int run_compound(struct node *n)
{
	switch (n->type) {
	case NODE_IF: return run_if(n);
	case NODE_WHILE: case NODE_UNTIL: return run_while(n);
	case NODE_FOR: return run_for(n);
	case NODE_CASE: return run_case(n);
	case NODE_FUNCTION: return define(n);
	case NODE_TIME: return run_time(n);
	default: return run(n->left);
	}
}

int run_control(struct node *n)
{
	struct saved_fds saved;
	if (!n->redirects)
		return run_compound(n);
	expand_failed = false;
	if (!redirects_apply(n->redirects, &saved))
		return 1;
	int status = run_compound(n);
	redirects_restore(&saved);
	return status;
}
