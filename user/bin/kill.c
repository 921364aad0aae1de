/* kill: send a signal, SIGTERM or the one asked for by number or name, to processes, or to groups as negative numbers. -l: the names. */
#include <ctype.h>
#include <err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[1] = "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
	"CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};
enum { NAMES = sizeof names / sizeof *names };

#define SYNOPSIS "[-SIGNAL] PID ... | -l"

static int list(void)
{
	for (int i = 1; i < NAMES; i++)
		printf("%2d %s\n", i, names[i]);
	return 0;
}

static int signal_of(const char *s)
{
	if (isdigit(*s))
		return atoi(s);
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	for (int i = 1; i < NAMES; i++)
		if (!strcasecmp(names[i], s))
			return i;
	errx(2, "%s: no such signal", s);
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, failed = 0, i = 1;
	if (argc == 2 && !strcmp(argv[1], "-l"))
		return list();
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
