/* liveblocks: does an allocation cost more the more blocks are live?
 *
 *   liveblocks ALLOCATOR COUNT PAIRS
 *
 * makes COUNT live blocks, then PAIRS times frees one at random and allocates one in its place, all in measured(). Run it under
 * callgrind with --toggle-collect=measured: what that collects, less what it collects with the allocator "none", is what PAIRS
 * frees and allocations cost in instructions of the host (tools/plot_liveblocks.py does so). mm/ is compiled as in the kernel, without
 * sanitizers, and this file is the world around it: one thread, locks that cost a store.
 *
 *   none     the harness alone
 *   frame    frames of order 0: freed and allocated 64 at a time, so that the CPU's own stack overflows into the zone
 *   buddy    blocks of order 1, straight from the zone
 *   slab     objects of 64 bytes, 64 at a time as well, past the magazine
 *   segfit   16 to 256 bytes, segregated fit
 *   heap     16 to 256 bytes, the simple heap: first fit */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <mm/heap.h>
#include <mm/segfit.h>
#include "../port/port.h"

enum { BATCH = 64, MIB = 1 << 20 };

/* ---- the world around mm/ ---- */

void port_log(const char *fmt, ...)
{
	fprintf(stderr, "liveblocks: %s\n", fmt);
	exit(1);
}

_Noreturn void port_panic(const char *file, int line, const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, what);
	exit(1);
}

static void *reserve(uint64_t nbytes)
{
	void *p = mmap(NULL, nbytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (p == MAP_FAILED) {
		perror("liveblocks: mmap");
		exit(1);
	}
	return p;
}

/* A world whose RAM is only touched where it is used: free frames keep nothing in their own bytes. */
static struct mm *make_world(uint64_t nbytes)
{
	struct mm_range all = { RAM_BASE, RAM_BASE + nbytes };
	struct mm_boot boot = { .ram = &all, .nram = 1 };
	port_ram = reserve(nbytes);
	return mm_init(&boot, RAM_BASE);
}

/* ---- numbers ---- */

static uint64_t seed = 1;
static uint64_t rnd(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

static size_t some_size(void) { return 16 + 16 * rnd(16); }

/* ---- allocators ---- */

static struct mm *mm;
static struct slab_cache *cache;
static struct heap heap;
static struct segfit segfit;
static char *rest;		/* the simple heap: what lies below the live blocks */
static size_t rest_bytes;

static void begin_none(uint64_t count) { (void)count; }
static void *alloc_none(void) { return &seed + some_size(); }
static void free_none(void *p) { __asm__ volatile("" : : "r"(p)); }

static void begin_frames(uint64_t count) { mm = make_world(count * 4096 + 64 * MIB + count * 64); }
static void *alloc_frame(void) { return frame_alloc(mm, 0, FRAME_NORMAL); }
static void free_frame(void *p) { frame_free(mm, p); }

static void begin_buddy(uint64_t count) { mm = make_world(count * 8192 + 64 * MIB + count * 128); }
static void *alloc_buddy(void) { return frame_alloc(mm, 1, FRAME_NORMAL); }

static void begin_slab(uint64_t count)
{
	mm = make_world(count * 80 + 64 * MIB);
	cache = slab_cache_create(mm, "live", 64, 0);
}
static void *alloc_slab(void) { return slab_alloc(mm, cache); }
static void free_slab(void *p) { slab_free(mm, cache, p); }

static void begin_segfit(uint64_t count)
{
	segfit_init(&segfit);
	segfit_add(&segfit, reserve(count * 400 + MIB), count * 400 + MIB);
}
static void *alloc_segfit(void) { return segfit_alloc(&segfit, some_size(), 0); }
static void free_segfit(void *p) { segfit_free(&segfit, p); }

/* First fit from the bottom would take COUNT * COUNT / 2 steps to make the blocks. So they are made from the top: a live block that holds
 * almost all shrinks by one block at a time, and each lands in the gap behind it, two steps on. At the end it is small, and above
 * the live blocks lies what is free. */
static void begin_heap(uint64_t count)
{
	size_t n = count * 400 + MIB;
	heap_init(&heap);
	heap_add(&heap, reserve(n), n);
	rest_bytes = count * 272 + 64;
	rest = heap_alloc(&heap, rest_bytes, 0);
}

static void *make_in_heap(void)
{
	size_t n = some_size();
	rest_bytes -= n + sizeof(struct block_head);
	return heap_resize(&heap, rest, rest_bytes) ? heap_alloc(&heap, n, 0) : NULL;
}

static void *alloc_heap(void) { return heap_alloc(&heap, some_size(), 0); }
static void free_heap(void *p) { heap_free(&heap, p); }

static const struct allocator {
	const char *name;
	void (*begin)(uint64_t count);
	void *(*make)(void), *(*alloc)(void);
	void (*free)(void *p);
	unsigned batch;
} allocators[] = {
	{ "none", begin_none, alloc_none, alloc_none, free_none, 1 },
	{ "frame", begin_frames, alloc_frame, alloc_frame, free_frame, BATCH },
	{ "buddy", begin_buddy, alloc_buddy, alloc_buddy, free_frame, 1 },
	{ "slab", begin_slab, alloc_slab, alloc_slab, free_slab, BATCH },
	{ "segfit", begin_segfit, alloc_segfit, alloc_segfit, free_segfit, 1 },
	{ "heap", begin_heap, make_in_heap, alloc_heap, free_heap, 1 },
};

/* ---- measuring ---- */

__attribute__((noinline)) void measured(const struct allocator *a, void **live, uint64_t count, unsigned pairs);
void measured(const struct allocator *a, void **live, uint64_t count, unsigned pairs)
{
	uint64_t at[BATCH];
	unsigned batch = a->batch < count / 2 ? a->batch : (unsigned)(count / 2);
	for (unsigned done = 0; done < pairs; done += batch) {
		for (unsigned i = 0; i < batch; i++) {
			do
				at[i] = rnd(count);
			while (!live[at[i]]);
			a->free(live[at[i]]);
			live[at[i]] = NULL;
		}
		for (unsigned i = 0; i < batch; i++)
			if (!(live[at[i]] = a->alloc()))
				port_panic(__FILE__, __LINE__, "no memory");
	}
}

int main(int argc, char **argv)
{
	const struct allocator *a = NULL;
	for (unsigned i = 0; argc == 4 && i < sizeof allocators / sizeof *allocators; i++)
		if (!strcmp(argv[1], allocators[i].name))
			a = &allocators[i];
	uint64_t count = argc == 4 ? strtoull(argv[2], NULL, 10) : 0;
	if (!a || count < 2)
		return fprintf(stderr, "usage: liveblocks none|frame|buddy|slab|segfit|heap COUNT PAIRS\n"), 2;
	void **live = calloc(count, sizeof *live);
	a->begin(count);
	for (uint64_t i = 0; i < count; i++)
		if (!(live[i] = a->make()))
			port_panic(__FILE__, __LINE__, "no memory");
	measured(a, live, count, (unsigned)strtoul(argv[3], NULL, 10));
	return 0;
}
