/* Lines that begin with a slash. */
#include "meow.h"
#include "ballast.h"
#include "live.h"
#include <errno.h>
#include <fcntl.h>
#include <proctext.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct command { const char *name, *synopsis, *what; void (*fn)(struct meow *m, const char *arg); };
static const struct command commands[];

static void fail(struct meow *m) { m->misunderstood = true; }

/* ---- looking ---- */

static void watch(struct meow *m, const char *arg)
{
	if (!live_choose(m, arg)) {
		fail(m);
		return;
	}
	say(m, "%s:%s\n", live_title(&m->live), m->full_screen ? " below, as it is now." : "");
	for (unsigned i = 0; !m->full_screen && i < m->live.nrows; i++)
		say(m, "%s\n", m->live.rows[i]);
}

static void help(struct meow *m, const char *arg)
{
	(void)arg;
	say(m, "Ask about this machine's memory: how much is free? why is pressure high? what is a page fault? tell me about process 1. show holes of 12. "
	       "who owns frame 0x80400? why did my malloc fail? what did allocstress do?\n");
	for (const struct command *c = commands; c->name; c++)
		say(m, "  %c%s%s%s%c  %s\n", STYLE_BOLD, c->name, *c->synopsis ? " " : "", c->synopsis, STYLE_PLAIN, c->what);
	say(m, "Keys: arrows, Home, End, Ctrl-A E U K W L, Alt-B F; Ctrl-J or Alt-Enter is a newline; Page Up and Down scroll; ESC or Ctrl-C cancels.\n");
}

/* ---- changing ---- */

static void gc(struct meow *m, const char *arg)
{
	(void)arg;
	unsigned long before = tool_number(m, "/proc/meminfo", "MemFree");
	if (!tool_write("/proc/sys/vm/drop_caches", "3")) {
		say(m, "drop_caches: %s.\n", strerror(errno));
		fail(m);
		return;
	}
	unsigned long after = tool_number(m, "/proc/meminfo", "MemFree");
	say(m, "This kernel has no garbage collector: a frame is free as soon as its last reference is gone. What can be had back on demand are caches, "
	       "of files and of empty slabs; I asked for all of them (drop_caches), and got %s.\n", human_kib(after > before ? after - before : 0));
}

static void mode(struct meow *m, const char *arg)
{
	char *text;
	bool set = *arg;
	if (set && !tool_write("/proc/sys/vm/kmalloc_mode", arg)) {
		say(m, "%s: %s. There are simple, twotier and hybrid.\n", arg, errno == EINVAL ? "no such mode" : strerror(errno));
		fail(m);
		return;
	}
	text = tool_read(m, "/proc/sys/vm/kmalloc_mode");
	say(m, "kmalloc's mode is %.*s%s. Blocks that exist stay where they are.\n", text ? (int)strcspn(text, "\n") : 0, text ? text : "",
	    set ? " from now on" : "");
}

/* "64", "64K", "8M", "1G" */
static bool parse_size(const char *s, size_t *out)
{
	static const char units[] = "KMG";
	size_t n = 0;
	const char *p = s, *unit;
	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(n, (size_t)10, &n) || __builtin_add_overflow(n, (size_t)(*p - '0'), &n))
			return false;
	if (p == s || n == 0)
		return false;
	if (*p && (unit = strchr(units, *p & ~0x20))) {
		if (__builtin_mul_overflow(n, (size_t)1 << (10 * (unit - units + 1)), &n))
			return false;
		p++;
	}
	*out = n;
	return !*p && n != SIZE_MAX;
}

static void alloc(struct meow *m, const char *arg)
{
	size_t n;
	if (!parse_size(arg, &n)) {
		say(m, "%s: not a size: say 64K, 8M, 1G.\n", *arg ? arg : "(nothing)");
		fail(m);
		return;
	}
	say(m, "A child takes %s and writes to each page of it ...\n", human_kib(n / 1024));
	ballast_start(m, n);
}

static void let_go(struct meow *m, const char *arg)
{
	(void)arg;
	unsigned n = m->nballasts;
	size_t held = ballast_drop_all(m);
	if (n)
		say(m, "%u allocation%s ended: %s are free again.\n", n, n == 1 ? "" : "s", human_kib(held / 1024));
	else
		say(m, "There is no allocation of mine: /alloc makes one.\n");
}

static void oom(struct meow *m, const char *arg)
{
	(void)arg;
	say(m, "A child takes memory until there is no more. Watch the pressure ...\n");
	ballast_start(m, SIZE_MAX);
}

static void record(struct meow *m, const char *arg)
{
	if (m->record >= 0)
		close(m->record);
	m->record = -1;
	if (!*arg || !strcmp(arg, "off")) {
		say(m, "Nothing is recorded.\n");
		return;
	}
	m->record = open(arg, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (m->record < 0) {
		say(m, "%s: %s.\n", arg, strerror(errno));
		fail(m);
		return;
	}
	say(m, "From here on what is said goes to %s too; /record off ends that.\n", arg);
}

static void clear(struct meow *m, const char *arg)
{
	(void)arg;
	m->answer.len = m->answer.shown = 0;
	pane_clear(&m->pane);
}

static void quit(struct meow *m, const char *arg) { (void)arg; m->quit = true; }

static const struct command commands[] = {
	{ "/watch", "pressure|zones|buddy|slab|vm PID|trace|off", "draw it, live", watch },
	{ "/alloc", "SIZE", "a child takes and touches so much memory", alloc },
	{ "/free", "", "and gives it back", let_go },
	{ "/oom", "", "take memory until the kernel ends the one who takes it", oom },
	{ "/gc", "", "give back caches, and say what else there is", gc },
	{ "/mode", "[simple|twotier|hybrid]", "how kmalloc finds memory", mode },
	{ "/record", "FILE|off", "write what is said to a file", record },
	{ "/clear", "", "empty the output", clear },
	{ "/help", "", "this", help },
	{ "/quit", "", "leave; so does Ctrl-D", quit },
	{ NULL, NULL, NULL, NULL },
};

void command_obey(struct meow *m, const char *line)
{
	size_t n = strcspn(line, " \n");
	const char *arg = line + n + strspn(line + n, " \n");
	m->misunderstood = false;
	for (const struct command *c = commands; c->name; c++)
		if (!strncmp(c->name, line, n) && !c->name[n]) {
			c->fn(m, arg);
			return;
		}
	say(m, "%.*s: no such command; /help lists them.\n", n < 40 ? (int)n : 40, line);
	fail(m);
}
