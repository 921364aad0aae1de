#pragma once
#include <mm/types.h>
#include <lib/lock.h>
#include <mm/port.h>
/* Object caches over the buddy allocator, and kmalloc over power-of-two caches. */
struct mm;
struct slab_cache;

/* A cache for objects of size bytes (8..4096) aligned to align (a power of two <= 4096; 0: natural). name is kept, not copied. NULL: no memory. */
struct slab_cache *slab_cache_create(struct mm *mm, const char *name, size_t size, size_t align);
/* Every object must have been freed (ASSERT). */
void slab_cache_destroy(struct mm *mm, struct slab_cache *c);
void *slab_alloc(struct mm *mm, struct slab_cache *c);		/* contents undefined; NULL: no memory */
void *slab_zalloc(struct mm *mm, struct slab_cache *c);		/* zeroed */
void slab_free(struct mm *mm, struct slab_cache *c, void *obj);	/* obj NULL: nothing */

/* nbytes >= 1 of kernel memory, in the default mode (kmalloc.h): classes 8..4096 bytes, then whole blocks of frames up to 4 MiB, aligned to at least 16 (8 for 8).
 * NULL: no memory, or nbytes is 0 or too large. */
void *kmalloc(struct mm *mm, size_t nbytes);
void *kzalloc(struct mm *mm, size_t nbytes);
/* p NULL: nothing. A pointer that is no live allocation (double free, wild) is reported
 * in the log with the caller's address, counted, and otherwise ignored. */
void kfree(struct mm *mm, void *p);
/* Give every empty slab back. Returns the number of frames freed. */
size_t slab_shrink(struct mm *mm);
