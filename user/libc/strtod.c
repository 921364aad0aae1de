/* Floating-point numbers from text, each to the nearest there is. The bits of the numbers from 0 to infinity are in their own order, so the answer is
 * searched for by halves, each time asking on which side of a boundary between two neighbours the text lies; all of it exact. */
#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "decimal.h"

/* Digits beyond these do not matter, but that there are some: no boundary has so many. */
enum { DIGITS_KEPT = DECIMAL_DIGITS - 1, EXPONENT_MOST = 100000 };

static void take_digit(struct decimal *d, int digit, bool behind_point)
{
	if (!d->n && !digit) {
		d->point -= behind_point;
		return;
	}
	d->point += !behind_point;
	if (d->n < DIGITS_KEPT)
		d->digit[d->n++] = (unsigned char)digit;
	else if (digit)
		d->digit[DIGITS_KEPT] = 1;
}

/* The exponent at s, if there is one. Its end. */
static const char *parse_exponent(const char *s, int *exponent)
{
	const char *p = s + 1;
	*exponent = 0;
	if ((*s | 32) != 'e')
		return s;
	bool negative = *p == '-';
	p += *p == '-' || *p == '+';
	if (!isdigit(*p))
		return s;
	for (; isdigit(*p); p++)
		if (*exponent < EXPONENT_MOST)
			*exponent = *exponent * 10 + *p - '0';
	if (negative)
		*exponent = -*exponent;
	return p;
}

/* Digits, a point among them, an exponent. The end; NULL: there is no digit. */
static const char *parse_decimal(const char *s, struct decimal *d)
{
	bool any = false, point = false;
	int exponent;
	*d = (struct decimal){ 0 };
	for (; isdigit(*s) || (*s == '.' && !point); s++) {
		if (*s == '.') {
			point = true;
			continue;
		}
		any = true;
		take_digit(d, *s - '0', point);
	}
	if (!any)
		return NULL;
	d->n = d->digit[DIGITS_KEPT] ? DECIMAL_DIGITS : d->n;
	while (d->n && !d->digit[d->n - 1])
		d->n--;
	s = parse_exponent(s, &exponent);
	d->point += exponent;
	return s;
}

/* On which side of the middle between the number with these bits and the next d lies; of two as near, the even one is taken. */
static bool lies_above(const struct float_format *f, uint64_t bits, const struct decimal *d)
{
	struct decimal middle;
	uint64_t m;
	int e;
	float_take_apart(f, bits, &m, &e);
	decimal_make(&middle, 2 * m + 1, e - 1);
	int order = decimal_compare(d, &middle);
	return order > 0 || (order == 0 && bits & 1);
}

static uint64_t nearest(const struct float_format *f, const struct decimal *d)
{
	uint64_t low = 0, high = float_infinity(f);
	if (!d->n || d->point < -400 || d->point > 400)
		return d->n && d->point > 0 ? high : 0;
	while (low < high) {
		uint64_t bits = low + (high - low) / 2;
		if (lies_above(f, bits, d))
			low = bits + 1;
		else
			high = bits;
	}
	return low;
}

/* "inf", "infinity" and "nan". */
static const char *parse_special(const struct float_format *f, const char *s, uint64_t *bits)
{
	*bits = float_infinity(f);
	if (!strncasecmp(s, "infinity", 8))
		return s + 8;
	if (!strncasecmp(s, "inf", 3))
		return s + 3;
	*bits += (uint64_t)1 << (f->mantissa_bits - 1);
	return strncasecmp(s, "nan", 3) ? NULL : s + 3;
}

static uint64_t parse(const struct float_format *f, const char *s, char **end)
{
	struct decimal d;
	uint64_t bits;
	const char *p = s;
	while (isspace(*p))
		p++;
	bool negative = *p == '-';
	p += *p == '-' || *p == '+';
	const char *after = parse_special(f, p, &bits);
	if (!after && (after = parse_decimal(p, &d))) {
		bits = nearest(f, &d);
		if (d.n && (bits == float_infinity(f) || bits >> f->mantissa_bits == 0))
			errno = ERANGE;
	}
	if (end)
		*end = (char *)(uintptr_t)(after ? after : s);
	return after ? bits | (uint64_t)negative << (f->mantissa_bits + f->exponent_bits) : 0;
}

double strtod(const char *s, char **end)
{
	uint64_t bits = parse(&float_double, s, end);
	double v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

float strtof(const char *s, char **end)
{
	uint32_t bits = (uint32_t)parse(&float_single, s, end);
	float v;
	memcpy(&v, &bits, sizeof v);
	return v;
}

double atof(const char *s) { return strtod(s, NULL); }
