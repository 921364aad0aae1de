/* More segments than the machine has frames for. With config.populate the pool refuses; without it the first store too many would end this
 * process. */
#include <err.h>
#include <proctext.h>
#include <stdio.h>
#include <stdlib.h>
#include "segtest.h"

static unsigned long ram_kib(void)
{
	char *text = proc_text("/proc/meminfo");
	unsigned long n = proc_number(text, "MemTotal");
	free(text);
	return n;
}

/* A pool whose budget frames cannot fill, and room for the tokens of all of its segments: kept in the first of them. */
static struct segpool *make_pool(size_t budget)
{
	struct segpool_config config = { .region_bytes = REGION, .virtual_budget = budget, .populate = true };
	struct segpool *sp = segpool_create(&config);
	if (!sp)
		errx(1, "no memory");
	return sp;
}

/* Take until there is no more; how many. All that is touched here has its frame already. */
static size_t take_all(struct segpool *sp, struct segment *kept, size_t room)
{
	size_t n = 0;
	while (n < room && segpool_alloc(sp, SEGPOOL_LARGEST, &kept[n]) == SEGPOOL_OK) {
		for (size_t at = 0; at < SEGPOOL_LARGEST; at += PAGE)
			((volatile char *)kept[n].base)[at] = 1;
		n++;
	}
	return n;
}

int test_populate(void)
{
	struct segpool_stats st;
	struct segment first;
	size_t budget = ((size_t)ram_kib() * KIB / REGION + 8) * REGION;
	struct segpool *sp = make_pool(budget);
	if (segpool_alloc(sp, SEGPOOL_LARGEST, &first) != SEGPOOL_OK)
		errx(1, "no memory");
	printf("segtest: a budget of %zu MiB, which is more than there is\n", budget / MIB);
	size_t n = take_all(sp, first.base, first.nbytes / sizeof first);
	struct segment *kept = first.base;
	for (size_t i = 0; i < n; i++)
		segpool_release(sp, &kept[i]);
	segpool_free_idle(sp, SEGPOOL_POOLS, SIZE_MAX);
	segpool_stats(sp, &st);
	const char *wrong = segpool_check(sp);
	bool good = expect(st.populate_failures == 1, "it was frames that were refused") && expect(n > 0, "some were had")
		&& expect(!wrong, wrong ? wrong : "") && expect(st.virtual_bytes < budget, "addresses were left")
		&& expect(st.physical_bytes == REGION, "all frames but those of the first region are back");
	printf("segtest: %zu MiB of segments with their frames, then refused; nobody was ended, %s\n", n * SEGPOOL_LARGEST / MIB, good ? "sound" : "NOT SOUND");
	segpool_destroy(sp);
	return !good;
}
