/* mkdir [-p] PATH...: make folders; -p with those on the way, and no complaint about what is there. */
#include <sys/stat.h>
#include "util.h"

static int make(char *path, int parents)
{
	for (char *p = path + 1; parents && *p; p++)
		if (*p == '/') {
			*p = 0;
			if (mkdir(path, 0777) < 0 && errno != EEXIST)
				return complain("mkdir", path);
			*p = '/';
		}
	if (mkdir(path, 0777) < 0 && !(parents && errno == EEXIST))
		return complain("mkdir", path);
	return 0;
}

int main(int argc, char **argv)
{
	struct options opt;
	int status = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv)
		return usage("mkdir [-p] PATH...");
	for (; *argv; argv++)
		status |= make(*argv, opt.seen['p']);
	return status;
}
