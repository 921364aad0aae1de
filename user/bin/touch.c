/* touch: make files that are not there; those that are get the time of now; -c: make none; -r FILE: with the time of that file; -t [[CC]YY]MMDDhhmm[.SS],
 * -d "YYYY-MM-DD hh:mm:ss" or -d @SECONDS: with that time, in UTC; -a, -m: only of access, only of change. */
#include <commands.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SYNOPSIS "[-acm] [-r FILE | -t TIME | -d DATE] FILE ..."

/* Two digits; -1: they are none. */
static int pair(const char *s)
{
	bool digits = s[0] >= '0' && s[0] <= '9' && s[1] >= '0' && s[1] <= '9';
	return digits ? (s[0] - '0') * 10 + s[1] - '0' : -1;
}

/* [[CC]YY]MMDDhhmm[.SS] */
static bool take_stamp(const char *s, struct tm *tm)
{
	size_t n = strcspn(s, ".");
	time_t now = time(NULL);
	int parts[7], count = 0;
	if ((n != 8 && n != 10 && n != 12) || (s[n] && strlen(s + n) != 3))
		return false;
	for (const char *p = s; p < s + n; p += 2)
		parts[count++] = pair(p);
	int seconds = s[n] ? pair(s + n + 1) : 0, *last = parts + count - 4;
	for (int i = 0; i < count; i++)
		if (parts[i] < 0)
			return false;
	int year = count == 4 ? gmtime(&now)->tm_year : count == 5 ? parts[0] + (parts[0] < 69 ? 100 : 0) : parts[0] * 100 + parts[1] - 1900;
	*tm = (struct tm){ .tm_year = year, .tm_mon = last[0] - 1, .tm_mday = last[1], .tm_hour = last[2], .tm_min = last[3], .tm_sec = seconds };
	return seconds >= 0 && last[0] >= 1 && last[0] <= 12 && last[1] >= 1 && last[1] <= 31 && last[2] < 24 && last[3] < 60 && seconds <= 60;
}

static time_t take_time(const char *s, bool (*take)(const char *s, struct tm *tm))
{
	struct tm tm;
	char *end;
	if (*s == '@' && take != take_stamp) {
		long n = strtol(s + 1, &end, 10);
		if (s[1] && !*end)
			return n;
	} else if (take(s, &tm)) {
		return mktime(&tm);
	}
	errx(1, "%s: not a time", s);
}

static bool take_date(const char *s, struct tm *tm)
{
	char stamp[] = "CCYYMMDD0000.00", *to = stamp;
	size_t n = strlen(s);
	if ((n != 10 && n != 16 && n != 19) || s[4] != '-' || s[7] != '-' || (n > 10 && (s[10] != ' ' && s[10] != 'T')))
		return false;
	for (const char *p = s; *p && p < s + 16; p++)
		if (*p >= '0' && *p <= '9')
			*to++ = *p;
	if (n == 19)
		memcpy(stamp + 13, s + 17, 2);
	return take_stamp(stamp, tm);
}

static int touch(const char *path, const struct timespec *times, bool make)
{
	if (utimensat(AT_FDCWD, path, times, 0) == 0)
		return 0;
	if (errno != ENOENT || !make)
		return errno == ENOENT ? 0 : -1;
	int fd = open(path, O_WRONLY | O_CREAT, 0666);
	return fd < 0 || close(fd) < 0 ? -1 : utimensat(AT_FDCWD, path, times, 0);
}

int main(int argc, char **argv)
{
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = UTIME_NOW } };
	struct stat st;
	bool make = true, access = false, change = false;
	int failed = 0;
	for (int c; (c = getopt(argc, argv, "acmr:t:d:")) != -1;)
		switch (c) {
		case 'a': access = true; break;
		case 'c': make = false; break;
		case 'm': change = true; break;
		case 'r':
			if (stat(optarg, &st) < 0)
				err(1, "%s", optarg);
			times[0] = st.st_atim;
			times[1] = st.st_mtim;
			break;
		case 't': case 'd':
			times[0] = times[1] = (struct timespec){ .tv_sec = take_time(optarg, c == 't' ? take_stamp : take_date) };
			break;
		default: usage(SYNOPSIS);
		}
	if (optind == argc)
		usage(SYNOPSIS);
	if (access != change)
		times[access].tv_nsec = UTIME_OMIT;
	for (int i = optind; i < argc; i++)
		if (touch(argv[i], times, make) < 0) {
			warn("%s", argv[i]);
			failed = 1;
		}
	return failed;
}
