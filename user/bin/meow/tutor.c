/* See tutor.h. */
#include "tutor.h"
#include "answers.h"
#include "intent.h"
#include "live.h"
#include "topic.h"
#include <proctext.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>

/* ---- holes ---- */

void answer_holes(struct meow *m, int pid)
{
	enum { SHOWN = 12, CELLS = 64 };
	static struct address_space a;
	char strip[CELLS * 3 + 1];
	unsigned n = 0;
	unsigned long start, end;
	struct process p;
	if (!tool_process(pid, &p) || !tool_address_space(m, pid, &a)) {
		say(m, "There is no process %d.\n", pid);
		m->misunderstood = true;
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

/* ---- what a program did ---- */

static void say_running(struct meow *m, int pid)
{
	char path[48];
	snprintf(path, sizeof path, "/proc/%d/status", pid);
	const char *s = tool_read(m, path);
	const char *refused = s ? strstr(s, "\nRefused:\t") : NULL;
	if (!refused)
		return;
	say(m, "It is running as process %d: %lu mmaps and %lu munmaps so far, %lu page faults; %s resident, at most %s.\n", pid, proc_number(s, "Mmaps"),
	    proc_number(s, "Munmaps"), proc_number(s, "Faults"), human_kib(proc_number(s, "VmRSS")), human_kib(proc_number(s, "VmHWM")));
	say(m, "Refused for want of: %.*s.\n", (int)strcspn(refused + 10, "\n"), refused + 10);
}

/* Lines of the kernel's messages that tell of it: its end, and refusals, which come just before. */
static unsigned say_log(struct meow *m, const char *name)
{
	char who[40];
	unsigned rejects = 0, told = 0;
	snprintf(who, sizeof who, "/%s)", name);
	int n = klogctl(3, m->scratch, sizeof m->scratch - 1);
	m->scratch[n < 0 ? 0 : n] = 0;
	for (const char *p = n > 0 ? m->scratch : NULL; p; p = proc_next_line(p)) {
		size_t len = strcspn(p, "\n");
		const char *at = strstr(p, who);
		rejects += !strncmp(p, "[mmap] REJECT", 13) || !strncmp(p, "[mmap] BUDGET", 13);
		if (!at || at >= p + len || *p != '[')
			continue;
		if (rejects)
			say(m, "  [mmap] %u refusals for want of addresses\n", rejects);
		say(m, "  %.*s\n", (int)len, p);
		rejects = 0;
		told++;
	}
	return told;
}

void answer_did(struct meow *m, const char *name)
{
	int pid = tool_find(name);
	if (pid)
		say_running(m, pid);
	else
		say(m, "%s is not running now.\n", name);
	say(m, "The kernel's messages about it:\n");
	if (!say_log(m, name))
		say(m, "  none: it has met with no refusal and no violent end.\n");
	topic_say(m, name);
}

/* ---- health, knobs ---- */

void answer_health(struct meow *m)
{
	const char *h = tool_read(m, "/proc/memhealth"), *yes = h ? strstr(h, "\nhealthy") : NULL;
	if (!yes)
		return;
	yes += 8 + strspn(yes + 8, " ");
	say(m, "Healthy: %.*s, by the limits in /proc/sys/vm. Since boot %lu allocations, of which %lu failed, %lu after all else was tried; "
	       "%lu wrong frees; %lu blocks found overwritten. memck checks every frame.\n", (int)strcspn(yes, " \n"), yes,
	    proc_number(h, "alloc_calls"), proc_number(h, "failed_calls"), proc_number(h, "oom_events"), proc_number(h, "bad_frees"),
	    proc_number(h, "corruptions"));
}

static bool say_knob(const char *name, void *ctx)
{
	char path[64], text[64];
	snprintf(path, sizeof path, "/proc/sys/vm/%s", name);
	if (tool_read_into(path, text, sizeof text))
		say(ctx, "  %-24s %.*s\n", name, (int)strcspn(text, "\n"), text);
	return true;
}

void answer_knobs(struct meow *m)
{
	say(m, "The knobs of memory, in /proc/sys/vm (config NAME=VALUE sets one):\n");
	tool_names("/proc/sys/vm", say_knob, m);
}

/* ---- which ---- */

static void explain(struct meow *m, const char *subject)
{
	if (topic_say(m, subject))
		return;
	say(m, "I have no text on %s. ", *subject ? subject : "that");
	topic_list(m);
	m->misunderstood = true;
}

static void not_understood(struct meow *m)
{
	say(m, "I did not understand that: I go by words, and know memory alone. Try \"why is pressure high?\", \"show holes of 1\", "
	       "\"who uses most?\", \"is memory healthy?\", or /help.\n");
	topic_list(m);
	m->misunderstood = true;
}

void tutor_answer(struct meow *m, const char *line)
{
	struct question q;
	intent_of(line, &q);
	m->misunderstood = false;
	switch (q.intent) {
	case INTENT_HELLO: say(m, "%s Meow. Ask me about this machine's memory; /help says how.\n", cat_face(m->machine.level, 0)); break;
	case INTENT_HELP: say(m, "/help lists commands and keys. "); topic_list(m); break;
	case INTENT_WHY_PRESSURE: answer_pressure(m); break;
	case INTENT_EXPLAIN: explain(m, q.subject); break;
	case INTENT_HOLES: answer_holes(m, q.number > 0x3fffffff ? 0 : (int)q.number); break;
	case INTENT_FRAME: answer_frame(m, q.number); break;
	case INTENT_DID: answer_did(m, q.subject); break;
	case INTENT_TOP: answer_top(m); break;
	case INTENT_HEALTH: answer_health(m); break;
	case INTENT_KNOBS: answer_knobs(m); break;
	default: not_understood(m);
	}
}
