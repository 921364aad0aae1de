/* rm [-rf] PATH...: remove files; -r folders with all in them; -f no complaint about what is not there. */
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>
#include "util.h"

static struct options opt;

static int remove_path(const char *path);

static int remove_folder(const char *path)
{
	char full[1024];
	int status = 0;
	DIR *d = opendir(path);
	if (!d)
		return complain("rm", path);
	for (struct dirent *e; (e = readdir(d));) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(full, sizeof full, "%s/%s", path, e->d_name);
		status |= remove_path(full);
	}
	closedir(d);
	return rmdir(path) < 0 ? complain("rm", path) : status;
}

static int remove_path(const char *path)
{
	struct stat st;
	if (lstat(path, &st) < 0)
		return opt.seen['f'] && errno == ENOENT ? 0 : complain("rm", path);
	if (S_ISDIR(st.st_mode) && opt.seen['r'])
		return remove_folder(path);
	return unlink(path) < 0 ? complain("rm", path) : 0;
}

int main(int argc, char **argv)
{
	int status = 0;
	(void)argc;
	take_options(&opt, &argv);
	if (!*argv && !opt.seen['f'])
		return usage("rm [-rf] PATH...");
	for (; *argv; argv++)
		status |= remove_path(*argv);
	return status;
}
