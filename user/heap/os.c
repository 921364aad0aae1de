/* The kernel as the heaps see it: mappings, counted. */
#include <sys/mman.h>
#include "heap_priv.h"
#include "known.h"

struct heap_system heap_os;
static uintptr_t lowest = UINTPTR_MAX, highest;

uint32_t heap_known[KNOWN_PAGES];

void heap_learn(const void *p, size_t nbytes)
{
	uintptr_t page = (uintptr_t)p >> KNOWN_SHIFT;
	for (size_t n = nbytes >> KNOWN_SHIFT; n; n--, page++)
		store_relaxed(&heap_known[page % KNOWN_PAGES], (uint32_t)page);
}

/* 0 is no page's entry, but for page 0. */
void heap_forget(const void *p, size_t nbytes)
{
	uintptr_t page = (uintptr_t)p >> KNOWN_SHIFT;
	for (size_t n = nbytes >> KNOWN_SHIFT; n; n--, page++)
		if (heap_known[page % KNOWN_PAGES] == (uint32_t)page)
			store_relaxed(&heap_known[page % KNOWN_PAGES], !(page % KNOWN_PAGES));
}

bool heap_may_read(const void *p)
{
	unsigned char resident;
	void *page = (void *)((uintptr_t)p & ~(uintptr_t)(HEAP_PAGE - 1));
	if (heap_knows(p))
		return true;
	if ((uintptr_t)p < lowest || (uintptr_t)p >= highest)
		return false;
	heap_os.asks++;
	return !mincore(page, HEAP_PAGE, &resident);
}

static void count(const void *p, size_t nbytes)
{
	heap_os.mapped += nbytes;
	if (heap_os.mapped > heap_os.peak)
		heap_os.peak = heap_os.mapped;
	if ((uintptr_t)p < lowest)
		lowest = (uintptr_t)p;
	if ((uintptr_t)p + nbytes > highest)
		highest = (uintptr_t)p + nbytes;
}

void *heap_map(size_t nbytes)
{
	void *p = mmap(NULL, nbytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	heap_os.maps++;
	if (p == MAP_FAILED)
		return NULL;
	count(p, nbytes);
	return p;
}

void heap_unmap(void *p, size_t nbytes)
{
	heap_os.unmaps++;
	if (munmap(p, nbytes))
		heap_misuse("the kernel does not know the mapping of", p, nbytes);
	heap_os.mapped -= nbytes;
}

/* Map more, and give the ends back. */
void *heap_map_aligned(size_t nbytes, size_t align)
{
	if (align <= HEAP_PAGE)
		return heap_map(nbytes);
	char *p = heap_map(nbytes + align);
	if (!p)
		return NULL;
	size_t before = -(uintptr_t)p & (align - 1);
	if (before)
		heap_unmap(p, before);
	heap_unmap(p + before + nbytes, align - before);
	return p + before;
}

void *heap_remap(void *p, size_t from, size_t to)
{
	heap_forget(p, HEAP_PAGE);
	void *q = mremap(p, from, to, MREMAP_MAYMOVE);
	heap_os.remaps++;
	heap_learn(q == MAP_FAILED ? p : q, HEAP_PAGE);
	if (q == MAP_FAILED)
		return NULL;
	heap_os.mapped -= from;
	count(q, to);
	return q;
}
