/* Calendar time, UTC. */
#include <stdio.h>
#include <string.h>
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

struct tm *gmtime_r(const time_t *t, struct tm *out)
{
	*out = *gmtime(t);
	return out;
}

/* Months may lie outside 0 .. 11, and every other field outside its range: what is too much goes on to the next. */
time_t mktime(struct tm *tm)
{
	static const int before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
	long year = tm->tm_year + 1900L + tm->tm_mon / 12, month = tm->tm_mon % 12;
	if (month < 0) {
		month += 12;
		year--;
	}
	long last = year - 1, leaps = last / 4 - last / 100 + last / 400 - 477;	/* 29ths of February from 1970 on, before this year */
	long days = (year - 1970) * 365 + leaps + before[month] + (month > 1 && is_leap((int)year)) + tm->tm_mday - 1;
	time_t t = ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
	if (t >= 0)
		*tm = *gmtime(&t);
	return t;
}

struct tm *localtime(const time_t *t) { return gmtime(t); }

/* One conversion into out; its length. */
static int format_one(char *out, size_t n, char c, const struct tm *tm)
{
	static const char days[] = "SunMonTueWedThuFriSat", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	switch (c) {
	case 'Y': return snprintf(out, n, "%d", tm->tm_year + 1900);
	case 'y': return snprintf(out, n, "%02d", tm->tm_year % 100);
	case 'm': return snprintf(out, n, "%02d", tm->tm_mon + 1);
	case 'd': return snprintf(out, n, "%02d", tm->tm_mday);
	case 'e': return snprintf(out, n, "%2d", tm->tm_mday);
	case 'j': return snprintf(out, n, "%03d", tm->tm_yday + 1);
	case 'H': return snprintf(out, n, "%02d", tm->tm_hour);
	case 'M': return snprintf(out, n, "%02d", tm->tm_min);
	case 'S': return snprintf(out, n, "%02d", tm->tm_sec);
	case 'a': return snprintf(out, n, "%.3s", days + 3 * tm->tm_wday);
	case 'b': return snprintf(out, n, "%.3s", months + 3 * tm->tm_mon);
	case 'F': return (int)strftime(out, n, "%Y-%m-%d", tm);
	case 'T': return (int)strftime(out, n, "%H:%M:%S", tm);
	case 'Z': return snprintf(out, n, "UTC");
	case 'n': return snprintf(out, n, "\n");
	case 't': return snprintf(out, n, "\t");
	case '%': return snprintf(out, n, "%%");
	default: return snprintf(out, n, "%%%c", c);
	}
}

size_t strftime(char *buf, size_t n, const char *fmt, const struct tm *tm)
{
	size_t at = 0;
	char part[16];
	for (; *fmt; fmt++) {
		int len = 1;
		part[0] = *fmt;
		if (*fmt == '%' && fmt[1])
			len = format_one(part, sizeof part, *++fmt, tm);
		if (at + (size_t)len >= n)
			return 0;
		memcpy(buf + at, part, (size_t)len);
		at += (size_t)len;
	}
	if (!n)
		return 0;
	buf[at] = 0;
	return at;
}
