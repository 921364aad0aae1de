/* uname [-asnrvm] */
#include <sys/system.h>
#include "util.h"

int main(int argc, char **argv)
{
	struct options opt;
	struct utsname u;
	take_options(&opt, &argv);
	if (uname(&u) < 0)
		return complain("uname", "uname");
	const struct { char letter; const char *value; } parts[] = {
		{ 's', u.sysname }, { 'n', u.nodename }, { 'r', u.release }, { 'v', u.version }, { 'm', u.machine },
	};
	int printed = 0;
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (opt.seen['a'] || opt.seen[(int)parts[i].letter] || (argc == 1 && i == 0))
			printf(printed++ ? " %s" : "%s", parts[i].value);
	putchar('\n');
	return 0;
}
