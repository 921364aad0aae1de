/* mount [-t TYPE] [DEVICE FOLDER]: mount a file system; without arguments, say what is mounted. */
#include <sys/system.h>
#include "util.h"

static int show(void)
{
	char device[64], where[128], type[32];
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen("/proc/mounts", "r");
	if (!f)
		return complain("mount", "/proc/mounts");
	while (getline(&line, &room, f) >= 0) {
		char *save, *a = strtok_r(line, " \n", &save), *b = strtok_r(NULL, " \n", &save), *c = strtok_r(NULL, " \n", &save);
		strlcpy(device, a ? a : "", sizeof device);
		strlcpy(where, b ? b : "", sizeof where);
		strlcpy(type, c ? c : "", sizeof type);
		printf("%s on %s type %s\n", device, where, type);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *type = "vfat";
	if (argc == 1)
		return show();
	if (argc > 2 && !strcmp(argv[1], "-t")) {
		type = argv[2];
		argv += 2;
		argc -= 2;
	}
	if (argc != 3)
		return usage("mount [-t TYPE] DEVICE FOLDER");
	return mount(argv[1], argv[2], type, 0, NULL) < 0 ? complain("mount", argv[1]) : 0;
}
