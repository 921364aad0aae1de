/* printf of whole numbers and text beside the host's: random formats, every flag in every company. */
#include "ours.h"
#include <limits.h>

#pragma GCC diagnostic ignored "-Wformat-nonliteral"

enum { ROOM = 400 };
static char ours[ROOM], host[ROOM];

static void check_same(const char *fmt, int n, int m)
{
	CHECK(n == m && !strcmp(ours, host), "%s: %d '%s', not %d '%s'", fmt, n, ours, m, host);
}

#define SAME(fmt, ...) check_same(fmt, our_snprintf(ours, ROOM, fmt, __VA_ARGS__), snprintf(host, ROOM, fmt, __VA_ARGS__))

/* Flags, width and precision; the standard says nothing of flags that are not in flags. */
static char *some_spec(char *out, const char *flags)
{
	*out++ = '%';
	for (; *flags; flags++)
		if (rnd(3) == 0)
			*out++ = *flags;
	if (rnd(2))
		out += sprintf(out, "%d", (int)rnd(30));
	if (rnd(2))
		out += sprintf(out, rnd(5) ? ".%d" : ".", (int)rnd(30));
	return out;
}

static void numbers(void **state)
{
	(void)state;
	static const char *const sizes[] = { "hh", "h", "", "l", "ll", "j", "z", "t" };
	static const uint64_t edges[] = { 0, 1, 7, 8, 9, 10, 127, 128, 255, 256, 32767, 32768, INT_MAX, (uint64_t)INT_MAX + 1, UINT_MAX, LLONG_MAX, (uint64_t)LLONG_MAX + 1,
		UINT64_MAX };
	for (int step = 0; step < 200000; step++) {
		char fmt[64], letter = "diuxXo"[rnd(6)];
		const char *size = sizes[rnd(8)];
		sprintf(some_spec(fmt, letter == 'd' || letter == 'i' ? "-0+ " : letter == 'u' ? "-0" : "-0#"), "%s%c|", size, letter);
		uint64_t v = rnd(2) ? edges[rnd(sizeof edges / sizeof *edges)] : rnd_bits() >> rnd(64);
		if (strlen(size) == 1 ? *size != 'h' : *size == 'l')
			SAME(fmt, v);
		else
			SAME(fmt, (int)v);
	}
}

static void words(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "a", "some words", "\xc3\xa4" };
	for (int step = 0; step < 20000; step++) {
		char fmt[64];
		int width = (int)rnd(20) - 10, precision = (int)rnd(12) - 2, c = (int)rnd(256);
		const char *text = texts[rnd(4)];
		strcpy(some_spec(fmt, "-"), "s|");
		SAME(fmt, text);
		sprintf(fmt, "%%%s%dc|", rnd(2) ? "-" : "", 1 + (int)rnd(9));
		SAME(fmt, c);
		SAME("%*d|%-*d", width, 42, width, 42);
		SAME("%.*d|%*.*s", precision, 42, width, precision, "wide");
	}
}

/* Every room, from none: what fits is the beginning, and ends with 0. */
static void rooms(void **state)
{
	(void)state;
	for (size_t n = 0; n < 20; n++) {
		memset(ours, 'z', ROOM);
		memset(host, 'z', ROOM);
		CHECK(our_snprintf(ours, n, "%d-%s-%5.1f", 12345, "abc", 2.25) == snprintf(host, n, "%d-%s-%5.1f", 12345, "abc", 2.25));
		CHECK(!memcmp(ours, host, ROOM), "in %zu bytes: '%.20s', not '%.20s'", n, ours, host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(words), cmocka_unit_test(rooms) };
	return RUN_TESTS(tests);
}
