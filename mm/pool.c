/* Pools: charging, arenas, allocation and free. See mm/pool.h for the picture.
 *
 * A request is charged before anything is looked for, so that two threads cannot pass the limit together while one of them
 * fetches frames; if none are to be had, the charge is taken back. */
#include "pool_priv.h"

enum {
	ARENA_ORDER = 4,		/* 64 KiB */
	ARENA_OVERHEAD = 256,		/* more than the engine's own part of an arena */
	BLOCK_HEADER = 16,
	FRAMES_MAX = 4096 << (FRAME_ORDERS - 1),	/* bytes of the largest block of frames */
};

struct pool *pool_create(struct mm *mm, uint64_t limit)
{
	struct pool *pool = kzalloc(mm, sizeof *pool);
	if (!pool)
		return NULL;
	pool->mm = mm;
	pool->st.limit = limit;
	spin_init(&pool->lock, LOCK_POOL, "pool");
	list_init(&pool->arenas);
	segfit_init(&pool->fit);
	return pool;
}

void pool_destroy(struct pool *pool)
{
	if (!pool)
		return;
	struct mm *mm = pool->mm;
	pool_free_all(pool);
	kfree(mm, pool);
}

uint64_t pool_cost(size_t nbytes)
{
	uint64_t most = UINT64_MAX - 2 * POOL_TAG - BLOCK_HEADER;
	return nbytes > most ? UINT64_MAX : align_up(nbytes, POOL_TAG) + POOL_TAG + BLOCK_HEADER;
}

/* ---- arenas ---- */

/* Frames enough for an arena in which the engine is sure to find r, as an order; FRAME_ORDERS if there is no such block. The engine
 * is sure of free blocks of the next power of two, or multiple of 4 KiB. */
static unsigned order_for(const struct pool_request *r)
{
	size_t most = pool_block_bytes(r->nbytes) + r->align + BLOCK_UNIT;
	size_t sure = most <= 4096 ? (size_t)1 << log2_up(most) : (size_t)align_up(most, 4096);
	return log2_up((sure + ARENA_OVERHEAD + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

/* Whether z can do without some arenas, and nothing cached has to go for them. */
static bool may_spare(const struct zone *z)
{
	return z->kind != ZONE_HIGH && z->free > z->reserve[ZONE_NORMAL] + z->high + (MM_CPUS << ARENA_ORDER);
}

/* Whether there are enough free blocks of an arena's size for every CPU that could take one just now. */
static bool is_plenty(const struct mm *mm)
{
	uint64_t n = 0;
	for (const struct zone *z = mm->zones; z < mm->zones + mm->nzones; z++)
		for (unsigned order = ARENA_ORDER; order < FRAME_ORDERS && may_spare(z); order++)
			n += z->nblocks[order] << (order - ARENA_ORDER);
	return n >= MM_CPUS;
}

/* Large arenas save work, but nobody's cached file is worth less than that: where memory is scarce, r gets what it needs. */
static struct page *alloc_arena(struct mm *mm, const struct pool_request *r)
{
	unsigned need = order_for(r);
	return frame_alloc(mm, need < ARENA_ORDER && is_plenty(mm) ? ARENA_ORDER : need, FRAME_NORMAL);
}

static bool grow(struct pool *pool, const struct pool_request *r)
{
	struct page *page = alloc_arena(pool->mm, r);
	if (!page)
		return false;
	size_t nbytes = (size_t)PAGE_SIZE << page->order;
	spin_lock(&pool->lock);
	bool added = segfit_add(&pool->fit, mm_page_ptr(pool->mm, page), nbytes);
	ASSERT(added);
	list_push_back(&pool->arenas, &page->link);
	pool->st.arenas++;
	pool->st.arena_bytes += nbytes;
	spin_unlock(&pool->lock);
	return true;
}

/* Take an arena without live blocks out of the engine, or NULL. The lock is held. */
static struct page *take_idle_arena(struct pool *pool)
{
	size_t nbytes;
	REQUIRES(&pool->lock);
	void *mem = segfit_take_idle(&pool->fit, &nbytes, 0);
	if (!mem)
		return NULL;
	struct page *page = mm_page(pool->mm, mm_pa(pool->mm, mem));
	list_remove(&page->link);
	pool->st.arenas--;
	pool->st.arena_bytes -= nbytes;
	return page;
}

/* ---- allocation ---- */

static enum err refuse(struct pool *pool, struct mm_error *why, struct mm_error e)
{
	spin_lock(&pool->lock);
	pool->st.allocs++;
	pool->st.failures++;
	spin_unlock(&pool->lock);
	return mm_raise(pool->mm, why, e);
}

/* Charge cost bytes to the pool; if that is too much, *e says so. The lock is held. */
static bool charge(struct pool *pool, uint64_t cost, struct mm_error *e)
{
	struct pool_stats *st = &pool->st;
	uint64_t left = st->current < st->limit ? st->limit - st->current : 0;
	if (cost <= left) {
		st->current += cost;
		return true;
	}
	*e = (struct mm_error){ .kind = MM_PROCESS_LIMIT_EXCEEDED, .requested = cost, .available = left, .used = st->current, .total = st->limit };
	return false;
}

/* A block of an arena that is there, or NULL. It was charged; the lock is held. */
static void *take(struct pool *pool, const struct pool_request *r)
{
	struct pool_stats *st = &pool->st;
	void *p = segfit_alloc(&pool->fit, pool_block_bytes(r->nbytes), r->align > BLOCK_UNIT ? r->align : BLOCK_UNIT);
	if (!p)
		return NULL;
	pool_tag_block(p, r->nbytes, r->site);
	st->allocs++;
	st->count++;
	st->peak = st->current > st->peak ? st->current : st->peak;
	return p;
}

/* Frames are fetched without the lock, and somebody else may take what was fetched: again, then. */
static void *grow_and_take(struct pool *pool, const struct pool_request *r)
{
	void *p = NULL;
	while (!p && grow(pool, r)) {
		spin_lock(&pool->lock);
		p = take(pool, r);
		spin_unlock(&pool->lock);
	}
	return p;
}

static enum err refuse_memory(struct pool *pool, struct mm_error *why, const struct pool_request *r)
{
	spin_lock(&pool->lock);
	pool->st.current -= pool_cost(r->nbytes);
	pool->st.allocs++;
	pool->st.failures++;
	spin_unlock(&pool->lock);
	return mm_raise_no_memory(pool->mm, why, r->nbytes);
}

enum err pool_allocate(struct pool *pool, const struct pool_request *r, void **out, struct mm_error *why)
{
	struct mm_error e;
	if (!is_power_of_2(r->align) || r->align > POOL_ALIGN_MAX)
		return refuse(pool, why, (struct mm_error){ .kind = MM_ALIGNMENT_ERROR, .requested = r->align });
	bool may = r->nbytes < FRAMES_MAX && mm_may_allocate(pool->mm);
	spin_lock(&pool->lock);
	bool charged = charge(pool, pool_cost(r->nbytes), &e);
	void *p = charged && may ? take(pool, r) : NULL;
	spin_unlock(&pool->lock);
	if (!charged)
		return refuse(pool, why, e);
	if (!p && may)
		p = grow_and_take(pool, r);
	if (!p)
		return refuse_memory(pool, why, r);
	*out = p;
	return OK;
}

enum err pool_alloc(struct pool *pool, size_t nbytes, size_t align, void **out, struct mm_error *why)
{
	struct pool_request r = { nbytes, align ? align : BLOCK_UNIT, RETURN_ADDRESS };
	return pool_allocate(pool, &r, out, why);
}

void *pool_get(struct pool *pool, size_t nbytes)
{
	struct pool_request r = { nbytes, BLOCK_UNIT, RETURN_ADDRESS };
	void *p;
	return pool_allocate(pool, &r, &p, NULL) == OK ? p : NULL;
}

/* ---- free ---- */

/* The sound block of p and tag goes back. Returns an arena that is empty now, or NULL. */
static struct page *release(struct pool *pool, void *p, struct pool_tag *tag, const void *site)
{
	pool->freed[pool->nfreed++ % POOL_FREED_KEPT] = (struct pool_freed){ p, site };
	pool->st.current -= pool_cost(tag->nbytes);
	pool->st.count--;
	enum block_fault fault = segfit_free(&pool->fit, p);
	ASSERT(fault == BLOCK_OK);
	return take_idle_arena(pool);
}

static enum err free_from(struct pool *pool, void *p, const void *site, struct mm_error *why)
{
	struct pool_tag *tag;
	struct page *idle = NULL;
	spin_lock(&pool->lock);
	struct mm_error e = pool_find(pool, p, &tag);
	if (e.kind == MM_NO_ERROR)
		idle = release(pool, p, tag, site);
	spin_unlock(&pool->lock);
	if (idle)
		frame_free(pool->mm, idle);
	return e.kind == MM_NO_ERROR ? OK : pool_complain(pool, why, e, site);
}

enum err pool_free(struct pool *pool, void *p, struct mm_error *why)
{
	return free_from(pool, p, RETURN_ADDRESS, why);
}

void pool_put(struct pool *pool, void *p)
{
	if (p)
		(void)!free_from(pool, p, RETURN_ADDRESS, NULL);
}

/* Not block by block: this one also serves when blocks are corrupted. */
uint64_t pool_free_all(struct pool *pool)
{
	struct list *l;
	spin_lock(&pool->lock);
	uint64_t count = pool->st.count;
	struct list arenas = LIST_INIT(arenas);
	while ((l = list_pop_front(&pool->arenas)))
		list_push_back(&arenas, l);
	segfit_init(&pool->fit);
	pool->st.current = pool->st.count = pool->st.arenas = pool->st.arena_bytes = 0;
	spin_unlock(&pool->lock);
	while ((l = list_pop_front(&arenas)))
		frame_free(pool->mm, container_of(l, struct page, link));
	return count;
}

/* ---- figures ---- */

void pool_set_limit(struct pool *pool, uint64_t limit)
{
	spin_lock(&pool->lock);
	pool->st.limit = limit;
	spin_unlock(&pool->lock);
}

void pool_stats(struct pool *pool, struct pool_stats *out)
{
	spin_lock(&pool->lock);
	*out = pool->st;
	spin_unlock(&pool->lock);
}
