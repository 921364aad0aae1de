/* trap: what is run when a signal comes, or when the shell ends. A handler only notes the signal; run() looks for them between commands. */
#include <commands.h>
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

enum { SIGNALS = SIGNAL_NAMES };

static char *actions[SIGNALS];		/* [0]: EXIT; NULL: none; "": ignored */
static volatile bool pending[SIGNALS], some_pending;
static bool in_trap;

static void note(int sig)
{
	pending[sig] = true;
	some_pending = true;
}

bool trap_is_pending(void) { return some_pending && !in_trap; }

/* A trap's commands, which do not change $?. */
static void run_action(const char *action)
{
	char *text = sh_strdup(action);		/* it may set itself anew */
	int status = last_status;
	in_trap = true;
	run_text(text);
	in_trap = false;
	last_status = status;
	free(text);
}

void traps_run(void)
{
	some_pending = false;
	for (int i = 1; i < SIGNALS; i++) {
		if (!pending[i])
			continue;
		pending[i] = false;
		if (actions[i] && *actions[i])
			run_action(actions[i]);
	}
}

void traps_run_exit(void)
{
	char *action = actions[0];
	actions[0] = NULL;
	if (action)
		run_action(action);
	free(action);
}

static void set_handler(int sig, sighandler_t handler)
{
	struct sigaction sa = { .sa_handler = handler };	/* without SA_RESTART: wait and read end */
	if (sig == SIGINT && handler == SIG_DFL && interactive)
		job_interrupts_on();
	else if (sig)
		sigaction(sig, &sa, NULL);
}

/* What is ignored stays so. */
void traps_reset(void)
{
	for (int i = 0; i < SIGNALS; i++) {
		if (!actions[i] || (i && !*actions[i]))
			continue;
		set_handler(i, SIG_DFL);
		free(actions[i]);
		actions[i] = NULL;
	}
	some_pending = in_trap = false;
}

static void set_trap(int sig, const char *action)
{
	free(actions[sig]);
	actions[sig] = action ? sh_strdup(action) : NULL;
	set_handler(sig, !action ? SIG_DFL : *action ? note : SIG_IGN);
}

static int print_traps(void)
{
	for (int i = 0; i < SIGNALS; i++)
		if (actions[i]) {
			printf("trap -- ");
			print_quoted(actions[i]);
			printf(" %s\n", signal_name(i));
		}
	return 0;
}

/* trap; trap [--] ACTION SIGNAL ...; trap [-] SIGNAL ... */
int trap_builtin(char **argv)
{
	int status = 0;
	char **v = argv + 1;
	if (*v && !strcmp(*v, "--"))
		v++;
	if (!*v)
		return print_traps();
	bool reset = !strcmp(*v, "-") || (isdigit(**v) && signal_number(*v) >= 0) || !v[1];
	const char *action = reset ? NULL : *v;
	v += !reset || !strcmp(*v, "-");
	for (; *v; v++) {
		int sig = signal_number(*v);
		if (sig < 0) {
			fprintf(stderr, "trap: %s: no such signal\n", *v);
			status = 1;
		} else {
			set_trap(sig, action);
		}
	}
	return status;
}
