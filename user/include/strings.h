#pragma once
#include <string.h>
static inline void bzero(void *p, size_t n) { memset(p, 0, n); }
/* The lowest bit that is set, from 1 on; 0: none is. */
static inline int ffs(int n)
{
	for (int bit = 0; bit < 32; bit++)
		if ((unsigned)n >> bit & 1)
			return bit + 1;
	return 0;
}
