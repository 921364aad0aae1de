/* cat: files, or standard input, one after the other to standard output. */
#include <err.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static char buf[32768];

/* Straight through read and write, so that what arrives goes out at once. */
static int copy(int fd, const char *name)
{
	ssize_t n;
	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(1, buf + done, (size_t)(n - done))) < 0)
				err(1, "standard output");
	if (n < 0)
		warn("%s", name);
	return n < 0;
}

static int copy_file(const char *name)
{
	if (!strcmp(name, "-"))
		return copy(0, "standard input");
	int fd = open(name, O_RDONLY);
	if (fd < 0) {
		warn("%s", name);
		return 1;
	}
	int failed = copy(fd, name);
	close(fd);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1)
		usage("[FILE ...]");
	for (int i = optind; i < argc; i++)
		failed |= copy_file(argv[i]);
	return optind == argc ? copy(0, "standard input") : failed;
}
