#pragma once
#include <stdint.h>
#include <arch/cpu.h>
#include <kernel/text.h>
/* What the benchmarks of kernel/bench/ share.
 *
 * The kernel runs with interrupts off and a loop here never asks for the scheduler, so on one CPU nothing disturbs it. Each loop is
 * timed BENCH_ROUNDS times, and the minimum counts. The unit is the nanosecond; under QEMU's -icount shift=0 an instruction takes
 * exactly one, and the figures are instruction counts. The loop that drives an operation is part of its cost: 3 to 6 instructions. */

struct bench { const char *name; void (*run)(struct text *t); };
extern const struct bench bench_basic[], bench_modes[], bench_pool[], bench_smp[];	/* each ended by name NULL */

enum { BENCH_ROUNDS = 5, BENCH_TURNS = 4096 };

/* An operation that is measured. */
typedef void bench_op(void *arg);

/* Ticks that n turns of op take, at least. Inline, so that op is no call of its own. */
static inline __attribute__((always_inline)) uint64_t bench_ticks(bench_op *op, void *arg, unsigned n)
{
	uint64_t best = UINT64_MAX;
	for (unsigned round = 0; round < BENCH_ROUNDS; round++) {
		uint64_t from = time_now();
		for (unsigned i = 0; i < n; i++)
			op(arg);
		uint64_t ticks = time_now() - from;
		best = ticks < best ? ticks : best;
	}
	return best;
}

/* The ticks of n operations as hundredths of a nanosecond for one. */
uint64_t bench_per(uint64_t ticks, uint64_t n);
/* "result NAME FIGURE UNIT", the figure with two decimals. */
void bench_row(struct text *t, const char *name, uint64_t hundredths, const char *unit);
/* The same for what could not be measured. */
void bench_row_missing(struct text *t, const char *name, const char *why);
