#pragma once
#include <stdbool.h>
#include <stdint.h>
/* Bit tricks without a compiler's helper library. n/a inputs are ASSERTed by
 * callers: bit_highest(0) and bit_lowest(0) are undefined. */

static inline bool is_power_of_2(uint64_t n) { return n && !(n & (n - 1)); }
static inline uint64_t align_up(uint64_t n, uint64_t a) { return (n + a - 1) & ~(a - 1); }
static inline uint64_t align_down(uint64_t n, uint64_t a) { return n & ~(a - 1); }

/* Number of the highest set bit, 0..63. */
static inline unsigned bit_highest(uint64_t n)
{
#if defined(__riscv)
	unsigned r = 0;
	for (unsigned s = 32; s; s >>= 1)
		if (n >> s) {
			n >>= s;
			r += s;
		}
	return r;
#else
	return 63u - (unsigned)__builtin_clzll(n);
#endif
}

/* Number of the lowest set bit, 0..63. */
static inline unsigned bit_lowest(uint64_t n) { return bit_highest(n & -n); }

/* Smallest k with 1 << k >= n; n >= 1. */
static inline unsigned log2_up(uint64_t n) { return n <= 1 ? 0 : bit_highest(n - 1) + 1; }
