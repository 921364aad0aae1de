/* tee: standard input to standard output and to files; -a: to their ends. */
#include <err.h>
#include <fcntl.h>
#include <unistd.h>

enum { FILES_MAX = 16 };

static int write_all(int fd, const char *s, ssize_t n)
{
	for (ssize_t done = 0, w; done < n; done += w)
		if ((w = write(fd, s + done, (size_t)(n - done))) < 0)
			return -1;
	return 0;
}

int main(int argc, char **argv)
{
	static char buf[32768];
	int fds[FILES_MAX + 1] = { 1 }, n = 1, failed = 0, flags = O_TRUNC;
	for (int c; (c = getopt(argc, argv, "a")) != -1; flags = O_APPEND)
		if (c == '?')
			usage("[-a] [FILE ...]");
	if (argc - optind > FILES_MAX)
		errx(1, "more than %d files", FILES_MAX);
	for (int i = optind; i < argc; i++) {
		fds[n] = open(argv[i], O_WRONLY | O_CREAT | flags, 0666);
		if (fds[n] < 0) {
			warn("%s", argv[i]);
			failed = 1;
		} else {
			n++;
		}
	}
	for (ssize_t got; (got = read(0, buf, sizeof buf)) > 0;)
		for (int i = 0; i < n; i++)
			if (write_all(fds[i], buf, got) < 0) {
				warn("write");
				failed = 1;
			}
	return failed;
}
