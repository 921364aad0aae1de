#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "relaxed.h"
/* Which pages are known to be a heap's, so that free() may look at the bytes before any address: all of a chunk's, and the one in which the
 * header of an object with a mapping of its own lies. A table of page numbers by their last bits: who enters a page may put out another
 * that is a multiple of 64 MiB away; of that one the kernel is asked. What is in the table is true.
 *
 * Written under the heap's lock, read without. */

enum { KNOWN_PAGES = 1 << 14, KNOWN_SHIFT = 12 };

extern uint32_t heap_known[KNOWN_PAGES];

static inline bool heap_knows(const void *p)
{
	uintptr_t page = (uintptr_t)p >> KNOWN_SHIFT;
	return load_relaxed(&heap_known[page % KNOWN_PAGES]) == (uint32_t)page;
}

/* Enter the pages of [p, p + nbytes), whole ones, or take them out before they are unmapped. */
void heap_learn(const void *p, size_t nbytes);
void heap_forget(const void *p, size_t nbytes);
/* Whether p is in the table, or else mapped, as the kernel says. */
bool heap_may_read(const void *p);
