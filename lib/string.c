/* Memory and strings. The mem functions count, so they move words, and rows of them, where alignment permits. Compiled so that the compiler
 * does not turn their loops into calls of themselves. */
#include <stdint.h>
#include <lib/rows.h>
#include <lib/string.h>

enum { WORD = sizeof(uint64_t) };

static int both_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

/* Whole words between aligned places; what is left is less than a word. */
static size_t copy_words(char *d, const char *s, size_t n)
{
	size_t done = n & ~(size_t)(ROW - 1);
	copy_rows(d, s, done);
	for (; n - done >= WORD; done += WORD)
		*(word_t *)(void *)(d + done) = *(const word_t *)(const void *)(s + done);
	return done;
}

/* Words to an aligned place from one that is not: each is made of the end of one word at the source and the beginning of the next
 * (both machines are little-endian). Only words that lie wholly in the source are read; the first one's part byte by byte. */
static size_t copy_shifted(char *d, const char *s, size_t n)
{
	unsigned have = (unsigned)(-(uintptr_t)s & (WORD - 1));	/* bytes up to the first whole word: 1 to 7 */
	uint64_t carry = 0;
	size_t left = n;
	for (unsigned i = 0; i < have; i++)
		carry |= (uint64_t)(unsigned char)s[i] << 8 * i;
	for (s += have; left >= WORD + have; left -= WORD, d += WORD, s += WORD) {
		uint64_t w = *(const word_t *)(const void *)s;
		*(word_t *)(void *)d = carry | w << 8 * have;
		carry = w >> (64 - 8 * have);
	}
	return n - left;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	char *d = dst;
	const char *s = src;
	if (n >= 2 * WORD) {
		for (; (uintptr_t)d & (WORD - 1); n--)
			*d++ = *s++;
		size_t done = both_aligned(d, s) ? copy_words(d, s, n) : copy_shifted(d, s, n);
		d += done;
		s += done;
		n -= done;
	} else if (n >= WORD && both_aligned(d, s)) {
		*(word_t *)(void *)d = *(const word_t *)(const void *)s;
		d += WORD;
		s += WORD;
		n -= WORD;
	}
	while (n--)
		*d++ = *s++;
	return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
	char *d = dst;
	const char *s = src;
	if (d <= s || d >= s + n) {
		if (s - d >= ROW || d >= s + n)
			return memcpy(dst, src, n);
		while (n--)
			*d++ = *s++;
		return dst;
	}
	if (both_aligned(d + n, s + n))
		for (; n >= WORD; n -= WORD)
			*(word_t *)(void *)(d + n - WORD) = *(const word_t *)(const void *)(s + n - WORD);
	while (n--)
		d[n] = s[n];
	return dst;
}

void *memset(void *dst, int c, size_t n)
{
	char *d = dst;
	for (; n && ((uintptr_t)d & (WORD - 1)); n--)
		*d++ = (char)c;
	uint64_t w = (unsigned char)c * 0x0101010101010101ull;
	size_t rows = n & ~(size_t)(ROW - 1);
	fill_rows(d, w, rows);
	d += rows;
	n -= rows;
	for (; n >= WORD; n -= WORD, d += WORD)
		*(word_t *)(void *)d = w;
	while (n--)
		*d++ = (char)c;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *p = a, *q = b;
	if (both_aligned(p, q))
		for (; n >= WORD && *(const word_t *)(const void *)p == *(const word_t *)(const void *)q; n -= WORD)
			p += WORD, q += WORD;
	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void *memchr(const void *s, int c, size_t n)
{
	for (const unsigned char *p = s; n; n--, p++)
		if (*p == (unsigned char)c)
			return (void *)(uintptr_t)p;
	return NULL;
}

size_t strlen(const char *s)
{
	const char *p = s;
	while (*p)
		p++;
	return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t n)
{
	size_t i = 0;
	while (i < n && s[i])
		i++;
	return i;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && *a == *b; n--)
		a++, b++;
	return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

static int lower(char c) { return c >= 'A' && c <= 'Z' ? c + 32 : (unsigned char)c; }

int strncasecmp(const char *a, const char *b, size_t n)
{
	for (; n && *a && lower(*a) == lower(*b); n--)
		a++, b++;
	return n ? lower(*a) - lower(*b) : 0;
}

int strcasecmp(const char *a, const char *b) { return strncasecmp(a, b, SIZE_MAX); }

char *strchr(const char *s, int c)
{
	for (;; s++) {
		if (*s == (char)c)
			return (char *)(uintptr_t)s;
		if (!*s)
			return NULL;
	}
}

char *strrchr(const char *s, int c)
{
	const char *found = NULL;
	for (;; s++) {
		if (*s == (char)c)
			found = s;
		if (!*s)
			return (char *)(uintptr_t)found;
	}
}

char *strstr(const char *s, const char *what)
{
	size_t n = strlen(what);
	for (; *s || !n; s++)
		if (!strncmp(s, what, n))
			return (char *)(uintptr_t)s;
	return NULL;
}

size_t strspn(const char *s, const char *accept)
{
	size_t n = 0;
	while (s[n] && strchr(accept, s[n]))
		n++;
	return n;
}

size_t strcspn(const char *s, const char *reject)
{
	size_t n = 0;
	while (s[n] && !strchr(reject, s[n]))
		n++;
	return n;
}

size_t strlcpy(char *dst, const char *src, size_t n)
{
	size_t len = strlen(src), part = len < n ? len : n - 1;
	memcpy(dst, src, part);
	dst[part] = 0;
	return len;
}

size_t strlcat(char *dst, const char *src, size_t n)
{
	size_t have = strnlen(dst, n);
	return have == n ? n + strlen(src) : have + strlcpy(dst + have, src, n - have);
}
