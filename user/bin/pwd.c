/* pwd: the working folder's path. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char path[PATH_MAX];
	(void)argv;
	if (argc > 1)
		usage("");
	if (!getcwd(path, sizeof path))
		err(1, "working folder");
	return puts(path) < 0;
}
