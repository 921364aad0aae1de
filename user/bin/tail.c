/* tail [-n COUNT] [FILE]: the last lines, 10 if not told otherwise. */
#include "util.h"

enum { COUNT_MAX = 1000 };

static int tail(FILE *f, size_t count)
{
	static char *lines[COUNT_MAX];
	size_t n = 0, room = 0;
	char *line = NULL;
	while (getline(&line, &room, f) >= 0) {
		free(lines[n % count]);
		lines[n % count] = line;
		line = NULL;
		room = 0;
		n++;
	}
	for (size_t i = n > count ? n - count : 0; i < n; i++)
		fputs(lines[i % count], stdout);
	return 0;
}

int main(int argc, char **argv)
{
	int count = 10, i = 1;
	if (argc > 2 && !strcmp(argv[1], "-n"))
		count = atoi(argv[2]), i = 3;
	if (count < 1 || count > COUNT_MAX || argc > i + 1)
		return usage("tail [-n COUNT] [FILE], COUNT up to 1000");
	FILE *f = i < argc ? fopen(argv[i], "r") : stdin;
	return f ? tail(f, (size_t)count) : complain("tail", argv[i]);
}
