/* du: how much of the disk folders take, with all that is in them, in KiB. -s: only those named; -d N: only those so deep below; -a: files too; -h: in the unit that reads best;
 * -b: in bytes, of the files' sizes; -c: a sum of all. */
#include <dirent.h>
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "[-abchks] [-d DEPTH] [FILE ...]"

static int deepest = 1 << 30;	/* that is told of */
static bool files_too, readable, sizes;
static int failed;

static void print(unsigned long bytes, const char *path)
{
	static const char units[] = "KMGT";
	unsigned long n = sizes ? bytes : (bytes + 1023) / 1024;
	int unit = 0;
	if (!readable) {
		printf("%lu\t%s\n", n, path);
		return;
	}
	unsigned long tenths = (bytes * 10 + 1023) / 1024;
	for (; tenths >= 10240 && unit < 3; unit++)
		tenths = (tenths + 1023) / 1024;
	if (tenths < 100 && tenths % 10 + tenths / 10)
		printf("%lu.%lu%c\t%s\n", tenths / 10, tenths % 10, units[unit], path);
	else
		printf("%lu%c\t%s\n", (tenths + 9) / 10, tenths ? units[unit] : 'K', path);
}

static unsigned long measure(const char *path, int depth);

static unsigned long measure_folder(const char *path, int depth)
{
	unsigned long sum = 0;
	DIR *d = opendir(path);
	if (!d) {
		warn("%s", path);
		failed = 1;
		return 0;
	}
	for (struct dirent *e; (e = readdir(d));) {
		size_t n = strlen(path), room = n + strlen(e->d_name) + 2;
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		char *below = malloc(room);
		if (!below)
			err(1, "memory");
		snprintf(below, room, "%s%s%s", path, n && path[n - 1] == '/' ? "" : "/", e->d_name);
		sum += measure(below, depth + 1);
		free(below);
	}
	closedir(d);
	return sum;
}

/* The bytes of path with all below. */
static unsigned long measure(const char *path, int depth)
{
	struct stat st;
	if (lstat(path, &st) < 0) {
		warn("%s", path);
		failed = 1;
		return 0;
	}
	bool folder = S_ISDIR(st.st_mode);
	unsigned long bytes = sizes ? (unsigned long)st.st_size : (unsigned long)st.st_blocks * 512;
	if (folder)
		bytes += measure_folder(path, depth);
	if (!depth || (depth <= deepest && (folder || files_too)))
		print(bytes, path);
	return bytes;
}

int main(int argc, char **argv)
{
	static char *here[] = { "." };
	bool total = false;
	unsigned long sum = 0;
	for (int c; (c = getopt(argc, argv, "abchskd:")) != -1;)
		switch (c) {
		case 'a': files_too = true; break;
		case 'b': sizes = true; break;
		case 'c': total = true; break;
		case 'h': readable = true; break;
		case 's': deepest = 0; break;
		case 'd': deepest = atoi(optarg); break;
		case 'k': break;
		default: usage(SYNOPSIS);
		}
	char **paths = optind < argc ? argv + optind : here;
	for (int i = 0; i < (optind < argc ? argc - optind : 1); i++)
		sum += measure(paths[i], 0);
	if (total)
		print(sum, "total");
	return failed;
}
