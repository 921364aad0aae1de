#pragma once
#include <stdbool.h>
#include <mm/types.h>
#include <lib/err.h>
#include <abi/time.h>
/* Time arguments of system calls. */
/* A struct timespec at user address ts as a deadline in ticks: a span from now, or, absolute, a time of CLOCK_MONOTONIC or CLOCK_REALTIME.
 * ERR_FAULT, ERR_INVAL. Never 0. */
enum err user_deadline(vaddr_t ts, bool absolute, bool realtime, uint64_t *out) MUST_CHECK;
struct timespec timespec_of(uint64_t ns);
/* ts in ns, of which what is far off is cut. False: it is none. */
bool timespec_span(const struct timespec *ts, uint64_t *ns);
/* When a timer rings that is set to value, which is not 0, in ns of the monotonic clock; never 0. An absolute time may be the wall clock's. */
uint64_t timer_time(uint64_t value, bool absolute, bool wall, uint64_t now);
/* Write a struct rusage with these times. ERR_FAULT. */
enum err copy_rusage(vaddr_t to, uint64_t user_ticks, uint64_t sys_ticks) MUST_CHECK;
