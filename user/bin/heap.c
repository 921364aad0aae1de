/* heap: where the kernel's kmalloc() has its memory, by the three ways that it knows; and this program's own heap, for comparison. From
 * /proc/sys/vm/kmalloc_mode, /proc/meminfo, vmstat and slabinfo. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../heap/heap.h"

struct sum { unsigned long objects, bytes, pages; };

/* The caches of kmalloc()'s size classes, or all others. */
static struct sum sum_caches(const char *slabinfo, int of_kmalloc)
{
	struct sum sum = { 0, 0, 0 };
	for (const char *p = slabinfo; p; p = proc_next_line(p)) {
		if (*p == '#' || !strncmp(p, "slabinfo", 8) || (strncmp(p, "kmalloc-", 8) == 0) != of_kmalloc)
			continue;
		char *end = (char *)p + strcspn(p, " ");
		unsigned long active = strtoul(end, &end, 10);
		strtoul(end, &end, 10);
		unsigned long size = strtoul(end, &end, 10);
		strtoul(end, &end, 10);
		unsigned long pages = strtoul(end, &end, 10);
		end = strstr(end, "slabdata") + strlen("slabdata");
		strtoul(end, &end, 10);
		sum.objects += active;
		sum.bytes += active * size;
		sum.pages += strtoul(end, NULL, 10) * pages;
	}
	return sum;
}

static void print_sum(const char *what, struct sum s)
{
	printf("%-16s %8s  %lu objects, %s in all\n", what, human_kib(s.pages * 4), s.objects, human_kib((s.bytes + 1023) / 1024));
}

static const char *explain(const char *mode)
{
	if (!strcmp(mode, "simple"))
		return "everything in the simple heap, first fit";
	return !strcmp(mode, "hybrid") ? "slabs up to 4K, blocks above, the simple heap when these find nothing" : "slabs up to 4K, blocks above";
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		usage("");
	char *mode = proc_text("/proc/sys/vm/kmalloc_mode"), *info = proc_text("/proc/meminfo"), *slabs = proc_text("/proc/slabinfo");
	char *vm = proc_text("/proc/vmstat");
	mode[strcspn(mode, "\n")] = 0;
	printf("%-16s %8s  %s\n", "kmalloc mode", mode, explain(mode));
	print_sum("in size classes", sum_caches(slabs, 1));
	printf("%-16s %8s\n", "in blocks", human_kib(proc_number(info, "KmallocBlocks")));
	printf("%-16s %8s  %lu blocks, %s in all\n", "in the heap", human_kib(proc_number(info, "KmallocHeap")),
		proc_number(vm, "heap_blocks"), human_kib((proc_number(vm, "heap_bytes") + 1023) / 1024));
	print_sum("other caches", sum_caches(slabs, 0));
	printf("%-16s %8s  this program's: %lu bytes live, %lu allocations\n", "malloc", heap_name(), (unsigned long)memory_usage(),
		(unsigned long)allocation_count());
	free(mode);
	free(info);
	free(slabs);
	free(vm);
	return fflush(stdout) != 0;
}
