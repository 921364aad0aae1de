/* mkdir: make folders; -p: those above them too, and none is an error that is there already. */
#include <err.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_folder(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int make(const char *path, bool may_exist)
{
	if (mkdir(path, 0777) == 0 || (may_exist && errno == EEXIST && is_folder(path)))
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
	bool parents = false;
	for (int c; (c = getopt(argc, argv, "p")) != -1; parents = true)
		if (c == '?')
			usage("[-p] FOLDER ...");
	if (optind == argc)
		usage("[-p] FOLDER ...");
	for (int i = optind; i < argc; i++)
		failed |= parents && *argv[i] ? make_all(argv[i]) : make(argv[i], false);
	return failed;
}
