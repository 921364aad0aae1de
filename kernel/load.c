/* Every 5 seconds an average keeps e^(-5/60) (5/300, 5/900) of itself, and what that lacks of 1 is the weight of the threads now. An idle CPU
 * looks up every second; a machine that was stopped for longer than a minute does not catch up. */
#include <kernel/load.h>
#include <arch/cpu.h>

enum { EVERY_S = 5, CATCH_UP = 12, ONE = 1 << LOAD_SHIFT };
static const uint64_t keeps[3] = { 60296, 64453, 65173 };	/* ONE * e^(-5/60), e^(-5/300), e^(-5/900) */
static uint64_t averages[3], next;	/* written under the scheduler's lock */

bool load_is_due(uint64_t now) { return now >= next; }

/* Rounded towards active, so that both ends are reached. */
static uint64_t decay(uint64_t average, uint64_t keep, uint64_t active)
{
	uint64_t sum = average * keep + active * (ONE - keep);
	return (sum + (active > average ? ONE - 1 : 0)) >> LOAD_SHIFT;
}

void load_sample(unsigned active, uint64_t now)
{
	uint64_t every = EVERY_S * time_frequency();
	for (unsigned n = 0; next && next <= now && n < CATCH_UP; n++, next += every)
		for (unsigned k = 0; k < 3; k++)
			averages[k] = decay(averages[k], keeps[k], (uint64_t)active << LOAD_SHIFT);
	if (next <= now)
		next = now + every;
}

void load_get(uint64_t average[3])
{
	for (unsigned k = 0; k < 3; k++)
		average[k] = __atomic_load_n(&averages[k], __ATOMIC_RELAXED);
}
