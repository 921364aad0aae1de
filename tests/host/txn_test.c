/* Transactions and scope guards: all or nothing, whatever fails, however deep. */
#include "support.h"
#include <mm/guard.h>
#include <mm/slab.h>
#include <mm/txn.h>

enum { NPAGES = 4096 };

/* What was undone, in order: one digit each. */
static uint64_t undone;
static char digits[10];
static void note(void *ctx) { undone = undone * 10 + (uint64_t)((char *)ctx - digits); }
static void *digit(unsigned i) { return &digits[i]; }

static void newest_first(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct txn_log log;
	struct txn t;
	undone = 0;
	txn_begin(&t, mm, &log);
	for (unsigned i = 1; i <= 5; i++)
		CHECK(txn_on_rollback(&t, note, digit(i)) == OK);
	CHECK(txn_room(&t) == TXN_MAX - 5);
	txn_rollback(&t);
	CHECK(undone == 54321 && txn_room(&t) == TXN_MAX);
	undone = 0;
	txn_begin(&t, mm, &log);
	CHECK(txn_on_rollback(&t, note, digit(1)) == OK);
	txn_commit(&t);
	txn_end(&t);
	CHECK(undone == 0, "what was committed stays");
}

/* ---- all kinds, and each failure ---- */

struct world { struct mm *mm; struct slab_cache *c; };
struct haul { struct page *frame, *block; char *bytes, *large, *zeroed; void *object; };

static bool prepare(struct txn *t, struct world *w, struct haul *h)
{
	return (h->frame = txn_frames(t, 0, FRAME_ZERO)) && (h->bytes = txn_kmalloc(t, 100)) && (h->block = txn_frames(t, 4, FRAME_NORMAL)) &&
	       (h->large = txn_kmalloc(t, 20000)) && (h->object = txn_slab_alloc(t, w->c)) && (h->zeroed = txn_kzalloc(t, 3000)) &&
	       txn_on_rollback(t, note, digit(7)) == OK;
}

static void drop(struct world *w, struct haul *h)
{
	frame_free(w->mm, h->frame);
	frame_free(w->mm, h->block);
	kfree(w->mm, h->bytes);
	kfree(w->mm, h->large);
	kfree(w->mm, h->zeroed);
	slab_free(w->mm, w->c, h->object);
}

static bool commit_all_kinds(void *ctx)
{
	struct world *w = ctx;
	struct haul h;
	SCOPED_TXN(t, w->mm);
	if (!prepare(&t, w, &h))
		return false;
	txn_commit(&t);
	for (unsigned i = 0; i < 3000; i++)
		CHECK(!h.zeroed[i]);
	memset(h.large, 1, 20000);
	drop(w, &h);
	return true;
}

static bool nested_haul(void *ctx)
{
	struct world *w = ctx;
	struct haul outer, inner, second;
	SCOPED_TXN(t, w->mm);
	if (!prepare(&t, w, &outer))
		return false;
	{
		SCOPED_TXN_INNER(sub, &t);
		if (!prepare(&sub, w, &inner))
			return false;
	}
	SCOPED_TXN_INNER(sub, &t);
	if (!prepare(&sub, w, &second))
		return false;
	txn_commit(&sub);
	txn_commit(&t);
	drop(w, &outer);
	drop(w, &second);
	return true;
}

static void every_failure(void **state)
{
	(void)state;
	struct world w = { world_make(NPAGES, NULL, 0), NULL };
	w.c = slab_cache_create(w.mm, "things", 200, 0);
	CHECK(sweep_failures(w.mm, commit_all_kinds, NULL, &w) >= 6);
	CHECK(sweep_failures(w.mm, nested_haul, NULL, &w) >= 18);
	slab_cache_destroy(w.mm, w.c);
}

/* ---- nesting ---- */

static void inner_ones(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	undone = 0;
	{
		SCOPED_TXN(t, mm);
		CHECK(txn_on_rollback(&t, note, digit(1)) == OK);
		{
			SCOPED_TXN_INNER(kept, &t);
			CHECK(txn_on_rollback(&kept, note, digit(2)) == OK);
			txn_commit(&kept);
		}
		{
			SCOPED_TXN_INNER(dropped, &t);
			CHECK(txn_on_rollback(&dropped, note, digit(3)) == OK);
			SCOPED_TXN_INNER(deepest, &dropped);
			CHECK(txn_on_rollback(&deepest, note, digit(4)) == OK);
			txn_commit(&deepest);
			CHECK(undone == 0);
		}
		CHECK(undone == 43, "the inner one's own lines, and those that were handed to it");
		CHECK(txn_on_rollback(&t, note, digit(5)) == OK);
	}
	CHECK(undone == 43521, "then the outer one's, with what was handed to it");
}

static void a_commit_keeps_the_inner_ones(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	SCOPED_TXN(t, mm);
	SCOPED_TXN_INNER(inner, &t);
	void *p = txn_kmalloc(&inner, 5000);
	txn_commit(&inner);
	txn_commit(&t);
	CHECK(p && mm_fingerprint(mm) != before);
	kfree(mm, p);
	CHECK(mm_fingerprint(mm) == before);
}

/* ---- the log's length ---- */

static void the_limit(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct slab_cache *c = slab_cache_create(mm, "things", 200, 0);
	uint64_t before = mm_fingerprint(mm);
	{
		SCOPED_TXN(t, mm);
		for (unsigned i = 0; i < TXN_MAX / 2; i++)
			CHECK(txn_kmalloc(&t, 64 + i));
		SCOPED_TXN_INNER(inner, &t);
		for (unsigned i = TXN_MAX / 2; i < TXN_MAX; i++)
			CHECK(txn_kmalloc(&inner, 64 + i));
		CHECK(txn_room(&inner) == 0 && txn_room(&t) == 0);
		struct mm_stats st;
		mm_stats(mm, &st);
		uint64_t calls = st.alloc_calls;
		CHECK(!txn_frames(&inner, 0, 0) && !txn_kmalloc(&inner, 1) && !txn_kzalloc(&inner, 1) && !txn_slab_alloc(&inner, c));
		undone = 0;
		CHECK(txn_on_rollback(&inner, note, digit(9)) == ERR_NOMEM && undone == 9, "undone at once");
		mm_stats(mm, &st);
		CHECK(st.alloc_calls == calls, "nothing is reserved that could not be written down");
	}
	CHECK(mm_fingerprint(mm) == before);
	slab_cache_destroy(mm, c);
}

static void bad_sizes(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	SCOPED_TXN(t, mm);
	CHECK(!txn_kmalloc(&t, 0) && !txn_kzalloc(&t, 0) && !txn_kmalloc(&t, SIZE_MAX) && !txn_frames(&t, FRAME_ORDERS, 0));
	CHECK(txn_room(&t) == TXN_MAX, "a refusal has no line");
}

/* ---- wrong uses ---- */

static void wrong_uses(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct txn_log log;
	struct txn t, inner;
	txn_begin(&t, mm, &log);
	txn_begin_inner(&inner, &t);
	CHECK_PANICS(txn_commit(&t));
	CHECK_PANICS(txn_rollback(&t));
	CHECK_PANICS((void)txn_kmalloc(&t, 8));
	CHECK_PANICS((void)txn_on_rollback(&t, note, NULL));
	CHECK_PANICS(txn_begin_inner(&inner, &t));
	txn_commit(&inner);
	CHECK_PANICS(txn_commit(&inner));
	CHECK_PANICS((void)txn_frames(&inner, 0, 0));
	txn_commit(&t);
	CHECK_PANICS(txn_commit(&t));
	CHECK_PANICS(txn_rollback(&t));
	CHECK_PANICS((void)txn_kmalloc(&t, 8));
	txn_begin(&t, mm, &log);
	txn_rollback(&t);
	CHECK_PANICS(txn_commit(&t));
	CHECK_PANICS(txn_rollback(&t));
}

/* ---- guards ---- */

static void *build(struct mm *mm, bool good)
{
	SCOPED_KMALLOC(a, mm, 300);
	SCOPED_KMALLOC(b, mm, 9000);
	if (!a.p || !b.p || !good)
		return NULL;
	memset(a.p, 'a', 300);
	return kmalloc_keep(&a);
}

static bool build_and_free(void *ctx)
{
	char *p = build(ctx, true);
	if (p)
		CHECK(p[0] == 'a' && p[299] == 'a');
	kfree(ctx, p);
	return p;
}

static void guarded_blocks(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	CHECK(!build(mm, false) && mm_fingerprint(mm) == before, "an early return frees both");
	CHECK(sweep_failures(mm, build_and_free, NULL, mm) >= 2);
	CHECK(mm_fingerprint(mm) == before);
}

static struct page *look(struct mm *mm, struct page *page, bool keep)
{
	SCOPED_FRAME(g, mm, page);
	CHECK(page->refs == 2);
	return keep ? frame_keep(&g) : NULL;
}

static void guarded_frames(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct page *page = frame_alloc(mm, 2, FRAME_NORMAL);
	CHECK(!look(mm, page, false) && page->refs == 1);
	CHECK(look(mm, page, true) == page && page->refs == 2);
	frame_put(mm, page);
	frame_free(mm, page);
}

/* A frame that was reserved and has got another owner meanwhile is not taken from that one. */
static void shared_frames_survive(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct page *page;
	{
		SCOPED_TXN(t, mm);
		page = txn_frames(&t, 0, 0);
		frame_get(page);
	}
	CHECK(page->state == PAGE_USED && page->refs == 1);
	frame_free(mm, page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(newest_first), cmocka_unit_test(every_failure), cmocka_unit_test(inner_ones),
		cmocka_unit_test(a_commit_keeps_the_inner_ones), cmocka_unit_test(the_limit), cmocka_unit_test(bad_sizes),
		cmocka_unit_test(wrong_uses), cmocka_unit_test(guarded_blocks), cmocka_unit_test(guarded_frames),
		cmocka_unit_test(shared_frames_survive),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
