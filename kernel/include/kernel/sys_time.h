#pragma once
#include <stdbool.h>
#include <mm/types.h>
#include <lib/err.h>
/* Time arguments of system calls. */
/* A struct timespec at user address ts as a deadline in ticks: a span from now, or, absolute, a time of CLOCK_MONOTONIC or CLOCK_REALTIME.
 * ERR_FAULT, ERR_INVAL. Never 0. */
enum err user_deadline(vaddr_t ts, bool absolute, bool realtime, uint64_t *out) MUST_CHECK;
/* Write a struct rusage with these times. ERR_FAULT. */
enum err copy_rusage(vaddr_t to, uint64_t user_ticks, uint64_t sys_ticks) MUST_CHECK;
