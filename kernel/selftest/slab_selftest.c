/* Object caches: objects of one size, from one and from all CPUs. */
#include <lib/string.h>
#include "selftest.h"

enum { SLOTS = 96, STEPS = 4000 };

static const char *churn(struct slab_cache *c, size_t size, uint64_t seed, unsigned steps)
{
	void *slots[SLOTS] = { 0 };
	for (unsigned i = 0; i < steps; i++) {
		unsigned k = (unsigned)selftest_random(&seed, SLOTS);
		if (slots[k]) {
			WANT(selftest_is_filled(slots[k], size, (uintptr_t)slots[k]));
			slab_free(kernel_mm, c, slots[k]);
			slots[k] = NULL;
			continue;
		}
		slots[k] = slab_alloc(kernel_mm, c);
		WANT(slots[k]);
		selftest_fill(slots[k], size, (uintptr_t)slots[k]);
	}
	for (unsigned k = 0; k < SLOTS; k++) {
		WANT(!slots[k] || selftest_is_filled(slots[k], size, (uintptr_t)slots[k]));
		slab_free(kernel_mm, c, slots[k]);
	}
	return NULL;
}

static const char *every_size(void)
{
	static const size_t sizes[] = { 8, 24, 64, 200, 520, 1024, 4096 };
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct slab_cache *c = slab_cache_create(kernel_mm, "selftest", sizes[i], 0);
		WANT(c);
		const char *why = churn(c, sizes[i], i + 1, STEPS);
		if (why)
			return why;
		slab_cache_destroy(kernel_mm, c);
	}
	return NULL;
}

static const char *alignment(void)
{
	for (size_t align = 8; align <= 4096; align *= 2) {
		struct slab_cache *c = slab_cache_create(kernel_mm, "selftest", 40, align);
		void *obj[8];
		WANT(c);
		for (unsigned i = 0; i < 8; i++) {
			obj[i] = slab_alloc(kernel_mm, c);
			WANT(obj[i] && (uintptr_t)obj[i] % align == 0);
		}
		for (unsigned i = 0; i < 8; i++)
			slab_free(kernel_mm, c, obj[i]);
		slab_cache_destroy(kernel_mm, c);
	}
	return NULL;
}

/* A second free, an inner address, another cache's object: each is reported, counted, and changes nothing. */
static const char *bad_frees(void)
{
	struct slab_cache *a = slab_cache_create(kernel_mm, "selftest-a", 64, 0), *b = slab_cache_create(kernel_mm, "selftest-b", 64, 0);
	WANT(a && b);
	char *p = slab_alloc(kernel_mm, a), *q = slab_alloc(kernel_mm, b);
	WANT(p && q);
	uint64_t bad = selftest_bad_frees();
	slab_free(kernel_mm, b, p);
	slab_free(kernel_mm, a, p + 8);
	slab_free(kernel_mm, a, (void *)(uintptr_t)4096);
	slab_free(kernel_mm, a, NULL);
	WANT(selftest_bad_frees() == bad + 3);
	slab_free(kernel_mm, a, p);
	WANT(selftest_bad_frees() == bad + 3);
	slab_free(kernel_mm, a, p);
	WANT(selftest_bad_frees() == bad + 4);
	slab_free(kernel_mm, b, q);
	slab_cache_destroy(kernel_mm, a);
	slab_cache_destroy(kernel_mm, b);
	return NULL;
}

/* Objects in a row, linked through their first word, until memory has run out. */
static const char *exhaust(void)
{
	struct slab_cache *c = slab_cache_create(kernel_mm, "selftest", 2048, 0);
	void **top = NULL;
	uint64_t n = 0, before = mm_free_pages(kernel_mm);
	WANT(c);
	for (void **obj; (obj = slab_alloc(kernel_mm, c)); n++) {
		*obj = top;
		top = obj;
	}
	for (void **next; top; top = next) {
		next = *top;
		slab_free(kernel_mm, c, top);
	}
	WANT(n > before / 2);
	slab_shrink(kernel_mm);
	WANT(mm_free_pages(kernel_mm) + 16 >= before);
	slab_cache_destroy(kernel_mm, c);
	return NULL;
}

static const char *shrink(void)
{
	enum { MANY = 512 };
	struct slab_cache *c = slab_cache_create(kernel_mm, "selftest", 512, 0);
	void **obj = kmalloc(kernel_mm, MANY * sizeof *obj);
	WANT(c && obj);
	for (unsigned i = 0; i < MANY; i++)
		WANT(obj[i] = slab_alloc(kernel_mm, c));
	uint64_t full = mm_free_pages(kernel_mm);
	for (unsigned i = 0; i < MANY; i++)
		slab_free(kernel_mm, c, obj[i]);
	slab_shrink(kernel_mm);
	WANT(mm_free_pages(kernel_mm) >= full + MANY / 8);
	kfree(kernel_mm, obj);
	slab_cache_destroy(kernel_mm, c);
	return NULL;
}

/* ---- several CPUs ---- */

static const char *churn_here(void *cache, unsigned k) { return churn(cache, 64, k + 1, STEPS); }

static const char *smp(void)
{
	struct slab_cache *c = slab_cache_create(kernel_mm, "selftest", 64, 0);
	WANT(c);
	const char *why = selftest_everywhere(churn_here, c);
	if (!why)
		slab_cache_destroy(kernel_mm, c);
	return why;
}

/* What one CPU allocated, another frees: objects wander between the magazines. */
enum { HANDED = 300 };
struct handover { struct slab_cache *cache; void *box[PORT_CPUS][HANDED]; };

static const char *give(void *ctx, unsigned k)
{
	struct handover *h = ctx;
	for (unsigned i = 0; i < HANDED; i++) {
		WANT(h->box[k][i] = slab_alloc(kernel_mm, h->cache));
		selftest_fill(h->box[k][i], 64, k * 1000 + i);
	}
	return NULL;
}

static const char *take(void *ctx, unsigned k)
{
	struct handover *h = ctx;
	unsigned from = (k + 1) % crew_max();
	for (unsigned i = 0; i < HANDED; i++) {
		WANT(selftest_is_filled(h->box[from][i], 64, from * 1000 + i));
		slab_free(kernel_mm, h->cache, h->box[from][i]);
	}
	return NULL;
}

static const char *smp_handover(void)
{
	struct handover *h = kmalloc(kernel_mm, sizeof *h);
	WANT(h && (h->cache = slab_cache_create(kernel_mm, "selftest", 64, 0)));
	const char *why = NULL;
	for (int i = 0; i < 4 && !why; i++) {
		why = selftest_everywhere(give, h);
		if (!why)
			why = selftest_everywhere(take, h);
	}
	if (why)
		return why;
	slab_cache_destroy(kernel_mm, h->cache);
	kfree(kernel_mm, h);
	return NULL;
}

const struct selftest selftest_slab[] = {
	{ "every_size", every_size }, { "alignment", alignment }, { "bad_frees", bad_frees }, { "exhaust", exhaust }, { "shrink", shrink },
	{ "smp", smp }, { "smp_handover", smp_handover }, { NULL, NULL },
};
