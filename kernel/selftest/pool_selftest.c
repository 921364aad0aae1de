/* Pools: limits, the errors, and several CPUs in one. */
#include <mm/pool.h>
#include "selftest.h"

enum { SLOTS = 64, STEPS = 10000 };

struct slot { void *p; size_t nbytes; uint64_t tag; };

/* Allocate and free at random in the pool, keeping an eye on the contents; a refusal for the limit is none. */
static const char *churn(struct pool *pool, uint64_t seed)
{
	static const size_t sizes[] = { 24, 200, 1000, 5000, 40000 };
	struct slot slots[SLOTS] = { 0 };
	for (unsigned i = 0; i < STEPS + SLOTS; i++) {
		struct slot *s = &slots[i < STEPS ? selftest_random(&seed, SLOTS) : i - STEPS];
		if (s->p) {
			WANT(selftest_is_filled(s->p, s->nbytes, s->tag));
			WANT(pool_free(pool, s->p, NULL) == OK);
			s->p = NULL;
		} else if (i < STEPS) {
			s->nbytes = selftest_random(&seed, sizes[selftest_random(&seed, 5)]);
			s->tag = seed;
			if ((s->p = pool_get(pool, s->nbytes)))
				selftest_fill(s->p, s->nbytes, s->tag);
		}
	}
	return NULL;
}

/* Empty, and has never been over its limit. */
static const char *check_and_destroy(struct pool *pool)
{
	struct pool_stats st;
	pool_stats(pool, &st);
	WANT(pool_check(pool));
	WANT(st.current == 0 && st.count == 0 && st.arenas == 0);
	WANT(st.peak > 0 && st.peak <= st.limit);
	pool_destroy(pool);
	return NULL;
}

static const char *random_blocks(void)
{
	struct pool *pool = pool_create(kernel_mm, 1 << 20);
	WANT(pool);
	const char *why = churn(pool, 1);
	return why ? why : check_and_destroy(pool);
}

static const char *churn_here(void *ctx, unsigned k) { return churn(ctx, k + 1); }

/* With a limit that the CPUs reach together. */
static const char *smp(void)
{
	struct pool *pool = pool_create(kernel_mm, 600000);
	WANT(pool);
	const char *why = selftest_everywhere(churn_here, pool);
	return why ? why : check_and_destroy(pool);
}

static const char *limit(void)
{
	struct pool *pool = pool_create(kernel_mm, 3 * pool_cost(100));
	struct mm_error why;
	void *p[3], *more;
	WANT(pool);
	for (unsigned i = 0; i < 3; i++)
		WANT(pool_alloc(pool, 100, 0, &p[i], &why) == OK);
	WANT(pool_alloc(pool, 0, 0, &more, &why) == ERR_NOMEM);
	WANT(why.kind == MM_PROCESS_LIMIT_EXCEEDED && why.available == 0 && why.used == 3 * pool_cost(100));
	pool_put(pool, p[1]);
	WANT(pool_alloc(pool, 100, 64, &p[1], &why) == OK);
	WANT(pool_free_all(pool) == 3);
	return check_and_destroy(pool);
}

static const char *refusals(void)
{
	struct pool *pool = pool_create(kernel_mm, UINT64_MAX);
	struct mm_error why;
	char *p, byte = 1;
	void *none;
	WANT(pool);
	WANT((p = pool_get(pool, 50)));
	WANT(pool_alloc(pool, 8, 24, &none, &why) == ERR_INVAL && why.kind == MM_ALIGNMENT_ERROR);
	WANT(pool_alloc(pool, 64 << 20, 0, &none, &why) == ERR_NOMEM && why.kind == MM_OUT_OF_MEMORY && why.total > why.available);
	WANT(pool_write(pool, p, 49, &byte, 1, &why) == OK && p[49] == 1);
	WANT(pool_write(pool, p, 50, &byte, 1, &why) == ERR_FAULT && why.kind == MM_INVALID_ADDRESS);
	WANT(pool_protect(pool, p, P_READ, &why) == OK);
	WANT(pool_write(pool, p, 49, &byte, 1, &why) == ERR_ACCESS && why.kind == MM_PROTECTION_VIOLATION);
	p[50] = 0;
	WANT(pool_free(pool, p, &why) == ERR_IO && why.kind == MM_CORRUPTION_DETECTED);
	WANT(pool_free_all(pool) == 1);
	WANT(pool_free(pool, p, &why) == ERR_FAULT && why.kind == MM_INVALID_ADDRESS);
	return check_and_destroy(pool);
}

static const char *double_free(void)
{
	struct pool *pool = pool_create(kernel_mm, 10000);
	struct mm_error why;
	WANT(pool);
	void *p = pool_get(pool, 50);
	WANT(p && pool_free(pool, p, &why) == OK);
	WANT(pool_free(pool, p, &why) == ERR_FAULT && why.earlier_site && why.site > why.earlier_site);
	return check_and_destroy(pool);
}

const struct selftest selftest_pool[] = {
	{ "random_blocks", random_blocks }, { "limit", limit }, { "refusals", refusals }, { "double_free", double_free }, { "smp", smp },
	{ NULL, NULL },
};
