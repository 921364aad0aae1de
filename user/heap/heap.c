/* The front of the heaps: malloc and its kin, statistics, reports. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../libc/lock.h"
#include "../libc/priv.h"
#include "heap.h"

static const struct heap_ops *heap;
static size_t allocated, freed, allocations;
static int heap_lock;	/* for all of it: the heaps know of no threads */

void malloc_hold(void) { lock(&heap_lock); }
void malloc_release(void) { unlock(&heap_lock); }

static void choose_heap(void)
{
	static const struct heap_ops *const heaps[] = { &heap_page, &heap_chunk };
	const char *name = environ ? getenv("MALLOC") : NULL;
	heap = heap_default;
	for (size_t i = 0; name && i < sizeof heaps / sizeof *heaps; i++)
		if (!strcmp(heaps[i]->name, name)) {
			heap = heaps[i];
			return;
		}
	if (name) {
		static const char text[] = "malloc: MALLOC is neither page nor chunk: the default is used\n";
		write(2, text, sizeof text - 1);
	}
}

/* Size 0 is served as 1: the pointer is unique and may be freed. */
void *malloc(size_t n)
{
	lock(&heap_lock);
	if (!heap)
		choose_heap();
	void *p = n <= PTRDIFF_MAX ? heap->alloc(n ? n : 1) : NULL;
	if (p) {
		allocated += heap->usable_size(p);
		allocations++;
	}
	unlock(&heap_lock);
	if (!p)
		errno = ENOMEM;
	return p;
}

void free(void *p)
{
	if (!p)
		return;
	lock(&heap_lock);
	freed += heap->usable_size(p);
	heap->free(p);
	unlock(&heap_lock);
}

void *calloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	void *p = malloc(bytes);
	return p ? memset(p, 0, bytes) : NULL;
}

void *realloc(void *p, size_t n)
{
	if (!p)
		return malloc(n);
	size_t have = heap->usable_size(p);
	if (n && n <= have && n >= have / 2)
		return p;
	void *q = malloc(n);
	if (!q)
		return NULL;
	memcpy(q, p, n < have ? n : have);
	free(p);
	return q;
}

/* Alignments up to 16 are every block's; larger ones only the page heap's and large blocks of chunk could give. */
void *aligned_alloc(size_t align, size_t n)
{
	if (align && !(align & (align - 1)) && align <= 16)
		return malloc(n);
	errno = EINVAL;
	return NULL;
}

size_t malloc_usable_size(void *p) { return p ? heap->usable_size(p) : 0; }

size_t memory_usage(void) { return allocated - freed; }
size_t total_allocated(void) { return allocated; }
size_t total_freed(void) { return freed; }
size_t allocation_count(void) { return allocations; }

const char *heap_name(void)
{
	if (!heap)
		choose_heap();
	return heap->name;
}

void print_allocator_info(void)
{
	printf("heap %s: %zu bytes live, %zu allocated, %zu freed, %zu allocations\n", heap_name(), memory_usage(), allocated, freed,
		allocations);
}

/* Into a buffer on the stack: there is no memory. */
_Noreturn void heap_out_of_memory(size_t wanted)
{
	char text[256];
	int n = snprintf(text, sizeof text, "OUT OF MEMORY!\n  requested: %zu bytes\n  net: %zu bytes\n  total allocated: %zu bytes\n"
		"  total freed: %zu bytes\n  allocation count: %zu\n", wanted, memory_usage(), allocated, freed, allocations);
	fflush(stdout);
	write(2, text, (size_t)n);
	abort();
}

_Noreturn void heap_misuse(const char *what, const void *p)
{
	char text[96];
	int n = snprintf(text, sizeof text, "free: %s: %p\n", what, p);
	write(2, text, (size_t)n);
	abort();
}
