/* The simple heap and the segregated fit, over frames of this kernel. They have no lock of their own, so one CPU at a time. */
#include <mm/heap.h>
#include <mm/segfit.h>
#include "selftest.h"

enum { SLOTS = 200, STEPS = 3000, ORDER = 6 };

/* What the two have in common. */
struct engine {
	bool (*add)(void *self, void *mem, size_t nbytes);
	void *(*take_idle)(void *self, size_t *nbytes);
	void *(*alloc)(void *self, size_t nbytes, size_t align);
	enum block_fault (*free)(void *self, void *p);
	const char *(*check)(void *self);
};

static bool heap_add_to(void *h, void *mem, size_t n) { return heap_add(h, mem, n); }
static void *heap_take(void *h, size_t *n) { return heap_take_idle(h, n, 0); }
static void *heap_get(void *h, size_t n, size_t align) { return heap_alloc(h, n, align); }
static enum block_fault heap_put(void *h, void *p) { return heap_free(h, p); }
static const char *heap_look(void *h) { return heap_check(h); }

static bool segfit_add_to(void *s, void *mem, size_t n) { return segfit_add(s, mem, n); }
static void *segfit_take(void *s, size_t *n) { return segfit_take_idle(s, n, 0); }
static void *segfit_get(void *s, size_t n, size_t align) { return segfit_alloc(s, n, align); }
static enum block_fault segfit_put(void *s, void *p) { return segfit_free(s, p); }
static const char *segfit_look(void *s) { return segfit_check(s); }

static const struct engine heap_engine = { heap_add_to, heap_take, heap_get, heap_put, heap_look };
static const struct engine segfit_engine = { segfit_add_to, segfit_take, segfit_get, segfit_put, segfit_look };

struct slot { void *p; size_t n; };

static const char *step(const struct engine *e, void *self, struct slot *s, uint64_t *seed)
{
	if (s->p) {
		WANT(selftest_is_filled(s->p, s->n, (uintptr_t)s->p));
		WANT(e->free(self, s->p) == BLOCK_OK);
		s->p = NULL;
		return NULL;
	}
	size_t align = (size_t)16 << selftest_random(seed, 6);
	s->n = 1 + selftest_random(seed, selftest_random(seed, 8) ? 300 : 20000);
	s->p = e->alloc(self, s->n, align);
	if (!s->p)
		return NULL;	/* the arena is full: a refusal, and no fault */
	WANT((uintptr_t)s->p % align == 0);
	selftest_fill(s->p, s->n, (uintptr_t)s->p);
	return NULL;
}

/* Random blocks in one arena; bad frees name their fault and change nothing; at the end the arena is one piece again. */
static const char *churn(const struct engine *e, void *self, struct page *arena)
{
	struct slot slots[SLOTS] = { 0 };
	uint64_t seed = 1;
	size_t nbytes;
	WANT(e->add(self, page_ptr(kernel_mm, arena), PAGE_SIZE << ORDER));
	for (unsigned i = 0; i < STEPS; i++) {
		const char *why = step(e, self, &slots[selftest_random(&seed, SLOTS)], &seed);
		if (why)
			return why;
		WANT(i % 256 || !e->check(self));
	}
	WANT(e->free(self, &seed) == BLOCK_NOT_OURS);
	for (unsigned k = 0; k < SLOTS; k++) {
		if (!slots[k].p)
			continue;
		WANT(e->free(self, (char *)slots[k].p + 1) == BLOCK_MISALIGNED);
		WANT(e->free(self, slots[k].p) == BLOCK_OK && e->free(self, slots[k].p) != BLOCK_OK);
	}
	WANT(!e->check(self));
	WANT(e->take_idle(self, &nbytes) == page_ptr(kernel_mm, arena) && nbytes == PAGE_SIZE << ORDER);
	return NULL;
}

static const char *in_frames(const struct engine *e, void *self)
{
	struct page *arena = frame_alloc(kernel_mm, ORDER, FRAME_NORMAL);
	WANT(arena);
	const char *why = churn(e, self, arena);
	frame_free(kernel_mm, arena);
	return why;
}

static const char *first_fit(void)
{
	struct heap h;
	heap_init(&h);
	return in_frames(&heap_engine, &h);
}

static const char *segregated_fit(void)
{
	struct segfit s;
	segfit_init(&s);
	return in_frames(&segfit_engine, &s);
}

const struct selftest selftest_blocks[] = { { "heap", first_fit }, { "segfit", segregated_fit }, { NULL, NULL } };
