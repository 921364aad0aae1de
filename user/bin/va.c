/* va: run a command whose mmaps are placed by another policy, or in another window. The command's children inherit it. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "POLICY[,WINDOW] COMMAND [ARGUMENT]..."

int main(int argc, char **argv)
{
	if (argc == 1) {
		fputs(proc_text("/proc/self/va_policy"), stdout);
		return fflush(stdout) != 0;
	}
	if (argc < 3 || *argv[1] == '-')
		usage(SYNOPSIS);
	int fd = open("/proc/self/va_policy", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		err(125, "/proc/self/va_policy");
	if (write(fd, argv[1], strlen(argv[1])) < 0) {
		if (errno != EINVAL)
			err(125, "%s", argv[1]);
		warnx("%s: not a policy", argv[1]);
		return 125;
	}
	execvp(argv[2], argv + 2);
	err(errno == ENOENT ? 127 : 126, "%s", argv[2]);
}
