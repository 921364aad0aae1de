#pragma once
#include <stdint.h>
/* The floating-point registers of a user thread that is not running. The kernel itself uses none. */
struct fpstate {
	uint64_t f[32];
	uint64_t fcsr;
};
