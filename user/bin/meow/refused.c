/* What a program did, and why one got no memory: by its figures while it runs, afterwards by the kernel's messages. */
#include "answers.h"
#include "topic.h"
#include <proctext.h>
#include <stdio.h>
#include <string.h>
#include <sys/klog.h>
#include <unistd.h>

/* The kernel's messages, as far back as they are kept. */
static const char *read_log(struct meow *m)
{
	int n = klogctl(3, m->scratch, sizeof m->scratch - 1);
	m->scratch[n < 0 ? 0 : n] = 0;
	return n > 0 ? m->scratch : NULL;
}

static bool is_refusal(const char *line) { return !strncmp(line, "[mmap] REJECT", 13) || !strncmp(line, "[mmap] BUDGET", 13); }
static bool is_end(const char *line) { return !strncmp(line, "[exception]", 11); }

/* Lines that tell of the ends of a program, or of any if who is NULL, each with the refusals that came just before. How many. */
static unsigned say_ends(struct meow *m, const char *who)
{
	unsigned refusals = 0, told = 0;
	for (const char *p = read_log(m); p; p = proc_next_line(p)) {
		size_t len = strcspn(p, "\n");
		const char *at = who ? strstr(p, who) : p;
		refusals += is_refusal(p);
		if (!is_end(p))
			continue;
		if (!at || at >= p + len) {	/* another's end: so were the refusals */
			refusals = 0;
			continue;
		}
		if (refusals)
			say(m, "  [mmap] %u refusals for want of addresses\n", refusals);
		say(m, "  %.*s\n", (int)len, p);
		refusals = 0;
		told++;
	}
	if (refusals && !who)
		say(m, "  [mmap] %u refusals for want of addresses\n", refusals);
	return told + (refusals && !who);
}

/* ---- one program ---- */

static bool exists(const char *name)
{
	char path[64];
	static const char *const places[] = { "/bin", "/test" };
	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		snprintf(path, sizeof path, "%s/%s", places[i], name);
		if (!access(path, F_OK))
			return true;
	}
	return false;
}

void answer_did(struct meow *m, const char *name)
{
	char who[40];
	int pid = tool_find(name);
	snprintf(who, sizeof who, "/%s)", name);
	if (pid && pid == getpid())
		say(m, "I am %s, process %d, and well. ", name, pid);
	else if (pid)
		answer_process(m, pid);
	else if (exists(name))
		say(m, "%s is not running now. What it did is not kept, but for what the kernel's messages say of its end:\n", name);
	else {
		say(m, "I know of no program %s: none runs, and there is none in /bin or /test.\n", name);
		m->misunderstood = !topic_say(m, name);
		return;
	}
	if (pid)
		say(m, "The kernel's messages about programs of that name:\n");
	if (!say_ends(m, who))
		say(m, "  none, as far back as they are kept: no violent end.\n");
	topic_say(m, name);
}

/* ---- all of them ---- */

struct refusals { struct meow *m; unsigned told; };

static bool say_if_refused(const struct process *p, void *ctx)
{
	static const char none[] = "holes 0, budget 0, memory 0";
	struct refusals *r = ctx;
	char path[48];
	snprintf(path, sizeof path, "/proc/%d/status", p->pid);
	const char *s = tool_read(r->m, path), *refused = s ? strstr(s, "\nRefused:\t") : NULL;
	if (!refused || !strncmp(refused + 10, none, sizeof none - 1))
		return true;
	say(r->m, "  process %d (%s): %.*s\n", p->pid, p->name, (int)strcspn(refused + 10, "\n"), refused + 10);
	r->told++;
	return true;
}

void answer_refused(struct meow *m)
{
	struct refusals r = { m, 0 };
	say(m, "malloc gives NULL when the kernel refuses it addresses: no hole is large enough, a limit is reached (ulimit -v), or there is no memory to "
	       "note them in. It does not give NULL because frames are short: those come at the first touch, and that cannot be refused; it ends the "
	       "program.\nRefusals and ends of programs here, as far as they can still be seen:\n");
	tool_processes(say_if_refused, &r);
	if (!say_ends(m, NULL) && !r.told)
		say(m, "  none. (strace PROGRAM shows each call as it fails.)\n");
	tool_look(m);
	unsigned long kills = tool_number(m, "/proc/vmstat", "oom_kill");
	say(m, "%lu program%s ended because no frame was left. Now %s of %s are free.\n", kills, kills == 1 ? " was" : "s were",
	    human_kib(m->machine.total - m->machine.used), human_kib(m->machine.total));
}
