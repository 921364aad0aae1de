/* lib/string.c against the host's C library, with every length and alignment that takes another path. */
#include "support.h"
#include <stdio.h>
#include <strings.h>

#define memcpy k_memcpy
#define memmove k_memmove
#define memset k_memset
#define memcmp k_memcmp
#define memchr k_memchr
#define strlen k_strlen
#define strnlen k_strnlen
#define strcmp k_strcmp
#define strncmp k_strncmp
#define strcasecmp k_strcasecmp
#define strncasecmp k_strncasecmp
#define strchr k_strchr
#define strrchr k_strrchr
#define strstr k_strstr
#define strspn k_strspn
#define strcspn k_strcspn
#define strlcpy k_strlcpy
#define strlcat k_strlcat
#include "../../lib/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strcasecmp
#undef strncasecmp
#undef strchr
#undef strrchr
#undef strstr
#undef strspn
#undef strcspn

enum { SIZE = 600 };
static unsigned char a[SIZE], b[SIZE], want[SIZE];

static int sign(int x) { return (x > 0) - (x < 0); }

static void fill(unsigned char *p)
{
	for (unsigned i = 0; i < SIZE; i++)
		p[i] = (unsigned char)rnd(256);
}

static void copies(void **state)
{
	(void)state;
	for (int step = 0; step < 40000; step++) {
		size_t n = rnd(rnd(2) ? 20 : 300), from = rnd(rnd(2) ? 16 : 200), to = rnd(rnd(2) ? 16 : 200);
		fill(a);
		fill(b);
		memcpy(want, b, SIZE);
		memcpy(want + to, a + from, n);
		CHECK(k_memcpy(b + to, a + from, n) == b + to && !memcmp(b, want, SIZE), "memcpy %zu", n);
		memcpy(want, a, SIZE);
		memmove(want + to, want + from, n);
		CHECK(k_memmove(a + to, a + from, n) == a + to && !memcmp(a, want, SIZE), "memmove %zu by %zd", n, (ssize_t)(to - from));
		memset(want + to, (int)n, n);
		CHECK(k_memset(a + to, (int)n, n) == a + to && !memcmp(a, want, SIZE), "memset %zu", n);
	}
}

/* Rows and not a byte beside them. */
static void rows(void **state)
{
	(void)state;
	enum { ROWS_MAX = 20, AROUND = 8, ALL = AROUND + ROWS_MAX * ROW + AROUND };
	static unsigned char to[ALL] __attribute__((aligned(8))), from[ALL] __attribute__((aligned(8))), wanted[ALL];
	for (size_t n = 0; n <= ROWS_MAX * ROW; n += ROW) {
		for (unsigned i = 0; i < ALL; i++) {
			from[i] = (unsigned char)rnd(256);
			wanted[i] = to[i] = (unsigned char)rnd(256);
		}
		memcpy(wanted + AROUND, from + AROUND, n);
		copy_rows(to + AROUND, from + AROUND, n);
		CHECK(!memcmp(to, wanted, ALL), "copy of %zu", n);
		memset(wanted + AROUND, 0xa5, n);
		fill_rows(to + AROUND, 0xa5a5a5a5a5a5a5a5, n);
		CHECK(!memcmp(to, wanted, ALL), "filling of %zu", n);
	}
}

static void comparisons(void **state)
{
	(void)state;
	for (int step = 0; step < 40000; step++) {
		size_t n = rnd(rnd(2) ? 20 : 300), at = rnd(16);
		fill(a);
		memcpy(b, a, SIZE);
		if (rnd(4))
			b[at + rnd(n + 1)] = (unsigned char)rnd(256);
		CHECK(sign(k_memcmp(a + at, b + at, n)) == sign(memcmp(a + at, b + at, n)));
		int c = (int)rnd(256);
		CHECK(k_memchr(a + at, c, n) == memchr(a + at, c, n));
	}
}

/* Short strings over a small alphabet, so that they often agree. */
static char *some_string(char *s)
{
	size_t n = rnd(12);
	for (size_t i = 0; i < n; i++)
		s[i] = "abAB\xe9"[rnd(5)];
	s[n] = 0;
	return s;
}

static void strings(void **state)
{
	(void)state;
	for (int step = 0; step < 60000; step++) {
		char s[16], t[16], u[40], v[40];
		size_t n = rnd(14);
		some_string(s);
		some_string(t);
		if (rnd(3) == 0)
			t[rnd(3)] = 0;
		CHECK(k_strlen(s) == strlen(s) && k_strnlen(s, n) == strnlen(s, n));
		CHECK(sign(k_strcmp(s, t)) == sign(strcmp(s, t)), "'%s' '%s'", s, t);
		CHECK(sign(k_strncmp(s, t, n)) == sign(strncmp(s, t, n)));
		CHECK(sign(k_strcasecmp(s, t)) == sign(strcasecmp(s, t)));
		CHECK(sign(k_strncasecmp(s, t, n)) == sign(strncasecmp(s, t, n)));
		CHECK(k_strchr(s, 'a') == strchr(s, 'a') && k_strchr(s, 0) == strchr(s, 0));
		CHECK(k_strrchr(s, 'B') == strrchr(s, 'B') && k_strrchr(s, 0) == strrchr(s, 0));
		CHECK(k_strstr(s, t) == strstr(s, t), "'%s' in '%s'", t, s);
		CHECK(k_strspn(s, t) == strspn(s, t) && k_strcspn(s, t) == strcspn(s, t));
		snprintf(u, n + 1, "%s", s);
		CHECK(k_strlcpy(v, s, n + 1) == strlen(s) && !strcmp(u, v));
		if (strlen(s) >= n + 1)
			continue;
		snprintf(u, n + 1, "%s%s", s, t);
		CHECK(k_strlcat(v, t, n + 1) == strlen(s) + strlen(t) && !strcmp(u, v), "'%s' '%s'", u, v);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(copies), cmocka_unit_test(rows), cmocka_unit_test(comparisons), cmocka_unit_test(strings) };
	return RUN_TESTS(tests);
}
