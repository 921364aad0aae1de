#pragma once
#include <stdbool.h>
#include "heap.h"
#include "../libc/lock.h"
/* Between the front (heap.c) and the heaps behind it. One lock, held by the front, stands around every call of a heap; only the caches of
 * threads (cache.h) work without. */

enum { HEAP_PAGE = 4096, HEAP_ALIGN = 16 };

struct heap_ops {
	const char *name;
	/* Before anything else. options is what stands behind the colon of MALLOC=name:options, or NULL. False: these cannot be. */
	bool (*start)(const char *options);
	/* n (1 .. PTRDIFF_MAX) bytes aligned to align, a power of two >= 16. *have: its usable size. NULL: the kernel gave no memory;
	 * nothing has changed. */
	void *(*alloc)(size_t n, size_t align, size_t *have);
	/* p came from alloc and is live; a heap that can tell says so and ends the program if not. What its usable size was. */
	size_t (*free)(void *p);
	/* How many bytes from p on are the caller's; at least what was asked for. */
	size_t (*usable_size)(const void *p);
	/* Give p room for n (1 .. PTRDIFF_MAX), here or by moving pages: where it is now. NULL: not without copying; nothing has changed. */
	void *(*resize)(void *p, size_t n);
	/* Whether p, just allocated, is known to be zero. NULL: never. */
	bool (*is_zero)(const void *p);
	const char *(*check)(void);	/* see heap_check() */
};

static inline size_t heap_round(size_t n, size_t align) { return (n + align - 1) & ~(align - 1); }

extern int heap_lock;
/* The one in force, and who called malloc or free: for debug.c. Both under the lock. */
extern const struct heap_ops *heap_in_force;
extern const void *heap_caller;
/* By name, up to a colon or the end; *options is what stands behind the colon. NULL: no such heap. */
const struct heap_ops *heap_by_name(const char *name, const char **options);

/* ---- the kernel, with every call counted (os.c) ---- */

void *heap_map(size_t nbytes);		/* whole pages, zeroed; NULL: refused */
/* Aligned to align, a power of two. */
void *heap_map_aligned(size_t nbytes, size_t align);
void heap_unmap(void *p, size_t nbytes);
/* Of an object's own mapping, whose first page is known, and is so where it is then. May move; NULL: refused. */
void *heap_remap(void *p, size_t from, size_t to);
extern struct heap_system heap_os;

/* ---- objects with a mapping of their own (direct.c) ---- */

void *direct_alloc(size_t n, size_t align, size_t *have);
bool direct_owns(const void *p);	/* reads the bytes before p */
size_t direct_free(void *p);		/* what its usable size was */
size_t direct_usable_size(const void *p);
void *direct_resize(void *p, size_t n);

/* A misuse that a heap has noticed: say it in one line and abort(). nbytes: the block's size, 0 if not known. */
_Noreturn void heap_misuse(const char *what, const void *p, size_t nbytes);
