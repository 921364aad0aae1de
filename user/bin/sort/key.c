/* What of two lines is compared, and how: the keys of -k. */
#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "sort.h"

enum { KEYS = 8 };
struct place { unsigned long field, byte; };		/* byte 0: not given */
struct key { struct place first, last; struct how how; bool own; };	/* own: it says how itself */

static struct key keys[KEYS];
static size_t key_count;
struct how how;
char separator;

bool set_how(struct how *h, char c)
{
	switch (c) {
	case 'n': h->numbers = true; return true;
	case 'r': h->reverse = true; return true;
	case 'f': h->fold = true; return true;
	case 'b': h->skip_blanks = true; return true;
	default: return false;
	}
}

static const char *parse_place(const char *s, struct place *p, struct key *k)
{
	char *end;
	p->field = strtoul(s, &end, 10);
	if (end == s || !p->field)
		errx(2, "-k: fields are counted from 1");
	if (*end == '.')
		p->byte = strtoul(end + 1, &end, 10);
	for (; set_how(&k->how, *end); end++)
		k->own = true;
	return end;
}

void add_key(const char *s)
{
	struct key k = { 0 };
	if (key_count == KEYS)
		errx(2, "more than %d keys", KEYS);
	s = parse_place(s, &k.first, &k);
	if (*s == ',')
		s = parse_place(s + 1, &k.last, &k);
	if (*s)
		errx(2, "-k: %s: not understood", s);
	keys[key_count++] = k;
}

/* ---- comparing ---- */

static const char *skip_blanks(const char *s)
{
	while (*s == ' ' || *s == '\t')
		s++;
	return s;
}

static const char *field_end(const char *s)
{
	if (separator)
		return s + strcspn(s, (char[]){ separator, 0 });
	s = skip_blanks(s);
	return s + strcspn(s, " \t");
}

static const char *field_start(const char *s, unsigned long field)
{
	while (--field && *s) {
		s = field_end(s);
		s += separator && *s;
	}
	return s;
}

static const char *at_most(const char *s, unsigned long bytes)
{
	while (bytes-- && *s)
		s++;
	return s;
}

/* The part of s that k compares: from *start up to *end. */
static void find_key(const char *s, const struct key *k, const struct how *h, const char **start, const char **end)
{
	*start = field_start(s, k->first.field);
	if (h->skip_blanks)
		*start = skip_blanks(*start);
	*start = at_most(*start, k->first.byte ? k->first.byte - 1 : 0);
	*end = *start + strlen(*start);
	if (!k->last.field)
		return;
	*end = field_start(s, k->last.field);
	if (k->last.byte)
		*end = at_most(h->skip_blanks ? skip_blanks(*end) : *end, k->last.byte);
	else
		*end = field_end(*end);
	if (*end < *start)
		*end = *start;
}

/* The digits of the whole number at s, without the zeros before; *digits: how many, *negative. */
static const char *parse_number(const char *s, const char *end, size_t *digits, bool *negative)
{
	while (s < end && (*s == ' ' || *s == '\t'))
		s++;
	*negative = s < end && *s == '-';
	s += *negative;
	while (s < end && *s == '0')
		s++;
	for (*digits = 0; s + *digits < end && isdigit((unsigned char)s[*digits]);)
		++*digits;
	return s;
}

/* What follows the point, digit by digit. */
static int compare_fractions(const char *a, const char *a_end, const char *b, const char *b_end)
{
	a += a < a_end && *a == '.' ? 1 : a_end - a;
	b += b < b_end && *b == '.' ? 1 : b_end - b;
	for (;; a++, b++) {
		bool more_a = a < a_end && isdigit((unsigned char)*a), more_b = b < b_end && isdigit((unsigned char)*b);
		int d = (more_a ? *a : '0') - (more_b ? *b : '0');
		if (d || (!more_a && !more_b))
			return d;
	}
}

static bool is_zero(const char *s, const char *end, size_t digits) { return !digits && compare_fractions(s, end, "", "") == 0; }

/* Numbers of any length. */
static int compare_numbers(const char *a, const char *a_end, const char *b, const char *b_end)
{
	size_t na, nb;
	bool minus_a, minus_b;
	a = parse_number(a, a_end, &na, &minus_a);
	b = parse_number(b, b_end, &nb, &minus_b);
	minus_a = minus_a && !is_zero(a, a_end, na);
	minus_b = minus_b && !is_zero(b, b_end, nb);
	if (minus_a != minus_b)
		return minus_a ? -1 : 1;
	int d = na != nb ? na < nb ? -1 : 1 : na ? memcmp(a, b, na) : 0;
	d = d ? d : compare_fractions(a + na, a_end, b + nb, b_end);
	return minus_a ? -d : d;
}

static int compare_bytes(const char *a, const char *a_end, const char *b, const char *b_end, bool fold)
{
	for (; a < a_end && b < b_end; a++, b++) {
		int x = (unsigned char)*a, y = (unsigned char)*b;
		int d = fold ? toupper(x) - toupper(y) : x - y;
		if (d)
			return d;
	}
	return (a < a_end) - (b < b_end);
}

static int compare_key(const char *a, const char *b, const struct key *k)
{
	const struct how *h = k->own ? &k->how : &how;
	const char *x, *x_end, *y, *y_end;
	find_key(a, k, h, &x, &x_end);
	find_key(b, k, h, &y, &y_end);
	int d = h->numbers ? compare_numbers(x, x_end, y, y_end) : compare_bytes(x, x_end, y, y_end, h->fold);
	return h->reverse ? -d : d;
}

int compare_keys(const char *a, const char *b)
{
	static const struct key whole = { .first = { 1, 0 } };
	int d = key_count ? 0 : compare_key(a, b, &whole);
	for (size_t i = 0; i < key_count && !d; i++)
		d = compare_key(a, b, &keys[i]);
	return d;
}
