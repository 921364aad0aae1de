/* tee [-a] FILE...: copy standard input to standard output and to files. */
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

enum { FILES_MAX = 16 };

int main(int argc, char **argv)
{
	static char buf[4096];
	struct options opt;
	int fds[FILES_MAX] = { 1 }, n = 1, status = 0;
	(void)argc;
	take_options(&opt, &argv);
	for (; *argv && n < FILES_MAX; argv++) {
		int fd = open(*argv, O_WRONLY | O_CREAT | (opt.seen['a'] ? O_APPEND : O_TRUNC), 0666);
		if (fd < 0)
			status = complain("tee", *argv);
		else
			fds[n++] = fd;
	}
	for (ssize_t got; (got = read(0, buf, sizeof buf)) > 0;)
		for (int i = 0; i < n; i++)
			if (write(fds[i], buf, (size_t)got) != got)
				status = complain("tee", "write");
	return status;
}
