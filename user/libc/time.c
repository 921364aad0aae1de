/* Calendar time, UTC: after H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2014). Years begin in March there, so that the odd day comes last. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

static const char day_names[7][10] = { "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday" };
static const char month_names[12][10] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
	"December" };

enum { DAY = 86400, ERA_YEARS = 400, ERA_DAYS = 146097, MARCH_OF_0 = 719468 /* days from then to 1970 */ };

time_t time(time_t *out)
{
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	if (out)
		*out = ts.tv_sec;
	return ts.tv_sec;
}

clock_t clock(void)
{
	struct timespec ts;
	return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) < 0 ? -1 : ts.tv_sec * CLOCKS_PER_SEC + ts.tv_nsec / (1000000000 / CLOCKS_PER_SEC);
}

static long floor_divide(long n, long by) { return n / by - (n % by < 0); }
static int is_leap(long year) { return (year % 4 == 0 && year % 100) || year % 400 == 0; }

/* Days from 1970 to the 1st of a month, 0 .. 11. */
static long days_to(long year, int month)
{
	int since_march = (month + 10) % 12;
	year -= month < 2;
	long era = floor_divide(year, ERA_YEARS), in_era = year - era * ERA_YEARS;
	return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + (153 * since_march + 2) / 5 - MARCH_OF_0;
}

static long year_of(long days)
{
	days += MARCH_OF_0;
	long era = floor_divide(days, ERA_DAYS), in_era = days - era * ERA_DAYS;
	long year = (in_era - in_era / 1460 + in_era / 36524 - in_era / (ERA_DAYS - 1)) / 365;
	return year + era * ERA_YEARS;
}

struct tm *gmtime_r(const time_t *t, struct tm *out)
{
	long days = floor_divide(*t, DAY), rest = *t - days * DAY, year = year_of(days);
	if (days >= days_to(year + 1, 0))
		year++;
	if (year - 1900 != (int)(year - 1900)) {
		errno = EOVERFLOW;
		return NULL;
	}
	int month = 11;
	while (days < days_to(year, month))
		month--;
	*out = (struct tm){ .tm_year = (int)(year - 1900), .tm_mon = month, .tm_mday = (int)(days - days_to(year, month)) + 1,
		.tm_yday = (int)(days - days_to(year, 0)), .tm_wday = (int)(days + 4 - floor_divide(days + 4, 7) * 7),
		.tm_hour = (int)(rest / 3600), .tm_min = (int)(rest / 60 % 60), .tm_sec = (int)(rest % 60) };
	return out;
}

struct tm *gmtime(const time_t *t)
{
	static struct tm tm;
	return gmtime_r(t, &tm);
}

struct tm *localtime(const time_t *t) { return gmtime(t); }
struct tm *localtime_r(const time_t *t, struct tm *out) { return gmtime_r(t, out); }

/* Months may lie outside 0 .. 11, and every other field outside its range: what is too much goes on to the next. */
time_t mktime(struct tm *tm)
{
	long year = tm->tm_year + 1900L + floor_divide(tm->tm_mon, 12);
	long days = days_to(year, (int)(tm->tm_mon - floor_divide(tm->tm_mon, 12) * 12)) + tm->tm_mday - 1;
	time_t t = ((days * 24 + tm->tm_hour) * 60 + tm->tm_min) * 60 + tm->tm_sec;
	return gmtime_r(&t, tm) ? t : -1;
}

time_t timegm(struct tm *tm) { return mktime(tm); }

/* ---- to text ---- */

/* The week of the year, if weeks begin on day first; days before the first such are week 0. */
static int week(const struct tm *tm, int first) { return (tm->tm_yday + 7 - (tm->tm_wday - first + 7) % 7) / 7; }

/* ISO 8601: a week belongs to the year that has its Thursday. */
static int iso_week(const struct tm *tm, long *year)
{
	int thursday = tm->tm_yday + 3 - (tm->tm_wday + 6) % 7;
	*year = tm->tm_year + 1900L;
	if (thursday < 0)
		thursday += 365 + is_leap(--*year);
	else if (thursday >= 365 + is_leap(*year))
		thursday -= 365 + is_leap((*year)++);
	return thursday / 7 + 1;
}

/* Conversions that stand for others; NULL: it is none. */
static const char *longer(char c)
{
	switch (c) {
	case 'c': return "%a %b %e %H:%M:%S %Y";
	case 'D': case 'x': return "%m/%d/%y";
	case 'F': return "%Y-%m-%d";
	case 'R': return "%H:%M";
	case 'r': return "%I:%M:%S %p";
	case 'T': case 'X': return "%H:%M:%S";
	default: return NULL;
	}
}

static int format_week(char *out, size_t n, char c, const struct tm *tm)
{
	long year;
	int iso = iso_week(tm, &year);
	switch (c) {
	case 'U': return snprintf(out, n, "%02d", week(tm, 0));
	case 'W': return snprintf(out, n, "%02d", week(tm, 1));
	case 'V': return snprintf(out, n, "%02d", iso);
	case 'G': return snprintf(out, n, "%ld", year);
	case 'g': return snprintf(out, n, "%02ld", year % 100);
	case 'u': return snprintf(out, n, "%d", tm->tm_wday ? tm->tm_wday : 7);
	case 'w': return snprintf(out, n, "%d", tm->tm_wday);
	default: return snprintf(out, n, "%%%c", c);
	}
}

/* One conversion into out; its length. */
static int format_one(char *out, size_t n, char c, const struct tm *tm)
{
	struct tm copy = *tm;
	long year = tm->tm_year + 1900L;
	switch (c) {
	case 'Y': return snprintf(out, n, "%ld", year);
	case 'C': return snprintf(out, n, "%02ld", year / 100);
	case 'y': return snprintf(out, n, "%02ld", year % 100);
	case 'm': return snprintf(out, n, "%02d", tm->tm_mon + 1);
	case 'd': return snprintf(out, n, "%02d", tm->tm_mday);
	case 'e': return snprintf(out, n, "%2d", tm->tm_mday);
	case 'j': return snprintf(out, n, "%03d", tm->tm_yday + 1);
	case 'H': return snprintf(out, n, "%02d", tm->tm_hour);
	case 'I': return snprintf(out, n, "%02d", (tm->tm_hour + 11) % 12 + 1);
	case 'M': return snprintf(out, n, "%02d", tm->tm_min);
	case 'S': return snprintf(out, n, "%02d", tm->tm_sec);
	case 'p': return snprintf(out, n, tm->tm_hour < 12 ? "AM" : "PM");
	case 'a': return snprintf(out, n, "%.3s", day_names[tm->tm_wday]);
	case 'A': return snprintf(out, n, "%s", day_names[tm->tm_wday]);
	case 'b': case 'h': return snprintf(out, n, "%.3s", month_names[tm->tm_mon]);
	case 'B': return snprintf(out, n, "%s", month_names[tm->tm_mon]);
	case 's': return snprintf(out, n, "%ld", mktime(&copy));
	case 'Z': return snprintf(out, n, "UTC");
	case 'z': return snprintf(out, n, "+0000");
	case 'n': return snprintf(out, n, "\n");
	case 't': return snprintf(out, n, "\t");
	case '%': return snprintf(out, n, "%%");
	default: return longer(c) ? (int)strftime(out, n, longer(c), tm) : format_week(out, n, c, tm);
	}
}

size_t strftime(char *buf, size_t n, const char *fmt, const struct tm *tm)
{
	size_t at = 0;
	char part[64];
	for (; *fmt; fmt++) {
		int len = 1;
		part[0] = *fmt;
		if (*fmt == '%' && (fmt[1] == 'E' || fmt[1] == 'O') && fmt[2])	/* there is no locale that would write it another way */
			fmt++;
		if (part[0] == '%' && fmt[1])
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

char *asctime_r(const struct tm *tm, char *buf)
{
	strftime(buf, 26, "%c\n", tm);
	return buf;
}

char *asctime(const struct tm *tm)
{
	static char buf[32];
	strftime(buf, sizeof buf, "%c\n", tm);
	return buf;
}

char *ctime(const time_t *t)
{
	const struct tm *tm = gmtime(t);
	return tm ? asctime(tm) : NULL;
}

/* ---- from text ---- */

static const char *take_number(const char *s, int *out, int least, int most)
{
	int n = 0, ndigits = most > 999 ? 4 : most > 99 ? 3 : 2;
	while (isspace(*s))
		s++;
	const char *start = s;
	for (; isdigit(*s) && s - start < ndigits && n * 10 <= most; s++)
		n = n * 10 + *s - '0';
	if (s == start || n < least || n > most)
		return NULL;
	*out = n;
	return s;
}

/* A name or its first three letters. */
static const char *take_name(const char *s, int *out, const char names[][10], int n)
{
	for (int i = 0; i < n; i++) {
		size_t len = strlen(names[i]);
		if (strncasecmp(s, names[i], 3))
			continue;
		*out = i;
		return s + (strncasecmp(s, names[i], len) ? 3 : len);
	}
	return NULL;
}

static const char *take_half(const char *s, struct tm *tm)
{
	if (strncasecmp(s, "am", 2) && strncasecmp(s, "pm", 2))
		return NULL;
	tm->tm_hour = tm->tm_hour % 12 + (tolower(*s) == 'p' ? 12 : 0);
	return s + 2;
}

static const char *skip_blanks(const char *s)
{
	while (isspace(*s))
		s++;
	return s;
}

static const char *take_one(const char *s, char c, struct tm *tm)
{
	int n = 0;
	switch (c) {
	case 'Y': s = take_number(s, &n, 0, 9999); tm->tm_year = n - 1900; return s;
	case 'y': s = take_number(s, &n, 0, 99); tm->tm_year = n < 69 ? n + 100 : n; return s;
	case 'm': s = take_number(s, &n, 1, 12); tm->tm_mon = n - 1; return s;
	case 'j': s = take_number(s, &n, 1, 366); tm->tm_yday = n - 1; return s;
	case 'd': case 'e': return take_number(s, &tm->tm_mday, 1, 31);
	case 'H': return take_number(s, &tm->tm_hour, 0, 23);
	case 'I': return take_number(s, &tm->tm_hour, 1, 12);
	case 'M': return take_number(s, &tm->tm_min, 0, 59);
	case 'S': return take_number(s, &tm->tm_sec, 0, 60);
	case 'p': return take_half(s, tm);
	case 'a': case 'A': return take_name(s, &tm->tm_wday, day_names, 7);
	case 'b': case 'B': case 'h': return take_name(s, &tm->tm_mon, month_names, 12);
	case 'n': case 't': return skip_blanks(s);
	case '%': return *s == '%' ? s + 1 : NULL;
	default: return longer(c) ? strptime(s, longer(c), tm) : NULL;
	}
}

char *strptime(const char *s, const char *fmt, struct tm *tm)
{
	for (; s && *fmt; fmt++) {
		if (isspace(*fmt))
			s = skip_blanks(s);
		else if (*fmt == '%' && fmt[1])
			s = take_one(s, *++fmt, tm);
		else
			s = *s == *fmt ? s + 1 : NULL;
	}
	return (char *)(uintptr_t)s;
}
