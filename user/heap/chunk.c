/* The chunk heap: objects of a size class share 64 KiB chunks that come from mmap, aligned to their size, so that an object's chunk is
 * found by masking its address. Larger objects are mapped directly, behind a header of the same form.
 *
 *	chunk: | header | object | object | ... |	free objects are linked through their first word
 *
 * Classes: 16, 32, 48, 64, then four to each power of two, up to 16 KiB. A chunk that becomes empty goes back to the kernel, but for
 * one per class that is kept, so that a program at the edge does not map and unmap at each step. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include "heap.h"

enum { CHUNK = 65536, LARGEST_CLASS = 16384, CLASSES = 40, ALIGN = 16 };
#define MAGIC_SMALL 0x6d616e756c636875ull
#define MAGIC_LARGE 0x6d616e756c6c6172ull

struct chunk {
	uint64_t magic;
	size_t object_size;	/* large: usable bytes */
	void *map;		/* what to unmap */
	size_t map_bytes;
	struct chunk *next, *prev;	/* chunks of the class with free objects */
	void *free;		/* list of freed objects */
	uint32_t fresh, count;	/* objects never handed out yet begin at this one; all */
	uint32_t used;
	uint32_t class;
} __attribute__((aligned(16)));
_Static_assert(sizeof(struct chunk) % ALIGN == 0, "objects are aligned");

static struct chunk *available[CLASSES];	/* lists of chunks with room */

/* Round n up to its class: its size, and the class's number. */
static unsigned class_of(size_t n, size_t *size)
{
	if (n <= 64) {
		*size = (n + 15) & ~(size_t)15;
		return (unsigned)(*size / 16 - 1);
	}
	unsigned log = 6;
	while ((size_t)2 << log < n)
		log++;
	size_t quarter = (size_t)1 << (log - 2);
	size_t steps = (n - ((size_t)1 << log) + quarter - 1) / quarter;
	*size = ((size_t)1 << log) + steps * quarter;
	return 3 + (log - 6) * 4 + (unsigned)steps;
}

/* bytes of memory aligned to CHUNK: map more, and give the ends back. */
static struct chunk *map_aligned(size_t bytes)
{
	char *p = mmap(NULL, bytes + CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return NULL;
	char *start = (char *)(((uintptr_t)p + CHUNK - 1) & ~(uintptr_t)(CHUNK - 1));
	if (start > p)
		munmap(p, (size_t)(start - p));
	if (start < p + CHUNK)
		munmap(start + bytes, (size_t)(p + CHUNK - start));
	struct chunk *c = (struct chunk *)(void *)start;
	c->map = start;
	c->map_bytes = bytes;
	return c;
}

static void list_add(struct chunk *c)
{
	c->prev = NULL;
	c->next = available[c->class];
	if (c->next)
		c->next->prev = c;
	available[c->class] = c;
}

static void list_remove_chunk(struct chunk *c)
{
	if (c->prev)
		c->prev->next = c->next;
	else
		available[c->class] = c->next;
	if (c->next)
		c->next->prev = c->prev;
}

static struct chunk *new_chunk(unsigned class, size_t size)
{
	struct chunk *c = map_aligned(CHUNK);
	if (!c)
		return NULL;
	c->magic = MAGIC_SMALL;
	c->object_size = size;
	c->class = class;
	c->count = (uint32_t)((CHUNK - sizeof *c) / size);
	list_add(c);
	return c;
}

static void *alloc_large(size_t n)
{
	struct chunk *c = map_aligned((n + sizeof *c + 4095) & ~(size_t)4095);
	if (!c)
		return NULL;
	c->magic = MAGIC_LARGE;
	c->object_size = c->map_bytes - sizeof *c;
	return c + 1;
}

static void *chunk_alloc(size_t n)
{
	size_t size;
	if (n > LARGEST_CLASS)
		return alloc_large(n);
	unsigned class = class_of(n, &size);
	struct chunk *c = available[class];
	if (!c && !(c = new_chunk(class, size)))
		return NULL;
	void *p = c->free;
	if (p)
		c->free = *(void **)p;
	else
		p = (char *)(c + 1) + (size_t)c->fresh++ * size;
	if (++c->used == c->count)
		list_remove_chunk(c);
	return p;
}

static struct chunk *chunk_of(const void *p)
{
	struct chunk *c = (struct chunk *)((uintptr_t)p & ~(uintptr_t)(CHUNK - 1));
	size_t at = (size_t)((const char *)p - (const char *)(c + 1));
	bool small = c->magic == MAGIC_SMALL;
	if ((!small && c->magic != MAGIC_LARGE) || (small ? at % c->object_size || at / c->object_size >= c->fresh : at))
		heap_misuse("not an object of this heap", p);
	return c;
}

static void chunk_free(void *p)
{
	struct chunk *c = chunk_of(p);
	if (c->magic == MAGIC_LARGE) {
		munmap(c->map, c->map_bytes);
		return;
	}
	if (c->free == p || !c->used)
		heap_misuse("freed twice", p);
	if (c->used-- == c->count)
		list_add(c);
	*(void **)p = c->free;
	c->free = p;
	bool another = c->next || c->prev;
	if (!c->used && another) {
		list_remove_chunk(c);
		munmap(c->map, c->map_bytes);
	}
}

static size_t chunk_usable_size(const void *p) { return chunk_of(p)->object_size; }

const struct heap_ops heap_chunk = { "chunk", chunk_alloc, chunk_free, chunk_usable_size };
