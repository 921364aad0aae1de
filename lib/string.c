/* Memory and strings. The mem functions count: the kernel spends most of a file copy or a fault in them, so they move
 * words, many to a turn, where alignment permits. Compiled so that the compiler does not turn their loops into calls of themselves. */
#include <stdint.h>
#include <lib/string.h>

enum { WORD = sizeof(uint64_t), BLOCK = 8 * WORD };

/* A word that may alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

static int both_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

/* All eight are read before one is written: else the compiler alternates, and pairs no two of them to one instruction where the machine
 * has such, or it reads further blocks ahead, for which it lacks registers. */
static inline void copy_block(word_t *to, const word_t *from)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
	uint64_t e = from[4], f = from[5], g = from[6], h = from[7];
	__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h) : : "memory");
	to[0] = a, to[1] = b, to[2] = c, to[3] = d;
	to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}

static inline void set_block(word_t *to, uint64_t w)
{
	to[0] = w, to[1] = w, to[2] = w, to[3] = w;
	to[4] = w, to[5] = w, to[6] = w, to[7] = w;
}

/* Whole words between aligned places; what is left is less than a word. */
static size_t copy_words(char *d, const char *s, size_t n)
{
	word_t *to = (word_t *)(void *)d;
	const word_t *from = (const word_t *)(const void *)s;
	size_t left = n;
	for (; left >= 4 * BLOCK; left -= 4 * BLOCK, to += 32, from += 32) {
		copy_block(to, from);
		copy_block(to + 8, from + 8);
		copy_block(to + 16, from + 16);
		copy_block(to + 24, from + 24);
	}
	for (; left >= BLOCK; left -= BLOCK, to += 8, from += 8)
		copy_block(to, from);
	for (; left >= WORD; left -= WORD)
		*to++ = *from++;
	return n - left;
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
		if (s - d >= (ptrdiff_t)BLOCK || d >= s + n)
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
	for (; n >= 4 * BLOCK; n -= 4 * BLOCK, d += 4 * BLOCK) {
		word_t *to = (word_t *)(void *)d;
		set_block(to, w);
		set_block(to + 8, w);
		set_block(to + 16, w);
		set_block(to + 24, w);
	}
	for (; n >= BLOCK; n -= BLOCK, d += BLOCK)
		set_block((word_t *)(void *)d, w);
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
