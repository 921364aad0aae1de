/* killall [-SIGNAL] NAME ...: send a signal, SIGTERM if none is said, to every process whose program has that name. Status 1: one name has none. */
#include <commands.h>
#include <err.h>
#include <proctext.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[-SIGNAL] NAME ..."
enum { PROCS_MAX = 4096 };

static int pids[PROCS_MAX];
static size_t npids;

static bool kill_named(const char *wanted, int sig)
{
	char name[64];
	bool found = false;
	for (size_t i = 0; i < npids; i++) {
		proc_name(pids[i], name, sizeof name);
		if (strcmp(name, wanted) || pids[i] == getpid())
			continue;
		if (kill(pids[i], sig) < 0)
			warn("%s (%d)", wanted, pids[i]);
		else
			found = true;
	}
	if (!found)
		warnx("%s: no process found", wanted);
	return found;
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, at = 1;
	bool ok = true;
	if (argc > 1 && argv[1][0] == '-' && argv[1][1]) {
		sig = signal_number(argv[1] + 1);
		at = 2;
		if (sig < 0)
			errx(2, "%s: no such signal", argv[1] + 1);
	}
	if (at == argc)
		usage(SYNOPSIS);
	npids = proc_pids(pids, PROCS_MAX);
	for (; at < argc; at++)
		ok &= kill_named(argv[at], sig);
	return !ok;
}
