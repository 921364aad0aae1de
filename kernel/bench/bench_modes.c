/* kmalloc's three modes on the same work: the simple heap, two tiers (slabs and buddy), and both.
 *
 * LIVE blocks of mixed sizes are made and then replaced at random until the heap is worn. Among them a batch of small blocks, and one
 * of large ones, is allocated and freed. Last, three blocks of four are freed at random: what the allocator still holds, beyond what is
 * live, is fragmentation. Every mode gets the same sizes in the same order. What is held is counted in frames, after mm_trim(), so that
 * bookkeeping, rounding and holes all count, and what is kept for speed alone does not. */
#include <lib/fmt.h>
#include <mm/kmalloc.h>
#include <mm/mm.h>
#include <kernel/kmap.h>
#include "bench.h"

enum { LIVE = 4096, WEAR = 2 * LIVE, MIXED = 512, SMALL = 64, LARGE = 8192, BATCH = 64, TURNS = 8 };

struct live { void *p; size_t nbytes; };
struct world {
	struct live *live;	/* LIVE of them */
	uint64_t seed, asked;	/* asked: bytes of the live blocks */
	const char *mode;
	struct text *t;
};

static uint64_t rnd(struct world *w, uint64_t n)
{
	w->seed = w->seed * 6364136223846793005u + 1442695040888963407u;
	return (w->seed >> 33) % n;
}

/* What a small kernel asks for: many small records, some structures, few pages. */
static size_t some_size(struct world *w)
{
	static const uint16_t sizes[] = {
		16, 24, 32, 32, 40, 48, 48, 64, 64, 72, 96, 96, 112, 136, 160, 192, 200, 264, 320, 520, 776, 1032, 2056, 4096,
	};
	return sizes[rnd(w, sizeof sizes / sizeof *sizes)];
}

static void row(struct world *w, const char *what, uint64_t hundredths, const char *unit)
{
	char name[48];
	snprintf(name, sizeof name, "%s_%s", w->mode, what);
	bench_row(w->t, name, hundredths, unit);
}

static bool fill(struct world *w, struct live *l)
{
	l->nbytes = some_size(w);
	l->p = kmalloc(kernel_mm, l->nbytes);
	w->asked += l->p ? l->nbytes : 0;
	return l->p;
}

static void empty(struct world *w, struct live *l)
{
	if (l->p)
		w->asked -= l->nbytes;
	kfree(kernel_mm, l->p);
	l->p = NULL;
}

static bool replace(struct world *w, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		struct live *l = &w->live[rnd(w, LIVE)];
		empty(w, l);
		if (!fill(w, l))
			return false;
	}
	return true;
}

/* ---- the batches ---- */

struct batch { size_t nbytes; unsigned n; void *p[BATCH]; };

/* All of them live at once, then freed in another order: odd ones, even ones. */
static inline void alloc_batch(void *arg)
{
	struct batch *b = arg;
	for (unsigned i = 0; i < b->n; i++)
		b->p[i] = kmalloc(kernel_mm, b->nbytes);
	for (unsigned first = 2; first-- > 0;)
		for (unsigned i = first; i < b->n; i += 2)
			kfree(kernel_mm, b->p[i]);
}

static void time_batch(struct world *w, const char *what, size_t nbytes, unsigned n)
{
	struct batch b = { .nbytes = nbytes, .n = n };
	row(w, what, bench_per(bench_ticks(alloc_batch, &b, TURNS), n * TURNS), "ns per alloc+free");
}

/* ---- the memory ---- */

static uint64_t held_since(uint64_t free_before)
{
	mm_trim(kernel_mm);
	uint64_t free = mm_free_pages(kernel_mm);
	return free < free_before ? (free_before - free) * PAGE_SIZE : 0;
}

/* held beyond what is live, for 100 bytes that are live. */
static uint64_t excess(const struct world *w, uint64_t held) { return held > w->asked ? (held - w->asked) * 10000 / w->asked : 0; }

static bool measure(struct world *w)
{
	mm_trim(kernel_mm);
	uint64_t free_before = mm_free_pages(kernel_mm);
	for (unsigned i = 0; i < LIVE; i++)
		if (!fill(w, &w->live[i]))
			return false;
	row(w, "overhead", excess(w, held_since(free_before)), "percent per live byte, all of it fresh");
	if (!replace(w, WEAR))
		return false;
	uint64_t from = time_now();
	if (!replace(w, MIXED))
		return false;
	row(w, "mixed", bench_per(time_now() - from, MIXED), "ns per free+alloc at random");
	time_batch(w, "small_64", SMALL, 64);
	time_batch(w, "large_8192", LARGE, 16);
	for (unsigned i = 0; i < LIVE; i++)
		if (rnd(w, 4))
			empty(w, &w->live[i]);
	row(w, "fragmentation", excess(w, held_since(free_before)), "percent per live byte, 3 of 4 freed");
	return true;
}

static void run_mode(struct text *t, struct live *live, enum kmalloc_mode mode)
{
	struct world w = { .live = live, .seed = 1, .mode = kmalloc_mode_name(mode), .t = t };
	kmalloc_set_mode(kernel_mm, mode);
	if (!measure(&w))
		bench_row_missing(t, w.mode, "no memory");
	for (unsigned i = 0; i < LIVE; i++)
		empty(&w, &live[i]);
}

static void modes(struct text *t)
{
	enum { ORDER = 4 };
	_Static_assert(LIVE * sizeof(struct live) == 4096 << ORDER, "the table is one block of frames");
	enum kmalloc_mode before = kmalloc_mode(kernel_mm);
	struct page *table = frame_alloc(kernel_mm, ORDER, FRAME_ZERO);
	if (!table) {
		bench_row_missing(t, "modes", "no memory");
		return;
	}
	for (enum kmalloc_mode mode = 0; mode < KMALLOC_MODES; mode++)
		run_mode(t, page_ptr(kernel_mm, table), mode);
	kmalloc_set_mode(kernel_mm, before);
	mm_trim(kernel_mm);
	frame_free(kernel_mm, table);
}

const struct bench bench_modes[] = { { "modes", modes }, { NULL, NULL } };
