/* pwd: the working folder's path. */
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	char path[PATH_MAX];
	if (!getcwd(path, sizeof path))
		err(1, "working folder");
	return puts(path) < 0;
}
