/* The caches of threads: see cache.h. */
#include "cache.h"
#include "chunk.h"
#include "heap_priv.h"

__thread struct cache *cache_mine;
static struct cache first;	/* the first thread's costs no mapping */
static struct cache *caches;

static void count(size_t *counter, size_t n) { store_relaxed(counter, *counter + n); }

static struct cache *make(void)
{
	struct cache *c = caches ? heap_map(heap_round(sizeof *c, HEAP_PAGE)) : &first;
	if (!c)
		return NULL;
	for (unsigned i = 0; i < CACHE_BINS; i++)
		c->bin[i].limit = 1;
	c->next = caches;
	caches = c;
	return c;
}

void cache_begin(void)
{
	struct cache *c = caches;
	while (c && c->owned)
		c = c->next;
	if (!c && !(c = make()))
		return;
	c->owned = true;
	cache_mine = c;
}

static unsigned most_of(uint32_t units)
{
	unsigned n = CACHE_BATCH_BYTES / (units * UNIT);
	return n > CACHE_BATCH_MAX ? CACHE_BATCH_MAX : n;
}

/* The last object is the one that may be a unit larger than its bin's: it is the caller's. */
void *cache_refill(struct cache *c, uint32_t units)
{
	struct cache_bin *b = &c->bin[units];
	void *batch[CACHE_BATCH_MAX];
	unsigned wanted = (unsigned)b->limit, n = chunk_take_many(units, wanted, batch);
	if (b->limit < most_of(units))
		b->limit *= 2;
	if (!n)
		return NULL;
	for (unsigned i = n - 1; i-- > 0;) {
		tag_set_state(tag_of(batch[i]), TAG_CACHED);
		*(void **)batch[i] = b->head;
		b->head = batch[i];
	}
	count(&b->in, n - 1);
	count(&c->refilled[units], n - 1);
	return batch[n - 1];
}

/* Until keep are left. */
static void give_back(struct cache *c, uint32_t units, size_t keep)
{
	struct cache_bin *b = &c->bin[units];
	for (; b->in - b->out > keep; count(&b->out, 1), count(&c->flushed[units], 1)) {
		void *p = b->head;
		struct tag *t = tag_of(p);
		if (tag_state(t) != TAG_CACHED || tag_units(t) != units)
			cache_misuse(p);
		b->head = *(void **)p;
		chunk_give(t);
	}
}

void cache_flush(struct cache *c, uint32_t units)
{
	lock(&heap_lock);
	give_back(c, units, c->bin[units].limit / 2);
	unlock(&heap_lock);
}

void cache_end(void)
{
	struct cache *c = cache_mine;
	if (!c)
		return;
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++)
		give_back(c, units, 0);
	c->owned = false;
	cache_mine = NULL;
}

/* Its objects are lost to the child, and counted as out. */
static void abandon(struct cache *c)
{
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
		size_t here = c->bin[units].in - c->bin[units].out;
		count(&c->bin[units].out, here);
		count(&c->flushed[units], here);
		c->bin[units].head = NULL;
	}
	c->owned = false;
}

void cache_after_fork(void)
{
	for (struct cache *c = caches; c; c = c->next)
		if (c != cache_mine && c->owned)
			abandon(c);
}

static size_t read(const size_t *counter) { return __atomic_load_n(counter, __ATOMIC_RELAXED); }

void cache_sum(size_t *n, size_t *allocated, size_t *freed)
{
	*n = *allocated = *freed = 0;
	for (const struct cache *c = caches; c; c = c->next)
		for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
			size_t bytes = units * UNIT - sizeof(struct tag), out = read(&c->bin[units].out) - read(&c->flushed[units]);
			*n += out;
			*allocated += out * bytes;
			*freed += (read(&c->bin[units].in) - read(&c->refilled[units])) * bytes;
		}
}

const char *cache_check(void)
{
	for (uint32_t units = UNITS_MIN; cache_mine && units < CACHE_BINS; units++) {
		const struct cache_bin *b = &cache_mine->bin[units];
		size_t n = b->in - b->out;
		void *p = b->head;
		for (; p && n; p = *(void **)p, n--)
			if (tag_state(tag_of(p)) != TAG_CACHED || tag_units(tag_of(p)) != units)
				return "something in a thread's cache does not belong there";
		if (p || n)
			return "a thread's cache is wrong about its number of objects";
	}
	return NULL;
}

_Noreturn void cache_misuse(const void *p)
{
	heap_misuse("written to after it was freed, or the bytes before it were", p, 0);
}
