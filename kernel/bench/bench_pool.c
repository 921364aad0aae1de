/* What a pool costs: a block where an arena is at hand, and where one must be fetched and goes back; and what a transaction adds. */
#include <mm/guard.h>
#include <mm/pool.h>
#include <mm/txn.h>
#include <kernel/kmap.h>
#include "bench.h"

static inline void pool_pair(void *arg) { pool_put(arg, pool_get(arg, 64)); }

static void pools(struct text *t)
{
	struct pool *pool = pool_create(kernel_mm, 1 << 20);
	if (!pool) {
		bench_row_missing(t, "pool_64", "no memory");
		return;
	}
	bench_row(t, "pool_64_empty", bench_per(bench_ticks(pool_pair, pool, BENCH_TURNS), BENCH_TURNS), "ns per alloc+free");
	if (pool_get(pool, 64))		/* keeps the arena; the pool's end frees it */
		bench_row(t, "pool_64", bench_per(bench_ticks(pool_pair, pool, BENCH_TURNS), BENCH_TURNS), "ns per alloc+free");
	else
		bench_row_missing(t, "pool_64", "no memory");
	pool_destroy(pool);
}

static inline void make_and_destroy(void *arg)
{
	pool_destroy(pool_create(arg, 1 << 20));
}

static inline void three_by_hand(void *arg)
{
	void *a = kmalloc(arg, 64), *b = kmalloc(arg, 64), *c = kmalloc(arg, 64);
	kfree(arg, c);
	kfree(arg, b);
	kfree(arg, a);
}

static inline void three_rolled_back(void *arg)
{
	SCOPED_TXN(txn, arg);
	for (unsigned i = 0; i < 3; i++)
		(void)txn_kmalloc(&txn, 64);
}

static void transactions(struct text *t)
{
	bench_row(t, "pool_create", bench_per(bench_ticks(make_and_destroy, kernel_mm, BENCH_TURNS), BENCH_TURNS), "ns per create+destroy");
	bench_row(t, "three_by_hand", bench_per(bench_ticks(three_by_hand, kernel_mm, BENCH_TURNS), BENCH_TURNS), "ns per 3 alloc+free");
	bench_row(t, "three_in_txn", bench_per(bench_ticks(three_rolled_back, kernel_mm, BENCH_TURNS), BENCH_TURNS), "ns per 3 alloc+free");
}

const struct bench bench_pool[] = { { "pool", pools }, { "txn", transactions }, { NULL, NULL } };
