#pragma once
#include <stddef.h>
#include <sys/types.h>
#include <abi/time.h>
struct tm { int tm_sec, tm_min, tm_hour, tm_mday, tm_mon, tm_year, tm_wday, tm_yday, tm_isdst; };
int clock_gettime(clockid_t clock, struct timespec *ts);
int nanosleep(const struct timespec *span, struct timespec *left);
int clock_getres(clockid_t clock, struct timespec *ts);
/* TIMER_ABSTIME: until that time. Gives an error number. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *span, struct timespec *left);
time_t time(time_t *out);
typedef long clock_t;
#define CLOCKS_PER_SEC 1000000L
clock_t clock(void);	/* time on the CPU */
static inline double difftime(time_t a, time_t b) { return (double)(a - b); }

/* ---- the calendar: time is UTC, there are no time zones, and localtime() is gmtime() ---- */

/* Without _r the result is overwritten by the next call. NULL, EOVERFLOW: the year is too large. */
struct tm *gmtime(const time_t *t);
struct tm *localtime(const time_t *t);
struct tm *gmtime_r(const time_t *t, struct tm *out);
struct tm *localtime_r(const time_t *t, struct tm *out);
/* The time that tm says, whose fields may lie outside their ranges and are put right. */
time_t mktime(struct tm *tm);
time_t timegm(struct tm *tm);
/* tm as fmt says, into buf of n bytes. Returns the length, 0 if it does not fit. All of C's conversions, with E or O as without;
 * others stay as they are. */
size_t strftime(char *buf, size_t n, const char *fmt, const struct tm *tm);
/* The other way: %Y %y %m %d %e %j %H %I %M %S %p (behind %I) %a %b and what stands for several of them; %n %t. What is met is stored, no field follows from others: for that
 * there is mktime(). Where it ended; NULL: s does not look so. */
char *strptime(const char *s, const char *fmt, struct tm *tm);
char *asctime(const struct tm *tm);	/* "Thu Jan  1 00:00:00 1970\n" */
char *asctime_r(const struct tm *tm, char *buf);	/* of 26 bytes */
char *ctime(const time_t *t);	/* NULL as gmtime() */
