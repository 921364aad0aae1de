/* regionbench: what a call on memory costs with 10 and with 10,000 regions present. On the instruction clock (`make run ICOUNT=1`)
 * a nanosecond is an instruction. Each figure is the least of many rounds. */
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

enum { PAGE = 4096, ROUNDS = 64, MANY = 10000 };
#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *base;		/* 2 * MANY pages of addresses */
static int nregions;

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static char *map(size_t pages, int prot)
{
	char *p = mmap(NULL, pages * PAGE, prot, ANON, -1, 0);
	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

/* Regions until there are n: every other page of a range, with a hole behind each. */
static void fill(int n)
{
	for (; nregions < n; nregions++)
		if (mmap(base + (size_t)nregions * 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == MAP_FAILED)
			err(1, "region %d", nregions);
}

static void map_and_unmap(void)
{
	munmap(map(1, RW), PAGE);
}

static char *spot;		/* 3 pages among the regions */

static void fault(void)
{
	*(volatile char *)spot = 1;
}

static void protect(void)
{
	mprotect(spot + PAGE, PAGE, PROT_READ);
	mprotect(spot + PAGE, PAGE, RW);
}

static uint64_t least(void (*fn)(void))
{
	uint64_t best = UINT64_MAX;
	for (int k = 0; k < ROUNDS; k++) {
		madvise(spot, PAGE, MADV_DONTNEED);
		uint64_t start = now_ns();
		fn();
		uint64_t took = now_ns() - start;
		best = took < best ? took : best;
	}
	return best;
}

static const struct { const char *name; void (*fn)(void); } benches[] = {
	{ "mmap_munmap", map_and_unmap }, { "fault", fault }, { "mprotect_both_ways", protect },
};

int main(void)
{
	static const int counts[] = { 10, MANY };
	base = map(2 * MANY + 4, PROT_NONE);
	munmap(base, (2 * MANY + 4) * PAGE);
	spot = mmap(base + (size_t)MANY * 2 * PAGE, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	if (spot == MAP_FAILED)
		err(1, "mmap");
	for (size_t c = 0; c < 2; c++) {
		fill(counts[c]);
		for (size_t k = 0; k < sizeof benches / sizeof *benches; k++)
			printf("result %s_%d %llu instructions\n", benches[k].name, counts[c], (unsigned long long)least(benches[k].fn));
	}
	return 0;
}
