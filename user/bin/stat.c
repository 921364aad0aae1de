/* stat: what the file system knows of files. */
#include <err.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1 || optind == argc)
		usage("FILE ...");
	for (int i = optind; i < argc; i++) {
		struct stat s;
		if (lstat(argv[i], &s) < 0) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		printf("%s: inode %lu, mode %o, links %u, size %ld, blocks %ld, modified %ld\n", argv[i], s.st_ino, s.st_mode, s.st_nlink,
			s.st_size, s.st_blocks, s.st_mtime);
	}
	return failed;
}
