/* stat PATH...: what the file system knows of it. */
#include <sys/stat.h>
#include "util.h"

int main(int argc, char **argv)
{
	int status = argc < 2 ? usage("stat PATH...") : 0;
	for (int i = 1; i < argc; i++) {
		struct stat s;
		if (lstat(argv[i], &s) < 0) {
			status = complain("stat", argv[i]);
			continue;
		}
		printf("%s: inode %lu, mode %o, links %u, size %ld, blocks %ld, modified %ld\n", argv[i], s.st_ino, s.st_mode, s.st_nlink,
			s.st_size, s.st_blocks, s.st_mtime);
	}
	return status;
}
