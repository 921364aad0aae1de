/* mv FROM... TO: rename, or move into a folder; on the same file system. */
#include <sys/stat.h>
#include <unistd.h>
#include "util.h"

int main(int argc, char **argv)
{
	struct stat st;
	int status = 0;
	if (argc < 3)
		return usage("mv FROM... TO");
	int into = stat(argv[argc - 1], &st) == 0 && S_ISDIR(st.st_mode);
	if (argc > 3 && !into)
		return usage("mv FROM... FOLDER");
	for (int i = 1; i < argc - 1; i++) {
		char to[1024];
		const char *slash = strrchr(argv[i], '/');
		snprintf(to, sizeof to, into ? "%s/%s" : "%s", argv[argc - 1], slash ? slash + 1 : argv[i]);
		if (rename(argv[i], to) < 0)
			status = complain("mv", argv[i]);
	}
	return status;
}
