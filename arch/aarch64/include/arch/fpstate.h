#pragma once
#include <stdint.h>
/* The registers of a user thread that is not running which the trap frame has not: floating point and SIMD, and the
 * thread pointer. The kernel itself uses none of them. */
struct fpstate {
	uint64_t v[64];		/* q0..q31, the low half of each first */
	uint32_t fpsr, fpcr;
	uint64_t tpidr;		/* tpidr_el0 */
};
