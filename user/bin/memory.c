/* memory: how physical memory is doing, in one screen: use, zones, fragmentation, failures, and health in words. From /proc/meminfo,
 * zoneinfo and memhealth. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_bar(unsigned long part, unsigned long whole)
{
	enum { WIDTH = 40 };
	char bar[WIDTH + 1];
	for (unsigned i = 0; i < WIDTH; i++)
		bar[i] = i * whole < part * WIDTH ? '#' : '.';
	bar[WIDTH] = 0;
	printf("memory         [%s] %lu%%\n", bar, permille(part, whole) / 10);
}

static void print_use(const char *info)
{
	unsigned long total = proc_number(info, "MemTotal"), free = proc_number(info, "MemFree");
	print_bar(total - free, total);
	printf("               %s used, %s free of %s; %s could be had\n", human_kib(total - free), human_kib(free), human_kib(total),
		human_kib(proc_number(info, "MemAvailable")));
	printf("used by        processes %s, files %s, slabs %s, page tables %s, kernel stacks %s\n", human_kib(proc_number(info, "AnonPages")),
		human_kib(proc_number(info, "Cached")), human_kib(proc_number(info, "Slab")), human_kib(proc_number(info, "PageTables")),
		human_kib(proc_number(info, "KernelStack")));
}

/* Zones begin with "Node 0, zone   Normal". */
static void print_zones(const char *info)
{
	for (const char *p = info; p; p = proc_next_line(p)) {
		if (strncmp(p, "Node ", 5))
			continue;
		const char *name = strstr(p, "zone");
		name += 4 + strspn(name + 4, " ");
		unsigned long free = proc_number(p, "pages free"), managed = proc_number(p, "managed"), low = proc_number(p, "low");
		printf("zone           node %.1s %-8.*s %8s free of %8s%s\n", p + 5, (int)strcspn(name, "\n"), name, human_kib(free * 4),
			human_kib(managed * 4), free < low ? ", below its low mark" : "");
	}
}

/* Of a line "key since-boot since-mark". */
static unsigned long since_boot(const char *health, const char *key) { return proc_number(health, key); }

static void print_failures(const char *health)
{
	unsigned long rate = since_boot(health, "failure_permille");
	printf("allocations    %lu, of which %lu failed (%lu.%lu%%), %lu after everything was tried\n", since_boot(health, "alloc_calls"),
		since_boot(health, "failed_calls"), rate / 10, rate % 10, since_boot(health, "oom_events"));
	printf("wrong frees    %lu; overwritten blocks %lu\n", since_boot(health, "bad_frees"), since_boot(health, "corruptions"));
}

/* Says it, and whether it is well. */
static int print_health(const char *health)
{
	const char *line = strstr(health, "\nhealthy");
	char boot[8] = "", mark[8] = "";
	if (line)
		line += strlen("\nhealthy");
	for (unsigned i = 0; line && i < 2; i++) {
		line += strspn(line, " ");
		size_t n = strcspn(line, " \n");
		strlcpy(i ? mark : boot, line, n < 7 ? n + 1 : 8);
		line += n;
	}
	int well = !strcmp(boot, "yes");
	printf("health         %s", well ? "good" : "bad");
	if (!well && !strcmp(mark, "yes"))
		printf(" since boot, good since the mark");
	printf(" (bad from %lu.%lu%% failures or %lu times out of memory)\n", proc_number(health, "limit_failure_permille") / 10,
		proc_number(health, "limit_failure_permille") % 10, proc_number(health, "limit_oom_events"));
	return well;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	char *info = proc_text("/proc/meminfo"), *zones = proc_text("/proc/zoneinfo"), *health = proc_text("/proc/memhealth");
	print_use(info);
	print_zones(zones);
	unsigned long scattered = proc_number(health, "fragmentation_permille");
	printf("fragmentation  %lu.%lu%%: the largest run of free memory has %s\n", scattered / 10, scattered % 10,
		human_kib(proc_number(health, "largest_run_kb")));
	print_failures(health);
	int well = print_health(health);
	free(info);
	free(zones);
	free(health);
	return fflush(stdout) || !well;
}
