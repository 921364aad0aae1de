/* Time: the machine's counter in nanoseconds, the wall clock, and the tick. */
#include <kernel/proc.h>
#include <kernel/time.h>

static uint64_t wall_at_zero_ns;	/* wall-clock time when the counter was 0 */

static uint64_t scale(uint64_t n, uint64_t mul, uint64_t div)
{
	return n / div * mul + n % div * mul / div;
}

uint64_t ticks_ns(uint64_t ticks) { return scale(ticks, 1000000000, time_frequency()); }

uint64_t time_ns(void) { return ticks_ns(time_now()); }

uint64_t time_deadline(uint64_t ns)
{
	uint64_t now = time_now(), far = UINT64_MAX / 4;
	if (ns / 1000000000 >= far / time_frequency())
		return far;
	return now + scale(ns, time_frequency(), 1000000000) + 1;
}

uint64_t time_wall_ns(void) { return wall_at_zero_ns + time_ns(); }

void time_set_wall(uint64_t wall_ns) { wall_at_zero_ns = wall_ns - time_ns(); }
