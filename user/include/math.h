#pragma once
/* What of C's mathematics the processor does in an instruction or a few, for programs; on RISC-V these need F and D, which the C library itself does without.
 * There are no logarithms, no angles, no errno. */
#define INFINITY (__builtin_inff())
#define NAN (__builtin_nanf(""))
#define HUGE_VAL (__builtin_inf())
#define M_PI 3.14159265358979323846
#define M_E 2.7182818284590452354
#define isnan(x) __builtin_isnan(x)
#define isinf(x) __builtin_isinf(x)
#define isfinite(x) __builtin_isfinite(x)
#define signbit(x) __builtin_signbit(x)

static inline double fabs(double x) { return __builtin_fabs(x); }
static inline double copysign(double x, double sign) { return __builtin_copysign(x, sign); }
static inline double fmin(double a, double b) { return isnan(a) || b < a ? b : a; }
static inline double fmax(double a, double b) { return isnan(a) || b > a ? b : a; }

/* To the nearest, as all of IEEE 754's operations; of a negative number: not a number. */
static inline double sqrt(double x)
{
	double root;
#ifdef __riscv
	__asm__("fsqrt.d %0, %1" : "=f"(root) : "f"(x));
#else
	__asm__("fsqrt %d0, %d1" : "=w"(root) : "w"(x));
#endif
	return root;
}

/* Towards 0. From 2^52 on there are only whole numbers. */
static inline double trunc(double x) { return fabs(x) < 4503599627370496.0 ? copysign((double)(long)x, x) : x; }

static inline double floor(double x)
{
	double whole = trunc(x);
	return whole > x ? whole - 1 : whole;
}

static inline double ceil(double x)
{
	double whole = trunc(x);
	return whole < x ? copysign(whole + 1, x) : whole;
}

/* Halves away from 0. */
static inline double round(double x)
{
	double whole = trunc(x);
	return fabs(x - whole) >= 0.5 ? whole + copysign(1, x) : whole;
}
