/* rmdir: remove empty folders. */
#include <err.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage("FOLDER ...");
	for (int i = optind; i < argc; i++)
		if (rmdir(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}
