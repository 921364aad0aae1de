/* df [FOLDER...]: how full file systems are, in KiB. */
#include <sys/system.h>
#include "util.h"

static int show(const char *path)
{
	struct statfs s;
	if (statfs(path, &s) < 0)
		return complain("df", path);
	unsigned long unit = (unsigned long)s.f_bsize, total = s.f_blocks * unit / 1024, left = s.f_bfree * unit / 1024;
	printf("%10lu %10lu %10lu %3lu%% %s\n", total, total - left, left, total ? (total - left) * 100 / total : 0, path);
	return 0;
}

int main(int argc, char **argv)
{
	int status = 0;
	printf("%10s %10s %10s %4s %s\n", "KiB", "used", "free", "use", "folder");
	if (argc == 1)
		return show("/");
	for (int i = 1; i < argc; i++)
		status |= show(argv[i]);
	return status;
}
