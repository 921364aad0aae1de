#pragma once
#include <stdbool.h>
#include <stdint.h>
/* The load: how many threads ran or could have run, averaged over 1, 5 and 15 minutes, older samples counting less and less. */

enum { LOAD_SHIFT = 16 };	/* an average has that many bits behind the point, as sysinfo(2) shows it */

/* Is it time for the next sample? Each CPU asks in its tick; the scheduler's lock is held, in load_sample() too. */
bool load_is_due(uint64_t now);
void load_sample(unsigned active, uint64_t now);
void load_get(uint64_t average[3]);
