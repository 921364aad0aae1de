/* stat: what the file system knows of files. */
#include <commands.h>
#include <stdio.h>
#include <sys/stat.h>

static int print(const char *name)
{
	struct stat s;
	if (lstat(name, &s) < 0)
		return -1;
	printf("%s: inode %lu, mode %o, links %u, size %ld, blocks %ld, modified %ld\n", name, s.st_ino, s.st_mode, s.st_nlink, s.st_size, s.st_blocks,
		s.st_mtime);
	return 0;
}

int main(int argc, char **argv) { return command_each_name(argc, argv, "FILE ...", print); }
