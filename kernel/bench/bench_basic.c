/* What one allocation and its release cost, warm: the same frame or object comes back each time. And in bursts, where the CPU's own
 * stacks overflow and the zone's lock is taken. */
#include <mm/mm.h>
#include <kernel/kmap.h>
#include "bench.h"

enum { BURST = 256 };

/* ---- frames ---- */

static inline void frame_pair(void *arg)
{
	struct page *p = frame_alloc(kernel_mm, *(const unsigned *)arg, FRAME_NORMAL);
	if (p)
		frame_free(kernel_mm, p);
}

static inline void frame_burst(void *arg)
{
	struct page_stack *s = arg;
	for (unsigned i = 0; i < BURST; i++) {
		struct page *p = frame_alloc(kernel_mm, 0, FRAME_NORMAL);
		if (p)
			page_stack_push(s, p);
	}
	for (struct page *p; (p = page_stack_pop(s));)
		frame_free(kernel_mm, p);
}

static void frames(struct text *t)
{
	static const struct { unsigned order; const char *name; } rows[] = {
		{ 0, "frame_order0" }, { 3, "frame_order3" }, { 9, "frame_order9" },
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		unsigned order = rows[i].order;
		struct page *p = frame_alloc(kernel_mm, order, FRAME_NORMAL);
		if (!p) {
			bench_row_missing(t, rows[i].name, "no memory");
			continue;
		}
		frame_free(kernel_mm, p);
		bench_row(t, rows[i].name, bench_per(bench_ticks(frame_pair, &order, BENCH_TURNS), BENCH_TURNS), "ns per alloc+free");
	}
	struct page_stack s = { 0 };
	uint64_t ticks = bench_ticks(frame_burst, &s, BENCH_TURNS / BURST);
	bench_row(t, "frame_order0_burst256", bench_per(ticks, BENCH_TURNS), "ns per alloc+free");
}

/* ---- slabs ---- */

static inline void slab_pair(void *arg)
{
	slab_free(kernel_mm, arg, slab_alloc(kernel_mm, arg));
}

struct burst { struct slab_cache *cache; void *obj[BURST]; };

static inline void slab_burst(void *arg)
{
	struct burst *b = arg;
	for (unsigned i = 0; i < BURST; i++)
		b->obj[i] = slab_alloc(kernel_mm, b->cache);
	for (unsigned i = 0; i < BURST; i++)
		slab_free(kernel_mm, b->cache, b->obj[i]);
}

static void slabs(struct text *t)
{
	struct slab_cache *c = slab_cache_create(kernel_mm, "membench", 64, 0);
	struct burst *b = kmalloc(kernel_mm, sizeof *b);
	if (c && b) {
		b->cache = c;
		bench_row(t, "slab_64", bench_per(bench_ticks(slab_pair, c, BENCH_TURNS), BENCH_TURNS), "ns per alloc+free");
		uint64_t ticks = bench_ticks(slab_burst, b, BENCH_TURNS / BURST);
		bench_row(t, "slab_64_burst256", bench_per(ticks, BENCH_TURNS), "ns per alloc+free");
	} else {
		bench_row_missing(t, "slab_64", "no memory");
	}
	kfree(kernel_mm, b);
	if (c)
		slab_cache_destroy(kernel_mm, c);
}

/* ---- kmalloc ---- */

static inline void kmalloc_pair(void *arg)
{
	kfree(kernel_mm, kmalloc(kernel_mm, *(const size_t *)arg));
}

static void kmallocs(struct text *t)
{
	static const struct { size_t nbytes; const char *name; } rows[] = {
		{ 8, "kmalloc_8" }, { 64, "kmalloc_64" }, { 512, "kmalloc_512" }, { 4096, "kmalloc_4096" }, { 8192, "kmalloc_8192" },
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t n = rows[i].nbytes;
		bench_row(t, rows[i].name, bench_per(bench_ticks(kmalloc_pair, &n, BENCH_TURNS), BENCH_TURNS), "ns per alloc+free");
	}
}

const struct bench bench_basic[] = { { "frames", frames }, { "slab", slabs }, { "kmalloc", kmallocs }, { NULL, NULL } };
