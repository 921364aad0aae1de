/* which: the files that commands run, found along PATH. -a: all of each name. Status 1: one was not found. (What the shell runs itself is
 * shown by its own "type".) */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && access(path, X_OK) == 0;
}

static bool find(const char *name, bool all)
{
	char full[512];
	const char *path = getenv("PATH");
	bool found = false;
	if (strchr(name, '/')) {
		if (is_program(name))
			puts(name);
		return is_program(name);
	}
	for (const char *p = path ? path : "/bin"; *p && (all || !found);) {
		size_t n = strcspn(p, ":");
		int len = snprintf(full, sizeof full, "%.*s/%s", (int)n, p, name);
		if (len > 0 && (size_t)len < sizeof full && is_program(full)) {
			puts(full);
			found = true;
		}
		p += n + (p[n] == ':');
	}
	return found;
}

int main(int argc, char **argv)
{
	bool all = false, missing = false;
	for (int c; (c = getopt(argc, argv, "a")) != -1; all = true)
		if (c == '?')
			usage("[-a] NAME ...");
	if (optind == argc)
		usage("[-a] NAME ...");
	for (int i = optind; i < argc; i++)
		missing |= !find(argv[i], all);
	return missing;
}
