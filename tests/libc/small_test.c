/* Strings, numbers, options, sorting and the calendar of our C library beside the host's. */
#define _GNU_SOURCE
#include "ours.h"
#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <libgen.h>
#include <limits.h>
#include <strings.h>
#include <time.h>

OUR(char *, strncpy, char *dst, const char *src, size_t n);
OUR(char *, strncat, char *dst, const char *src, size_t n);
OUR(char *, stpcpy, char *dst, const char *src);
OUR(char *, strchrnul, const char *s, int c);
OUR(void *, memrchr, const void *s, int c, size_t n);
OUR(void *, memmem, const void *s, size_t n, const void *what, size_t nwhat);
OUR(char *, strcasestr, const char *s, const char *what);
OUR(char *, strsep, char **s, const char *delim);
OUR(char *, strpbrk, const char *s, const char *accept);
OUR(char *, strtok_r, char *s, const char *delim, char **save);
OUR(char *, basename, char *path);
OUR(char *, dirname, char *path);
OUR(long, strtol, const char *s, char **end, int base);
OUR(unsigned long, strtoul, const char *s, char **end, int base);
OUR(void, qsort, void *base, size_t n, size_t size, int (*cmp)(const void *, const void *));
OUR(void *, reallocarray, void *p, size_t n, size_t size);
OUR(int, getopt_long, int argc, char *const argv[], const char *spec, const struct option *longs, int *index);
OUR(struct tm *, gmtime_r, const time_t *t, struct tm *out);
OUR(time_t, mktime, struct tm *tm);
OUR(size_t, strftime, char *buf, size_t n, const char *fmt, const struct tm *tm);
OUR(char *, strptime, const char *s, const char *fmt, struct tm *tm);
OUR(char *, asctime, const struct tm *tm);
OUR(char *, ctime, const time_t *t);
extern char *our_optarg;
extern int our_optind, our_optopt;

static const char *some_word(char *out, size_t most)
{
	size_t n = rnd(most);
	for (size_t i = 0; i < n; i++)
		out[i] = "abAB,/"[rnd(6)];
	out[n] = 0;
	return out;
}

static void searches(void **state)
{
	(void)state;
	for (int step = 0; step < 50000; step++) {
		char s[24], t[6];
		some_word(s, 20);
		some_word(t, 4);
		size_t n = strlen(s), m = strlen(t), part = rnd(n + 1);
		CHECK(our_strchrnul(s, 'a') == strchrnul(s, 'a') && our_memrchr(s, 'b', part) == memrchr(s, 'b', part));
		CHECK(our_memmem(s, part, t, m) == memmem(s, part, t, m), "'%s' in %zu of '%s'", t, part, s);
		CHECK(our_strcasestr(s, t) == strcasestr(s, t), "'%s' in '%s'", t, s);
		CHECK(our_strpbrk(s, t) == strpbrk(s, t));
	}
}

static void copies(void **state)
{
	(void)state;
	for (int step = 0; step < 20000; step++) {
		char s[24], a[64], b[64];
		some_word(s, 20);
		size_t n = rnd(24);
		memset(a, 'z', sizeof a);
		memset(b, 'z', sizeof b);
		our_strncpy(a, s, n), strncpy(b, s, n);
		CHECK(!memcmp(a, b, sizeof a), "strncpy %zu of '%s'", n, s);
		strcpy(a, "pre"), strcpy(b, "pre");
		our_strncat(a, s, n), strncat(b, s, n);
		CHECK(!strcmp(a, b) && our_stpcpy(a, s) == a + strlen(s) && !strcmp(a, s));
	}
}

static void fields(void **state)
{
	(void)state;
	for (int step = 0; step < 20000; step++) {
		char a[24], b[24], c[24], d[24], *p = a, *q = b, *save, *host_save;
		some_word(a, 20);
		strcpy(b, a), strcpy(c, a), strcpy(d, a);
		for (;;) {
			char *x = our_strsep(&p, ",/"), *y = strsep(&q, ",/");
			CHECK(!x == !y && (!x || (!strcmp(x, y) && x - a == y - b)), "'%s'", a);
			if (!x)
				break;
		}
		for (char *x = our_strtok_r(c, ",/", &save), *y = strtok_r(d, ",/", &host_save); x || y; x = our_strtok_r(NULL, ",/", &save), y = strtok_r(NULL, ",/", &host_save))
			CHECK(x && y && !strcmp(x, y));
	}
}

static void paths(void **state)
{
	(void)state;
	for (int step = 0; step < 5000; step++) {
		char a[24], b[24], c[24];
		some_word(a, 9);
		strcpy(b, a), strcpy(c, a);
		const char *ours = our_dirname(a), *host = dirname(b);
		CHECK(!strcmp(ours, host) || !strcmp(host, "//"), "of '%s': '%s', not '%s'", c, ours, host);
		some_word(a, 9);
		strcpy(b, a);
		CHECK(!strcmp(our_basename(a), __xpg_basename(b)), "'%s'", a);
	}
}

static void numbers(void **state)
{
	(void)state;
	static const char *const edges[] = { "9223372036854775807", "9223372036854775808", "-9223372036854775808", "-9223372036854775809", "18446744073709551615",
		"18446744073709551616", "-18446744073709551615", "-18446744073709551616", "0x", "0xg", "-0x1f", "08", "", " ", "+", "-", "- 1", "z", "\t7" };
	for (int step = 0; step < 60000; step++) {
		char text[32], *a, *b, *c, *d;
		int base = (int)rnd(40) - 1;
		if (base == 1)
			base = 0;
		if (rnd(4) == 0) {
			strcpy(text, edges[rnd(sizeof edges / sizeof *edges)]);
		} else {
			size_t n = rnd(26);
			for (size_t i = 0; i < n; i++)
				text[i] = "0123456789abcdefxXzZ -+"[rnd(rnd(2) ? 10 : 23)];
			text[n] = 0;
		}
		our_errno = errno = 0;
		a = b = c = d = text;
		long v = our_strtol(text, &a, base), w = strtol(text, &b, base);
		CHECK(v == w && (a == b || base < 0 || base > 36) && our_errno == errno, "'%s' in base %d: %ld, not %ld; errno %d, not %d", text, base, v, w, our_errno, errno);
		our_errno = errno = 0;
		unsigned long x = our_strtoul(text, &c, base), y = strtoul(text, &d, base);
		CHECK(x == y && (c == d || base < 0 || base > 36) && our_errno == errno, "'%s' in base %d: %lu, not %lu; errno %d, not %d", text, base, x, y, our_errno, errno);
	}
	volatile size_t huge = SIZE_MAX / 2;
	CHECK(!our_reallocarray(NULL, huge, 3) && our_errno == ENOMEM);
}

/* ---- sorting ---- */

static unsigned long ncompared;
static int by_value(const void *a, const void *b)
{
	ncompared++;
	return (*(const int *)a > *(const int *)b) - (*(const int *)a < *(const int *)b);
}

/* Orders that are bad for other ways of sorting; at most 2 n log2 n comparisons. */
static void sorted(void **state)
{
	(void)state;
	enum { N = 4096, LOG = 12 };
	static int v[N], w[N];
	for (int order = 0; order < 6; order++)
		for (size_t n = 0; n <= N; n = n < 8 ? n + 1 : n * 2) {
			for (size_t i = 0; i < n; i++)
				v[i] = w[i] = order == 0 ? (int)i : order == 1 ? (int)(n - i) : order == 2 ? 7 : order == 3 ? (int)(i < n / 2 ? i : n - i) : (int)rnd(order == 4 ? 3 : 1 << 30);
			ncompared = 0;
			our_qsort(v, n, sizeof *v, by_value);
			CHECK(ncompared <= 2ul * n * LOG, "%lu comparisons of %zu, order %d", ncompared, n, order);
			qsort(w, n, sizeof *w, by_value);
			CHECK(!memcmp(v, w, n * sizeof *v), "%zu, order %d", n, order);
		}
}

/* ---- options ---- */

static void options(void **state)
{
	(void)state;
	static const char *const words[] = { "-a", "-b", "-bx", "-ab", "-c", "-cval", "--", "-", "word", "--alpha", "--al", "--be", "--beta=5", "--beta", "--gamma=7", "--gamma", "--alphabet",
		"--alpha=1", "--none", "-z", "--delta" };
	int our_flag, host_flag, our_index, host_index;
	struct option longs[] = { { "alpha", no_argument, NULL, 'A' }, { "alphabet", no_argument, NULL, 'T' }, { "beta", required_argument, NULL, 'B' },
		{ "gamma", optional_argument, NULL, 'G' }, { "delta", no_argument, &our_flag, 9 }, { NULL, 0, NULL, 0 } };
	for (int step = 0; step < 20000; step++) {
		char *argv[8] = { (char[]){ "prog" } };
		int argc = 1;
		for (uint64_t n = rnd(6); n; n--)
			argv[argc++] = (char *)(uintptr_t)words[rnd(sizeof words / sizeof *words)];
		argv[argc] = NULL;
		our_optind = optind = 0;
		opterr = 0;
		for (int r = 0; r != -1;) {
			our_flag = host_flag = 0;
			longs[4].flag = &our_flag;
			int got = our_getopt_long(argc, argv, "+ab:c::", longs, &our_index);
			longs[4].flag = &host_flag;
			r = getopt_long(argc, argv, "+ab:c::", longs, &host_index);
			CHECK(got == r && our_flag == host_flag && our_optind == optind, "%d, not %d, at %d, not %d", got, r, our_optind, optind);
			if (strchr("bBcG", r) && r > 0)
				CHECK(!our_optarg == !optarg && (!optarg || !strcmp(our_optarg, optarg)));
			CHECK((r != 'A' && r != 'B' && r != 'G') || our_index == host_index);
		}
	}
}

/* ---- the calendar ---- */

static void calendar(void **state)
{
	(void)state;
	static const char formats[] = "aAbBcCdDeFgGhHIjmMnpRrSstTuUVwWxXyYzZ%";
	for (int step = 0; step < 20000; step++) {
		time_t t = rnd(2) ? (time_t)rnd(8000000000) - 2000000000 : (time_t)(rnd_bits() >> 20) * (rnd(2) ? 1 : -1) / 1000;
		struct tm a, b;
		memset(&b, 0, sizeof b);
		CHECK(our_gmtime_r(&t, &a) && gmtime_r(&t, &b));
		CHECK(a.tm_year == b.tm_year && a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday && a.tm_hour == b.tm_hour && a.tm_min == b.tm_min && a.tm_sec == b.tm_sec
			&& a.tm_wday == b.tm_wday && a.tm_yday == b.tm_yday, "%ld is %d-%d-%d", (long)t, a.tm_year, a.tm_mon, a.tm_mday);
		CHECK(our_mktime(&a) == t);
		if (b.tm_year < -900 || b.tm_year > 8000)
			continue;
		char fmt[5] = { '%' }, x[80], y[80];
		fmt[1] = formats[rnd(sizeof formats - 1)];
		fmt[2] = '|';
		if (rnd(4) == 0)	/* as POSIX pairs them */
			strcpy(fmt + 1, rnd(2) ? (const char *[]){ "Ec", "EC", "Ex", "EY" }[rnd(4)] : (const char *[]){ "Od", "OH", "OS", "OV" }[rnd(4)]);
		b.tm_zone = "UTC";
		size_t n = our_strftime(x, sizeof x, fmt, &a), m = strftime(y, sizeof y, fmt, &b);
		CHECK(n == m && !strcmp(x, y), "%s of %ld: '%s', not '%s'", fmt, (long)t, x, y);
		CHECK(our_strftime(x, n, fmt, &a) == 0 && our_strftime(x, n + 1, fmt, &a) == n);
	}
	time_t far = LONG_MAX;
	struct tm tm = { .tm_year = 99, .tm_mon = -14, .tm_mday = 400, .tm_hour = -50, .tm_sec = 100000 }, same = tm;
	CHECK(!our_gmtime_r(&far, &tm) && our_errno == EOVERFLOW && our_mktime(&tm) == timegm(&same) && tm.tm_mday == same.tm_mday);
}

static void calendar_read(void **state)
{
	(void)state;
	static const char *const formats[] = { "%Y-%m-%d %H:%M:%S", "%a, %d %b %Y %T", "%A %B %e %R %Y", "%D %I:%M %p", "%F", "%y%m%d", "%j %Y", "%Y%n-%t%m" };
	for (int step = 0; step < 20000; step++) {
		time_t t = (time_t)rnd(2100000000);
		struct tm tm, a = { 0 }, b = { 0 };
		const char *fmt = formats[rnd(sizeof formats / sizeof *formats)];
		char text[80];
		strftime(text, sizeof text, fmt, gmtime_r(&t, &tm));
		if (rnd(4) == 0)
			text[rnd(strlen(text))] = "x9 -"[rnd(4)];
		char *end = our_strptime(text, fmt, &a), *right = strptime(text, fmt, &b);
		CHECK(!end == !right && (!end || end == right), "'%s' as %s", text, fmt);
		CHECK(!end || (a.tm_year == b.tm_year && a.tm_hour == b.tm_hour && a.tm_min == b.tm_min && a.tm_sec == b.tm_sec
			&& (strchr(fmt, 'j') || (a.tm_mon == b.tm_mon && a.tm_mday == b.tm_mday))), "'%s' as %s", text, fmt);
	}
	CHECK(!our_ctime(&(time_t){ LONG_MAX }));
	CHECK(!strcmp(our_asctime(&(struct tm){ .tm_year = 70, .tm_mday = 1, .tm_wday = 4 }), "Thu Jan  1 00:00:00 1970\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(searches), cmocka_unit_test(copies), cmocka_unit_test(fields), cmocka_unit_test(paths),
		cmocka_unit_test(numbers), cmocka_unit_test(sorted), cmocka_unit_test(options), cmocka_unit_test(calendar), cmocka_unit_test(calendar_read) };
	return RUN_TESTS(tests);
}
