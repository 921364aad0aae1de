/* Segments: taken from and given back to regions that are ACTIVE. */
#include <lib/bits.h>
#include "segpool_priv.h"

void room_set(struct segpool *sp, unsigned pool, uint32_t r)
{
	_Atomic uint64_t *w = &sp->room[pool * sp->room_words + r / 64];
	uint64_t bit = 1ull << r % 64;
	if (!(atomic_load(w) & bit))
		atomic_fetch_or(w, bit);
}

static bool has_room(const struct segpool *sp, uint64_t w, unsigned pool)
{
	return word_state(w) == ACTIVE && word_pool(w) == pool && word_used(w) < segments_in(sp, pool);
}

/* Whoever released between our look and our clearing has set the bit too early: look again. */
static void room_clear(struct segpool *sp, unsigned pool, uint32_t r)
{
	segpool_step();
	atomic_fetch_and(&sp->room[pool * sp->room_words + r / 64], ~(1ull << r % 64));
	if (has_room(sp, atomic_load(&sp->region[r].word), pool))
		room_set(sp, pool, r);
}

/* The first free bit of the region, ours from now on. There is one: we are counted, and no more bits are set than are counted. */
static uint32_t claim_bit(struct segpool *sp, unsigned pool, uint32_t r)
{
	size_t n = segments_in(sp, pool);
	for (size_t i = 0;; i = (i + 1) % ((n + 63) / 64)) {
		_Atomic uint64_t *w = &sp->bits[r * sp->region_bits + i];
		uint64_t mask = n - i * 64 >= 64 ? UINT64_MAX : (1ull << (n - i * 64)) - 1;
		uint64_t b = atomic_load(w);
		while (~b & mask) {
			unsigned at = bit_lowest(~b & mask);
			segpool_step();
			if (atomic_compare_exchange_weak(w, &b, b | 1ull << at))
				return (uint32_t)(i * 64 + at);
		}
	}
}

void segment_claim(struct segpool *sp, unsigned pool, uint32_t r, struct segment *out)
{
	uint32_t i = claim_bit(sp, pool, r);
	_Atomic uint64_t *s = &sp->segment[r * sp->region_segments + i];
	uint32_t version = (uint32_t)(atomic_load(s) >> 32) + 1;
	atomic_store(s, (uint64_t)version << 32 | SEG_USED);
	*out = (struct segment){ (char *)sp->region[r].base + i * segment_bytes(pool), segment_bytes(pool), r, i, version };
}

static bool take(struct segpool *sp, unsigned pool, uint32_t r, struct segment *out)
{
	uint64_t w = atomic_load(&sp->region[r].word);
	do {
		if (!has_room(sp, w, pool))
			return false;
		segpool_step();
	} while (!atomic_compare_exchange_weak(&sp->region[r].word, &w, w + 1));
	segment_claim(sp, pool, r, out);
	return true;
}

bool segment_take_fast(struct segpool *sp, unsigned pool, struct segment *out)
{
	for (size_t i = 0; i < sp->room_words; i++) {
		uint64_t b = atomic_load(&sp->room[pool * sp->room_words + i]);
		for (; b; b &= b - 1) {
			uint32_t r = (uint32_t)(i * 64 + bit_lowest(b));
			if (take(sp, pool, r, out))
				return true;
			room_clear(sp, pool, r);
		}
	}
	return false;
}

bool segment_take_any(struct segpool *sp, unsigned pool, struct segment *out)
{
	for (uint32_t r = 0, n = atomic_load(&sp->nregions); r < n; r++)
		if (take(sp, pool, r, out))
			return true;
	return false;
}

/* The word of the segment that the token names, or NULL. */
static _Atomic uint64_t *word_of(struct segpool *sp, const struct segment *s)
{
	if (s->region >= atomic_load(&sp->nregions) || s->index >= sp->region_segments)
		return NULL;
	return &sp->segment[s->region * sp->region_segments + s->index];
}

static bool is_current(uint64_t w, const struct segment *s) { return w >> 32 == s->version && (w & SEG_USED); }

static enum segpool_err reject(struct segpool *sp, const struct segment *s, enum segpool_err e)
{
	atomic_fetch_add(&sp->rejected, 1);
	trace(sp, SEGPOOL_EV_REJECT, segpool_pool_of(s->nbytes), s->region);
	return e;
}

/* The segment's bit is cleared before the region counts down, and while it is counted the region is not freed. */
enum segpool_err segpool_release(struct segpool *sp, const struct segment *s)
{
	_Atomic uint64_t *w = word_of(sp, s);
	if (!w)
		return SEGPOOL_INVALID;
	uint64_t seen = atomic_load(w);
	do {
		if (!is_current(seen, s))
			return reject(sp, s, SEGPOOL_STALE);
		if (seen & SEG_PINS)
			return reject(sp, s, SEGPOOL_PINNED);
		segpool_step();
	} while (!atomic_compare_exchange_weak(w, &seen, seen & ~SEG_USED));
	atomic_fetch_and(&sp->bits[s->region * sp->region_bits + s->index / 64], ~(1ull << s->index % 64));
	uint64_t region = atomic_fetch_sub(&sp->region[s->region].word, 1);
	room_set(sp, word_pool(region), s->region);
	note_change(sp);
	return SEGPOOL_OK;
}

enum segpool_err segpool_pin(struct segpool *sp, const struct segment *s)
{
	_Atomic uint64_t *w = word_of(sp, s);
	if (!w)
		return SEGPOOL_INVALID;
	uint64_t seen = atomic_load(w);
	do {
		if (!is_current(seen, s))
			return reject(sp, s, SEGPOOL_STALE);
		if ((seen & SEG_PINS) == SEG_PINS)
			return SEGPOOL_PINNED;
		segpool_step();
	} while (!atomic_compare_exchange_weak(w, &seen, seen + SEG_PIN));
	return SEGPOOL_OK;
}

enum segpool_err segpool_unpin(struct segpool *sp, const struct segment *s)
{
	_Atomic uint64_t *w = word_of(sp, s);
	if (!w)
		return SEGPOOL_INVALID;
	uint64_t seen = atomic_load(w);
	do {
		if (!is_current(seen, s))
			return reject(sp, s, SEGPOOL_STALE);
		if (!(seen & SEG_PINS))
			return SEGPOOL_NOT_PINNED;
		segpool_step();
	} while (!atomic_compare_exchange_weak(w, &seen, seen - SEG_PIN));
	return SEGPOOL_OK;
}
