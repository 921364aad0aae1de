/* The page heap: one mmap per object, one munmap per free, as the system of the book's story did it. Memory goes back to the
 * kernel at once; every object costs two system calls and at least a page, of memory and of addresses.
 *
 *	| size of the mapping, magic (16 bytes) | the object ... | */
#include "heap_priv.h"
#include "known.h"

#define MAGIC 0x6d616e756c706167ull

struct header { size_t bytes; uint64_t magic; };

static struct header *header_of(const void *p)
{
	struct header *h = (struct header *)((uintptr_t)p - sizeof *h);
	if ((uintptr_t)p % HEAP_ALIGN || !heap_may_read(h) || h->magic != MAGIC)
		heap_misuse("not an object of this heap", p, 0);
	return h;
}

/* The mapping starts with the header's page, whatever the object's alignment. That page is known, so that free() need not ask for it. */
static char *map_of(const struct header *h) { return (char *)((uintptr_t)h & ~(uintptr_t)(HEAP_PAGE - 1)); }

/* Up to a page the object's alignment is its distance from the start; above, it starts a page after one that was placed for that. */
static void *page_alloc(size_t n, size_t align, size_t *have)
{
	size_t lead = align < HEAP_PAGE ? align : HEAP_PAGE, bytes = heap_round(n + lead, HEAP_PAGE);
	size_t spare = align > HEAP_PAGE ? align : 0;
	char *map = heap_map(bytes + spare);
	if (!map)
		return NULL;
	size_t before = spare ? -((uintptr_t)map + lead) & (align - 1) : 0;
	if (before)
		heap_unmap(map, before);
	if (spare > before)
		heap_unmap(map + before + bytes, spare - before);
	struct header *h = (struct header *)(void *)(map + before + lead) - 1;
	*h = (struct header){ bytes, MAGIC };
	heap_learn(map_of(h), HEAP_PAGE);
	*have = bytes - lead;
	return h + 1;
}

static size_t room(const struct header *h) { return (size_t)(map_of(h) + h->bytes - (const char *)(h + 1)); }

static size_t page_free(void *p)
{
	struct header *h = header_of(p);
	size_t had = room(h);
	heap_forget(map_of(h), HEAP_PAGE);
	heap_unmap(map_of(h), h->bytes);
	return had;
}

static size_t page_usable_size(const void *p) { return room(header_of(p)); }

static void *page_resize(void *p, size_t n)
{
	struct header *h = header_of(p);
	size_t lead = (size_t)((char *)p - map_of(h)), bytes = heap_round(n + lead, HEAP_PAGE);
	char *map = bytes == h->bytes ? map_of(h) : heap_remap(map_of(h), h->bytes, bytes);
	if (!map)
		return NULL;
	((struct header *)(void *)(map + lead) - 1)->bytes = bytes;
	return map + lead;
}

static bool page_is_zero(const void *p) { return p; }

const struct heap_ops heap_page = { .name = "page", .alloc = page_alloc, .free = page_free, .usable_size = page_usable_size,
	.resize = page_resize, .is_zero = page_is_zero };
