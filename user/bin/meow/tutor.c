/* See tutor.h. */
#include "tutor.h"
#include "answers.h"
#include "intent.h"
#include "topic.h"
#include <proctext.h>
#include <stdio.h>
#include <string.h>

/* ---- how much, health, knobs ---- */

static void answer_memory(struct meow *m)
{
	tool_look(m);
	unsigned long could = tool_number(m, "/proc/meminfo", "MemAvailable"), reserved = tool_number(m, "/proc/meminfo", "Reserved");
	say(m, "%s of %s are free, %s are in use (%u%%). Programs could have %s: that is what is free, without the kernel's reserve, and what could be given "
	       "back. %s more of RAM are the kernel itself, and never free.\n", human_kib(m->machine.total - m->machine.used),
	    human_kib(m->machine.total), human_kib(m->machine.used), m->machine.percent, human_kib(could), human_kib(reserved));
	say(m, "\"why is pressure high?\" says what has it, \"who uses most?\" who.\n");
}

static void answer_health(struct meow *m)
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

static void answer_knobs(struct meow *m)
{
	say(m, "The knobs of memory, in /proc/sys/vm (config NAME=VALUE sets one):\n");
	tool_names("/proc/sys/vm", say_knob, m);
}

/* ---- what can be asked about ---- */

struct names { char text[1024]; size_t len; };

static void add_name(struct names *n, const char *name, size_t len)
{
	if (n->len + len + 2 <= sizeof n->text)
		n->len += (size_t)snprintf(n->text + n->len, sizeof n->text - n->len, "%.*s ", (int)len, name);
}

static bool add_topic(const char *name, void *ctx)
{
	const char *dot = strstr(name, ".txt");
	if (dot)
		add_name(ctx, name, (size_t)(dot - name));
	return true;
}

static bool add_process(const struct process *p, void *ctx) { add_name(ctx, p->name, strlen(p->name)); return true; }

static void understand(const char *line, struct question *q)
{
	struct names topics = { " ", 1 }, programs = { " ", 1 };
	tool_names("/etc/meow", add_topic, &topics);
	tool_processes(add_process, &programs);
	intent_of(line, &(struct lexicon){ topics.text, programs.text }, q);
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
	say(m, "I did not understand that: I go by words, and know memory alone. Try \"why is pressure high?\", \"how much memory is free?\", "
	       "\"show holes of 1\", \"who uses most?\", or /help.\n");
	topic_list(m);
	m->misunderstood = true;
}

/* The process that is meant: by number, or by the name of a program that runs. */
static int process_of(const struct question *q)
{
	return q->has_number ? q->number > 0x3fffffff ? 0 : (int)q->number : tool_find(q->program);
}

void tutor_answer(struct meow *m, const char *line)
{
	struct question q;
	understand(line, &q);
	m->misunderstood = false;
	if (*q.typed && q.intent != INTENT_NONE)
		say(m, "(I read %s as %s.)\n", q.typed, q.read);
	switch (q.intent) {
	case INTENT_HELLO: say(m, "%s Meow. Ask me about this machine's memory; /help says how.\n", cat_face(m->machine.level, 0)); break;
	case INTENT_HELP: say(m, "I answer questions about this machine's memory, from what it says of itself at that moment. /help lists commands and keys. ");
		topic_list(m); break;
	case INTENT_WHY_PRESSURE: answer_pressure(m); break;
	case INTENT_MEMORY: answer_memory(m); break;
	case INTENT_EXPLAIN: explain(m, q.subject); break;
	case INTENT_HOLES: answer_holes(m, process_of(&q)); break;
	case INTENT_PROCESS: answer_process(m, process_of(&q)); break;
	case INTENT_FRAME: answer_frame(m, q.number); break;
	case INTENT_DID: answer_did(m, q.subject); break;
	case INTENT_FAIL: answer_refused(m); break;
	case INTENT_TOP: answer_top(m); break;
	case INTENT_HEALTH: answer_health(m); break;
	case INTENT_KNOBS: answer_knobs(m); break;
	default: not_understood(m);
	}
}
