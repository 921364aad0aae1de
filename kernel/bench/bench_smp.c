/* The same pairs on 1, 2, ... all CPUs at once: what a lock costs when it is shared.
 *
 * QEMU with -icount runs the CPUs in turns of milliseconds, so two of them hardly ever meet at a lock, and time is common to
 * all: what can be trusted there is the median round's cost (a round is shorter than a turn, so most are not interrupted) and the
 * number of spinlocks that an operation takes, which is exact. How often a lock is found taken shows only where CPUs run in
 * parallel, without -icount, and differs from run to run. */
#include <mm/mm.h>
#include <kernel/cpu.h>
#include <kernel/crew.h>
#include <kernel/kmap.h>
#include <lib/fmt.h>
#include "bench.h"

enum { ROUNDS = 8, TURNS = 512, BURST = 64 };

struct tally { uint64_t ticks[ROUNDS]; uint64_t taken, contended, spins; };
struct job {
	void (*round)(struct job *j);		/* TURNS pairs */
	struct slab_cache *cache;
	struct tally tally[CPUS_MAX];
};

/* ---- rounds ---- */

static void frames_of(unsigned order)
{
	for (unsigned i = 0; i < TURNS; i++) {
		struct page *p = frame_alloc(kernel_mm, order, FRAME_NORMAL);
		if (p)
			frame_free(kernel_mm, p);
	}
}

static void frame0(struct job *j) { (void)j; frames_of(0); }
static void frame3(struct job *j) { (void)j; frames_of(3); }

static void frame0_burst(struct job *j)
{
	(void)j;
	for (unsigned turn = 0; turn < TURNS / BURST; turn++) {
		struct page_stack s = { 0 };
		for (unsigned i = 0; i < BURST; i++) {
			struct page *p = frame_alloc(kernel_mm, 0, FRAME_NORMAL);
			if (p)
				page_stack_push(&s, p);
		}
		for (struct page *p; (p = page_stack_pop(&s));)
			frame_free(kernel_mm, p);
	}
}

static void slab64(struct job *j)
{
	for (unsigned i = 0; i < TURNS; i++)
		slab_free(kernel_mm, j->cache, slab_alloc(kernel_mm, j->cache));
}

static void slab64_burst(struct job *j)
{
	void *obj[BURST];
	for (unsigned turn = 0; turn < TURNS / BURST; turn++) {
		for (unsigned i = 0; i < BURST; i++)
			obj[i] = slab_alloc(kernel_mm, j->cache);
		for (unsigned i = 0; i < BURST; i++)
			slab_free(kernel_mm, j->cache, obj[i]);
	}
}

static void kmalloc_of(size_t nbytes)
{
	for (unsigned i = 0; i < TURNS; i++)
		kfree(kernel_mm, kmalloc(kernel_mm, nbytes));
}

static void kmalloc64(struct job *j) { (void)j; kmalloc_of(64); }
static void kmalloc8k(struct job *j) { (void)j; kmalloc_of(8192); }

static const struct { const char *name; void (*round)(struct job *j); } rounds[] = {
	{ "frame_order0", frame0 }, { "frame_order0_burst64", frame0_burst }, { "frame_order3", frame3 }, { "slab_64", slab64 },
	{ "slab_64_burst64", slab64_burst }, { "kmalloc_64", kmalloc64 }, { "kmalloc_8192", kmalloc8k },
};

/* ---- running and counting ---- */

static void work(void *ctx, unsigned k)
{
	struct job *j = ctx;
	struct cpu *c = cpu_this();
	struct tally *t = &j->tally[k];
	j->round(j);		/* warm */
	t->taken = 0 - c->locks_taken;
	t->contended = 0 - c->locks_contended;
	t->spins = 0 - c->lock_spins;
	for (unsigned r = 0; r < ROUNDS; r++) {
		uint64_t from = time_now();
		j->round(j);
		t->ticks[r] = time_now() - from;
	}
	t->taken += c->locks_taken;
	t->contended += c->locks_contended;
	t->spins += c->lock_spins;
}

/* The middle one of n > 0 numbers: the one with n / 2 others before it. */
static uint64_t median(const uint64_t *v, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		unsigned below = 0;
		for (unsigned k = 0; k < n; k++)
			below += v[k] < v[i] || (v[k] == v[i] && k < i);
		if (below == n / 2)
			return v[i];
	}
	return v[0];
}

struct figure { const char *suffix, *unit; uint64_t hundredths; };

static void report(struct text *t, const char *what, const struct job *j, unsigned n)
{
	uint64_t ticks[CPUS_MAX * ROUNDS], taken = 0, contended = 0, spins = 0, ops = (uint64_t)n * ROUNDS * TURNS;
	for (unsigned k = 0; k < n; k++) {
		for (unsigned r = 0; r < ROUNDS; r++)
			ticks[k * ROUNDS + r] = j->tally[k].ticks[r];
		taken += j->tally[k].taken;
		contended += j->tally[k].contended;
		spins += j->tally[k].spins;
	}
	const struct figure rows[] = {
		{ "", "ns per alloc+free, median round", bench_per(median(ticks, n * ROUNDS), TURNS) },
		{ "_locks", "spinlocks taken per alloc+free", taken * 100 / ops },
		{ "_contended", "found taken per 1000 spinlocks", taken ? contended * 100000 / taken : 0 },
		{ "_spins", "turns waited per alloc+free", spins * 100 / ops },
	};
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		char name[48];
		snprintf(name, sizeof name, "smp%u_%s%s", n, what, rows[i].suffix);
		bench_row(t, name, rows[i].hundredths, rows[i].unit);
	}
}

/* On 1, 2, 4 ... CPUs, as far as there are so many. */
static void measure(struct text *t, struct job *j)
{
	for (unsigned i = 0; i < sizeof rounds / sizeof *rounds; i++) {
		j->round = rounds[i].round;
		for (unsigned n = 1; n <= crew_max(); n *= 2) {
			if (crew_run(n, work, j) == OK)
				report(t, rounds[i].name, j, n);
			else
				bench_row_missing(t, rounds[i].name, "no memory");
		}
	}
}

static void smp(struct text *t)
{
	struct job *j = kmalloc(kernel_mm, sizeof *j);
	struct slab_cache *c = slab_cache_create(kernel_mm, "membench-smp", 64, 0);
	if (j && c) {
		j->cache = c;
		measure(t, j);
	} else {
		bench_row_missing(t, "smp", "no memory");
	}
	if (c)
		slab_cache_destroy(kernel_mm, c);
	kfree(kernel_mm, j);
}

const struct bench bench_smp[] = { { "smp", smp }, { NULL, NULL } };
