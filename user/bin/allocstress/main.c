/* allocstress: allocate and free small objects until 2,000,000 were made, or memory is no longer to be had. With the page heap each
 * object takes a page of address space; under va=bump none ever comes back. MALLOC=page, the default here, or MALLOC=chunk.
 *
 * --waves [N]: the wave test, straight on mmap: in wave k, 64 objects of k pages, all freed before the next wave. Never more than 64 k
 * pages are live, but only a kernel that joins neighbouring holes can place wave k + 1 where wave k was.
 *
 * Other phases, with objects of 1 byte to 64 KiB whose content is checked: --mixed, --lifo, --fifo, --random: who goes when;
 * --realloc: buffers that grow and shrink; --threads: some of them, that end each other's objects; --all: each of these.
 * -n COUNT: so many objects or steps; -s SEED; -t N: so many threads. After each phase: what it has cost. */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../../heap/heap.h"
#include "allocstress.h"

HEAP_DEFAULT(page);

enum { TOTAL = 2000000, WAVES = 1000, STEPS = 10000 };

static _Noreturn void complain(void)
{
	usage("[-n COUNT | --waves [N] | --mixed | --lifo | --fifo | --random | --realloc | --threads | --all] [-n COUNT] [-s SEED] [-t N]");
}

static size_t number(const char *s)
{
	char *end;
	unsigned long long n = s ? strtoull(s, &end, 10) : 0;
	if (!n || *end)
		complain();
	return (size_t)n;
}

static int run_named(const char *name, const struct options *o)
{
	int failed = 0;
	bool all = !strcmp(name, "all"), any = false;
	for (size_t i = 0; i < nphases && !failed; i++)
		if (all || !strcmp(name, phases[i].name)) {
			any = true;
			failed = run_phase(&phases[i], o);
		}
	if (!any)
		complain();
	return failed;
}

int main(int argc, char **argv)
{
	struct options o = { .steps = 0, .seed = 1, .threads = 4 };
	const char *phase = NULL;
	if (argc > 1 && !strcmp(argv[1], "--waves"))
		return argc > 3 ? (complain(), 2) : waves(argc == 3 ? number(argv[2]) : WAVES);
	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-n"))
			o.steps = number(argv[++i]);
		else if (!strcmp(argv[i], "-s"))
			o.seed = number(argv[++i]);
		else if (!strcmp(argv[i], "-t"))
			o.threads = (unsigned)number(argv[++i]);
		else if (!phase && !strncmp(argv[i], "--", 2))
			phase = argv[i] + 2;
		else
			complain();
	}
	if (!phase)
		return classic(o.steps ? o.steps : TOTAL);
	o.steps = o.steps ? o.steps : STEPS;
	return run_named(phase, &o);
}
