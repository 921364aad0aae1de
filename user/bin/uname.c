/* uname: the system's name; -a: all, or what -s -n -r -v -m ask for. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	static const char letters[] = "snrvm";
	struct utsname u;
	bool want[5] = { false };
	const char *values[] = { u.sysname, u.nodename, u.release, u.version, u.machine }, *sep = "";
	for (int c; (c = getopt(argc, argv, "asnrvm")) != -1;) {
		if (c == '?')
			usage("[-asnrvm]");
		for (int i = 0; i < 5; i++)
			want[i] |= c == 'a' || letters[i] == c;
	}
	if (optind < argc)
		usage("[-asnrvm]");
	if (argc == 1)
		want[0] = true;
	if (uname(&u) < 0)
		err(1, "uname");
	for (int i = 0; i < 5; i++)
		if (want[i]) {
			printf("%s%s", sep, values[i]);
			sep = " ";
		}
	putchar('\n');
	return 0;
}
