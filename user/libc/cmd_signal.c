/* Signals by their names. */
#include <commands.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[SIGNAL_NAMES] = {
	"EXIT", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT",
	"CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
};

const char *signal_name(int number) { return number >= 0 && number < SIGNAL_NAMES ? names[number] : NULL; }

int signal_number(const char *name)
{
	if (isdigit((unsigned char)*name)) {
		char *end;
		long n = strtol(name, &end, 10);
		return !*end && n < SIGNAL_NAMES ? (int)n : -1;
	}
	if (!strncasecmp(name, "SIG", 3))
		name += 3;
	for (int i = 0; i < SIGNAL_NAMES; i++)
		if (!strcasecmp(names[i], name))
			return i;
	return -1;
}
