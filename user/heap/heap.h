#pragma once
#include <stddef.h>
#include <stdint.h>
/* What programs see of their heap beside malloc() and its kin. One heap is in force per program: the one that MALLOC in the environment
 * names at the first allocation, else the program's own choice by HEAP_DEFAULT(name), else chunk.
 *
 *	page		a mapping per object (page.c)
 *	chunk[:SIZE]	a segregated fit in chunks of 64 KiB, or SIZE (16K .. 1G, as 1M), with a cache for each thread (chunk.c, fit.c, cache.c)
 *	buddy		powers of two in arenas of 1 MiB (buddy.c)
 *	debug:HEAP	one of these behind red zones, poison and a quarantine (debug.c)
 *
 * malloc(0) gives a pointer of its own. A size above PTRDIFF_MAX, or a product that overflows, is ENOMEM. realloc(p, 0) keeps an object.
 * Everything may be called from any thread; a fork copies the heap and leaves the child its own to use. */

struct heap_ops;
extern const struct heap_ops heap_page, heap_chunk, heap_buddy, heap_debug;

/* In a program's source: its default heap. */
#define HEAP_DEFAULT(heap) const struct heap_ops *const heap_default = &heap_##heap
extern const struct heap_ops *const heap_default;

/* Statistics since the program's start, in bytes (of usable size) and allocations. What another thread does meanwhile may be half in. */
size_t memory_usage(void);		/* live now */
size_t total_allocated(void);
size_t total_freed(void);
size_t allocation_count(void);		/* allocations ever made */

/* What the heap took from the kernel. */
struct heap_system {
	size_t maps, unmaps, remaps, asks;	/* system calls made; asks: whether a page is mapped at all */
	size_t mapped, peak;		/* bytes mapped now, and at most */
};
void heap_system(struct heap_system *out);

/* The heap in force: "page", "chunk", "buddy", "debug". */
const char *heap_name(void);
/* Which heap, the four figures, and the system calls, to standard output. */
void print_allocator_info(void);
/* Whether all that the heap knows agrees; NULL, or the first fault in words. O(n). Takes the heap's lock. */
const char *heap_check(void);
/* The report of a program that cannot go on without memory, to standard error; then abort(). wanted: the bytes asked for. */
_Noreturn void heap_out_of_memory(size_t wanted);
