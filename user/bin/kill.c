/* kill [-SIGNAL] PID...: send a signal, TERM if none is named. A negative PID is a process group. */
#include <ctype.h>
#include <signal.h>
#include "util.h"

static int signal_number(const char *s)
{
	static const struct { const char *name; int sig; } names[] = {
		{ "HUP", SIGHUP }, { "INT", SIGINT }, { "QUIT", SIGQUIT }, { "KILL", SIGKILL }, { "USR1", SIGUSR1 },
		{ "USR2", SIGUSR2 }, { "SEGV", SIGSEGV }, { "TERM", SIGTERM }, { "CONT", SIGCONT }, { "STOP", SIGSTOP },
		{ "TSTP", SIGTSTP }, { "ALRM", SIGALRM }, { "PIPE", SIGPIPE }, { "ABRT", SIGABRT },
	};
	if (isdigit(*s))
		return atoi(s);
	s += strncmp(s, "SIG", 3) ? 0 : 3;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcasecmp(names[i].name, s))
			return names[i].sig;
	return -1;
}

int main(int argc, char **argv)
{
	int sig = SIGTERM, i = 1, status = 0;
	if (argc > 2 && argv[1][0] == '-')
		sig = signal_number(argv[i++] + 1);
	if (sig < 0 || i == argc)
		return usage("kill [-SIGNAL] PID...");
	for (; i < argc; i++) {
		char *end;
		long pid = strtol(argv[i], &end, 10);
		errno = EINVAL;
		if (*end || end == argv[i] || kill((pid_t)pid, sig) < 0)
			status = complain("kill", argv[i]);
	}
	return status;
}
