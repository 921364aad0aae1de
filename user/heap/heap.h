#pragma once
#include <stddef.h>
#include <stdint.h>
/* The interface of the heaps. One is in force per program: MALLOC=NAME in the environment at the first
 * allocation, else the program's own choice by HEAP_DEFAULT(name), else chunk. heap.c is the front: size rules,
 * statistics, the report; the heaps do the work and need not know of either. One lock, taken in front, makes them safe
 * for threads. */

struct heap_ops {
	const char *name;
	/* n > 0 bytes aligned to 16; NULL: the kernel gave no memory. */
	void *(*alloc)(size_t n);
	/* p came from alloc and is live; a heap that can tell says so and ends the program if not. */
	void (*free)(void *p);
	/* How many bytes from p on are the caller's; at least what was asked for. */
	size_t (*usable_size)(const void *p);
};

extern const struct heap_ops heap_page;		/* one mmap per object */
extern const struct heap_ops heap_chunk;	/* size classes in 64 KiB chunks */

/* In a program's source: its default heap. */
#define HEAP_DEFAULT(heap) const struct heap_ops *const heap_default = &heap_##heap
extern const struct heap_ops *const heap_default;

/* Statistics since the program's start, in bytes (of usable size) and allocations. */
size_t memory_usage(void);		/* live now */
size_t total_allocated(void);
size_t total_freed(void);
size_t allocation_count(void);		/* allocations ever made */
/* The heap in force: "page", "chunk". */
const char *heap_name(void);
/* Which heap, and the four figures, to standard output. */
void print_allocator_info(void);
/* The report of a program that cannot go on without memory, to standard error; then abort(). wanted: the bytes asked for. */
_Noreturn void heap_out_of_memory(size_t wanted);
/* A misuse that a heap has noticed: say it and abort(). */
_Noreturn void heap_misuse(const char *what, const void *p);
