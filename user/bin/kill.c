/* kill: send a signal, SIGTERM or the one asked for by number or name, to processes, or to groups as negative numbers. -l: the names,
 * or the name or the number of one. */
#include <commands.h>
#include <ctype.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNOPSIS "[-SIGNAL] PID ... | -l [SIGNAL]"

/* The names; or the name of a signal, or of the one that ended what had this status, and the number of a name. */
static int list(const char *what)
{
	for (int i = 1; !what && i < SIGNAL_NAMES; i++)
		printf("%2d %s\n", i, signal_name(i));
	if (!what)
		return 0;
	int sig = isdigit((unsigned char)*what) ? atoi(what) & 127 : signal_number(what);
	if (!signal_name(sig))
		errx(1, "%s: no such signal", what);
	if (isdigit((unsigned char)*what))
		puts(signal_name(sig));
	else
		printf("%d\n", sig);
	return 0;
}

static int signal_of(const char *s)
{
	int sig = signal_number(s);
	if (sig < 0 && isdigit((unsigned char)*s))
		return atoi(s);		/* a number without a name */
	if (sig < 0)
		errx(2, "%s: no such signal", s);
	return sig;
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, failed = 0, i = 1;
	if (argc > 1 && argc < 4 && !strcmp(argv[1], "-l"))
		return list(argv[2]);
	if (argc > 3 && !strcmp(argv[1], "-s")) {
		sig = signal_of(argv[2]);
		i = 3;
	} else if (argc > 2 && argv[1][0] == '-' && strcmp(argv[1], "--")) {
		sig = signal_of(argv[1] + 1);
		i = 2;
	}
	if (i < argc && !strcmp(argv[i], "--"))
		i++;
	if (i == argc)
		usage(SYNOPSIS);
	for (; i < argc; i++) {
		char *end;
		long pid = strtol(argv[i], &end, 10);
		if (!*argv[i] || *end)
			errx(2, "%s: not a process number", argv[i]);
		if (kill((pid_t)pid, sig) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	}
	return failed;
}
