/* realpath FILE ...: the absolute names of files, without symbolic links, "." and "..". Status 1: one is not there, and it says so. */
#include <commands.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int print(const char *name)
{
	char path[PATH_MAX];
	return realpath(name, path) ? puts(path) : -1;
}

int main(int argc, char **argv) { return command_each_name(argc, argv, "FILE ...", print); }
