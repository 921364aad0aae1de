/* tail: the last lines, 10 or -n. It keeps no more than those lines. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long count = 10;

/* lines is a ring of count lines. */
static void show(FILE *f, char **lines, size_t *rooms)
{
	unsigned long n = 0;
	if (!count)
		return;
	while (getline(&lines[n % count], &rooms[n % count], f) >= 0)
		n++;
	for (unsigned long i = n > count ? n - count : 0; i < n; i++)
		fputs(lines[i % count], stdout);
}

int main(int argc, char **argv)
{
	int failed = 0;
	char *end = "";
	for (int c; (c = getopt(argc, argv, "n:")) != -1; count = strtoul(optarg, &end, 10))
		if (c == '?')
			usage("[-n LINES] [FILE ...]");
	if (*end)
		usage("[-n LINES] [FILE ...]");
	char **lines = calloc(count + 1, sizeof *lines);
	size_t *rooms = calloc(count + 1, sizeof *rooms);
	if (!lines || !rooms)
		err(1, "%lu lines", count);
	if (optind == argc)
		show(stdin, lines, rooms);
	for (int i = optind; i < argc; i++) {
		FILE *f = fopen(argv[i], "r");
		if (!f) {
			warn("%s", argv[i]);
			failed = 1;
			continue;
		}
		if (argc - optind > 1)
			printf("%s==> %s <==\n", i > optind ? "\n" : "", argv[i]);
		show(f, lines, rooms);
		fclose(f);
	}
	return failed;
}
