/* The chunk heap: a segregated fit (fit.c) in chunks that come from mmap; what is larger than half a chunk is mapped directly.
 *
 * Hysteresis: one empty chunk is kept, so that a program at the edge does not map and unmap at each step; a second one goes back.
 *
 *	chunk:	| struct chunk | tag | block ... | tag | block ... | end |	 check: chunk_check() */
#include <string.h>
#include "chunk.h"
#include "heap_priv.h"

enum { CHUNK_DEFAULT = 64 << 10, CHUNK_SMALLEST = 16 << 10, CHUNK_LARGEST = 1 << 30 };

struct chunk { struct list all; size_t nbytes, unused; };
_Static_assert(sizeof(struct chunk) % UNIT == 0, "blocks are aligned");

static struct fit fit;
static struct list chunks = LIST_INIT(chunks);
static struct tag *empty;		/* the one empty chunk's free block, or NULL */
static size_t chunk_bytes = CHUNK_DEFAULT;

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
	fit_init(&fit);
	return true;
}

static bool add_chunk(void)
{
	struct chunk *c = heap_map(chunk_bytes);
	if (!c)
		return false;
	c->nbytes = chunk_bytes;
	list_push_back(&chunks, &c->all);
	fit_add(&fit, c + 1, chunk_bytes - sizeof *c);
	return true;
}

/* After every time that blocks were taken: the empty chunk may be in use now. */
static void note_use(void)
{
	if (empty && (tag_state(empty) != TAG_FREE || !fit_is_whole(empty)))
		empty = NULL;
}

static struct tag *take(uint32_t units, size_t align)
{
	struct tag *t = fit_take(&fit, units, align);
	if (!t && add_chunk())
		t = fit_take(&fit, units, align);
	note_use();
	return t;
}

unsigned chunk_take_many(uint32_t units, unsigned n, void **out)
{
	unsigned got = fit_take_many(&fit, units, n, out);
	if (!got && add_chunk())
		got = fit_take_many(&fit, units, n, out);
	note_use();
	return got;
}

static void drop(struct tag *whole)
{
	struct chunk *c = (struct chunk *)(void *)(whole - 1) - 1;
	fit_remove(&fit, whole);
	list_remove(&c->all);
	heap_unmap(c, c->nbytes);
}

void chunk_give(struct tag *t)
{
	t = fit_give(&fit, t);
	if (!fit_is_whole(t))
		return;
	if (empty)
		drop(t);
	else
		empty = t;
}

/* The tag of a live object, or the end of the program. */
static struct tag *live(const void *p)
{
	if ((uintptr_t)p % UNIT || !heap_has_seen(tag_of(p)))
		heap_misuse("not an object of this heap", p, 0);
	struct tag *t = tag_of(p);
	uint32_t state = tag_state(t);
	if (state == TAG_CACHED || state == TAG_FREE)
		heap_misuse("freed twice", p, tag_capacity(t));
	if (state != TAG_LIVE || tag_units(t) < UNITS_MIN)
		heap_misuse("not an object of this heap, or the bytes before it were overwritten", p, 0);
	return t;
}

static bool is_direct(const void *p) { return (uintptr_t)p % UNIT == 0 && heap_has_seen(tag_of(p)) && direct_owns(p); }

static bool too_large(size_t n, size_t align)
{
	return n > chunk_bytes / 2 - 4 * UNIT || align > chunk_bytes / 4 || n + align > chunk_bytes / 2;
}

static void *chunk_alloc(size_t n, size_t align)
{
	if (too_large(n, align))
		return direct_alloc(n, align);
	struct tag *t = take(units_for(n), align);
	return t ? object_of(t) : NULL;
}

static void chunk_free(void *p)
{
	if (is_direct(p))
		direct_free(p);
	else
		chunk_give(live(p));
}

static size_t chunk_usable_size(const void *p) { return is_direct(p) ? direct_usable_size(p) : tag_capacity(live(p)); }

static void *chunk_resize(void *p, size_t n)
{
	if (is_direct(p))
		return too_large(n, UNIT) ? direct_resize(p, n) : NULL;
	void *q = !too_large(n, UNIT) && fit_resize(&fit, live(p), units_for(n)) ? p : NULL;
	note_use();
	return q;
}

static const char *chunk_check(void)
{
	size_t nfree = 0;
	struct chunk *c;
	const char *fault = NULL;
	list_for_each(c, &chunks, all)
		if ((fault = fit_check_chunk(&fit, (struct tag *)(void *)(c + 1) + 1, &nfree)))
			return fault;
	if (empty && (tag_state(empty) != TAG_FREE || !fit_is_whole(empty)))
		return "the empty chunk is in use";
	return fit_check(&fit, nfree);
}

const struct heap_ops heap_chunk = { .name = "chunk", .start = chunk_start, .alloc = chunk_alloc, .free = chunk_free,
	.usable_size = chunk_usable_size, .resize = chunk_resize, .is_zero = is_direct, .check = chunk_check };
