/* cat [FILE...]: copy files, or standard input, to standard output. */
#include <fcntl.h>
#include <unistd.h>
#include "util.h"

static int copy(int fd, const char *name)
{
	static char buf[16384];
	ssize_t n;
	while ((n = read(fd, buf, sizeof buf)) > 0)
		for (ssize_t done = 0, w; done < n; done += w)
			if ((w = write(1, buf + done, (size_t)(n - done))) < 0)
				return complain("cat", "standard output");
	return n < 0 ? complain("cat", name) : 0;
}

int main(int argc, char **argv)
{
	int status = argc == 1 ? copy(0, "standard input") : 0;
	for (int i = 1; i < argc; i++) {
		int fd = strcmp(argv[i], "-") ? open(argv[i], O_RDONLY) : 0;
		status |= fd < 0 ? complain("cat", argv[i]) : copy(fd, argv[i]);
		if (fd > 0)
			close(fd);
	}
	return status;
}
