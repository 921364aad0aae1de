/* Regions from state to state, the queues of freed ones, and the two ledgers. */
#include <errno.h>
#include "segpool_priv.h"

enum { DISCARD_TRIES = 4 };

/* ---- the queues: each a stack whose head carries a version ---- */

void freed_push(struct segpool *sp, unsigned pool, uint32_t r)
{
	uint64_t head = atomic_load(&sp->freed[pool]), next;
	do {
		atomic_store(&sp->region[r].next, (uint32_t)head);
		next = ((head >> 32) + 1) << 32 | (r + 1);
		segpool_step();
	} while (!atomic_compare_exchange_weak(&sp->freed[pool], &head, next));
}

/* Between our reading next and our exchange others may take the region and put it back, over another one: then the version differs. */
uint32_t freed_pop(struct segpool *sp, unsigned pool)
{
	uint64_t head = atomic_load(&sp->freed[pool]), next;
	do {
		if ((uint32_t)head == NONE)
			return NO_REGION;
		next = ((head >> 32) + 1) << 32 | atomic_load(&sp->region[(uint32_t)head - 1].next);
		segpool_step();
	} while (!atomic_compare_exchange_weak(&sp->freed[pool], &head, next));
	return (uint32_t)head - 1;
}

/* ---- to ACTIVE ---- */

/* From word w, which says FREED or UNMAPPED, to the pool, with a segment taken before anybody else can see the region: so who brings one
 * does not leave with nothing. The queues give a region to one taker; should they ever not, one wins here. */
static bool activate(struct segpool *sp, unsigned pool, uint32_t r, struct segment *out)
{
	size_t bytes = sp->region_bytes;
	uint64_t w = atomic_load(&sp->region[r].word);
	if (word_state(w) == ACTIVE || word_state(w) == FREEING
		|| !atomic_compare_exchange_strong(&sp->region[r].word, &w, make_word(word_era(w), ACTIVE, pool) + 1))
		return false;
	raise_peak(&sp->physical_peak, atomic_fetch_add(&sp->physical_bytes, bytes) + bytes);
	segment_claim(sp, pool, r, out);
	if (segments_in(sp, pool) > 1)
		room_set(sp, pool, r);
	note_change(sp);
	return true;
}

bool region_reuse(struct segpool *sp, unsigned pool, unsigned from, struct segment *out)
{
	bool same = from == pool;
	atomic_fetch_add(&sp->transit, 1);
	uint32_t r = freed_pop(sp, from);
	bool won = r != NO_REGION && activate(sp, pool, r, out);
	atomic_fetch_sub(&sp->transit, 1);
	if (won) {
		atomic_fetch_add(same ? &sp->reuses : &sp->moves, 1);
		trace(sp, same ? SEGPOOL_EV_REUSE : SEGPOOL_EV_MOVE, pool, r);
		say(sp, "REUSING region for pool %u: region %u%s, no new mmap", pool, r, same ? "" : ", freed by another pool");
	}
	return won;
}

/* The check and the booking are one step, for all pools. */
static bool book_virtual(struct segpool *sp)
{
	size_t seen = atomic_load(&sp->virtual_bytes);
	do {
		if (sp->config.virtual_budget - seen < sp->region_bytes)
			return false;
		segpool_step();
	} while (!atomic_compare_exchange_weak(&sp->virtual_bytes, &seen, seen + sp->region_bytes));
	raise_peak(&sp->virtual_peak, seen + sp->region_bytes);
	return true;
}

/* Numbers are given out after the mapping has succeeded, so there is no region without memory; and there are as many as the budget has. */
enum segpool_err region_map(struct segpool *sp, unsigned pool, struct segment *out)
{
	if (!book_virtual(sp))
		return SEGPOOL_BUDGET;
	void *base = sp->os.map(sp->region_bytes);
	if (!base) {
		atomic_fetch_sub(&sp->virtual_bytes, sp->region_bytes);
		atomic_fetch_add(&sp->map_failures, 1);
		note_change(sp);	/* others may have found the budget spent because of us */
		return SEGPOOL_NOMEM;
	}
	uint32_t r = atomic_fetch_add(&sp->nregions, 1);
	sp->region[r].base = base;
	activate(sp, pool, r, out);
	atomic_fetch_add(&sp->maps, 1);
	trace(sp, SEGPOOL_EV_MAP, pool, r);
	say(sp, "NEW mmap for pool %u: region %u, virtual %zu KiB of %zu KiB", pool, r, atomic_load(&sp->virtual_bytes) / 1024,
		sp->config.virtual_budget / 1024);
	return SEGPOOL_OK;
}

/* ---- to FREED ---- */

static int discard(struct segpool *sp, uint32_t r)
{
	int e = EAGAIN;
	for (int i = 0; i < DISCARD_TRIES && (e == EAGAIN || e == EINTR); i++)
		e = sp->os.discard(sp->region[r].base, sp->region_bytes);
	return e;
}

/* If it is idle. A region whose frames are not taken is what it was, and its physical bytes stay booked. */
static bool free_if_idle(struct segpool *sp, uint32_t r, uint64_t w)
{
	unsigned pool = word_pool(w);
	struct region *region = &sp->region[r];
	segpool_step();
	if (!atomic_compare_exchange_strong(&region->word, &w, make_word(word_era(w), FREEING, pool)))
		return false;
	bool discarded = discard(sp, r) == 0;
	if (discarded) {
		atomic_fetch_sub(&sp->physical_bytes, sp->region_bytes);
		atomic_fetch_add(&sp->frees, 1);
		atomic_store(&region->word, make_word(word_era(w) + 1, FREED, pool));
		freed_push(sp, pool, r);
	} else {
		atomic_fetch_add(&sp->discard_failures, 1);
		atomic_store(&region->word, make_word(word_era(w) + 1, ACTIVE, pool));
		room_set(sp, pool, r);
	}
	trace(sp, discarded ? SEGPOOL_EV_FREE : SEGPOOL_EV_DISCARD_FAILED, pool, r);
	note_change(sp);
	return discarded;
}

size_t segpool_free_idle(struct segpool *sp, unsigned pool, size_t max)
{
	size_t done = 0;
	atomic_fetch_add(&sp->transit, 1);
	for (uint32_t r = 0, n = atomic_load(&sp->nregions); r < n && done < max; r++) {
		uint64_t w = atomic_load(&sp->region[r].word);
		if (word_state(w) == ACTIVE && !word_used(w) && (pool == SEGPOOL_POOLS || word_pool(w) == pool))
			done += free_if_idle(sp, r, w);
	}
	atomic_fetch_sub(&sp->transit, 1);
	return done;
}
