/* The chunk heap: segregated fits (fit.c) in chunks that come from mmap; what is larger than half a chunk is mapped directly.
 *
 * There are two fits, each with chunks of its own: one for blocks of up to UNITS_EXACT, one for what is larger. A large object needs a long hole,
 * and small ones that live long would lie scattered over all of them. Which of the two a block is of, its size says: a live small one has
 * at most UNITS_EXACT + 1 units (the last one came with the cut), a large one more, for the next class is UNITS_EXACT + 2.
 *
 * Hysteresis: one empty chunk is kept, so that a program at the edge does not map and unmap at each step; a second one goes back.
 *
 *	chunk:	| struct chunk | tag | block ... | tag | block ... | end |	 check: chunk_check() */
#include <string.h>
#include "chunk.h"
#include "heap_priv.h"
#include "known.h"

enum { CHUNK_DEFAULT = 64 << 10, CHUNK_SMALLEST = 16 << 10, CHUNK_LARGEST = 1 << 30 };

struct chunk { struct list all; size_t nbytes, unused; };
_Static_assert(sizeof(struct chunk) % UNIT == 0, "blocks are aligned");

struct side { struct fit fit; struct list chunks; size_t nchunks; struct tag *empty; };	/* the one empty chunk's free block, or NULL */

static struct side small, large;
static size_t chunk_bytes = CHUNK_DEFAULT;
static bool has_grown;	/* since caches were asked for all */

/* "1M", "256K", "65536". 0: no size, or none that a chunk can have. */
static size_t parse_size(const char *s)
{
	size_t n = 0;
	for (; *s >= '0' && *s <= '9' && n <= CHUNK_LARGEST; s++)
		n = n * 10 + (size_t)(*s - '0');
	unsigned shift = *s == 'K' ? 10 : *s == 'M' ? 20 : *s == 'G' ? 30 : 0;
	if (s[shift != 0] || n > (size_t)CHUNK_LARGEST >> shift)
		return 0;
	n <<= shift;
	return n >= CHUNK_SMALLEST && n % HEAP_PAGE == 0 ? n : 0;
}

static bool chunk_start(const char *options)
{
	size_t n = options ? parse_size(options) : CHUNK_DEFAULT;
	if (!n)
		return false;
	chunk_bytes = n;
	fit_init(&small.fit);
	fit_init(&large.fit);
	list_init(&small.chunks);
	list_init(&large.chunks);
	return true;
}

static struct side *side_of(uint32_t units) { return units > UNITS_EXACT + 1 ? &large : &small; }

static bool add_chunk(struct side *s)
{
	struct chunk *c = heap_map(chunk_bytes);
	if (!c)
		return false;
	c->nbytes = chunk_bytes;
	heap_learn(c, chunk_bytes);
	list_push_back(&s->chunks, &c->all);
	s->nchunks++;
	has_grown = true;
	fit_add(&s->fit, c + 1, chunk_bytes - sizeof *c);
	return true;
}

/* After every time that blocks were taken: the empty chunk may be in use now. */
static void note_use(struct side *s)
{
	if (s->empty && (tag_state(s->empty) != TAG_FREE || !fit_is_whole(s->empty)))
		s->empty = NULL;
}

static struct tag *take(uint32_t units, size_t align)
{
	struct side *s = side_of(units);
	struct tag *t = fit_take(&s->fit, units, align);
	if (!t && add_chunk(s))
		t = fit_take(&s->fit, units, align);
	note_use(s);
	return t;
}

unsigned chunk_take_many(uint32_t units, unsigned n, void **out)
{
	if (units > UNITS_EXACT) {
		struct tag *t = take(units, UNIT);
		*out = t ? object_of(t) : NULL;
		return t != NULL;
	}
	unsigned got = fit_take_many(&small.fit, units, n, out);
	if (!got && add_chunk(&small))
		got = fit_take_many(&small.fit, units, n, out);
	note_use(&small);
	return got;
}

bool chunk_wants_all(void)
{
	size_t n = small.nchunks + large.nchunks, nfree = (small.fit.free + large.fit.free) * UNIT;
	bool wants = has_grown && n > 2 && nfree >= n * chunk_bytes / 2;
	has_grown = has_grown && !wants;
	return wants;
}

static void drop(struct side *s, struct tag *whole)
{
	struct chunk *c = (struct chunk *)(void *)(whole - 1) - 1;
	fit_remove(&s->fit, whole);
	list_remove(&c->all);
	s->nchunks--;
	heap_forget(c, c->nbytes);
	heap_unmap(c, c->nbytes);
}

void chunk_give(struct tag *t)
{
	struct side *s = side_of(tag_units(t));
	t = fit_give(&s->fit, t);
	if (!fit_is_whole(t))
		return;
	if (s->empty)
		drop(s, t);
	else
		s->empty = t;
}

/* What can be a tag before p, to be read; or the end of the program. */
static struct tag *readable(const void *p)
{
	if ((uintptr_t)p % UNIT || !heap_may_read(tag_of(p)))
		heap_misuse("not an object of this heap", p, 0);
	return tag_of(p);
}

/* The tag of a live object of a chunk, or the end of the program. */
static struct tag *live(const void *p)
{
	struct tag *t = readable(p);
	uint32_t state = tag_state(t);
	if (state == TAG_CACHED || state == TAG_FREE)
		heap_misuse("freed twice", p, tag_capacity(t));
	if ((state != TAG_LIVE && state != TAG_LARGE) || tag_units(t) < UNITS_MIN)
		heap_misuse("not an object of this heap, or the bytes before it were overwritten", p, 0);
	return t;
}

static bool is_direct(const void *p) { return direct_owns(readable(p) + 1); }

static bool too_large(size_t n, size_t align)
{
	return n > chunk_bytes / 2 - 4 * UNIT || align > chunk_bytes / 4 || n + align > chunk_bytes / 2;
}

static void *chunk_alloc(size_t n, size_t align, size_t *have)
{
	if (too_large(n, align))
		return direct_alloc(n, align, have);
	struct tag *t = take(units_of_class(units_for(n)), align);
	if (!t)
		return NULL;
	*have = tag_capacity(t);
	return object_of(t);
}

static size_t chunk_free(void *p)
{
	if (is_direct(p))
		return direct_free(p);
	struct tag *t = live(p);
	size_t had = tag_capacity(t);
	chunk_give(t);
	return had;
}

static size_t chunk_usable_size(const void *p) { return is_direct(p) ? direct_usable_size(p) : tag_capacity(live(p)); }

/* An object stays on its side. */
static void *chunk_resize(void *p, size_t n)
{
	if (is_direct(p))
		return too_large(n, UNIT) ? direct_resize(p, n) : NULL;
	struct tag *t = live(p);
	struct side *s = side_of(tag_units(t));
	uint32_t units = too_large(n, UNIT) ? 0 : units_of_class(units_for(n));
	bool stays = units && side_of(units) == s && fit_resize(&s->fit, t, units);
	note_use(s);
	return stays ? p : NULL;
}

static const char *check_side(const struct side *s)
{
	size_t nfree = 0;
	struct chunk *c;
	const char *fault = NULL;
	list_for_each(c, &s->chunks, all)
		if ((fault = fit_check_chunk(&s->fit, (struct tag *)(void *)(c + 1) + 1, &nfree)))
			return fault;
	if (s->empty && (tag_state(s->empty) != TAG_FREE || !fit_is_whole(s->empty)))
		return "the empty chunk is in use";
	return fit_check(&s->fit, nfree);
}

static const char *chunk_check(void)
{
	const char *fault = check_side(&small);
	return fault ? fault : check_side(&large);
}

const struct heap_ops heap_chunk = { .name = "chunk", .start = chunk_start, .alloc = chunk_alloc, .free = chunk_free,
	.usable_size = chunk_usable_size, .resize = chunk_resize, .is_zero = is_direct, .check = chunk_check };
