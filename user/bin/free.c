/* free: how much memory there is, in KiB, from /proc/meminfo: used is what is neither free nor a cached copy of files. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row { const char *key; long kib; };

static void read_meminfo(struct row *rows, size_t n)
{
	char *line = NULL;
	size_t room = 0;
	FILE *f = fopen("/proc/meminfo", "r");
	if (!f)
		err(1, "/proc/meminfo");
	while (getline(&line, &room, f) >= 0)
		for (size_t i = 0; i < n; i++) {
			size_t len = strlen(rows[i].key);
			if (!strncmp(line, rows[i].key, len) && line[len] == ':')
				rows[i].kib = strtol(line + len + 1, NULL, 10);
		}
	free(line);
	fclose(f);
}

int main(int argc, char **argv)
{
	struct row r[] = { { "MemTotal", 0 }, { "MemFree", 0 }, { "Cached", 0 }, { "MemAvailable", 0 }, { "Slab", 0 }, { "PageTables", 0 } };
	(void)argv;
	if (argc > 1)
		usage("");
	read_meminfo(r, sizeof r / sizeof *r);
	printf("%-6s %10s %10s %10s %10s %10s %10s %10s\n", "", "total", "used", "free", "cached", "available", "slab", "tables");
	printf("%-6s %10ld %10ld %10ld %10ld %10ld %10ld %10ld\n", "Mem:", r[0].kib, r[0].kib - r[1].kib - r[2].kib, r[1].kib, r[2].kib,
		r[3].kib, r[4].kib, r[5].kib);
	return 0;
}
