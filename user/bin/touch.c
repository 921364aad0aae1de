/* touch: make files that are not there; those that are get the time of now. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int touch(const char *path)
{
	if (utimensat(AT_FDCWD, path, NULL, 0) == 0)
		return 0;
	int fd = errno == ENOENT ? open(path, O_WRONLY | O_CREAT, 0666) : -1;
	return fd < 0 ? -1 : close(fd);
}

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage("FILE ...");
	for (int i = optind; i < argc; i++)
		if (touch(argv[i]) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}
