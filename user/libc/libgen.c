/* Parts of paths. */
#include <libgen.h>
#include <stdint.h>
#include <string.h>

static char dot[] = ".", slash[] = "/";

/* Without slashes at the end; NULL: nothing else is there. */
static char *strip(char *path)
{
	size_t n = strlen(path);
	while (n && path[n - 1] == '/')
		path[--n] = 0;
	return n ? path : NULL;
}

char *basename(char *path)
{
	if (!path || !*path)
		return dot;
	if (!strip(path))
		return slash;
	char *last = strrchr(path, '/');
	return last ? last + 1 : path;
}

char *dirname(char *path)
{
	if (!path || !*path)
		return dot;
	if (!strip(path))
		return slash;
	char *last = strrchr(path, '/');
	if (!last)
		return dot;
	last[1] = 0;
	return strip(path) ? path : slash;
}
