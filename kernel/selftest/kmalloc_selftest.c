/* kmalloc: every size, every wrong pointer, every mode. */
#include <lib/string.h>
#include "selftest.h"

enum { SLOTS = 96, STEPS = 4000, LARGEST = 4 << 20 };

struct slot { void *p; size_t n; };

static const char *fill_slot(struct slot *s, size_t n)
{
	s->p = kmalloc(kernel_mm, n);
	s->n = n;
	WANT(s->p);
	WANT((uintptr_t)s->p % (n > 8 ? 16 : 8) == 0);
	selftest_fill(s->p, n, n + (uintptr_t)s->p);
	return NULL;
}

static const char *empty_slot(struct slot *s)
{
	WANT(selftest_is_filled(s->p, s->n, s->n + (uintptr_t)s->p));
	kfree(kernel_mm, s->p);
	s->p = NULL;
	return NULL;
}

/* Many small ones, some large: each power of two as likely as the next. */
static size_t some_size(uint64_t *seed)
{
	size_t base = (size_t)1 << selftest_random(seed, 15);
	return base + selftest_random(seed, base);
}

static const char *churn(uint64_t seed, unsigned steps)
{
	struct slot slots[SLOTS] = { 0 };
	const char *why = NULL;
	for (unsigned i = 0; i < steps && !why; i++) {
		struct slot *s = &slots[selftest_random(&seed, SLOTS)];
		why = s->p ? empty_slot(s) : fill_slot(s, some_size(&seed));
	}
	for (unsigned k = 0; k < SLOTS && !why; k++)
		if (slots[k].p)
			why = empty_slot(&slots[k]);
	return why;
}

static const char *random_sizes(void) { return churn(1, STEPS); }

static const char *every_size(void)
{
	for (size_t n = 1; n <= 4200; n++) {
		struct slot a, b;
		const char *why = fill_slot(&a, n);
		if (!why)
			why = fill_slot(&b, n);
		WANT(why || a.p != b.p);
		if (!why)
			why = empty_slot(&a);
		if (!why)
			why = empty_slot(&b);
		if (why)
			return why;
	}
	size_t largest = kmalloc_mode(kernel_mm) == KMALLOC_SIMPLE ? LARGEST / 2 : LARGEST;
	for (size_t n = 8192; n <= largest; n *= 2) {
		struct slot s;
		const char *why = fill_slot(&s, n);
		if (!why)
			why = empty_slot(&s);
		if (why)
			return why;
	}
	return NULL;
}

static const char *limits(void)
{
	WANT(!kmalloc(kernel_mm, 0));
	WANT(!kmalloc(kernel_mm, SIZE_MAX));
	WANT(!kmalloc(kernel_mm, SIZE_MAX - 4096));
	WANT(!kmalloc(kernel_mm, (size_t)1 << 62));
	kfree(kernel_mm, NULL);
	return NULL;
}

static const char *zeroed(void)
{
	for (size_t n = 8; n <= 65536; n *= 2) {
		char *p = kmalloc(kernel_mm, n);
		WANT(p);
		memset(p, 0xa5, n);
		kfree(kernel_mm, p);
		p = kzalloc(kernel_mm, n);
		WANT(p);
		for (size_t i = 0; i < n; i++)
			WANT(p[i] == 0);
		kfree(kernel_mm, p);
	}
	return NULL;
}

/* Each is reported, counted, and changes nothing. */
static const char *bad_frees(void)
{
	char local = 0, *small = kmalloc(kernel_mm, 100), *large = kmalloc(kernel_mm, 20000);
	struct page *frame = frame_alloc(kernel_mm, 0, FRAME_NORMAL);
	WANT(small && large && frame);
	uint64_t bad = selftest_bad_frees();
	kfree(kernel_mm, small + 16);
	kfree(kernel_mm, large + 4096);
	kfree(kernel_mm, page_ptr(kernel_mm, frame));
	kfree(kernel_mm, &local);
	kfree(kernel_mm, (void *)(uintptr_t)16);
	WANT(selftest_bad_frees() == bad + 5);
	frame_free(kernel_mm, frame);
	kfree(kernel_mm, small);
	kfree(kernel_mm, large);
	WANT(selftest_bad_frees() == bad + 5);
	kfree(kernel_mm, small);
	kfree(kernel_mm, large);
	WANT(selftest_bad_frees() == bad + 7);
	return NULL;
}

/* ---- several CPUs ---- */

static const char *churn_here(void *ctx, unsigned k)
{
	(void)ctx;
	return churn(k + 1, STEPS / 2);
}

static const char *smp(void) { return selftest_everywhere(churn_here, NULL); }

/* CPU 0 changes the mode every so often, while its blocks and those of all others are live. */
static const char *churn_in_modes(void *ctx, unsigned k)
{
	struct slot slots[SLOTS] = { 0 };
	uint64_t seed = k + 1;
	const char *why = NULL;
	(void)ctx;
	for (unsigned i = 0; i < STEPS / 2 && !why; i++) {
		struct slot *s = &slots[selftest_random(&seed, SLOTS)];
		if (k == 0 && i % 50 == 0)
			kmalloc_set_mode(kernel_mm, i / 50 % KMALLOC_MODES);
		why = s->p ? empty_slot(s) : fill_slot(s, some_size(&seed));
	}
	for (unsigned i = 0; i < SLOTS && !why; i++)
		if (slots[i].p)
			why = empty_slot(&slots[i]);
	return why;
}

static const char *modes(void)
{
	enum kmalloc_mode before = kmalloc_mode(kernel_mm);
	const char *why = selftest_everywhere(churn_in_modes, NULL);
	kmalloc_set_mode(kernel_mm, before);
	return why;
}

const struct selftest selftest_kmalloc[] = {
	{ "random", random_sizes }, { "every_size", every_size }, { "limits", limits }, { "zeroed", zeroed }, { "bad_frees", bad_frees },
	{ "smp", smp }, { "modes", modes }, { NULL, NULL },
};
