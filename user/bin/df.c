/* df: how full the file systems are, in KiB: those named by a file on them, or all of /proc/mounts. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

static int show(const char *source, const char *path)
{
	struct statfs s;
	if (statfs(path, &s) < 0) {
		warn("%s", path);
		return 1;
	}
	unsigned long unit = (unsigned long)s.f_bsize, used = s.f_blocks - s.f_bfree;
	if (source && !s.f_blocks)
		return 0;
	printf("%-12s %10lu %10lu %10lu %4lu%%  %s\n", source ? source : "-", s.f_blocks * unit / 1024, used * unit / 1024,
		s.f_bavail * unit / 1024, s.f_blocks ? (used * 100 + s.f_blocks - 1) / s.f_blocks : 0, path);
	return 0;
}

static int show_all(void)
{
	char *line = NULL, *save;
	size_t room = 0;
	int failed = 0;
	FILE *f = fopen("/proc/mounts", "r");
	if (!f)
		err(1, "/proc/mounts");
	while (getline(&line, &room, f) >= 0) {
		const char *source = strtok_r(line, " ", &save), *path = strtok_r(NULL, " ", &save);
		if (source && path)
			failed |= show(source, path);
	}
	free(line);
	fclose(f);
	return failed;
}

int main(int argc, char **argv)
{
	int failed = 0;
	if (getopt(argc, argv, "") != -1)
		usage("[FILE ...]");
	printf("%-12s %10s %10s %10s %5s  %s\n", "Source", "KiB", "Used", "Available", "Use", "Mounted on");
	for (int i = optind; i < argc; i++)
		failed |= show(NULL, argv[i]);
	return optind < argc ? failed : show_all();
}
