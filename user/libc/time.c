/* Calendar time, UTC. */
#include <time.h>

time_t time(time_t *out)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

static int is_leap(int year) { return (year % 4 == 0 && year % 100) || year % 400 == 0; }

struct tm *gmtime(const time_t *t)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	static struct tm tm;
	long days = *t / 86400, rest = *t % 86400;
	int year = 1970, month = 0;
	tm.tm_wday = (int)((days + 4) % 7);
	for (; days >= 365 + is_leap(year); year++)
		days -= 365 + is_leap(year);
	tm.tm_yday = (int)days;
	for (int n; days >= (n = lengths[month] + (month == 1 && is_leap(year))); month++)
		days -= n;
	tm.tm_year = year - 1900;
	tm.tm_mon = month;
	tm.tm_mday = (int)days + 1;
	tm.tm_hour = (int)(rest / 3600);
	tm.tm_min = (int)(rest / 60 % 60);
	tm.tm_sec = (int)(rest % 60);
	tm.tm_isdst = 0;
	return &tm;
}

struct tm *localtime(const time_t *t) { return gmtime(t); }
