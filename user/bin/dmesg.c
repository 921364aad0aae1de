/* dmesg [-c]: the kernel's log; -c clears it. */
#include <sys/system.h>
#include "util.h"

enum { READ_ALL = 3, READ_CLEAR = 4, CAPACITY = 10 };

int main(int argc, char **argv)
{
	struct options opt;
	(void)argc;
	take_options(&opt, &argv);
	int room = klogctl(CAPACITY, NULL, 0);
	char *buf = room > 0 ? malloc((size_t)room) : NULL;
	int n = buf ? klogctl(opt.seen['c'] ? READ_CLEAR : READ_ALL, buf, room) : -1;
	if (n < 0)
		return complain("dmesg", "syslog");
	fwrite(buf, 1, (size_t)n, stdout);
	return 0;
}
