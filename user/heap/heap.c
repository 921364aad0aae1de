/* The front of the heaps: malloc and its kin. What a thread's cache has is handed out here without the lock; all else goes to the heap in
 * force, under the lock. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cache.h"
#include "heap_priv.h"
#include "report.h"

int heap_lock;
const struct heap_ops *heap_in_force;
const void *heap_caller;

static bool is_power(size_t n) { return n && !(n & (n - 1)); }

/* Hold the lock, with a heap chosen, and a cache for this thread if the heap has caches. */
static void enter(const void *caller)
{
	lock(&heap_lock);
	heap_caller = caller;
	if (!heap_in_force)
		heap_choose();
	if (heap_in_force == &heap_chunk && cache_mine == &cache_none)
		cache_begin();
}

static void leave(void) { unlock(&heap_lock); }

/* Under the lock. A small object comes with others, for the cache. */
static void *take(size_t n, size_t align)
{
	bool small = align == HEAP_ALIGN && n <= CACHE_LARGEST && cache_mine != &cache_none;
	size_t have = 0;
	void *p = small ? cache_refill(cache_mine, units_of_class(units_for(n)), &have) : heap_in_force->alloc(n, align, &have);
	if (p)
		heap_note_alloc(have);
	return p;
}

static __attribute__((noinline)) void *alloc_slowly(size_t n, size_t align, const void *caller)
{
	void *p = NULL;
	if (n <= PTRDIFF_MAX) {
		enter(caller);
		p = take(n ? n : 1, align);
		leave();
	}
	if (!p)
		errno = ENOMEM;
	return p;
}

static __attribute__((noinline)) void free_slowly(void *p, const void *caller)
{
	enter(caller);
	heap_note_free(heap_in_force->free(p));
	leave();
}

/* free(NULL) comes here too: no chunk has the tag before it.
 *
 * malloc and free jump to these, so that the return address is theirs; if they read it, they would have to save it each time. */
static __attribute__((noinline)) void *malloc_slowly(size_t n)
{
	void *p = cache_alloc_larger(n);
	return p ? p : alloc_slowly(n, HEAP_ALIGN, __builtin_return_address(0));
}

static __attribute__((noinline)) void free_by_heap(void *p)
{
	if (p && !(cache_make_room(p) && cache_free(p)))
		free_slowly(p, __builtin_return_address(0));
}

void *malloc(size_t n)
{
	void *p = cache_alloc(n);
	return p ? p : malloc_slowly(n);
}

void free(void *p)
{
	if (!cache_free(p))
		free_by_heap(p);
}

void *calloc(size_t n, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(n, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	void *p = cache_alloc(bytes);
	if (p || (p = cache_alloc_larger(bytes)))
		return memset(p, 0, bytes);
	p = alloc_slowly(bytes, HEAP_ALIGN, __builtin_return_address(0));
	bool is_zero = p && bytes > CACHE_LARGEST && heap_in_force->is_zero && heap_in_force->is_zero(p);
	return p && !is_zero ? memset(p, 0, bytes) : p;
}

/* Where p is now, with room for n, if that goes without copying; *have is its size before. */
static void *resize(void *p, size_t n, size_t *have, const void *caller)
{
	enter(caller);
	*have = heap_in_force->usable_size(p);
	bool keeps = n <= *have && n >= *have / 2 && heap_in_force != &heap_debug;
	void *q = keeps ? p : n <= PTRDIFF_MAX && heap_in_force->resize ? heap_in_force->resize(p, n) : NULL;
	if (q && !keeps)
		heap_note_resize(*have, heap_in_force->usable_size(q));
	leave();
	return q;
}

void *realloc(void *p, size_t n)
{
	const void *caller = __builtin_return_address(0);
	if (!p)
		return alloc_slowly(n, HEAP_ALIGN, caller);
	size_t have, wanted = n ? n : 1;
	void *q = resize(p, wanted, &have, caller);
	if (q)
		return q;
	q = alloc_slowly(n, HEAP_ALIGN, caller);
	if (!q)
		return NULL;
	memcpy(q, p, wanted < have ? wanted : have);
	free_slowly(p, caller);
	return q;
}

void *aligned_alloc(size_t align, size_t n)
{
	if (!is_power(align)) {
		errno = EINVAL;
		return NULL;
	}
	if (align > PTRDIFF_MAX / 4) {
		errno = ENOMEM;
		return NULL;
	}
	return alloc_slowly(n, align < HEAP_ALIGN ? HEAP_ALIGN : align, __builtin_return_address(0));
}

/* By an error number, and errno is left alone. */
int posix_memalign(void **out, size_t align, size_t n)
{
	int saved = errno;
	void *p = align % sizeof(void *) ? NULL : aligned_alloc(align, n);
	int error = p ? 0 : !is_power(align) || align % sizeof(void *) ? EINVAL : ENOMEM;
	if (p)
		*out = p;
	errno = saved;
	return error;
}

size_t malloc_usable_size(void *p)
{
	if (!p)
		return 0;
	enter(NULL);
	size_t n = heap_in_force->usable_size(p);
	leave();
	return n;
}

const char *heap_check(void)
{
	enter(NULL);
	const char *fault = heap_in_force->check ? heap_in_force->check() : NULL;
	if (!fault)
		fault = cache_check();
	leave();
	return fault;
}

const char *heap_name(void)
{
	enter(NULL);
	leave();
	return heap_in_force->name;
}

/* ---- what the rest of libc tells ---- */

void malloc_hold(void) { lock(&heap_lock); }
void malloc_release(void) { unlock(&heap_lock); }
void malloc_after_fork(void) { cache_after_fork(); }

void malloc_thread_end(void)
{
	lock(&heap_lock);
	cache_end();
	unlock(&heap_lock);
}
