/* Frames that nobody sees, counted: see modes.h. */
#include "modes.h"
#include "live.h"
#include "../../heap/heap.h"
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { FRAMES = 1000 };

static void prepare(struct meow *m, unsigned rows, unsigned cols)
{
	m->term_out = open("/dev/null", O_WRONLY);
	if (m->term_out < 0)
		err(1, "/dev/null");
	m->full_screen = true;
	screen_resize(&m->screen, rows, cols);
	pane_set_width(&m->pane, m->screen.cols);
}

static void type(struct meow *m, const char *s)
{
	char line[EDITOR_BYTES];
	for (; *s; s++)
		editor_key(&m->editor, (unsigned char)*s);
	editor_take(&m->editor, line);
	session_enter(m, line);
}

static void tick(struct meow *m)
{
	if (m->frame % 10 == 0)
		live_refresh(m);
	session_tick(m);
	draw_frame(m);
}

int mode_selftest(struct meow *m)
{
	static const char *const lines[] = { "why is pressure high?", "/watch zones", "explain buddy", "/watch buddy", "show holes of 1", "/watch slab",
					     "who owns frame 0x80400?", "/watch vm 1", "what did allocstress do?", "/watch trace", "who uses most?",
					     "/help", "/watch pressure", "/mode", "is memory healthy?", "nonsense", "/nonsense",
					     "how much memory is free?", "tell me about process 1", "why did my malloc fail?", "expalin fragmantation" };
	enum { LINES = sizeof lines / sizeof *lines };
	prepare(m, 24, 80);
	m->config.pace = 100;
	size_t before = allocation_count(), bytes = m->screen.sent;
	for (unsigned i = 0; i < FRAMES; i++) {
		if (i % (FRAMES / LINES) == 0 && i / (FRAMES / LINES) < LINES)
			type(m, lines[i / (FRAMES / LINES)]);
		tick(m);
	}
	size_t made = allocation_count() - before;
	printf("meow: %d frames, %lu allocations, %lu bytes for the terminal\n", FRAMES, (unsigned long)made, (unsigned long)(m->screen.sent - bytes));
	return made != 0;
}

/* ---- cost ---- */

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

struct cost { uint64_t sum, most; size_t bytes, most_bytes; unsigned frames; };

static void measure(struct meow *m, struct cost *c, void (*frame)(struct meow *))
{
	size_t sent = m->screen.sent;
	uint64_t start = now_ns();
	frame(m);
	uint64_t took = now_ns() - start;
	c->sum += took;
	c->most = took > c->most ? took : c->most;
	sent = m->screen.sent - sent;
	c->bytes += sent;
	c->most_bytes = sent > c->most_bytes ? sent : c->most_bytes;
	c->frames++;
}

static void report(const char *what, const struct cost *c)
{
	printf("result meow_%s_frame %lu instructions\nresult meow_%s_frame_most %lu instructions\n", what, (unsigned long)(c->sum / c->frames), what,
	       (unsigned long)c->most);
	printf("result meow_%s_bytes %lu bytes\nresult meow_%s_bytes_most %lu bytes\n", what, (unsigned long)((c->bytes + c->frames - 1) / c->frames),
	       what, (unsigned long)c->most_bytes);
}

/* Three kinds of frame: nothing happens; an answer is being given; all of the screen is new. And what a look at the machine costs beside. */
int mode_bench(struct meow *m)
{
	struct cost idle = { 0 }, busy = { 0 }, whole = { 0 }, look = { 0 };
	prepare(m, 24, 80);
	if (!live_choose(m, "pressure"))
		return 1;
	for (unsigned i = 0; i < 40; i++)
		draw_frame(m);
	for (unsigned i = 0; i < 200; i++)
		measure(m, &idle, draw_frame);
	type(m, "/help");
	while (session_is_busy(m)) {
		session_tick(m);
		measure(m, &busy, draw_frame);
	}
	for (unsigned i = 0; i < 40; i++) {
		screen_forget(&m->screen);
		measure(m, &whole, draw_frame);
		measure(m, &look, live_refresh);
	}
	uint64_t start = now_ns();
	type(m, "wat is fragmantation?");
	uint64_t question = now_ns() - start;
	report("idle", &idle);
	report("busy", &busy);
	report("whole", &whole);
	printf("result meow_look %lu instructions\nresult meow_question %lu instructions\n", (unsigned long)(look.sum / look.frames), (unsigned long)question);
	return 0;
}
