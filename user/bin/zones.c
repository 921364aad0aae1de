/* zones: each zone of each node: how much it has, where allocations stop, and its free blocks by size. From /proc/zoneinfo and
 * /proc/buddyinfo, which list zones in the same order. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS = 11 };

/* The next line that begins a zone, from p on, or NULL. */
static const char *find_zone(const char *p)
{
	while (p && strncmp(p, "Node ", 5))
		p = proc_next_line(p);
	return p;
}

/* Frames that CPUs keep, of the zone whose text starts at p. */
static unsigned long sum_of_cpus(const char *p)
{
	unsigned long sum = 0;
	const char *end = find_zone(proc_next_line(p));
	for (; p && p != end; p = proc_next_line(p)) {
		const char *word = p + strspn(p, " ");
		if (!strncmp(word, "count:", 6))
			sum += strtoul(word + 6, NULL, 10);
	}
	return sum;
}

static void print_figures(const char *p)
{
	const char *name = strstr(p, "zone"), *reserve = strstr(p, "protection:");
	unsigned long managed = proc_number(p, "managed"), free = proc_number(p, "pages free"), cpus = sum_of_cpus(p);
	name += 4 + strspn(name + 4, " ");
	printf("node %.1s %.*s: %s, of which %s free in %lu pages, %lu more with CPUs\n", p + 5, (int)strcspn(name, "\n"), name,
		human_kib(managed * 4), human_kib(free * 4), free, cpus);
	printf("  from page 0x%lx on, %lu pages, %lu managed\n", proc_number(p, "start_pfn"), proc_number(p, "spanned"), managed);
	printf("  marks: user pages stop at %s, caches shrink below %s until %s\n", human_kib(proc_number(p, "min") * 4),
		human_kib(proc_number(p, "low") * 4), human_kib(proc_number(p, "high") * 4));
	if (reserve)
		printf("  reserve, in pages, from requests up to DMA, Normal, High: %.*s\n", (int)strcspn(reserve + 12, "\n"), reserve + 12);
	printf("  largest run of free memory: %s\n", human_kib(proc_number(p, "nr_largest_run") * 4));
}

/* line: of buddyinfo. Bars show how much memory the blocks of an order have in all. */
static void print_histogram(const char *line)
{
	unsigned long blocks[ORDERS], most = 1;
	const char *p = strstr(line, "zone");
	p += 4 + strspn(p + 4, " ");
	p += strcspn(p, " ");
	for (unsigned i = 0; i < ORDERS; i++) {
		char *end;
		blocks[i] = strtoul(p, &end, 10);
		p = end;
		if (blocks[i] << i > most)
			most = blocks[i] << i;
	}
	for (unsigned i = 0; i < ORDERS; i++) {
		printf("  %6s %7lu  ", human_kib(4ul << i), blocks[i]);
		for (unsigned long k = 0; blocks[i] && k <= (blocks[i] << i) * 39 / most; k++)
			putchar('#');
		putchar('\n');
	}
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	char *info = proc_text("/proc/zoneinfo"), *buddy = proc_text("/proc/buddyinfo");
	const char *z = find_zone(info), *b = find_zone(buddy);
	while (z && b) {
		print_figures(z);
		print_histogram(b);
		z = find_zone(proc_next_line(z));
		b = find_zone(proc_next_line(b));
	}
	free(info);
	free(buddy);
	return fflush(stdout) != 0;
}
