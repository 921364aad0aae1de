/* dirname: paths without their last part: the folder that they lie in. */
#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void print(char *path)
{
	size_t n = strlen(path);
	while (n > 1 && path[n - 1] == '/')
		n--;
	while (n && path[n - 1] != '/')
		n--;
	while (n > 1 && path[n - 1] == '/')
		n--;
	path[n] = 0;
	puts(n ? path : ".");
}

int main(int argc, char **argv)
{
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage("PATH ...");
	for (int i = optind; i < argc; i++)
		print(argv[i]);
	return 0;
}
