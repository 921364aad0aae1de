/* "Who owns frame X?": the zone it is in, and who maps it, by the page maps of all processes. */
#include "answers.h"
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRESENT (1ull << 63)
#define FRAME_MASK ((1ull << 55) - 1)
enum { PAGE = 4096, ENTRIES = 256 };

struct search { struct meow *m; unsigned long pfn; unsigned found; };

/* The zone of a frame: its line in zoneinfo, or NULL. */
static const char *zone_of(const char *info, unsigned long pfn)
{
	for (const char *p = info; p; p = proc_next_line(p)) {
		unsigned long start = strncmp(p, "Node ", 5) ? 0 : proc_number(p, "start_pfn");
		if (start && pfn >= start && pfn < start + proc_number(p, "spanned"))
			return p;
	}
	return NULL;
}

static void no_frame(struct meow *m, unsigned long number)
{
	unsigned long first = 0, end = 0;
	for (const char *p = tool_read(m, "/proc/zoneinfo"); p; p = proc_next_line(p)) {
		unsigned long start = strncmp(p, "Node ", 5) ? 0 : proc_number(p, "start_pfn");
		if (!start)
			continue;
		first = first && first < start ? first : start;
		end = start + proc_number(p, "spanned") > end ? start + proc_number(p, "spanned") : end;
	}
	say(m, "0x%lx is no frame of this machine's memory: they are 0x%lx to 0x%lx.\n", number, first, end - 1);
	m->misunderstood = true;
}

static void say_mapping(const struct search *s, const struct process *p, const struct region_span *r, unsigned long va)
{
	const char *how = r->mode[1] == 'w' ? "writable" : r->mode[2] == 'x' ? "code" : "read only";
	say(s->m, "Process %d (%s) has it at 0x%lx, in %s (%s).\n", p->pid, p->name, va, *r->name ? r->name : "anonymous memory", how);
}

static void search_region(struct search *s, int fd, const struct process *p, const struct region_span *r)
{
	uint64_t entries[ENTRIES];
	for (unsigned long va = r->start; va < r->end;) {
		size_t n = (r->end - va) / PAGE < ENTRIES ? (r->end - va) / PAGE : ENTRIES;
		ssize_t got = pread(fd, entries, n * 8, (off_t)(va / PAGE * 8));
		if (got <= 0)
			return;
		for (ssize_t i = 0; i < got / 8; i++, va += PAGE)
			if (entries[i] & PRESENT && (entries[i] & FRAME_MASK) == s->pfn) {
				say_mapping(s, p, r, va);
				s->found++;
			}
	}
}

static bool search_process(const struct process *p, void *ctx)
{
	static struct address_space a;
	struct search *s = ctx;
	char path[48];
	if (!tool_address_space(s->m, p->pid, &a))
		return true;
	snprintf(path, sizeof path, "/proc/%d/pagemap", p->pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (unsigned i = 0; fd >= 0 && i < a.n; i++)
		search_region(s, fd, p, &a.regions[i]);
	if (fd >= 0)
		close(fd);
	return true;
}

/* The number may be an address; then it is that of the frame that is meant. */
void answer_frame(struct meow *m, unsigned long number)
{
	struct search s = { m, number, 0 };
	const char *info = tool_read(m, "/proc/zoneinfo"), *zone = info ? zone_of(info, number) : NULL;
	if (!zone && info && (zone = zone_of(info, number / PAGE)))
		s.pfn = number / PAGE;
	if (!zone) {
		no_frame(m, number);
		return;
	}
	const char *name = strstr(zone, "zone") + 4;
	name += strspn(name, " ");
	say(m, "Frame 0x%lx is physical 0x%lx, on node %.1s in zone %.*s.\n", s.pfn, s.pfn * PAGE, zone + 5, (int)strcspn(name, "\n"), name);
	tool_processes(search_process, &s);
	if (!s.found)
		say(m, "No process maps it: it is free, or the kernel's own (a slab, a page table, a stack, a file's cache). "
			"memck knows each frame's owner, but this kernel tells that to no program.\n");
	else if (s.found > 1)
		say(m, "%u mappings share it: the page of zeros, a file, or memory that a fork has not yet copied.\n", s.found);
}
