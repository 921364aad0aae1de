#pragma once
#include <stddef.h>
#include <sys/types.h>
#include <abi/time.h>
struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; };
int clock_gettime(clockid_t clock, struct timespec *ts);
int nanosleep(const struct timespec *span, struct timespec *left);
time_t time(time_t *out);
/* Time is UTC: there are no time zones. The result is overwritten by the next call. */
struct tm *gmtime(const time_t *t);
struct tm *localtime(const time_t *t);
struct tm *gmtime_r(const time_t *t, struct tm *out);
/* The time that tm says, whose fields may lie outside their ranges and are put right (from 1970 on). */
time_t mktime(struct tm *tm);
/* tm as fmt says, into buf of n bytes. Returns the length, 0 if it does not fit. Known: %Y %y %m %d %e %j %H %M %S %a %b %F %T
 * %Z %n %t %%; others stay as they are. */
size_t strftime(char *buf, size_t n, const char *fmt, const struct tm *tm);
