/* umount: take mounted file systems off their folders. */
#include <err.h>
#include <sys/mount.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage("FOLDER ...");
	for (int i = optind; i < argc; i++)
		if (umount(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}
