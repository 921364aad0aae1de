/* free: how much memory there is, in KiB, from /proc/meminfo: used is what is neither free nor a cached copy of files. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_row(const unsigned long *kib, size_t n, int human)
{
	printf("%-6s", "Mem:");
	for (size_t i = 0; i < n; i++)
		if (human)
			printf(" %10s", human_kib(kib[i]));
		else
			printf(" %10lu", kib[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	int human = argc == 2 && !strcmp(argv[1], "-h");
	if (argc > 1 && !human)
		usage("[-h]");
	char *info = proc_text("/proc/meminfo");
	unsigned long total = proc_number(info, "MemTotal"), free_ = proc_number(info, "MemFree"), cached = proc_number(info, "Cached");
	unsigned long row[] = {
		total, total - free_ - cached, free_, cached, proc_number(info, "MemAvailable"), proc_number(info, "Slab"),
		proc_number(info, "PageTables"),
	};
	free(info);
	printf("%-6s %10s %10s %10s %10s %10s %10s %10s\n", "", "total", "used", "free", "cached", "available", "slab", "tables");
	print_row(row, sizeof row / sizeof *row, human);
	return fflush(stdout) != 0;
}
