/* The table of the story, and its old bug beside the cure. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "segtest.h"

enum { REGIONS = 250, FREED = 100, REUSED = 50, SMALL = 64 * KIB, LARGE = 256 * KIB, PER_SMALL = REGION / SMALL, PER_LARGE = REGION / LARGE };

/* Segments in the order in which they were taken, so that neighbours are a region. */
struct held { struct segment *s; size_t n, nbytes; };

static void take(struct segpool *sp, struct held *h, size_t n)
{
	while (n--) {
		struct segment *s = &h->s[h->n];
		if (segpool_alloc(sp, h->nbytes, s) != SEGPOOL_OK)
			errx(1, "allocation %zu of %zu KiB failed", h->n + 1, h->nbytes / KIB);
		if (*(char *)s->base)
			errx(1, "%p is not zero after its frame was given back", s->base);
		*(char *)s->base = 1;	/* a frame for each segment */
		h->n++;
	}
}

static void give(struct segpool *sp, struct held *h, size_t n)
{
	while (n--)
		if (segpool_release(sp, &h->s[--h->n]) != SEGPOOL_OK)
			errx(1, "segment %zu cannot be released", h->n);
}

static struct segpool_stats row(struct segpool *sp, const char *phase, struct memory before)
{
	struct segpool_stats st;
	struct memory now = memory_now();
	segpool_stats(sp, &st);
	printf("%-14s %7zu %8zu %7zu %6zu %8ld %8ld\n", phase, st.virtual_bytes / MIB, st.physical_bytes / MIB, segpool_active(&st), segpool_freed(&st),
		(long)(now.size - before.size) / KIB, (long)(now.rss - before.rss) / KIB);
	return st;
}

static bool is(const struct segpool_stats *st, size_t virtual, size_t physical, size_t freed)
{
	bool good = st->virtual_bytes == virtual * REGION && st->physical_bytes == physical * REGION && segpool_active(st) == physical
		&& segpool_freed(st) == freed;
	return expect(good, "the ledgers say what was done");
}

/* Some regions of each kind: half and half. */
static void take_regions(struct segpool *sp, struct held *small, struct held *large, size_t n)
{
	take(sp, small, n / 2 * PER_SMALL);
	take(sp, large, n / 2 * PER_LARGE);
}

static void free_regions(struct segpool *sp, struct held *small, struct held *large, size_t n)
{
	give(sp, small, n / 2 * PER_SMALL);
	give(sp, large, n / 2 * PER_LARGE);
	segpool_free_idle(sp, SEGPOOL_POOLS, n);
}

/* Regions come and go, of one kind and of the other in turn. */
static void steady_state(struct segpool *sp, struct held *small, struct held *large)
{
	for (int round = 0; round < 20; round++) {
		free_regions(sp, small, large, FREED);
		take_regions(sp, small, large, FREED);
	}
}

int test_table(bool verbose)
{
	struct allocator a = make_segpool(600 * (size_t)MIB, verbose);
	struct segpool *sp = a.self;
	struct held small = { calloc(REGIONS * PER_SMALL, sizeof(struct segment)), 0, SMALL };
	struct held large = { calloc(REGIONS * PER_LARGE, sizeof(struct segment)), 0, LARGE };
	if (!small.s || !large.s)
		errx(1, "no memory");
	printf("%-14s %7s %8s %7s %6s %8s %8s   MiB and regions\n", "phase", "virtual", "physical", "active", "freed", "VmSize", "VmRSS");
	struct memory before = memory_now();
	struct segpool_stats st = row(sp, "initial", before);
	bool good = is(&st, 0, 0, 0);
	take_regions(sp, &small, &large, REGIONS);
	st = row(sp, "load", before);
	good &= is(&st, REGIONS, REGIONS, 0);
	struct memory loaded = memory_now();
	free_regions(sp, &small, &large, FREED);
	st = row(sp, "free 100", before);
	good &= is(&st, REGIONS, REGIONS - FREED, FREED);
	struct memory now = memory_now();
	unsigned long frames = FREED / 2 * (PER_SMALL + PER_LARGE) * PAGE / KIB;
	good &= expect(now.size == loaded.size && loaded.rss - now.rss > frames - 64 && loaded.rss - now.rss < frames + 64, "frames went, addresses stayed");
	take_regions(sp, &small, &large, REUSED);
	st = row(sp, "reuse 50", before);
	good &= is(&st, REGIONS, REGIONS - FREED + REUSED, FREED - REUSED);
	steady_state(sp, &small, &large);
	st = row(sp, "steady state", before);
	good &= is(&st, REGIONS, REGIONS - FREED + REUSED, FREED - REUSED) && expect(memory_now().size == loaded.size, "addresses are stable");
	const char *wrong = segpool_check(sp);
	good &= expect(!wrong, wrong ? wrong : "");
	printf("segtest: %zu mappings, %zu reuses: %s\n", st.maps, st.reuses, good ? "virtual is stable" : "NOT AS IT SHOULD BE");
	return !good;
}

/* ---- the old bug ---- */

enum { ROUNDS = 5, PER_ROUND = 100 };

static bool fill_and_free(struct allocator *a, bool say_rows)
{
	enum { N = PER_ROUND * PER_LARGE };
	static struct segment s[N];
	for (int i = 0; i < N; i++) {
		if (!a->alloc(a->self, LARGE, &s[i]))
			return false;
		*(char *)s[i].base = 1;
	}
	if (say_rows)
		printf(" %8zu %8zu", a->virtual_bytes(a->self) / MIB, a->physical_bytes(a->self) / MIB);
	for (int i = 0; i < N; i++)
		a->release(a->self, &s[i]);
	a->free_idle(a->self, PER_ROUND);
	return true;
}

/* The same work, five times over: what is in use is never more than 200 MiB. */
int test_budget(bool physical, bool verbose)
{
	const size_t budget = 256 * (size_t)MIB;
	struct upstream_config config = { .budget = budget, .physical = true };
	struct allocator a = physical ? make_upstream(&config) : make_segpool(budget, verbose);
	struct memory before = memory_now();
	bool good = true;
	printf("budget of 256 MiB on %s bytes; in use: never more than 200\nround   virtual physical, then physical   VmSize, MiB\n", physical ? "physical" : "virtual");
	for (int round = 1; round <= ROUNDS && good; round++) {
		printf("%5d ", round);
		good = fill_and_free(&a, true);
		printf(" %14zu %8lu\n", a.physical_bytes(a.self) / MIB, (memory_now().size - before.size) / KIB);
	}
	size_t at_end = a.virtual_bytes(a.self);
	printf("segtest: virtual is %zu MiB, %s\n", at_end / MIB, at_end <= budget ? "flat" : "and grows with every round: the budget bounds nothing");
	return !good || at_end > budget;
}
