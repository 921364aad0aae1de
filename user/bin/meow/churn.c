/* The old style, on purpose: see modes.h. A program that formats a string for every piece of every frame makes about a hundred of them a second;
 * with a heap that maps a page for each, and a kernel that never uses an address again, that is 196,320 strings, or 32 minutes. Here nothing
 * sleeps between frames. */
#include "modes.h"
#include "../../heap/heap.h"
#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 1000000, SAY_EVERY = 100000, STRINGS = 5 };

static char *make_string(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
static char *make_string(const char *fmt, ...)
{
	char text[256];
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	char *s = malloc((size_t)n + 1);
	if (!s)
		heap_out_of_memory((size_t)n + 1);
	return strcpy(s, text);
}

static void old_frame(struct meow *m, unsigned long frame)
{
	char *strings[STRINGS] = {
		make_string("frame %lu", frame), make_string("memory pressure %s, the cat %s", level_name(m->machine.level), cat_does(m->machine.level)),
		make_string("%.*s", (int)(1 + frame % 5), "....."), make_string("[Provider: %s]", config_provider_name(m->config.provider)),
		make_string("[mem %u%%] %s > ", m->machine.percent, cat_face(m->machine.level, (unsigned)frame / 20)),
	};
	screen_begin(&m->screen);
	for (unsigned i = 0; i < STRINGS; i++) {
		enum style style = STYLE_PLAIN;
		screen_text(&m->screen, i, 0, strings[i], strlen(strings[i]), &style);
		free(strings[i]);
	}
}

int mode_churn(struct meow *m, const char *arg)
{
	char *end = "";
	unsigned long count = arg ? strtoul(arg, &end, 10) : COUNT, next = SAY_EVERY;
	size_t before = allocation_count();
	if (*end || !count)
		errx(2, "%s: not a number of allocations", arg);
	screen_resize(&m->screen, STRINGS, 80);
	printf("meow: the old style, with heap %s: %d strings for each frame\n", heap_name(), STRINGS);
	for (unsigned long frame = 0; allocation_count() - before < count; frame++) {
		old_frame(m, frame);
		if (allocation_count() - before >= next) {
			printf("meow: %lu allocations, %lu frames\n", next, frame + 1);
			next += SAY_EVERY;
		}
	}
	printf("meow: %lu allocations without failure\n", (unsigned long)(allocation_count() - before));
	return 0;
}
