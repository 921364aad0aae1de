/* See words.h. */
#include "words.h"
#include <string.h>

enum { MANY = 9 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (unsigned char)c >= 0x80; }

void words_split(const char *line, struct words *w)
{
	w->n = 0;
	for (const char *p = line; *p && w->n < WORDS;) {
		size_t n = 0;
		for (; *p && is_letter(lower(*p)); p++)
			if (n + 1 < WORD_BYTES)
				w->typed[w->n][n++] = lower(*p);
		w->typed[w->n][n] = 0;
		strcpy(w->read[w->n], w->typed[w->n]);
		if (n)
			w->n++;
		else
			p++;
	}
}

bool words_list_has(const char *list, const char *gaps, const char *word)
{
	size_t n = strlen(word);
	for (const char *p = list + strspn(list, gaps); *p; p += strspn(p, gaps)) {
		size_t len = strcspn(p, gaps);
		if (len == n && !memcmp(p, word, n))
			return true;
		p += len;
	}
	return false;
}

static unsigned least(unsigned a, unsigned b) { return a < b ? a : b; }

/* By rows of the usual table; three are enough for a swap of neighbours (optimal string alignment). */
unsigned words_distance(const char *a, const char *b)
{
	unsigned rows[3][WORD_BYTES + 1], *before = rows[0], *last = rows[1], *now = rows[2];
	size_t na = strlen(a), nb = strlen(b);
	if (na > nb + 2 || nb > na + 2 || nb > WORD_BYTES)
		return MANY;
	for (size_t j = 0; j <= nb; j++)
		last[j] = (unsigned)j;
	for (size_t i = 1; i <= na; i++) {
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= nb; j++) {
			now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
		unsigned *done = before;
		before = last;
		last = now;
		now = done;
	}
	return last[nb];
}

unsigned words_tolerance(size_t n) { return n < 4 ? 0 : n < 7 ? 1 : 2; }

bool words_nearest(const char *list, const char *gaps, const char *word, unsigned *distance, char *out)
{
	bool found = false;
	for (const char *p = list + strspn(list, gaps); *p; p += strspn(p, gaps)) {
		char known[WORD_BYTES];
		size_t len = strcspn(p, gaps), n = len < WORD_BYTES ? len : WORD_BYTES - 1;
		memcpy(known, p, n);
		known[n] = 0;
		p += len;
		unsigned d = n < 4 ? MANY : words_distance(word, known);
		if (d >= *distance)
			continue;
		*distance = d;
		strcpy(out, known);
		found = true;
	}
	return found;
}
