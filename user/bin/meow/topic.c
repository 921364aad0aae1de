/* See topic.h. */
#include "topic.h"
#include "live.h"
#include <proctext.h>
#include <stdio.h>
#include <string.h>

#define TOPICS "/etc/meow"
enum { TOPIC_BYTES = 4096 };

static void say_view(struct meow *m, const char *name)
{
	static struct live kept;
	kept = m->live;
	if (live_choose(m, name))
		for (unsigned i = 0; i < m->live.nrows; i++)
			say(m, "%s%s", m->live.rows[i], i + 1 < m->live.nrows ? "\n" : "");
	m->live = kept;
}

static void say_knob(struct meow *m, const char *name)
{
	char path[64], text[64];
	snprintf(path, sizeof path, "/proc/sys/vm/%s", name);
	if (tool_read_into(path, text, sizeof text))
		say(m, "%.*s", (int)strcspn(text, "\n"), text);
	else
		say(m, "(no %s here)", name);
}

static void say_meminfo(struct meow *m, const char *key) { say(m, "%s", human_kib(tool_number(m, "/proc/meminfo", key))); }
static void say_vmstat(struct meow *m, const char *key) { say(m, "%lu", tool_number(m, "/proc/vmstat", key)); }

/* ---- figures without a key ---- */

static void say_percent(struct meow *m) { say(m, "%u%%", m->machine.percent); }
static void say_level(struct meow *m) { say(m, "%s", level_name(m->machine.level)); }
static void say_largest(struct meow *m) { say(m, "%s", human_kib(tool_number(m, "/proc/memhealth", "largest_run_kb"))); }
static void say_scattered(struct meow *m) { say(m, "%lu%%", tool_number(m, "/proc/memhealth", "fragmentation_permille") / 10); }

static void say_memck(struct meow *m)
{
	const char *text = tool_read(m, "/proc/memck");
	say(m, "%.*s", text ? (int)strcspn(text, "\n") : 0, text ? text : "");
}

static void say_cpus(struct meow *m)
{
	unsigned n = 0;
	for (const char *p = tool_read(m, "/proc/cpuinfo"); p; p = proc_next_line(p))
		n += !strncmp(p, "processor", 9);
	say(m, "%u", n);
}

struct tally { struct meow *m; unsigned processes; unsigned long faults; };

static bool count(const struct process *p, void *ctx)
{
	struct tally *t = ctx;
	char path[48];
	snprintf(path, sizeof path, "/proc/%d/status", p->pid);
	t->processes++;
	t->faults += tool_number(t->m, path, "Faults");
	return true;
}

static void say_processes(struct meow *m)
{
	struct tally t = { .m = m };
	tool_processes(count, &t);
	say(m, "%u", t.processes);
}

static void say_faults(struct meow *m)
{
	struct tally t = { .m = m };
	tool_processes(count, &t);
	say(m, "%lu", t.faults);
}

/* ---- texts ---- */

static const struct figure { const char *name; void (*plain)(struct meow *m); void (*keyed)(struct meow *m, const char *key); } figures[] = {
	{ "percent", say_percent, NULL }, { "level", say_level, NULL }, { "memck", say_memck, NULL }, { "cpus", say_cpus, NULL },
	{ "processes", say_processes, NULL }, { "faults", say_faults, NULL }, { "largest", say_largest, NULL }, { "scattered", say_scattered, NULL },
	{ "meminfo", NULL, say_meminfo }, { "vmstat", NULL, say_vmstat }, { "knob", NULL, say_knob }, { "view", NULL, say_view },
};

/* What stands between the braces: n bytes at s. */
static void say_figure(struct meow *m, const char *s, size_t n)
{
	char what[48];
	snprintf(what, sizeof what, "%.*s", (int)n, s);
	char *key = strchr(what, ':');
	if (key)
		*key++ = 0;
	for (size_t i = 0; i < sizeof figures / sizeof *figures; i++) {
		const struct figure *f = &figures[i];
		if (strcmp(f->name, what) || !f->plain == !key)
			continue;
		key ? f->keyed(m, key) : f->plain(m);
		return;
	}
	say(m, "{%.*s}", (int)n, s);
}

static bool stands_alone(const char *line) { return !*line || strchr("\n \t", *line) || !strncmp(line, "{view:", 6); }

static void say_text(struct meow *m, const char *p)
{
	bool alone = stands_alone(p);
	for (size_t n; *p; p += n) {
		const char *brace = *p == '{' ? strchr(p, '}') : NULL;
		n = brace ? (size_t)(brace + 1 - p) : *p == '{' || *p == '\n' ? 1 : strcspn(p, "{\n");
		if (brace)
			say_figure(m, p + 1, n - 2);
		else if (*p != '\n')
			say(m, "%.*s", (int)n, p);
		else {
			bool next_alone = stands_alone(p + 1);
			say(m, alone || next_alone ? "\n" : " ");
			alone = next_alone;
		}
	}
}

static bool say_file(struct meow *m, const char *name, size_t n)
{
	static char text[TOPIC_BYTES];
	char path[64];
	snprintf(path, sizeof path, TOPICS "/%.*s.txt", (int)n, name);
	if (!n || strchr(name, '/') || !tool_read_into(path, text, sizeof text))
		return false;
	tool_look(m);
	say_text(m, text);
	return true;
}

bool topic_say(struct meow *m, const char *subject)
{
	size_t n = strlen(subject);
	return say_file(m, subject, n) || (n && subject[n - 1] == 's' && say_file(m, subject, n - 1));
}

static bool say_name(const char *name, void *ctx)
{
	const char *dot = strstr(name, ".txt");
	if (dot)
		say(ctx, " %.*s", (int)(dot - name), name);
	return true;
}

void topic_list(struct meow *m)
{
	say(m, "I can explain:");
	tool_names(TOPICS, say_name, m);
	say(m, ".\n");
}
