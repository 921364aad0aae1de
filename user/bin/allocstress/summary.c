/* What the kernel says of this process: addresses and the holes between them, frames, system calls. */
#include <proctext.h>
#include <smaps.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "allocstress.h"

/* Holes between regions of mmap's window; what lies before the first and after the last is no hole. */
static void count_holes(struct cost *c, const char *status)
{
	const char *text = strstr(status, "Window:");
	char *end = NULL;
	unsigned long start = text ? strtoul(text + strlen("Window:"), &end, 16) : 0, limit = text ? strtoul(end + 1, NULL, 16) : 0;
	struct smap *m;
	size_t n = smaps_read(0, &m);
	for (size_t i = 1; i < n; i++) {
		unsigned long pages = (m[i].start - m[i - 1].end) / 4096;
		if (pages && m[i - 1].start >= start && m[i].end <= limit) {
			c->holes++;
			c->largest_hole = pages > c->largest_hole ? pages : c->largest_hole;
		}
	}
	free(m);
}

struct cost cost_now(void)
{
	char *text = proc_text("/proc/self/status");
	struct cost c = {
		.size = proc_number(text, "VmSize"), .peak = proc_number(text, "VmPeak"), .rss = proc_number(text, "VmRSS"),
		.mmaps = proc_number(text, "Mmaps"), .munmaps = proc_number(text, "Munmaps"), .faults = proc_number(text, "Faults"),
	};
	count_holes(&c, text);
	free(text);
	return c;
}

void print_cost(const struct cost *b, const struct cost *a)
{
	printf("  addresses: %+ld KiB, at most %lu; holes %lu, largest %lu pages; frames: %+ld KiB; mmap %lu, munmap %lu, faults %lu\n",
		(long)(a->size - b->size), a->peak, a->holes, a->largest_hole, (long)(a->rss - b->rss), a->mmaps - b->mmaps, a->munmaps - b->munmaps,
		a->faults - b->faults);
}
