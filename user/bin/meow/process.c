/* One process: what it has, and where. */
#include "answers.h"
#include "live.h"
#include <proctext.h>
#include <stdio.h>
#include <string.h>

static void no_process(struct meow *m, int pid)
{
	say(m, "There is no process %d (\"how many processes are there?\" lists them).\n", pid);
	m->misunderstood = true;
}

void answer_process(struct meow *m, int pid)
{
	char path[48];
	struct process p;
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	const char *s = tool_process(pid, &p) ? tool_read(m, path) : NULL, *refused = s ? strstr(s, "\nRefused:\t") : NULL;
	if (!refused) {
		no_process(m, pid);
		return;
	}
	say(m, "Process %d (%s) has %s in memory, at most %s so far: %s its own, %s of files, %s shared; page tables of %s besides. Its %lu regions are "
	       "%s of addresses.\n", pid, p.name, human_kib(proc_number(s, "VmRSS")), human_kib(proc_number(s, "VmHWM")),
	    human_kib(proc_number(s, "RssAnon")), human_kib(proc_number(s, "RssFile")), human_kib(proc_number(s, "RssShmem")),
	    human_kib(proc_number(s, "VmPTE")), proc_number(s, "Regions"), human_kib(proc_number(s, "VmSize")));
	say(m, "So far %lu mmaps, %lu munmaps and %lu page faults, %lu of which copied a page after a fork. Refused for want of: %.*s.\n",
	    proc_number(s, "Mmaps"), proc_number(s, "Munmaps"), proc_number(s, "Faults"), proc_number(s, "CowFaults"),
	    (int)strcspn(refused + 10, "\n"), refused + 10);
	say(m, "\"show holes of %d\" and /watch vm %d say where its addresses are.\n", pid, pid);
}

void answer_holes(struct meow *m, int pid)
{
	enum { SHOWN = 12, CELLS = 64 };
	static struct address_space a;
	char strip[CELLS * 3 + 1];
	unsigned n = 0;
	unsigned long start, end;
	struct process p;
	if (!tool_process(pid, &p) || !tool_address_space(m, pid, &a)) {
		no_process(m, pid);
		return;
	}
	live_strip(&a, CELLS, strip);
	say(m, "%d (%s) has %u regions. The window where mmap places things, · being empty:\n%s\n", pid, p.name, a.n, strip);
	for (; tool_hole(&a, n, &start, &end); n++)
		if (n < SHOWN)
			say(m, "  hole 0x%lx-0x%lx  %s\n", start, end, human_kib((end - start) / 1024));
	if (n > SHOWN)
		say(m, "  and %u more\n", n - SHOWN);
	if (a.n == REGIONS)
		say(m, "(That is of its first %d regions.)\n", REGIONS);
	say(m, "%u hole%s. mmap takes an address from a hole; munmap gives one back, joined with its neighbours.\n", n, n == 1 ? "" : "s");
}
