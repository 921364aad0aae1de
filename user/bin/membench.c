/* membench: what operations of the kernel's allocators cost, measured inside the kernel, through /proc/membench. Without names, all
 * benchmarks. One row a figure: result NAME FIGURE UNIT. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char path[] = "/proc/membench";
static char text[32768];

/* What fd gives from its offset on, as a string. */
static void read_all(int fd)
{
	size_t len = 0;
	ssize_t n;
	while (len < sizeof text - 1 && (n = read(fd, text + len, sizeof text - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = 0;
}

static int run(const char *name)
{
	int fd = open(path, O_RDWR);
	if (fd < 0)
		err(1, "%s", path);
	if (write(fd, name, strlen(name)) < 0) {
		if (errno == EINVAL)
			warnx("%s: no such benchmark; cat %s lists them", name, path);
		else
			warn("%s", name);
		close(fd);
		return 1;
	}
	read_all(fd);
	close(fd);
	printf("%s", text);
	fflush(stdout);
	return 0;
}

static int run_all(void)
{
	static char names[4096];
	int failed = 0, fd = open(path, O_RDONLY);
	if (fd < 0)
		err(1, "%s", path);
	read_all(fd);
	close(fd);
	strlcpy(names, text, sizeof names);
	for (char *name = names, *end; (end = strchr(name, '\n')); name = end + 1) {
		*end = 0;
		failed |= run(name);
	}
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1)
		usage("[NAME ...]");
	for (int i = optind; i < argc; i++)
		failed |= run(argv[i]);
	return optind == argc ? run_all() : failed;
}
