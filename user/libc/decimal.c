/* Decimal numbers: see decimal.h. */
#include <string.h>
#include "decimal.h"

const struct float_format float_single = { 23, 8 }, float_double = { 52, 11 };

/* A large whole number, in groups of 9 decimal digits, the lowest first. */
enum { GROUP = 1000000000, GROUP_DIGITS = 9, GROUPS = DECIMAL_DIGITS / GROUP_DIGITS + 1 };
struct big { int n; uint32_t group[GROUPS]; };

static void big_multiply(struct big *b, uint32_t by)
{
	uint64_t carry = 0;
	for (int i = 0; i < b->n; i++) {
		carry += (uint64_t)b->group[i] * by;
		b->group[i] = (uint32_t)(carry % GROUP);
		carry /= GROUP;
	}
	for (; carry; carry /= GROUP)
		b->group[b->n++] = (uint32_t)(carry % GROUP);
}

/* base^times, as many at once as 32 bits hold. */
static void big_multiply_power(struct big *b, uint32_t base, int times)
{
	while (times > 0) {
		uint64_t by = base;
		for (times--; times > 0 && by * base <= UINT32_MAX; times--)
			by *= base;
		big_multiply(b, (uint32_t)by);
	}
}

static void strip_zeros(struct decimal *d)
{
	while (d->n && !d->digit[d->n - 1])
		d->n--;
}

static void big_digits(const struct big *b, struct decimal *d)
{
	unsigned char digit[GROUPS * GROUP_DIGITS];
	int n = 0, first = 0;
	for (int i = b->n; i-- > 0;)
		for (uint32_t unit = GROUP / 10; unit; unit /= 10)
			digit[n++] = (unsigned char)(b->group[i] / unit % 10);
	while (first < n && !digit[first])
		first++;
	d->n = d->point = n - first;
	memcpy(d->digit, digit + first, (size_t)d->n);
	strip_zeros(d);
}

/* 2^-k is 5^k * 10^-k: the digits are those of a whole number, whichever way the exponent points. */
void decimal_make(struct decimal *d, uint64_t m, int e)
{
	struct big b = { .n = 0 };
	for (; m; m /= GROUP)
		b.group[b.n++] = (uint32_t)(m % GROUP);
	big_multiply_power(&b, e < 0 ? 5 : 2, e < 0 ? -e : e);
	big_digits(&b, d);
	if (e < 0)
		d->point += e;
}

static int rounds_up(const struct decimal *d, int keep)
{
	if (keep < 0 || d->digit[keep] != 5)
		return keep >= 0 && d->digit[keep] > 5;
	return d->n > keep + 1 || (keep && d->digit[keep - 1] % 2);
}

void decimal_round(struct decimal *d, int keep)
{
	if (keep >= d->n)
		return;
	int up = rounds_up(d, keep);
	d->n = keep > 0 ? keep : 0;
	if (up) {
		while (d->n && d->digit[d->n - 1] == 9)
			d->n--;
		if (d->n) {
			d->digit[d->n - 1]++;
		} else {
			d->digit[d->n++] = 1;
			d->point++;
		}
	}
	strip_zeros(d);
}

int decimal_compare(const struct decimal *a, const struct decimal *b)
{
	if (!a->n || !b->n)
		return !!a->n - !!b->n;
	if (a->point != b->point)
		return a->point < b->point ? -1 : 1;
	int order = memcmp(a->digit, b->digit, (size_t)(a->n < b->n ? a->n : b->n));
	return order ? order : a->n - b->n;
}

void float_take_apart(const struct float_format *f, uint64_t bits, uint64_t *m, int *e)
{
	uint64_t one = (uint64_t)1 << f->mantissa_bits, exponent = bits >> f->mantissa_bits;
	int lowest = 2 - (1 << (f->exponent_bits - 1)) - f->mantissa_bits;	/* of the numbers whose 1 is not left out */
	*m = exponent ? (bits & (one - 1)) | one : bits;
	*e = exponent ? lowest + (int)exponent - 1 : lowest;
}
