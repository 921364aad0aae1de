/* ledgers: memory has two ledgers, of addresses and of frames, and a budget that looks at the wrong one leaks.
 *
 * A pool hands out regions and takes them back. A region given back keeps its addresses, but madvise(MADV_DONTNEED) takes its
 * frames. Each round gives back half of all regions and asks for as many again.
 *
 *   --budget=physical   the bug: is there room? is asked of the frames, of which there are fewer after every madvise. So there is
 *                       always room, each round maps new regions, and the addresses in use grow without end.
 *   --budget=virtual    the cure: addresses are counted, which madvise does not give back; a region given back is used again
 *                       before a new one is mapped. The addresses stay what they are.
 *   --limit             besides, RLIMIT_AS stops at the budget: what the pool does not notice the kernel refuses. */
#include <err.h>
#include <proctext.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE = 4096, REGIONS_MAX = 1024, ROUNDS = 5, REGION = 1 << 20, LOAD = 100 /* regions in use */, BUDGET = LOAD * REGION };

enum state { IN_USE, GIVEN_BACK };

struct pool {
	bool by_frames;			/* the budget is asked of physical, not of virtual */
	size_t virtual, physical;	/* the two ledgers, bytes */
	int nregions, nmaps, nreuses;
	struct { char *start; enum state state; } region[REGIONS_MAX];
};

/* What the kernel counts, bytes, since the pool was empty. */
struct usage { size_t virtual, physical; };

/* [ledgers] */
/* Is there room for one region more? */
static bool within_budget(const struct pool *p)
{
	return (p->by_frames ? p->physical : p->virtual) + REGION <= BUDGET;
}

static void use(struct pool *p, int k)
{
	memset(p->region[k].start, 0x5a, REGION);	/* the frames come with the stores */
	p->region[k].state = IN_USE;
	p->physical += REGION;
}

static bool map_new(struct pool *p)
{
	if (p->nregions == REGIONS_MAX || !within_budget(p))
		return false;
	char *start = mmap(NULL, REGION, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (start == MAP_FAILED)
		return false;
	p->region[p->nregions].start = start;
	p->virtual += REGION;				/* here, and nowhere else */
	p->nmaps++;
	use(p, p->nregions++);
	return true;
}

static bool reuse(struct pool *p)
{
	for (int k = 0; k < p->nregions; k++)
		if (p->region[k].state == GIVEN_BACK) {
			p->nreuses++;
			use(p, k);
			return true;
		}
	return false;
}

static bool get(struct pool *p)
{
	return p->by_frames ? map_new(p) : reuse(p) || map_new(p);
}

static void give_back(struct pool *p, int k)
{
	madvise(p->region[k].start, REGION, MADV_DONTNEED);
	p->region[k].state = GIVEN_BACK;
	p->physical -= REGION;				/* the addresses stay */
}
/* [/ledgers] */

static struct usage kernel_counts(void)
{
	char *text = proc_text("/proc/self/statm"), *rest;
	struct usage u = { .virtual = strtoul(text, &rest, 10) * PAGE };
	u.physical = strtoul(rest, NULL, 10) * PAGE;
	free(text);
	return u;
}

/* A line of the table. False if the kernel's ledgers say otherwise than the pool's. */
static bool show(const struct pool *p, int round, struct usage empty)
{
	struct usage now = kernel_counts();
	size_t virtual = now.virtual - empty.virtual, physical = now.physical - empty.physical;
	bool agree = virtual == p->virtual && physical == p->physical;
	int in_use = 0;
	for (int k = 0; k < p->nregions; k++)
		in_use += p->region[k].state == IN_USE;
	printf("%5d %11zu %11zu %11zu %11zu %7d %7d %6d %6d  %s\n", round, p->virtual >> 10, virtual >> 10, p->physical >> 10,
		physical >> 10, in_use, p->nregions - in_use, p->nmaps, p->nreuses, agree ? "agree" : "DIFFER");
	return agree;
}

/* Half of what is in use goes back, the oldest first, and as much is asked for again. False if the pool refuses. */
static bool play_round(struct pool *p)
{
	int given = 0;
	for (int k = 0; k < p->nregions && given < LOAD / 2; k++)
		if (p->region[k].state == IN_USE) {
			give_back(p, k);
			given++;
		}
	while (given && get(p))
		given--;
	return !given;
}

static bool play(struct pool *p, bool limit)
{
	printf("budget %d KiB of %s\n%5s %23s %23s\n", BUDGET >> 10, p->by_frames ? "frames" : "addresses", "", "virtual, KiB", "physical, KiB");
	printf("%5s %11s %11s %11s %11s %7s %7s %6s %6s\n", "round", "pool", "kernel", "pool", "kernel", "in use", "given", "maps", "reuses");
	fflush(stdout);
	kernel_counts();				/* what the heap takes for itself, it has now */
	struct usage empty = kernel_counts();
	struct rlimit r = { empty.virtual + BUDGET, RLIM_INFINITY };
	if (limit && setrlimit(RLIMIT_AS, &r) < 0)
		err(2, "RLIMIT_AS");
	bool agree = true;
	int refused = 0;
	for (int round = 0; round <= ROUNDS; round++) {
		for (int k = 0; round == 0 && k < LOAD; k++)
			refused += !get(p);
		refused += round && !play_round(p);
		agree &= show(p, round, empty);
	}
	printf("%d times refused; the ledgers %s\n", refused, agree ? "agree" : "differ");
	return agree;
}

int main(int argc, char **argv)
{
	static struct pool pool;
	bool limit = false, chosen = false;
	memset(&pool, 0, sizeof pool);			/* frames of the pool's own must not come between */
	for (int k = 1; k < argc; k++) {
		bool frames = !strcmp(argv[k], "--budget=physical");
		if (frames || !strcmp(argv[k], "--budget=virtual"))
			chosen = true, pool.by_frames = frames;
		else if (!strcmp(argv[k], "--limit"))
			limit = true;
		else
			chosen = false, k = argc;
	}
	if (!chosen)
		usage("--budget=physical|virtual [--limit]");
	return !play(&pool, limit);
}
