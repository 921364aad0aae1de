/* lib/fmt.c against what C99 says. It replaces the host's own snprintf in this program, so the right answers are written out, or
 * come from the host's asprintf(), which it does not replace. */
#define _GNU_SOURCE
#include "support.h"
#include <limits.h>
#include <stdio.h>
#include <lib/fmt.h>

#pragma GCC diagnostic ignored "-Wformat"

#define SAME(...) do { \
	char got[300], *right; \
	int n = snprintf(got, sizeof got, __VA_ARGS__), m = asprintf(&right, __VA_ARGS__); \
	CHECK(n == m && !strcmp(got, right), "%d '%s', not %d '%s'", n, got, m, right); \
	free(right); \
} while (0)

static void integers(void **state)
{
	(void)state;
	static const long long values[] = { 0, 1, -1, 7, -42, 255, 65536, INT_MAX, INT_MIN, LLONG_MAX, LLONG_MIN, 1234567890123 };
	for (unsigned i = 0; i < sizeof values / sizeof values[0]; i++) {
		long long v = values[i];
		SAME("%lld|%5lld|%-5lld|%05lld|%+lld|% lld", v, v, v, v, v, v);
		SAME("%.3lld|%8.3lld|%-8.3lld|%+.0lld|%*lld|%.*lld", v, v, v, v, 9, v, 4, v);
		SAME("%llu|%llx|%llX|%llo|%#llx|%#llo", v, v, v, v, v, v);
		SAME("%020llx|%#20llx|%-#20llx|%#020llx|%.12llx", v, v, v, v, v);
		SAME("%d|%i|%u|%x", (int)v, (int)v, (unsigned)v, (unsigned)v);
		SAME("%hhd|%hd|%ld|%hhu|%hx", (int)v, (int)v, (long)v, (unsigned)v, (unsigned)v);
		SAME("%zu|%zd|%jd|%td", (size_t)v, (ssize_t)v, (intmax_t)v, (ptrdiff_t)v);
	}
	SAME("%.0d|%.0x|%5.0d|", 0, 0, 0);
}

static void text(void **state)
{
	(void)state;
	SAME("plain");
	SAME("%%|%c|%5c|%-5c|", 'x', 'y', 'z');
	SAME("%s|%10s|%-10s|%.2s|%10.2s|%-10.2s|%.0s|", "abc", "abc", "abc", "abc", "abc", "abc", "abc");
	SAME("%*s|%-*s|%*s|%.*s|", 6, "ab", 6, "ab", -6, "ab", 1, "ab");
	SAME("%.3s|", (const char[]){ 'n', 'o', 't' });
	SAME("%p", (void *)0x1234abcd);
	SAME("%s", "");
}

static void bounds(void **state)
{
	(void)state;
	char buf[8];
	memset(buf, 'z', sizeof buf);
	CHECK(snprintf(buf, 4, "%s", "abcdef") == 6 && !memcmp(buf, "abc\0zzzz", 8));
	CHECK(snprintf(buf, 1, "%d", 12345) == 5 && buf[0] == 0 && buf[1] == 'b');
	CHECK(snprintf(NULL, 0, "%d%s", 12345, "xy") == 7);
	CHECK(snprintf(buf, sizeof buf, "%s", (const char *)NULL) == 6 && !strcmp(buf, "(null)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(integers), cmocka_unit_test(text), cmocka_unit_test(bounds) };
	return RUN_TESTS(tests);
}
