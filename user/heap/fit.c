/* The segregated fit of the chunk heap: see fit.h for the bins, tag.h for the blocks. */
#include <lib/bits.h>
#include "fit.h"
#include "heap_priv.h"
#include "known.h"

/* A free block's bytes behind its tag. Its units stand once more in its last 8 bytes. */
struct free_block { struct tag tag; struct list link; };

static struct tag *from_list(struct list *l) { return &container_of(l, struct free_block, link)->tag; }
static struct list *link_of(struct tag *t) { return &((struct free_block *)(void *)t)->link; }

static unsigned bin_of(uint32_t units)
{
	if (units < 64)
		return units;
	unsigned log = bit_highest(units);
	return 64 + (log - 6) * 8 + (units >> (log - 3) & 7);
}

/* Whether all blocks of its bin are large enough for it. */
static bool is_least_of_bin(uint32_t units) { return units < 64 || !(units & ((1u << (bit_highest(units) - 3)) - 1)); }

/* The first bin from i on with something in it; FIT_BINS: none. */
static unsigned next_filled(const struct fit *f, unsigned i)
{
	for (unsigned w = i / 64, skip = i % 64; w < 4; w++, skip = 0) {
		uint64_t filled = f->filled[w] >> skip << skip;
		if (filled)
			return w * 64 + bit_lowest(filled);
	}
	return FIT_BINS;
}

/* At the end: what was freed lately is left to be joined for a while. */
static void file(struct fit *f, struct tag *t, uint32_t units)
{
	unsigned i = bin_of(units);
	list_push_back(&f->bin[i], link_of(t));
	f->free += units;
	f->filled[i / 64] |= 1ull << i % 64;
}

/* Its units. The links lie in freed memory: a program that still writes there is stopped rather than led astray. */
static uint32_t unfile(struct fit *f, struct tag *t)
{
	struct list *l = link_of(t);
	uint32_t units = tag_units(t);
	unsigned i = bin_of(units);
	if (tag_state(t) != TAG_FREE || l->next->prev != l || l->prev->next != l)
		heap_misuse("written to after it was freed", object_of(t), 0);
	list_remove(l);
	f->free -= units;
	if (list_is_empty(&f->bin[i]))
		f->filled[i / 64] &= ~(1ull << i % 64);
	return units;
}

/* Where a free block's units stand again. */
static uint32_t *size_again(struct tag *next) { return (uint32_t *)(void *)(next - 1); }

static void set_prev_free(struct tag *t, bool is_free)
{
	uint32_t word = tag_word(t) & ~TAG_PREV_FREE;
	store_relaxed(&t->word, is_free ? word | TAG_PREV_FREE : word);
}

/* Write a free block of units at t, and file it. */
static struct tag *make_free(struct fit *f, struct tag *t, uint32_t units, uint32_t flags)
{
	struct tag *next = t + (size_t)units * (UNIT / sizeof *t);
	tag_write(t, units | flags, TAG_FREE);
	*size_again(next) = units;
	set_prev_free(next, true);
	file(f, t, units);
	return t;
}

void fit_init(struct fit *f)
{
	*f = (struct fit){ .filled = { 0 } };
	for (unsigned i = 0; i < FIT_BINS; i++)
		list_init(&f->bin[i]);
}

struct tag *fit_add(struct fit *f, void *mem, size_t nbytes)
{
	struct tag *t = (struct tag *)mem + 1;	/* its object is aligned */
	uint32_t units = (uint32_t)(nbytes / UNIT) - 1;
	tag_write(t + units * (UNIT / sizeof *t), 0, TAG_END);
	return make_free(f, t, units, TAG_FIRST);
}

void fit_remove(struct fit *f, struct tag *t) { unfile(f, t); }

/* Bytes to leave before an aligned object: none, or a block. */
static size_t gap_before(const struct tag *t, size_t align)
{
	size_t gap = -(uintptr_t)object_of(t) & (align - 1);
	return gap == UNIT ? gap + align : gap;
}

static bool fits(const struct tag *t, uint32_t units, size_t align) { return gap_before(t, align) / UNIT + units <= tag_units(t); }

static struct tag *first_from(struct fit *f, unsigned i)
{
	i = next_filled(f, i);
	return i < FIT_BINS ? from_list(f->bin[i].next) : NULL;
}

static struct tag *find(struct fit *f, uint32_t units, size_t align)
{
	unsigned i = bin_of(units), tries = FIT_TRIES;
	if (align == UNIT && is_least_of_bin(units))
		return first_from(f, i);
	for (struct list *l = f->bin[i].next; l != &f->bin[i] && tries; l = l->next, tries--)
		if (fits(from_list(l), units, align))
			return from_list(l);
	uint32_t sure = align > UNIT ? units + (uint32_t)(align / UNIT) + 1 : units;
	return first_from(f, sure < 64 ? sure : bin_of(sure) + 1);
}

/* t, of which nothing is filed, becomes live with units; the rest, if it is a block, free. */
static void cut(struct fit *f, struct tag *t, uint32_t units)
{
	uint32_t all = tag_units(t), flags = tag_word(t) & ~TAG_UNITS;
	bool has_rest = all - units >= UNITS_MIN;
	uint32_t mine = has_rest ? units : all;
	tag_write(t, mine | flags, live_state(mine));
	if (has_rest)
		make_free(f, tag_next(t), all - units, 0);
	else
		set_prev_free(tag_next(t), false);
}

struct tag *fit_take(struct fit *f, uint32_t units, size_t align)
{
	struct tag *t = find(f, units, align);
	if (!t)
		return NULL;
	unfile(f, t);
	uint32_t gap = (uint32_t)(gap_before(t, align) / UNIT);
	if (gap) {
		uint32_t rest = tag_units(t) - gap;
		struct tag *behind = t + gap * (UNIT / sizeof *t);
		tag_write(behind, rest | TAG_PREV_FREE, TAG_LIVE);
		make_free(f, t, gap, tag_word(t) & ~TAG_UNITS);
		t = behind;
	}
	cut(f, t, units);
	return t;
}

/* One piece for all of them, or for one; the last gets what is left over. */
static unsigned carve(struct fit *f, uint32_t units, unsigned n, void **out)
{
	struct tag *t = fit_take(f, units * n, UNIT);
	if (!t) {
		n = 1;
		t = fit_take(f, units, UNIT);
	}
	if (!t)
		return 0;
	uint32_t left = tag_units(t), flags = tag_word(t) & ~TAG_UNITS;
	for (unsigned i = 0; i < n; i++, flags = 0) {
		uint32_t mine = i + 1 == n ? left : units;
		tag_write(t, mine | flags, live_state(mine));
		out[i] = object_of(t);
		left -= mine;
		t = tag_next(t);
	}
	return n;
}

unsigned fit_take_many(struct fit *f, uint32_t units, unsigned n, void **out)
{
	unsigned i = 0;
	while (i < n && (f->filled[0] >> units & 1)) {
		struct tag *t = from_list(f->bin[units].next);
		unfile(f, t);
		tag_set_state(t, TAG_LIVE);
		set_prev_free(tag_next(t), false);
		out[i++] = object_of(t);
	}
	return i < n ? i + carve(f, units, n - i, out + i) : i;
}

/* A state that a block's neighbour can be in. */
static bool is_sound(uint32_t state)
{
	return state == TAG_LIVE || state == TAG_LARGE || state == TAG_CACHED || state == TAG_FREE || state == TAG_END;
}

static struct tag *free_before(struct tag *t)
{
	uint32_t units = *size_again(t);
	struct tag *prev = t - (size_t)units * (UNIT / sizeof *t);
	if (units < UNITS_MIN || units > TAG_UNITS || !heap_may_read(prev) || tag_units(prev) != units)
		heap_misuse("the free block before it was written to", object_of(t), tag_capacity(t));
	return prev;
}

struct tag *fit_give(struct fit *f, struct tag *t)
{
	struct tag *next = tag_next(t);
	uint32_t units = tag_units(t), flags = tag_word(t) & ~TAG_UNITS, next_state = tag_state(next);
	if (!is_sound(next_state))
		heap_misuse("written over its end", object_of(t), tag_capacity(t));
	if (next_state == TAG_FREE)
		units += unfile(f, next);
	if (flags & TAG_PREV_FREE) {
		struct tag *prev = free_before(t);
		tag_set_state(t, TAG_FREE);	/* swallowed, but still no live block's tag */
		units += unfile(f, prev);
		flags = tag_word(prev) & ~TAG_UNITS;
		t = prev;
	}
	return make_free(f, t, units, flags);
}

bool fit_resize(struct fit *f, struct tag *t, uint32_t units)
{
	struct tag *next = tag_next(t);
	if (!is_sound(tag_state(next)))
		heap_misuse("written over its end", object_of(t), tag_capacity(t));
	bool joins = tag_state(next) == TAG_FREE;
	uint32_t have = tag_units(t) + (joins ? tag_units(next) : 0);
	if (units > have)
		return false;
	if (joins)
		unfile(f, next);
	tag_write(t, have | (tag_word(t) & ~TAG_UNITS), TAG_LIVE);
	cut(f, t, units);
	return true;
}

/* ---- checks ---- */

const char *fit_check_chunk(const struct fit *f, const struct tag *first, size_t *nfree)
{
	bool after_free = false;
	if (!(tag_word(first) & TAG_FIRST))
		return "a chunk's first block does not know that it is";
	for (const struct tag *t = first; ; t = tag_next(t)) {
		if (!is_sound(tag_state(t)))
			return "a block's tag was overwritten";
		if (!!(tag_word(t) & TAG_PREV_FREE) != after_free)
			return "a block is wrong about the one before";
		if (tag_state(t) == TAG_END)
			return NULL;
		bool is_free = tag_state(t) == TAG_FREE;
		if (is_free && (after_free || *size_again(tag_next(t)) != tag_units(t)))
			return after_free ? "two free blocks touch" : "a free block's second size is wrong";
		if (is_free && !(f->filled[bin_of(tag_units(t)) / 64] >> bin_of(tag_units(t)) % 64 & 1))
			return "a free block is in no bin";
		*nfree += is_free;
		after_free = is_free;
	}
}

const char *fit_check(const struct fit *f, size_t nfree)
{
	size_t n = 0, units = 0;
	for (unsigned i = 0; i < FIT_BINS; i++) {
		if (list_is_empty(&f->bin[i]) == (f->filled[i / 64] >> i % 64 & 1))
			return "the bitmap is wrong about a bin";
		for (struct list *l = f->bin[i].next; l != &f->bin[i]; l = l->next) {
			if (++n > nfree || tag_state(from_list(l)) != TAG_FREE || bin_of(tag_units(from_list(l))) != i)
				return "something in a bin does not belong there";
			units += tag_units(from_list(l));
		}
	}
	if (units != f->free)
		return "the bins do not hold what the fit says is free";
	return n == nfree ? NULL : "a free block is in no bin";
}
