/* uptime: the time, how long the machine runs, and how many processes there are. */
#include <err.h>
#include <stdio.h>
#include <sys/sysinfo.h>
#include <time.h>

int main(int argc, char **argv)
{
	struct sysinfo s;
	char now[16];
	(void)argv;
	if (argc > 1)
		usage("");
	const time_t t = time(NULL);
	strftime(now, sizeof now, "%H:%M:%S", gmtime(&t));
	if (sysinfo(&s) < 0)
		err(1, "sysinfo");
	long seconds = (long)s.uptime, days = seconds / 86400;
	printf(" %s up ", now);
	if (days)
		printf("%ld day%s, ", days, days == 1 ? "" : "s");
	printf("%ld:%02ld:%02ld, %d processes\n", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60, (int)s.procs);
	return fflush(stdout) != 0;
}
