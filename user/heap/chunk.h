#pragma once
#include "fit.h"
/* What the caches need of the chunk heap, under its lock. */

/* Up to n live blocks of so many units, a class, from a new chunk if need be; more than one if they are UNITS_EXACT at most: see
 * fit_take_many(). 0: the kernel gave no memory. */
unsigned chunk_take_many(uint32_t units, unsigned n, void **out);
/* Whether half of what the chunks have is free, so that caches should give back all. Once after each time that chunks were added: if something that
 * lives long keeps them, caches serve again. */
bool chunk_wants_all(void);
/* Free a block, live or cached; a chunk that is empty thereby may go back to the kernel. */
void chunk_give(struct tag *t);
