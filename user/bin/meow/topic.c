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

/* What stands between the braces: n bytes at s. */
static void say_figure(struct meow *m, const char *s, size_t n)
{
	char what[48];
	snprintf(what, sizeof what, "%.*s", (int)n, s);
	char *key = strchr(what, ':');
	if (key)
		*key++ = 0;
	if (!strcmp(what, "percent"))
		say(m, "%u%%", m->machine.percent);
	else if (!strcmp(what, "level"))
		say(m, "%s", level_name(m->machine.level));
	else if (key && !strcmp(what, "meminfo"))
		say(m, "%s", human_kib(tool_number(m, "/proc/meminfo", key)));
	else if (key && !strcmp(what, "vmstat"))
		say(m, "%lu", tool_number(m, "/proc/vmstat", key));
	else if (key && !strcmp(what, "knob"))
		say_knob(m, key);
	else if (key && !strcmp(what, "view"))
		say_view(m, key);
	else
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
