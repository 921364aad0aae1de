/* Who owns which segment: threads mark every page of what they get, and no page may bear a mark already. */
#include <err.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include "segtest.h"

enum { THREADS_MAX = 64, KEPT = 48, WAVE = 256 };	/* so many at most are held by one thread; operations between high and low water */

static atomic_uint twice;

static bool change_marks(const struct segment *s, unsigned from, unsigned to, const char *what)
{
	bool good = true;
	for (size_t i = 0; i < s->nbytes; i += PAGE) {
		unsigned seen = from;
		if (atomic_compare_exchange_strong((atomic_uint *)(void *)((char *)s->base + i), &seen, to))
			continue;
		if (good && atomic_fetch_add(&twice, 1) == 0)
			printf("segtest: segment %p, %zu KiB, %s %u, has another owner: %u\n", s->base, s->nbytes / KIB, what, from ? from : to, seen);
		good = false;
	}
	return good;
}

/* Mark every page of a segment as me's, who must be nobody's; give the marks up. False: it was another's, and that is counted and, the first
 * time, said. */
static bool own(const struct segment *s, unsigned me) { return change_marks(s, 0, me, "given to"); }
static bool disown(const struct segment *s, unsigned me) { return change_marks(s, me, 0, "held by"); }

struct worker { struct allocator *a; pthread_t thread; unsigned me; uint64_t seed; size_t operations, allocs; };

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

static void let_go(struct worker *w, struct segment *s)
{
	disown(s, w->me);
	w->a->release(w->a->self, s);
	s->base = NULL;
}

/* One step, at a place of kept: high water takes where there is room and sometimes pins what is there, low water gives it back. */
static void step(struct worker *w, struct segment *s, bool high)
{
	if (s->base && !high) {
		let_go(w, s);
	} else if (s->base && w->a->pin && next(&w->seed) % 8 == 0) {
		if (!w->a->pin(w->a->self, s))
			errx(1, "segment %p was not kept while it was pinned", s->base);
	} else if (!s->base && high) {
		if (w->a->alloc(w->a->self, (size_t)PAGE << next(&w->seed) % SEGPOOL_POOLS, s)) {
			own(s, w->me);
			w->allocs++;
		} else {
			s->base = NULL;
		}
	}
	if (next(&w->seed) % 32 == 0)
		w->a->free_idle(w->a->self, 2);
}

static void *work(void *arg)
{
	struct worker *w = arg;
	struct segment kept[KEPT] = { 0 };
	for (size_t i = 0; i < w->operations && !twice; i++)
		step(w, &kept[next(&w->seed) % KEPT], i / WAVE % 2 == 0);
	for (int i = 0; i < KEPT; i++)
		if (kept[i].base)
			let_go(w, &kept[i]);
	return NULL;
}

/* Run n workers; how many allocations succeeded. */
static size_t run(struct allocator *a, unsigned n, size_t operations)
{
	static struct worker w[THREADS_MAX];
	size_t allocs = 0;
	n = n > THREADS_MAX ? THREADS_MAX : n;
	for (unsigned i = 0; i < n; i++) {
		w[i] = (struct worker){ .a = a, .me = i + 1, .seed = i, .operations = operations / n };
		if (pthread_create(&w[i].thread, NULL, work, &w[i]))
			errx(1, "thread %u cannot be made", i + 1);
	}
	for (unsigned i = 0; i < n; i++) {
		pthread_join(w[i].thread, NULL);
		allocs += w[i].allocs;
	}
	return allocs;
}

int test_owners(bool upstream, unsigned threads, size_t operations, bool verbose)
{
	struct upstream_config config = { .budget = 4 * REGION, .reuse = true };	/* fewer segments than one thread wants */
	struct allocator a = upstream ? make_upstream(&config) : make_segpool(8 * REGION, verbose);
	size_t allocs = run(&a, threads, operations);
	printf("segtest: %s, %u threads: %zu allocations, %s\n", a.name, threads, allocs, twice ? "two owners of one segment" : "each had one owner");
	return twice != 0;
}

static void print_trace(struct segpool *sp)
{
	struct segpool_trace t[24];
	size_t n = segpool_trace(sp, t, sizeof t / sizeof *t);
	for (size_t i = 0; i < n; i++)
		printf("trace %6lu %-9s pool %u region %d\n", (unsigned long)t[i].seq, segpool_event_name(t[i].event), t[i].pool, (int)t[i].region);
}

/* For long, with more wanted than there is: the address space stays under its bound, and after it all frames are back. */
int test_soak(unsigned threads, size_t operations, bool show_trace)
{
	enum { BUDGET = 8 * REGION, PARTS = 4 };
	struct allocator a = make_segpool(BUDGET, false);
	struct segpool_stats st = { 0 };
	struct memory before = memory_now(), now = before;
	size_t allocs = 0, slack = threads * 8 + 512;	/* KiB: what the C library and the tables come to */
	bool good = true;
	for (int part = 1; part <= PARTS; part++) {
		allocs += run(&a, threads, operations / PARTS);
		segpool_stats(a.self, &st);
		now = memory_now();
		printf("segtest: part %d: virtual %zu MiB, active %zu, freed %zu, mapped %zu, reused %zu, moved %zu, refused %zu; VmSize +%lu KiB\n", part,
			st.virtual_bytes / MIB, segpool_active(&st), segpool_freed(&st), st.maps, st.reuses, st.moves, st.refusals, now.size - before.size);
		good &= expect(now.size <= before.size + BUDGET / KIB + slack, "the process's addresses stay under the bound");
	}
	good &= expect(st.virtual_peak <= BUDGET && st.maps <= BUDGET / REGION, "virtual bytes never passed the budget");
	good &= expect(st.reuses + st.moves > 0, "regions were used again");
	good &= expect(!twice, "each segment had one owner");
	good &= expect(st.rejected > 0, "pins were there to be respected");
	segpool_free_idle(a.self, SEGPOOL_POOLS, SIZE_MAX);
	segpool_stats(a.self, &st);
	const char *wrong = segpool_check(a.self);
	good &= expect(!wrong, wrong ? wrong : "") && expect(st.physical_bytes == 0 && segpool_active(&st) == 0, "all frames are back");
	good &= expect(memory_now().rss <= before.rss + slack, "the kernel says so, too");
	if (show_trace)
		print_trace(a.self);
	printf("segtest: %zu allocations, virtual at most %zu MiB of %d, %s\n", allocs, st.virtual_peak / MIB, BUDGET / MIB, good ? "sound" : "NOT SOUND");
	return !good;
}
