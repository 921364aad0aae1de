/* The caches of threads: see cache.h. */
#include "cache.h"
#include "chunk.h"
#include "heap_priv.h"

struct cache cache_none;
__thread struct cache *cache_mine = &cache_none;
static struct cache first;	/* the first thread's costs no mapping */
static struct cache *caches;

static void count(size_t *counter, size_t n) { store_relaxed(counter, *counter + n); }
static size_t read(const size_t *counter) { return load_relaxed(counter); }

/* Objects ever put in, and what lies there now. */
static size_t put_in(const struct cache_bin *b) { return read(&b->stop) - (size_t)load_relaxed(&b->left); }
static size_t present(const struct cache_bin *b) { return put_in(b) - b->out; }

/* Of the exact sizes, of which programs have many, CACHE_MOST; of larger ones as many as take the bytes of a few of the largest. */
static unsigned most_of(uint32_t units)
{
	if (units <= UNITS_EXACT)
		return CACHE_MOST;
	return units == units_of_class(units) ? CACHE_MOST_OF_LARGEST * UNITS_CACHED / units : 0;
}

static struct cache *make(void)
{
	struct cache *c = caches ? heap_map(heap_round(sizeof *c, HEAP_PAGE)) : &first;
	if (!c)
		return NULL;
	for (unsigned i = 0; i < CACHE_BINS; i++)
		c->limit[i] = most_of(i) > 0;
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

static void let_grow(struct cache *c, uint32_t units)
{
	unsigned more = c->limit[units] ? c->limit[units] * 2u : 1;
	if (more <= most_of(units))
		c->limit[units] = (uint8_t)more;
}

/* The bin holds limit objects at most: as many are left. */
static void set_left(struct cache *c, uint32_t units)
{
	struct cache_bin *b = &c->bin[units];
	size_t in = put_in(b);
	store_relaxed(&b->left, (ptrdiff_t)(c->limit[units] - present(b)));
	store_relaxed(&b->stop, in + (size_t)b->left);
}

/* The last object is the one that may be a unit larger than its bin's: it is the caller's. */
void *cache_refill(struct cache *c, uint32_t units, size_t *have)
{
	struct cache_bin *b = &c->bin[units];
	void *batch[CACHE_MOST];
	unsigned n = chunk_take_many(units, units > UNITS_EXACT || !c->limit[units] ? 1 : c->limit[units], batch);
	let_grow(c, units);
	if (!n)
		return NULL;
	*have = tag_capacity(tag_of(batch[n - 1]));
	for (unsigned i = n - 1; i-- > 0;) {
		tag_set_state(tag_of(batch[i]), TAG_CACHED);
		*(void **)batch[i] = b->head;
		b->head = batch[i];
	}
	count(&b->stop, n - 1);
	count(&c->refilled[units], n - 1);
	set_left(c, units);
	return batch[n - 1];
}

/* Until keep are left. */
static void give_back(struct cache *c, uint32_t units, size_t keep)
{
	struct cache_bin *b = &c->bin[units];
	size_t here = present(b), n = here > keep ? here - keep : 0;
	for (size_t i = 0; i < n; i++) {
		void *p = b->head;
		struct tag *t = tag_of(p);
		if (tag_state(t) != TAG_CACHED || tag_units(t) != units)
			cache_misuse(p);
		b->head = *(void **)p;
		chunk_give(t);
	}
	count(&b->out, n);
	count(&c->flushed[units], n);
}

static void close_all(struct cache *c)
{
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
		give_back(c, units, 0);
		c->limit[units] = 0;
		set_left(c, units);
	}
}

/* Full is near enough: else this would be called at every step. */
bool cache_make_room(const void *p)
{
	struct cache *c = cache_mine;
	const struct tag *t = tag_below(p);
	if (c == &cache_none || !heap_knows(t) || tag_check(t) != check_of(p, tag_word(t)))
		return false;
	uint32_t units = tag_units(t);
	if (!c->limit[units])
		return false;
	let_grow(c, units);
	unsigned limit = c->limit[units];
	if (present(&c->bin[units]) >= limit - limit / 4) {
		lock(&heap_lock);
		if (chunk_wants_all())
			close_all(c);
		else
			give_back(c, units, limit / 2);
		unlock(&heap_lock);
	}
	set_left(c, units);
	return true;
}

void cache_end(void)
{
	struct cache *c = cache_mine;
	if (c == &cache_none)
		return;
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++)
		give_back(c, units, 0);
	c->owned = false;
	cache_mine = &cache_none;
}

/* Its objects are lost to the child, and counted as out. */
static void abandon(struct cache *c)
{
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
		size_t here = present(&c->bin[units]);
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

void cache_sum(size_t *n, size_t *allocated, size_t *freed)
{
	*n = *allocated = *freed = 0;
	for (const struct cache *c = caches; c; c = c->next)
		for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
			size_t bytes = units * UNIT - sizeof(struct tag), out = read(&c->bin[units].out) - read(&c->flushed[units]);
			*n += out;
			*allocated += out * bytes;
			*freed += (put_in(&c->bin[units]) - read(&c->refilled[units])) * bytes;
		}
}

const char *cache_check(void)
{
	for (const struct cache *c = caches; c; c = c->next)
		for (uint32_t units = UNITS_MIN; !c->owned && units < CACHE_BINS; units++)
			if (present(&c->bin[units]) || c->bin[units].head)
				return "a cache that is nobody's holds something";
	for (uint32_t units = UNITS_MIN; units < CACHE_BINS; units++) {
		const struct cache_bin *b = &cache_mine->bin[units];
		size_t n = present(b);
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
