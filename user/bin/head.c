/* head [-n COUNT] [FILE...]: the first lines, 10 if not told otherwise. */
#include "util.h"

static void head(FILE *f, long count)
{
	char *line = NULL;
	size_t room = 0;
	while (count-- > 0 && getline(&line, &room, f) >= 0)
		fputs(line, stdout);
	free(line);
}

int main(int argc, char **argv)
{
	long count = 10;
	int i = 1, status = 0;
	if (argc > 2 && !strcmp(argv[1], "-n"))
		count = atoi(argv[2]), i = 3;
	else if (argc > 1 && argv[1][0] == '-' && argv[1][1])
		count = atoi(argv[1] + 1), i = 2;
	if (i == argc)
		head(stdin, count);
	for (; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		if (!f) {
			status = complain("head", argv[i]);
			continue;
		}
		head(f, count);
		fclose(f);
	}
	return status;
}
