/* "Why is pressure high?" and "who uses most?": who has the memory. */
#include "answers.h"
#include "ballast.h"
#include <proctext.h>
#include <string.h>

enum { TOP = 5 };

static void keep_largest(struct process *top, struct process p)
{
	for (unsigned i = 0; i < TOP; i++)
		if (p.resident > top[i].resident) {
			struct process pushed = top[i];
			top[i] = p;
			p = pushed;
		}
}

static bool rank(const struct process *p, void *top) { keep_largest(top, *p); return true; }

void answer_top(struct meow *m)
{
	struct process top[TOP] = { { .pid = 0 } };
	tool_processes(rank, top);
	say(m, "By memory that is resident:\n");
	for (unsigned i = 0; i < TOP && top[i].pid; i++)
		say(m, "  %5d %-16s %8s of %s promised\n", top[i].pid, top[i].name, human_kib(top[i].resident * 4), human_kib(top[i].mapped * 4));
}

/* Where the frames are, most first: as /proc/meminfo counts them. */
static void say_uses(struct meow *m)
{
	static const struct { const char *key, *what; } uses[] = {
		{ "AnonPages", "memory of processes" }, { "Cached", "contents of files" }, { "Slab", "the kernel's objects (slabs)" },
		{ "PageTables", "page tables" }, { "KernelStack", "kernel stacks" }, { "KmallocBlocks", "the kernel's large blocks" },
	};
	enum { USES = sizeof uses / sizeof *uses };
	unsigned long kib[USES];
	const char *info = tool_read(m, "/proc/meminfo");
	for (unsigned i = 0; i < USES; i++)
		kib[i] = info ? proc_number(info, uses[i].key) : 0;
	for (unsigned line = 0; line < 3; line++) {
		unsigned most = 0;
		for (unsigned i = 1; i < USES; i++)
			most = kib[i] > kib[most] ? i : most;
		if (m->machine.used && kib[most] * 100 >= m->machine.used)
			say(m, "  %8s (%lu%%)  %s\n", human_kib(kib[most]), kib[most] * 100 / m->machine.used, uses[most].what);
		kib[most] = 0;
	}
}

static void say_advice(struct meow *m)
{
	size_t held = ballast_held(m);
	unsigned long cached = tool_number(m, "/proc/meminfo", "Cached"), shmem = tool_number(m, "/proc/meminfo", "Shmem");
	if (held)
		say(m, "%s of it I hold for you: /free gives it back.\n", human_kib(held / 1024));
	if (m->machine.level == LEVEL_LOW)
		say(m, "Nothing needs doing: allocations succeed at once.\n");
	else if (cached > shmem)
		say(m, "%s are caches of files that can be read again: the kernel gives them back by itself when it must, and /gc does so now.\n",
		    human_kib(cached - shmem));
	if (m->machine.level == LEVEL_CRITICAL)
		say(m, "There is hardly a frame left. A process that touches a new page when the last is gone is ended.\n");
}

void answer_pressure(struct meow *m)
{
	struct process top[TOP] = { { .pid = 0 } };
	tool_look(m);
	say(m, "Pressure is %s: %u%% of RAM, %s of %s, is in use, and the cat %s. Of that the most is\n", level_name(m->machine.level), m->machine.percent,
	    human_kib(m->machine.used), human_kib(m->machine.total), cat_does(m->machine.level));
	say_uses(m);
	tool_processes(rank, top);
	say(m, "The largest process is %d (%s) with %s.\n", top[0].pid, top[0].name, human_kib(top[0].resident * 4));
	say_advice(m);
}
