#pragma once
#include <stdint.h>
/* Numbers in decimal, exact: every m * 2^e has finitely many digits, a double at most 767. With them a double is printed with any precision,
 * and read to the nearest, by whole numbers alone; so the C library itself needs no floating point. */

enum { DECIMAL_DIGITS = 800 };

/* 0.d1d2...dn * 10^point; digits are 0 .. 9, dn is not 0. n 0: the number 0. */
struct decimal { int n, point; unsigned char digit[DECIMAL_DIGITS]; };

/* m * 2^e, where -1075 <= e <= 971. */
void decimal_make(struct decimal *d, uint64_t m, int e);
/* Keep so many digits, rounded to the nearest, of two to the even one. keep <= 0 may leave nothing, or the 1 before. */
void decimal_round(struct decimal *d, int keep);
int decimal_compare(const struct decimal *a, const struct decimal *b);

/* A format of IEEE 754: the sign, then the exponent, then the mantissa's bits behind the point. */
struct float_format { int mantissa_bits, exponent_bits; };
extern const struct float_format float_single, float_double;
/* What the bits, without the sign, stand for: *m * 2^*e. Infinity looks like the number that would come next. */
void float_take_apart(const struct float_format *f, uint64_t bits, uint64_t *m, int *e);
/* The bits of infinity; more: not a number. */
static inline uint64_t float_infinity(const struct float_format *f) { return (((uint64_t)1 << f->exponent_bits) - 1) << f->mantissa_bits; }
