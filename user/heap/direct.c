/* Objects with a mapping of their own, for the heaps that cut their memory: what is large goes back to the kernel when it is freed, and
 * grows by moving page-table entries instead of bytes.
 *
 *	| (alignment) | map, its bytes, unused, tag | object ... |	the header's page is the mapping's first */
#include "heap_priv.h"
#include "known.h"
#include "tag.h"

struct direct { void *map; size_t nbytes; uint32_t unused[2]; struct tag tag; };
_Static_assert(sizeof(struct direct) == 2 * UNIT || sizeof(void *) == 4, "the object is aligned");

static struct direct *direct_of(const void *p) { return (struct direct *)((char *)(uintptr_t)p - sizeof(struct direct)); }

static void *write_header(void *map, size_t nbytes, char *p)
{
	struct direct *d = direct_of(p);
	d->map = map;
	d->nbytes = nbytes;
	tag_write(&d->tag, (uint32_t)(nbytes / HEAP_PAGE) & TAG_UNITS, TAG_DIRECT);
	heap_learn(map, HEAP_PAGE);
	return p;
}

void *direct_alloc(size_t n, size_t align, size_t *have)
{
	size_t head = sizeof(struct direct), spare = align > head ? align : 0;
	if (n > PTRDIFF_MAX - 2 * HEAP_PAGE - spare)
		return NULL;
	size_t bytes = heap_round(head + spare + n, HEAP_PAGE);
	char *map = heap_map(bytes);
	if (!map)
		return NULL;
	char *p = map + head;
	p += -(uintptr_t)p & (align - 1);
	size_t before = (size_t)(p - head - map) & ~(size_t)(HEAP_PAGE - 1), used = heap_round((size_t)(p + n - map), HEAP_PAGE);
	if (used < bytes)
		heap_unmap(map + used, bytes - used);
	if (before)
		heap_unmap(map, before);
	*have = (size_t)(map + used - p);
	return write_header(map + before, used - before, p);
}

bool direct_owns(const void *p)
{
	const struct direct *d = direct_of(p);
	return tag_state(&d->tag) == TAG_DIRECT && ((uintptr_t)d & ~(uintptr_t)(HEAP_PAGE - 1)) == (uintptr_t)d->map
		&& tag_units(&d->tag) == ((uint32_t)(d->nbytes / HEAP_PAGE) & TAG_UNITS);
}

size_t direct_usable_size(const void *p)
{
	const struct direct *d = direct_of(p);
	return (size_t)((const char *)d->map + d->nbytes - (const char *)p);
}

size_t direct_free(void *p)
{
	struct direct *d = direct_of(p);
	size_t had = direct_usable_size(p);
	heap_forget(d->map, HEAP_PAGE);
	heap_unmap(d->map, d->nbytes);
	return had;
}

void *direct_resize(void *p, size_t n)
{
	struct direct *d = direct_of(p);
	size_t lead = (size_t)((char *)p - (char *)d->map);
	if (n > PTRDIFF_MAX - 2 * HEAP_PAGE - lead)
		return NULL;
	size_t bytes = heap_round(lead + n, HEAP_PAGE);
	if (bytes == d->nbytes)
		return p;
	char *map = heap_remap(d->map, d->nbytes, bytes);
	return map ? write_header(map, bytes, map + lead) : NULL;
}
