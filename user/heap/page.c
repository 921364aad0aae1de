/* The page heap: one mmap per object, one munmap per free, as the system of the book's story did it. Memory goes back to the
 * kernel at once; every object costs two system calls and at least a page, of memory and of addresses.
 *
 *	| size of the mapping, magic (16 bytes) | the object ... | */
#include <stdint.h>
#include <sys/mman.h>
#include "heap.h"

enum { PAGE = 4096 };
#define MAGIC 0x6d616e756c706167ull

struct header { size_t bytes; uint64_t magic; };

static void *page_alloc(size_t n)
{
	size_t bytes = (n + sizeof(struct header) + PAGE - 1) & ~(size_t)(PAGE - 1);
	struct header *h = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (h == MAP_FAILED)
		return NULL;
	h->bytes = bytes;
	h->magic = MAGIC;
	return h + 1;
}

static struct header *header_of(const void *p)
{
	struct header *h = (struct header *)(uintptr_t)p - 1;
	if ((uintptr_t)h % PAGE || h->magic != MAGIC)
		heap_misuse("not an object of this heap", p);
	return h;
}

static void page_free(void *p)
{
	struct header *h = header_of(p);
	munmap(h, h->bytes);
}

static size_t page_usable_size(const void *p) { return header_of(p)->bytes - sizeof(struct header); }

const struct heap_ops heap_page = { "page", page_alloc, page_free, page_usable_size };
