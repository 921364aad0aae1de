/* id: who runs this: the numbers of user and group. -u, -g: only that one; -n: its name. There is one user, root. */
#include <err.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char what = 0;
	int name = 0;
	for (int c; (c = getopt(argc, argv, "ugn")) != -1;)
		switch (c) {
		case 'u': case 'g': what = (char)c; break;
		case 'n': name = 1; break;
		default: usage("[-u | -g] [-n]");
		}
	unsigned uid = getuid(), gid = getgid();
	if (optind < argc || (name && !what))
		usage("[-u | -g] [-n]");
	if (!what)
		printf("uid=%u(%s) gid=%u(%s)\n", uid, uid ? "?" : "root", gid, gid ? "?" : "root");
	else if (name)
		puts((what == 'u' ? uid : gid) ? "?" : "root");
	else
		printf("%u\n", what == 'u' ? uid : gid);
	return 0;
}
