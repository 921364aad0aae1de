/* /proc/membench: what operations of the kernel's allocators cost. Reading it lists the benchmarks; writing the name of one runs it,
 * and the same descriptor then reads its rows. */
#include <lib/string.h>
#include <kernel/membench.h>
#include "bench.h"

static const struct bench *const groups[] = { bench_basic, bench_modes, bench_pool, bench_smp };
static unsigned is_running;

uint64_t bench_per(uint64_t ticks, uint64_t n)
{
	uint64_t hz = time_frequency();
	return (ticks * (100000000000 / n) + hz / 2) / hz;
}

void bench_row(struct text *t, const char *name, uint64_t hundredths, const char *unit)
{
	text_printf(t, "result %-28s %7lu.%02lu %s\n", name, (unsigned long)(hundredths / 100), (unsigned long)(hundredths % 100), unit);
}

void bench_row_missing(struct text *t, const char *name, const char *why)
{
	text_printf(t, "result %-28s %10s %s\n", name, "n/a", why);
}

enum err membench_list(struct text *t, int pid)
{
	(void)pid;
	for (unsigned g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct bench *b = groups[g]; b->name; b++)
			text_printf(t, "%s\n", b->name);
	return OK;
}

static const struct bench *find(const char *name)
{
	for (unsigned g = 0; g < sizeof groups / sizeof *groups; g++)
		for (const struct bench *b = groups[g]; b->name; b++)
			if (!strcmp(b->name, name))
				return b;
	return NULL;
}

enum err membench_run(struct text *t, const char *line)
{
	const struct bench *b = find(line);
	if (!b)
		return ERR_INVAL;
	if (__atomic_exchange_n(&is_running, 1, __ATOMIC_ACQUIRE))
		return ERR_BUSY;
	b->run(t);
	__atomic_store_n(&is_running, 0, __ATOMIC_RELEASE);
	return OK;
}
