/* See volume.h. */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>
#include "volume.h"

/* What tool says of the volume; its status. */
static int check_volume(const char *tool, char *said, size_t n)
{
	char name[] = "/tmp/fat_test.XXXXXX", command[200];
	int fd = mkstemp(name);
	CHECK(fd >= 0 && write(fd, disk, disk_sectors * DISK_SECTOR) == (ssize_t)(disk_sectors * DISK_SECTOR));
	close(fd);
	snprintf(command, sizeof command, "PATH=$PATH:/usr/sbin:/sbin; %s %s 2>&1", tool, name);
	FILE *f = popen(command, "r");
	CHECK(f);
	said[fread(said, 1, n - 1, f)] = 0;
	int status = pclose(f);
	unlink(name);
	return status;
}

void volume_is_sound(void)
{
	char said[4096];
	CHECK(check_volume("build/posix/bin/fscheck", said, sizeof said) == 0, "%s", said);
	CHECK(check_volume("fsck.fat -n -v", said, sizeof said) == 0, "%s", said);
}

void volume_is_harmless(void)
{
	char said[4096];
	check_volume("build/posix/bin/fscheck", said, sizeof said);
	CHECK(!strstr(said, "shares") && !strstr(said, "loop"), "%s", said);
}

static bool is_harmless(const char *line)
{
	static const char *const harmless[] = { "lost clusters", "was not unmounted", "FSInfo: it says", "differs from the first",
		"a long name belongs to no file", " directories, " };
	for (unsigned k = 0; k < sizeof harmless / sizeof *harmless; k++)
		if (strstr(line, harmless[k]))
			return true;
	return !*line;
}

void only_lost_clusters(void)
{
	char said[4096], *rest = said;
	check_volume("build/posix/bin/fscheck", said, sizeof said);
	for (char *line; (line = strsep(&rest, "\n"));)
		CHECK(is_harmless(line), "%s", line);
}
