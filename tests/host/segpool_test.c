/* Segment pools: the two ledgers, tokens, pins, the budget, one owner for each segment; against a model, and from threads. */
#include "support.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include "../../user/segpool/segpool.h"
#include "../../user/segpool/segpool_priv.h"

/* What happens next between a look and the exchange that rests on it: what the test has put here, once; else, half the time, another
 * thread gets its chance. */
static void (*meanwhile)(void);

void segpool_step(void)
{
	static _Atomic unsigned n;
	void (*what)(void) = meanwhile;
	if (what) {
		meanwhile = NULL;
		what();
	} else if (n++ % 2) {
		sched_yield();
	}
}

enum { KIB = 1024, MIB = 1024 * KIB, REGION = 512 * KIB };

static struct segpool *sp;
static char log_text[65536];

static void keep_line(void *ctx, const char *line)
{
	(void)ctx;
	strncat(log_text, line, sizeof log_text - strlen(log_text) - 1);
	strncat(log_text, "\n", sizeof log_text - strlen(log_text) - 1);
}

/* ---- a kernel that refuses ---- */

static _Atomic int maps_allowed, populates_allowed, discard_error, discard_calls;

static void *test_map(size_t n)
{
	if (maps_allowed-- <= 0)
		return NULL;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return p == MAP_FAILED ? NULL : p;
}

static void test_unmap(void *p, size_t n) { munmap(p, n); }

static int test_discard(void *p, size_t n)
{
	discard_calls++;
	return discard_error ? discard_error : madvise(p, n, MADV_DONTNEED) ? errno : 0;
}

static int test_populate(void *p, size_t n)
{
	(void)p, (void)n;
	return populates_allowed-- > 0 ? 0 : ENOMEM;
}

static const struct segpool_os test_os = { test_map, test_unmap, test_discard, test_populate };

static void fresh(size_t regions, unsigned wait_ms)
{
	struct segpool_config c = { .region_bytes = REGION, .virtual_budget = regions * REGION, .wait_ms = wait_ms, .log = keep_line, .os = &test_os };
	maps_allowed = 1000;
	discard_error = discard_calls = 0;
	log_text[0] = 0;
	sp = segpool_create(&c);
	CHECK(sp != NULL);
}

static struct segpool_stats stats(void)
{
	struct segpool_stats st;
	const char *wrong = segpool_check(sp);
	CHECK(!wrong, "%s", wrong);
	segpool_stats(sp, &st);
	return st;
}

static struct segment take(size_t nbytes)
{
	struct segment s;
	CHECK(segpool_alloc(sp, nbytes, &s) == SEGPOOL_OK);
	CHECK(s.nbytes >= nbytes && (uintptr_t)s.base % 4096 == 0);
	return s;
}

static void give(struct segment s) { CHECK(segpool_release(sp, &s) == SEGPOOL_OK); }

/* ---- one thing at a time ---- */

static void sizes_and_bad_input(void **state)
{
	(void)state;
	static const struct { size_t n; unsigned pool; } table[] = { { 1, 0 }, { 4096, 0 }, { 4097, 1 }, { 8192, 1 }, { 65536, 4 }, { 65537, 5 },
		{ 262144, 6 }, { 262145, 7 }, { SIZE_MAX, 7 } };
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		CHECK(segpool_pool_of(table[i].n) == table[i].pool);
	fresh(4, 0);
	struct segment s = { 0 }, t;
	CHECK(segpool_alloc(sp, 0, &s) == SEGPOOL_INVALID && segpool_alloc(sp, 262145, &s) == SEGPOOL_INVALID && !s.base);
	CHECK(segpool_release(sp, &s) == SEGPOOL_INVALID && segpool_pin(sp, &s) == SEGPOOL_INVALID && segpool_unpin(sp, &s) == SEGPOOL_INVALID);
	s = t = take(1);
	t.region = UINT32_MAX;
	CHECK(segpool_release(sp, &t) == SEGPOOL_INVALID);
	t = s;
	t.index = UINT32_MAX;
	CHECK(segpool_release(sp, &t) == SEGPOOL_INVALID);
	t = s;
	t.index++;
	CHECK(segpool_release(sp, &t) == SEGPOOL_STALE);
	give(s);
	CHECK(segpool_destroy(sp) == 0);
	struct segpool_config c = { .region_bytes = 100 * KIB, .virtual_budget = MIB };
	CHECK(!segpool_create(&c));
	c = (struct segpool_config){ .virtual_budget = 2 * MIB - 1 };
	CHECK(!segpool_create(&c));
	c = (struct segpool_config){ .region_bytes = 2 * (size_t)SEGPOOL_REGION_MAX, .virtual_budget = SIZE_MAX };
	CHECK(!segpool_create(&c));
}

/* Virtual grows by mappings alone; physical falls with each region freed and rises as it is used again. */
static void two_ledgers(void **state)
{
	(void)state;
	struct segment s[20];
	fresh(10, 0);
	for (int i = 0; i < 20; i++)
		s[i] = take(256 * KIB);
	struct segpool_stats st = stats();
	CHECK(st.virtual_bytes == 10 * REGION && st.physical_bytes == 10 * REGION && st.maps == 10 && st.reuses == 0);
	memset(s[0].base, 0x5a, s[0].nbytes);
	for (int i = 0; i < 8; i++)
		give(s[i]);
	CHECK(segpool_free_idle(sp, 6, 3) == 3 && segpool_free_idle(sp, 5, 3) == 0 && segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 1);
	st = stats();
	CHECK(st.virtual_bytes == 10 * REGION && st.physical_bytes == 6 * REGION && st.active[6] == 6 && st.freed[6] == 4);
	for (int i = 0; i < 4; i++)
		s[i] = take(256 * KIB);
	st = stats();
	CHECK(st.virtual_bytes == 10 * REGION && st.physical_bytes == 8 * REGION && st.maps == 10 && st.reuses == 2 && st.freed[6] == 2);
	for (int i = 0; i < 4; i++)
		for (size_t k = 0; k < s[i].nbytes; k += 512)
			CHECK(((char *)s[i].base)[k] == 0);
	CHECK(strstr(log_text, "NEW mmap for pool 6") && strstr(log_text, "REUSING region for pool 6"));
	CHECK(segpool_destroy(sp) == 16);
}

/* The same with the kernel that there is: the frames are really gone, the addresses really there. */
static void frames_go_back(void **state)
{
	(void)state;
	struct segpool_config c = { .virtual_budget = 4 * MIB };
	unsigned char present[64];
	sp = segpool_create(&c);
	struct segment s = take(256 * KIB);
	memset(s.base, 1, s.nbytes);
	give(s);
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 1) == 1 && mincore(s.base, s.nbytes, present) == 0);
	for (int i = 0; i < 64; i++)
		CHECK(!(present[i] & 1));
	s = take(4096);
	CHECK(stats().moves == 0 && stats().maps == 2);
	CHECK(segpool_destroy(sp) == 1);
}

static void tokens_and_pins(void **state)
{
	(void)state;
	fresh(2, 0);
	struct segment a = take(4096), old = a;
	give(a);
	CHECK(segpool_release(sp, &old) == SEGPOOL_STALE);
	a = take(4096);
	CHECK(a.base == old.base && segpool_release(sp, &old) == SEGPOOL_STALE && segpool_pin(sp, &old) == SEGPOOL_STALE);
	CHECK(segpool_unpin(sp, &a) == SEGPOOL_NOT_PINNED && segpool_pin(sp, &a) == SEGPOOL_OK && segpool_pin(sp, &a) == SEGPOOL_OK);
	CHECK(segpool_release(sp, &a) == SEGPOOL_PINNED && segpool_unpin(sp, &a) == SEGPOOL_OK && segpool_release(sp, &a) == SEGPOOL_PINNED);
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 0);
	CHECK(segpool_unpin(sp, &a) == SEGPOOL_OK && segpool_unpin(sp, &a) == SEGPOOL_NOT_PINNED);
	give(a);
	/* A token of before the region was freed is no good after it, though the address is the same, and though the pool is another. */
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 1 && segpool_release(sp, &a) == SEGPOOL_STALE);
	struct segment b = take(4096);
	CHECK(b.base == a.base && segpool_release(sp, &a) == SEGPOOL_STALE && segpool_pin(sp, &a) == SEGPOOL_STALE);
	CHECK(segpool_pin(sp, &b) == SEGPOOL_OK);
	CHECK(stats().rejected == 8 && segpool_destroy(sp) == 1);
}

static void fill(size_t nbytes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		take(nbytes);
}

/* What is idle in one pool serves another before anybody is told that there is nothing. */
static void idle_space_serves_any_pool(void **state)
{
	(void)state;
	struct segment s, idle;
	fresh(3, 0);
	fill(64 * KIB, 16);
	idle = take(4096);
	CHECK(segpool_alloc(sp, 64 * KIB, &s) == SEGPOOL_BUDGET && stats().virtual_bytes == 3 * REGION);
	give(idle);
	idle = take(64 * KIB);
	struct segpool_stats st = stats();
	CHECK(st.moves == 1 && st.maps == 3 && st.active[0] == 0 && st.active[4] == 3 && st.pressures == 2 && st.refusals == 1);
	CHECK(strstr(log_text, "Virtual budget pressure") && strstr(log_text, "freed by another pool"));
	give(idle);
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 1);
	fill(128 * KIB, 4);
	CHECK(segpool_alloc(sp, 4096, &s) == SEGPOOL_BUDGET && segpool_alloc(sp, 128 * KIB, &s) == SEGPOOL_BUDGET);
	CHECK(segpool_destroy(sp) == 20);
}

static void the_kernel_refuses(void **state)
{
	(void)state;
	struct segment s = { 0 }, t;
	fresh(4, 0);
	maps_allowed = 0;
	CHECK(segpool_alloc(sp, 4096, &s) == SEGPOOL_NOMEM && !s.base);
	CHECK(stats().virtual_bytes == 0 && stats().map_failures == 1);
	maps_allowed = 1;
	s = take(4096);
	t = take(4096);
	give(s);
	give(t);
	/* Frames that the kernel does not take stay booked, and the region in use. */
	discard_error = EINVAL;
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 0 && discard_calls == 1);
	CHECK(stats().physical_bytes == REGION && stats().active[0] == 1 && stats().discard_failures == 1 && stats().frees == 0);
	discard_error = EAGAIN;
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 0 && discard_calls == 1 + 4);
	give(take(4096));
	discard_error = 0;
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 1 && stats().physical_bytes == 0 && stats().virtual_bytes == REGION);
	CHECK(segpool_destroy(sp) == 0);
}

/* Idle addresses serve before anybody hears that the kernel maps no more. */
static void idle_space_serves_when_the_kernel_refuses(void **state)
{
	(void)state;
	struct segment s = { 0 }, t;
	fresh(4, 0);
	t = take(4096);
	maps_allowed = 0;
	CHECK(segpool_alloc(sp, 64 * KIB, &s) == SEGPOOL_NOMEM && !s.base);
	give(t);
	t = take(64 * KIB);
	struct segpool_stats st = stats();
	CHECK(st.moves == 1 && st.maps == 1 && st.virtual_bytes == REGION && st.map_failures == 2);
	CHECK(segpool_destroy(sp) == 1);
}

/* Frames first: what idle regions hold goes back and it is tried once more; in the end nothing is taken. */
static void frames_or_nothing(void **state)
{
	(void)state;
	struct segpool_config c = { .region_bytes = REGION, .virtual_budget = 4 * REGION, .populate = true, .os = &test_os };
	struct segpool_trace t;
	struct segment s = { 0 }, idle;
	fresh(4, 0);
	segpool_destroy(sp);
	for (populates_allowed = 0; !(sp = segpool_create(&c)); )
		populates_allowed = 2;
	CHECK(populates_allowed == 0 && segpool_alloc(sp, 8192, &s) == SEGPOOL_NOMEM && !s.base);
	CHECK(stats().in_use[1] == 0 && stats().populate_failures == 1 && stats().regions == 1);
	CHECK(segpool_trace(sp, &t, 1) == 1 && t.event == SEGPOOL_EV_NO_FRAMES && t.pool == 1);
	populates_allowed = 2;
	idle = take(8192);
	s = take(8192);
	give(idle);
	give(s);
	populates_allowed = 0;
	CHECK(segpool_alloc(sp, 4096, &s) == SEGPOOL_NOMEM && stats().frees == 1 && discard_calls == 1);
	CHECK(segpool_destroy(sp) == 0);
}

static void trace_ring(void **state)
{
	(void)state;
	struct segpool_trace t[300];
	fresh(2, 0);
	CHECK(segpool_trace(sp, t, 300) == 0);
	give(take(8192));
	segpool_free_idle(sp, SEGPOOL_POOLS, 1);
	struct segment a = take(8192);
	CHECK(segpool_trace(sp, t, 300) == 3 && t[0].event == SEGPOOL_EV_MAP && t[1].event == SEGPOOL_EV_FREE && t[2].event == SEGPOOL_EV_REUSE);
	CHECK(t[2].pool == 1 && t[2].region == 0 && t[2].seq == 3);
	give(a);
	for (int i = 0; i < 1000; i++)
		segpool_release(sp, &a);
	CHECK(segpool_trace(sp, t, 300) == 256 && t[0].seq == 1003 - 255 && t[255].seq == 1003 && t[255].event == SEGPOOL_EV_REJECT);
	CHECK(segpool_trace(sp, t, 2) == 2 && t[1].seq == 1003);
	CHECK(!strcmp(segpool_event_name(SEGPOOL_EV_MOVE), "move") && !strcmp(segpool_event_name(99), "?"));
	segpool_destroy(sp);
}

/* ---- another thread's doings, at the worst moment ---- */

static struct segment theirs;
static enum segpool_err their_result;

static void they_release(void) { their_result = segpool_release(sp, &theirs); }
static void they_pin(void) { their_result = segpool_pin(sp, &theirs); }
static void they_take(void) { their_result = segpool_alloc(sp, 4096, &theirs); }
static void they_take_large(void) { their_result = segpool_alloc(sp, 256 * KIB, &theirs); }

/* The head is what it was, and what lies behind it is not. */
static void they_pop_two_and_push_one(void)
{
	uint32_t first = freed_pop(sp, 0);
	freed_pop(sp, 0);
	freed_push(sp, 0, first);
}

static void at_the_worst_moment(void **state)
{
	(void)state;
	struct segment s, *mine = &theirs;
	fresh(2, 0);
	theirs = take(4096);
	meanwhile = they_release;
	CHECK(segpool_release(sp, mine) == SEGPOOL_STALE && their_result == SEGPOOL_OK && stats().in_use[0] == 0);
	theirs = take(4096);
	meanwhile = they_pin;
	CHECK(segpool_release(sp, mine) == SEGPOOL_PINNED && their_result == SEGPOOL_OK && segpool_unpin(sp, mine) == SEGPOOL_OK);
	meanwhile = they_release;
	CHECK(segpool_pin(sp, mine) == SEGPOOL_STALE && their_result == SEGPOOL_OK);
	/* The region is idle, and then it is not. */
	meanwhile = they_take;
	CHECK(segpool_free_idle(sp, SEGPOOL_POOLS, 9) == 0 && their_result == SEGPOOL_OK && stats().frees == 0);
	/* A bit is free, and then it is not. */
	meanwhile = they_take;
	s = take(4096);
	CHECK(their_result == SEGPOOL_OK && s.base != theirs.base && stats().in_use[0] == 3);
	/* The budget bears one more region, not two. */
	meanwhile = they_take_large;
	CHECK(segpool_alloc(sp, 128 * KIB, &s) == SEGPOOL_BUDGET && their_result == SEGPOOL_OK && stats().virtual_bytes == 2 * REGION);
	CHECK(segpool_destroy(sp) == 4);
	/* Three freed regions: 2 on top of 1 on top of 0. They take 2 and 1, and put 2 back. */
	fresh(3, 0);
	for (uint32_t r = 0; r < 3; r++)
		freed_push(sp, 0, r);
	meanwhile = they_pop_two_and_push_one;
	CHECK(freed_pop(sp, 0) == 2 && freed_pop(sp, 0) == 0 && freed_pop(sp, 0) == NO_REGION);
	CHECK(segpool_destroy(sp) == 0 && !meanwhile);
}

/* ---- random operations against a model: an array of who holds what ---- */

enum { HELD = 400, STEPS = 20000 };
static struct segment held[HELD];
static unsigned held_pins[HELD];
static unsigned char held_tag[HELD];
static unsigned nheld;

static bool overlap(const struct segment *a, const struct segment *b)
{
	return (char *)a->base < (char *)b->base + b->nbytes && (char *)b->base < (char *)a->base + a->nbytes;
}

static void model_alloc(void)
{
	struct segment s;
	size_t nbytes = 1 + rnd((uint64_t)4096 << rnd(7));
	enum segpool_err e = segpool_alloc(sp, nbytes, &s);
	CHECK(e == SEGPOOL_OK || e == SEGPOOL_BUDGET);
	if (e == SEGPOOL_BUDGET) {
		struct segpool_stats st = stats();
		CHECK(segpool_freed(&st) == 0 && st.virtual_bytes == st.virtual_budget && st.in_use[segpool_pool_of(nbytes)] ==
			st.active[segpool_pool_of(nbytes)] * (REGION / ((size_t)4096 << segpool_pool_of(nbytes))));
		for (unsigned p = 0; p < SEGPOOL_POOLS; p++)
			CHECK(!st.active[p] || st.in_use[p]);
		return;
	}
	for (unsigned i = 0; i < nheld; i++)
		CHECK(!overlap(&s, &held[i]));
	memset(s.base, held_tag[nheld] = (unsigned char)rnd(256), s.nbytes);
	held_pins[nheld] = 0;
	held[nheld++] = s;
}

static void model_release(unsigned i)
{
	enum segpool_err e = segpool_release(sp, &held[i]);
	CHECK(e == (held_pins[i] ? SEGPOOL_PINNED : SEGPOOL_OK));
	if (e != SEGPOOL_OK)
		return;
	const unsigned char *p = held[i].base;
	CHECK(p[0] == held_tag[i] && p[held[i].nbytes - 1] == held_tag[i] && p[rnd(held[i].nbytes)] == held_tag[i]);
	CHECK(segpool_release(sp, &held[i]) == SEGPOOL_STALE);
	nheld--;
	held[i] = held[nheld];
	held_pins[i] = held_pins[nheld];
	held_tag[i] = held_tag[nheld];
}

static void model_pin(unsigned i)
{
	if (rnd(2)) {
		CHECK(segpool_pin(sp, &held[i]) == SEGPOOL_OK);
		held_pins[i]++;
	} else {
		CHECK(segpool_unpin(sp, &held[i]) == (held_pins[i] ? SEGPOOL_OK : SEGPOOL_NOT_PINNED));
		held_pins[i] -= held_pins[i] > 0;
	}
}

static void random_operations(void **state)
{
	(void)state;
	fresh(24, 0);
	nheld = 0;
	bool growing = true;
	for (unsigned step = 0; goes_on(step, STEPS); step++) {
		if (rnd(500) == 0)
			growing = !growing;
		uint64_t what = rnd(100);
		if (what < (growing ? 60 : 20) && nheld < HELD)
			model_alloc();
		else if (what < 90 && nheld)
			model_release((unsigned)rnd(nheld));
		else if (what < 98 && nheld)
			model_pin((unsigned)rnd(nheld));
		else
			segpool_free_idle(sp, (unsigned)rnd(8), rnd(5));
		if (now_and_then(step, 50)) {
			struct segpool_stats st = stats();
			size_t in_use = 0;
			for (unsigned p = 0; p < SEGPOOL_POOLS; p++)
				in_use += st.in_use[p];
			CHECK(in_use == nheld);
		}
	}
	CHECK(segpool_destroy(sp) == nheld);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 6000, KEPT = 6 };
static _Atomic int twice, wrong;

/* Who owns each page of each region: claimed when a segment is got, given up before it is released. */
static _Atomic unsigned owner[64][REGION / 4096];

static bool own(const struct segment *s, unsigned me, unsigned before)
{
	size_t first = (size_t)((char *)s->base - (char *)sp->region[s->region].base) / 4096;
	bool good = true;
	for (size_t i = 0; i < s->nbytes / 4096; i++) {
		unsigned expect = before;
		good &= atomic_compare_exchange_strong(&owner[s->region][first + i], &expect, me);
	}
	return good;
}

static uint64_t next(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
	return *seed >> 33;
}

static void lose(struct segment *s, unsigned me)
{
	wrong += *(unsigned *)s->base != me;
	wrong += !own(s, 0, me);
	wrong += segpool_release(sp, s) != SEGPOOL_OK;
	twice += segpool_release(sp, s) != SEGPOOL_STALE;
	s->base = NULL;
}

static void *take_and_give(void *arg)
{
	unsigned me = (unsigned)(uintptr_t)arg;
	uint64_t seed = me;
	struct segment kept[KEPT] = { 0 };
	for (int i = 0; i < ROUNDS; i++) {
		struct segment *s = &kept[next(&seed) % KEPT];
		if (s->base) {
			lose(s, me);
		} else if (segpool_alloc(sp, (size_t)4096 << next(&seed) % 7, s) == SEGPOOL_OK) {
			wrong += !own(s, me, 0);
			*(unsigned *)s->base = me;
		}
		if (next(&seed) % 16 == 0)
			segpool_free_idle(sp, (unsigned)(next(&seed) % 8), 2);
	}
	for (int i = 0; i < KEPT; i++)
		if (kept[i].base)
			lose(&kept[i], me);
	return NULL;
}

static void run(void *(*fn)(void *), unsigned n)
{
	pthread_t t[16];
	for (unsigned i = 0; i < n; i++)
		CHECK(pthread_create(&t[i], NULL, fn, (void *)(uintptr_t)(i + 1)) == 0);
	for (unsigned i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

/* No segment has two owners; each release is won once; the budget holds at every moment. */
static void threads_and_owners(void **state)
{
	(void)state;
	fresh(20, 0);
	sp->config.log = NULL;
	twice = wrong = 0;
	run(take_and_give, THREADS);
	struct segpool_stats st = stats();
	CHECK(wrong == 0 && twice == 0, "%d wrong, %d twice", wrong, twice);
	CHECK(st.virtual_peak <= st.virtual_budget && st.frees > 0 && st.reuses + st.moves > 0, "%zu freed, %zu reused, %zu moved", st.frees, st.reuses, st.moves);
	CHECK(segpool_destroy(sp) == 0);
}

/* The queue alone: what one thread has taken no other has, and nothing is lost. */
static void *pop_and_push(void *arg)
{
	uint64_t seed = (uintptr_t)arg;
	for (int i = 0; i < ROUNDS; i++) {
		uint32_t r[3];
		unsigned n = 1 + next(&seed) % 3;
		for (unsigned k = 0; k < n; k++) {
			r[k] = freed_pop(sp, 0);
			twice += r[k] != NO_REGION && atomic_exchange(&owner[r[k]][0], 1) != 0;
		}
		for (unsigned k = 0; k < n; k++)
			if (r[k] != NO_REGION) {
				atomic_store(&owner[r[k]][0], 0);
				freed_push(sp, 0, r[k]);
			}
	}
	return NULL;
}

static void queue_of_freed_regions(void **state)
{
	(void)state;
	enum { QUEUED = 6 };
	fresh(QUEUED, 0);
	memset(owner, 0, sizeof owner);
	twice = 0;
	for (uint32_t r = 0; r < QUEUED; r++)
		freed_push(sp, 0, r);
	run(pop_and_push, THREADS);
	unsigned n = 0;
	while (n <= QUEUED && freed_pop(sp, 0) != NO_REGION)
		n++;
	CHECK(twice == 0 && n == QUEUED, "%d twice, %u left", twice, n);
	segpool_destroy(sp);
}

/* One token, many who release it: one succeeds, each time. */
static struct segment contested;
static pthread_barrier_t line_up;
static _Atomic int wins;

static void *release_contested(void *arg)
{
	(void)arg;
	for (int i = 0; i < 300; i++) {
		if (pthread_barrier_wait(&line_up) == PTHREAD_BARRIER_SERIAL_THREAD)
			contested = take(4096);
		pthread_barrier_wait(&line_up);
		struct segment mine = contested;
		wins += segpool_release(sp, &mine) == SEGPOOL_OK;
	}
	return NULL;
}

/* One freed region, many who want it: one gets it, the others are refused and nobody maps more than the budget bears. */
static void *reuse_contested(void *arg)
{
	(void)arg;
	for (int i = 0; i < 300; i++) {
		struct segment s;
		if (pthread_barrier_wait(&line_up) == PTHREAD_BARRIER_SERIAL_THREAD)
			wrong += segpool_free_idle(sp, SEGPOOL_POOLS, 1) != 1;
		pthread_barrier_wait(&line_up);
		enum segpool_err e = segpool_alloc(sp, 256 * KIB, &s);
		wins += e == SEGPOOL_OK;
		pthread_barrier_wait(&line_up);
		wrong += e != SEGPOOL_OK && e != SEGPOOL_BUDGET;
		wrong += e == SEGPOOL_OK && segpool_release(sp, &s) != SEGPOOL_OK;
	}
	return NULL;
}

static void exactly_one_winner(void **state)
{
	(void)state;
	fresh(2, 0);
	wins = wrong = 0;
	pthread_barrier_init(&line_up, NULL, THREADS);
	run(release_contested, THREADS);
	CHECK(wins == 300 && stats().in_use[0] == 0);
	CHECK(segpool_destroy(sp) == 0);
	sp = NULL;
	struct segpool_config c = { .region_bytes = 256 * KIB, .virtual_budget = 256 * KIB };
	sp = segpool_create(&c);
	give(take(256 * KIB));
	wins = 0;
	run(reuse_contested, THREADS);
	CHECK(wins == 300 && wrong == 0, "%d wins, %d wrong", wins, wrong);
	CHECK(stats().maps == 1 && stats().frees == 300 && stats().reuses == 300);
	CHECK(segpool_destroy(sp) == 0);
}

/* All pools at once against a budget of three regions: what is mapped never passes it. */
static void *map_at_once(void *arg)
{
	unsigned pool = (unsigned)(uintptr_t)arg - 1;
	struct segment s;
	pthread_barrier_wait(&line_up);
	wins += segpool_alloc(sp, (size_t)4096 << pool, &s) == SEGPOOL_OK;
	return NULL;
}

static void budget_across_pools(void **state)
{
	(void)state;
	for (int round = 0; round < 100; round++) {
		fresh(3, 0);
		wins = 0;
		pthread_barrier_init(&line_up, NULL, SEGPOOL_POOLS);
		run(map_at_once, SEGPOOL_POOLS);
		struct segpool_stats st = stats();
		CHECK(wins == 3 && st.virtual_bytes == 3 * REGION && st.virtual_peak == 3 * REGION && st.refusals == 4);
		CHECK(segpool_destroy(sp) == 3);
	}
}

/* ---- waiting ---- */

enum { HANG_MS = 100000 };	/* ends a test that hangs; decides nothing else */

static void *give_when_waited_for(void *arg)
{
	(void)arg;
	while (!sp->sleepers)
		sched_yield();
	give(contested);
	return NULL;
}

static void waiting_is_bounded(void **state)
{
	(void)state;
	struct segment s;
	pthread_t t;
	fresh(1, HANG_MS);
	contested = take(256 * KIB);
	fill(256 * KIB, 1);
	CHECK(pthread_create(&t, NULL, give_when_waited_for, NULL) == 0);
	CHECK(segpool_alloc(sp, 256 * KIB, &s) == SEGPOOL_OK && s.base == contested.base);
	pthread_join(t, NULL);
	CHECK(stats().waits >= 1 && stats().refusals == 0);
	CHECK(segpool_destroy(sp) == 2);
	fresh(1, 1);
	fill(256 * KIB, 2);
	CHECK(segpool_alloc(sp, 256 * KIB, &s) == SEGPOOL_BUDGET && stats().waits >= 1 && stats().refusals == 1);
	CHECK(segpool_destroy(sp) == 2);
}

/* More takers than memory, for long: each gets its turn, nobody is refused. */
static void *take_turns(void *arg)
{
	struct segment s;
	(void)arg;
	for (int i = 0; i < 500; i++) {
		if (segpool_alloc(sp, (size_t)4096 << (i % 2 ? 6 : 5), &s) != SEGPOOL_OK) {
			wrong++;
			continue;
		}
		twice += atomic_exchange(&owner[s.region][s.index], 1) != 0;
		sched_yield();
		atomic_store(&owner[s.region][s.index], 0);
		wrong += segpool_release(sp, &s) != SEGPOOL_OK;
	}
	return NULL;
}

static void turns_under_pressure(void **state)
{
	(void)state;
	struct segpool_config c = { .region_bytes = 256 * KIB, .virtual_budget = 2 * 256 * KIB, .wait_ms = HANG_MS };
	sp = segpool_create(&c);
	memset(owner, 0, sizeof owner);
	wrong = twice = 0;
	run(take_turns, THREADS);
	CHECK(wrong == 0 && twice == 0, "%d wrong, %d twice", wrong, twice);
	CHECK(stats().virtual_peak <= 2 * 256 * KIB && stats().refusals == 0);
	CHECK(segpool_destroy(sp) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes_and_bad_input),
		cmocka_unit_test(two_ledgers),
		cmocka_unit_test(frames_go_back),
		cmocka_unit_test(tokens_and_pins),
		cmocka_unit_test(idle_space_serves_any_pool),
		cmocka_unit_test(the_kernel_refuses),
		cmocka_unit_test(idle_space_serves_when_the_kernel_refuses),
		cmocka_unit_test(frames_or_nothing),
		cmocka_unit_test(trace_ring),
		cmocka_unit_test(at_the_worst_moment),
		cmocka_unit_test(random_operations),
		cmocka_unit_test(threads_and_owners),
		cmocka_unit_test(queue_of_freed_regions),
		cmocka_unit_test(exactly_one_winner),
		cmocka_unit_test(budget_across_pools),
		cmocka_unit_test(waiting_is_bounded),
		cmocka_unit_test(turns_under_pressure),
	};
	return RUN_TESTS(tests);
}
