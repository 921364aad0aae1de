/* What all live figures have in common. */
#include "fig.h"
#include <lib/fmt.h>
#include <lib/string.h>
#include "../../../tests/port/port.h"

#define EXPORT __attribute__((visibility("default")))
EXPORT const char *controls(void);
EXPORT void start(void);
EXPORT void act(unsigned action, int arg);
EXPORT const char *screen(void);
EXPORT const char *said_last(void);
EXPORT const char *check(void);
EXPORT const char *question(void);
EXPORT int answer(void);
EXPORT const char *fingerprint(void);

static char drawn[16384], said[512];
static size_t drawn_used;

static size_t add(char *to, size_t n, size_t used, const char *fmt, va_list ap)
{
	int more = vsnprintf(to + used, n - used, fmt, ap);
	used += (size_t)more < n - used ? (size_t)more : n - used - 1;
	if (used + 1 < n)
		to[used++] = '\n';
	to[used] = 0;
	return used;
}

void fig_put(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	drawn_used = add(drawn, sizeof drawn, drawn_used, fmt, ap);
	va_end(ap);
}

void fig_say(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add(said, sizeof said, 0, fmt, ap);
	va_end(ap);
}

void port_log(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	add(said, sizeof said, strlen(said), fmt, ap);
	va_end(ap);
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	fig_say("%s:%d: %s", file, line, what);
	__builtin_trap();
}

struct mm *fig_world(unsigned nframes)
{
	static char ram[FIG_FRAMES * PAGE_SIZE] __attribute__((aligned(PAGE_SIZE)));
	const struct mm_range all = { RAM_BASE, RAM_BASE + nframes * PAGE_SIZE };
	const struct mm_boot boot = { .ram = &all, .nram = 1 };
	memset(ram, 0, sizeof ram);
	port_ram = ram;
	return mm_init(&boot, RAM_BASE);
}

const char *controls(void) { return fig_controls; }

void start(void)
{
	said[0] = 0;
	fig_setup();
}

void act(unsigned action, int arg)
{
	said[0] = 0;
	fig_do(action, arg);
}

const char *screen(void)
{
	drawn_used = 0;
	fig_draw();
	return drawn;
}

const char *said_last(void) { return said; }
const char *check(void) { return fig_check(); }
const char *question(void) { return fig_question; }

int answer(void)
{
	said[0] = 0;
	return fig_answer();
}

uint64_t fig_mix(uint64_t h, uint64_t x)
{
	for (unsigned i = 0; i < 8; i++)	/* FNV-1a */
		h = (h ^ (x >> (8 * i) & 0xff)) * 0x100000001b3;
	return h;
}

/* Of the state, the screen and what was said. Only for a world that is thrown away. */
const char *fingerprint(void)
{
	static char text[17];
	uint64_t h = 0;
	for (const char *c = screen(); *c; c++)
		h = fig_mix(h, (unsigned char)*c);
	for (const char *c = said; *c; c++)
		h = fig_mix(h, (unsigned char)*c);
	snprintf(text, sizeof text, "%016llx", (unsigned long long)fig_mix(h, fig_state()));
	return text;
}
