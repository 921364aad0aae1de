/* umount: take mounted file systems off their folders. */
#include <err.h>
#include <sys/mount.h>

int main(int argc, char **argv)
{
	int failed = 0;
	if (argc < 2)
		usage("FOLDER ...");
	for (int i = 1; i < argc; i++)
		if (umount(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}
