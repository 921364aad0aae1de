/* heapbench [WORK [COUNT]]: what malloc and free cost: pair (64 bytes, warm), lifo, fifo, mixed, grow, or all. MALLOC= chooses the heap. On the
 * instruction clock (`make run ICOUNT=1`) a nanosecond is an instruction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#ifdef HEAPBENCH_HOST	/* this program beside the host's heaps: tools/bench_heap.py */
#define NOTE_FIGURES() note_resident()
#define PRINT_FIGURES() printf("resident %ld live %zu\n", resident, live_peak / 1024)
#else
#define NOTE_FIGURES() ((void)0)
#define PRINT_FIGURES() print_allocator_info()
#include "../heap/heap.h"
#endif

enum { LIVE = 4096, COUNT = 100000 };

static void *object[LIVE];
static size_t bytes_of[LIVE], live, live_peak;

static unsigned random_number(void)
{
	static unsigned long long x = 1;
	x = x * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(x >> 33);
}

/* Mostly small, as programs ask: nine in ten up to 256 bytes, one in a hundred up to 16 KiB. */
static size_t some_size(void)
{
	unsigned r = random_number(), kind = r % 100;
	r /= 100;
	return kind < 90 ? 1 + r % 256 : kind < 99 ? 256 + r % 2048 : 2048 + r % 14336;
}

static void put(size_t i, size_t n)
{
	char *p = malloc(n);
	if (!p)
		abort();
	p[0] = p[n - 1] = 1;
	object[i] = p;
	bytes_of[i] = n;
	live += n;
	if (live > live_peak)
		live_peak = live;
}

static void drop(size_t i)
{
	free(object[i]);
	object[i] = NULL;
	live -= bytes_of[i];
}

static void pair(size_t count)
{
	while (count--) {
		void *p = malloc(64);
		__asm__ volatile("" : : "r"(p) : "memory");
		free(p);
	}
}

static void lifo(size_t count)
{
	for (size_t i = 0; i < count; i += LIVE) {
		for (size_t k = 0; k < LIVE; k++)
			put(k, some_size());
		for (size_t k = LIVE; k-- > 0;)
			drop(k);
	}
}

static void fifo(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (object[i % LIVE])
			drop(i % LIVE);
		put(i % LIVE, some_size());
	}
}

static void mixed(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t k = random_number() % LIVE;
		if (object[k])
			drop(k);
		put(k, some_size());
	}
}

static void grow(size_t count)
{
	for (size_t i = 0; i < count; i += 1000) {
		char *p = NULL;
		for (size_t n = 1; n <= 1000; n++)
			p = realloc(p, n * 100);
		free(p);
	}
}

static const struct { const char *name; void (*fn)(size_t count); } works[] = {
	{ "pair", pair }, { "lifo", lifo }, { "fifo", fifo }, { "mixed", mixed }, { "grow", grow },
};

static void clear(void)
{
	for (size_t i = 0; i < LIVE; i++)
		if (object[i])
			drop(i);
}

static unsigned long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec;
}

#ifdef HEAPBENCH_HOST
/* By walking the page tables: the kernel's own peak is off by what each CPU has not added yet. */
static long resident;

static void note_resident(void)
{
	char line[128];
	FILE *f = fopen("/proc/self/smaps_rollup", "r");
	while (f && fgets(line, sizeof line, f))
		sscanf(line, "Anonymous: %ld", &resident);
}
#endif

static void run(const char *name, void (*fn)(size_t count), size_t count)
{
	if (fn == pair)
		pair(1000);
	unsigned long long start = now();
	fn(count);
	printf("result %s %llu per operation\n", name, (now() - start) / (count ? count : 1));
	NOTE_FIGURES();
	clear();
}

int main(int argc, char **argv)
{
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 0) : COUNT;
	const char *name = argc > 1 ? argv[1] : "all";
	size_t ran = 0;
	for (size_t i = 0; i < sizeof works / sizeof *works; i++)
		if (!strcmp(name, "all") || !strcmp(name, works[i].name)) {
			run(works[i].name, works[i].fn, count);
			ran++;
		}
	if (!ran || argc > 3) {
		fprintf(stderr, "usage: heapbench [pair|lifo|fifo|mixed|grow|all [COUNT]]\n");
		return 2;
	}
	PRINT_FIGURES();
	return fflush(stdout) != 0;
}
