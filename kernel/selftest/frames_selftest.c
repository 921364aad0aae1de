/* Blocks of frames: what is handed out is aligned, nobody else's, and comes back. */
#include "selftest.h"

enum { SLOTS = 64, STEPS = 2000, ORDERS = 6, EDGE = 64 };

struct slot { struct page *page; unsigned order; uint64_t tag; };

/* The first and last bytes of each frame: enough to see two owners. */
static void mark(const struct slot *s)
{
	char *p = page_ptr(kernel_mm, s->page);
	for (size_t i = 0; i < 1u << s->order; i++) {
		selftest_fill(p + i * PAGE_SIZE, EDGE, s->tag + i);
		selftest_fill(p + (i + 1) * PAGE_SIZE - EDGE, EDGE, s->tag - i);
	}
}

static bool is_marked(const struct slot *s)
{
	const char *p = page_ptr(kernel_mm, s->page);
	for (size_t i = 0; i < 1u << s->order; i++)
		if (!selftest_is_filled(p + i * PAGE_SIZE, EDGE, s->tag + i)
		    || !selftest_is_filled(p + (i + 1) * PAGE_SIZE - EDGE, EDGE, s->tag - i))
			return false;
	return true;
}

static const char *fill_slot(struct slot *s, unsigned order, uint64_t tag)
{
	s->page = frame_alloc(kernel_mm, order, FRAME_NORMAL);
	WANT(s->page);
	WANT((page_pa(kernel_mm, s->page) & ((PAGE_SIZE << order) - 1)) == 0);
	s->order = order;
	s->tag = tag;
	mark(s);
	return NULL;
}

static const char *empty_slot(struct slot *s)
{
	WANT(is_marked(s));
	frame_free(kernel_mm, s->page);
	s->page = NULL;
	return NULL;
}

/* Blocks come and go in an order that seed decides; all have gone at the end. */
static const char *churn(uint64_t seed, unsigned steps, unsigned orders)
{
	struct slot slots[SLOTS] = { 0 };
	const char *why = NULL;
	for (unsigned i = 0; i < steps && !why; i++) {
		struct slot *s = &slots[selftest_random(&seed, SLOTS)];
		why = s->page ? empty_slot(s) : fill_slot(s, (unsigned)selftest_random(&seed, orders), seed);
	}
	for (unsigned i = 0; i < SLOTS && !why; i++)
		if (slots[i].page)
			why = empty_slot(&slots[i]);
	return why;
}

static const char *random_blocks(void) { return churn(1, STEPS, ORDERS); }

static const char *every_order(void)
{
	for (unsigned order = 0; order < FRAME_ORDERS; order++) {
		struct slot s;
		const char *why = fill_slot(&s, order, order);
		if (why)
			return why;
		struct page *last = s.page + (1u << order) - 1;
		WANT(page_head(kernel_mm, last) == s.page);
		WANT(page_of(kernel_mm, page_pa(kernel_mm, s.page)) == s.page);
		WANT(!(why = empty_slot(&s)));
	}
	WANT(!frame_alloc(kernel_mm, FRAME_ORDERS, FRAME_NORMAL));
	WANT(!frame_alloc(kernel_mm, ~0u, FRAME_NORMAL));
	return NULL;
}

static const char *zeroed(void)
{
	struct page *p = frame_alloc(kernel_mm, 2, FRAME_NORMAL);
	WANT(p);
	selftest_fill(page_ptr(kernel_mm, p), 4 * PAGE_SIZE, 7);
	frame_free(kernel_mm, p);
	p = frame_alloc(kernel_mm, 2, FRAME_ZERO);
	WANT(p);
	const uint64_t *word = page_ptr(kernel_mm, p);
	for (size_t i = 0; i < 4 * PAGE_SIZE / sizeof *word; i++)
		WANT(word[i] == 0);
	frame_free(kernel_mm, p);
	return NULL;
}

static const char *references(void)
{
	struct page *p = frame_alloc(kernel_mm, 0, FRAME_NORMAL);
	WANT(p && p->refs == 1);
	frame_get(p);
	frame_put(kernel_mm, p);
	WANT(p->refs == 1 && p->state == PAGE_USED);
	uint64_t bad = selftest_bad_frees();
	frame_put(kernel_mm, p);
	WANT(selftest_bad_frees() == bad);
	frame_put(kernel_mm, p);
	WANT(selftest_bad_frees() == bad + 1);
	return NULL;
}

/* Each is reported, counted, and changes nothing. */
static const char *bad_frees(void)
{
	struct page *p = frame_alloc(kernel_mm, 3, FRAME_NORMAL);
	WANT(p);
	uint64_t bad = selftest_bad_frees(), free = mm_free_pages(kernel_mm);
	frame_free(kernel_mm, p + 1);
	frame_free(kernel_mm, p + 7);
	WANT(selftest_bad_frees() == bad + 2 && mm_free_pages(kernel_mm) == free);
	frame_free(kernel_mm, p);
	WANT(selftest_bad_frees() == bad + 2 && mm_free_pages(kernel_mm) == free + 8);
	frame_free(kernel_mm, p);
	WANT(selftest_bad_frees() == bad + 3 && mm_free_pages(kernel_mm) == free + 8);
	return NULL;
}

/* ---- several CPUs ---- */

static const char *churn_here(void *ctx, unsigned k)
{
	(void)ctx;
	return churn(k + 100, STEPS / 2, 4);
}

static const char *smp(void) { return selftest_everywhere(churn_here, NULL); }

/* Nothing but the zone's lists, as fast as it goes: one unguarded instruction would lose a block. */
static const char *rush(void *ctx, unsigned k)
{
	(void)ctx;
	for (unsigned i = 0; i < 20000; i++) {
		struct page *p = frame_alloc(kernel_mm, 1 + (i + k) % 3, FRAME_NORMAL);
		WANT(p && p->refs == 1);
		frame_free(kernel_mm, p);
	}
	return NULL;
}

static const char *smp_rush(void) { return selftest_everywhere(rush, NULL); }

/* What one CPU allocated, another frees. */
enum { HANDED = 200 };
static const char *give(void *ctx, unsigned k)
{
	struct page_stack *box = (struct page_stack *)ctx + k;
	for (unsigned i = 0; i < HANDED; i++) {
		struct page *p = frame_alloc(kernel_mm, i % 4 == 3, FRAME_NORMAL);
		WANT(p);
		page_stack_push(box, p);
	}
	return NULL;
}

static const char *take(void *ctx, unsigned k)
{
	struct page_stack *box = (struct page_stack *)ctx + (k + 1) % crew_max();
	for (struct page *p; (p = page_stack_pop(box));)
		frame_free(kernel_mm, p);
	return NULL;
}

static const char *smp_handover(void)
{
	struct page_stack box[PORT_CPUS] = { 0 };
	const char *why = NULL;
	for (int i = 0; i < 4 && !why; i++) {
		why = selftest_everywhere(give, box);
		if (!why)
			why = selftest_everywhere(take, box);
	}
	return why;
}

const struct selftest selftest_frames[] = {
	{ "random", random_blocks }, { "every_order", every_order }, { "zeroed", zeroed }, { "references", references },
	{ "bad_frees", bad_frees }, { "smp", smp }, { "smp_rush", smp_rush }, { "smp_handover", smp_handover }, { NULL, NULL },
};
