#pragma once
#include "fit.h"
/* What the caches need of the chunk heap, under its lock. */

/* Up to n live blocks of so many units, from a new chunk if need be; see fit_take_many(). 0: the kernel gave no memory. */
unsigned chunk_take_many(uint32_t units, unsigned n, void **out);
/* Free a block, live or cached; a chunk that is empty thereby may go back to the kernel. */
void chunk_give(struct tag *t);
