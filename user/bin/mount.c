/* mount: show what is mounted where; or mount SOURCE on TARGET (-t TYPE, vfat if not said; -r: read-only). */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define SYNOPSIS "[-r] [-t TYPE] [SOURCE TARGET]"

/* /proc/mounts: source target type options 0 0 */
static int show(void)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen("/proc/mounts", "r");
	if (!f)
		err(1, "/proc/mounts");
	while (getline(&line, &room, f) >= 0) {
		char *save, *part[4] = { NULL };
		part[0] = strtok_r(line, " \n", &save);
		for (int i = 1; i < 4 && part[i - 1]; i++)
			part[i] = strtok_r(NULL, " \n", &save);
		if (part[3])
			printf("%s on %s type %s (%s)\n", part[0], part[1], part[2], part[3]);
	}
	free(line);
	fclose(f);
	return 0;
}

int main(int argc, char **argv)
{
	const char *type = "vfat";
	unsigned long flags = 0;
	for (int c; (c = getopt(argc, argv, "rt:")) != -1;)
		switch (c) {
		case 'r': flags = MS_RDONLY; break;
		case 't': type = optarg; break;
		default: usage(SYNOPSIS);
		}
	if (argc == 1)
		return show();
	if (argc - optind != 2)
		usage(SYNOPSIS);
	if (mount(argv[optind], argv[optind + 1], type, flags, NULL) < 0)
		err(1, "%s on %s", argv[optind], argv[optind + 1]);
	return 0;
}
