/* mkdir: make folders; -p: those above them too, and none is an error that is there already; -m MODE: with that mode, as chmod has it; -v: say which. */
#include <commands.h>
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-pv] [-m MODE] FOLDER ..."
static bool say;

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make(const char *path, bool may_exist)
{
	if (mkdir(path, 0777) == 0) {
		if (say)
			printf("made %s\n", path);
		return 0;
	}
	if (may_exist && errno == EEXIST && is_folder(path))
		return 0;
	warn("%s", path);
	return 1;
}

static int make_all(char *path)
{
	for (char *p = path + 1; (p = strchr(p, '/')); p++) {
		*p = 0;
		int failed = make(path, true);
		*p = '/';
		if (failed)
			return 1;
	}
	return make(path, true);
}

int main(int argc, char **argv)
{
	int failed = 0;
	bool parents = false, moded = false;
	mode_t mode = 0;
	for (int c; (c = getopt(argc, argv, "pvm:")) != -1;) {
		if (c == '?')
			usage(SYNOPSIS);
		parents |= c == 'p';
		say |= c == 'v';
		moded |= c == 'm';
		if (c == 'm' && !mode_parse(optarg, 0777, 0, &mode))
			errx(1, "%s: not a mode", optarg);
	}
	if (optind == argc)
		usage(SYNOPSIS);
	for (int i = optind; i < argc; i++) {
		bool there = is_folder(argv[i]);
		int refused = parents && *argv[i] ? make_all(argv[i]) : make(argv[i], false);
		if (!refused && moded && !there && chmod(argv[i], mode) < 0) {
			warn("%s", argv[i]);
			refused = 1;
		}
		failed |= refused;
	}
	return failed;
}
