/* Blocks with boundary tags. See block.h for the picture. blocks_check() checks what is promised there. */
#include <mm/block.h>
#include <mm/port.h>
#include <lib/bits.h>

enum { BLOCK_MIN = 2 };		/* units: a header, and room for the links of a free block */

/* At the start of its memory, rounded up to a unit. Its first block follows. */
struct arena {
	struct rb_node by_addr;
	struct list idle;
	void *mem;		/* as it was handed over */
	size_t nbytes;
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct block_head) == BLOCK_UNIT, "a step of one struct block_head is a step of one unit");
_Static_assert(sizeof(struct arena) % BLOCK_UNIT == 0, "blocks are aligned");
_Static_assert(sizeof(struct arena) + 3 * BLOCK_UNIT <= BLOCKS_OVERHEAD, "an arena, two headers, and rounding up");
_Static_assert(sizeof(struct list) <= (BLOCK_MIN - 1) * BLOCK_UNIT, "a free block can be on a list");

const char *block_fault_text(enum block_fault fault)
{
	switch (fault) {
	case BLOCK_OK: return "a live block";
	case BLOCK_NOT_OURS: return "outside the heap";
	case BLOCK_MISALIGNED: return "not the start of a block";
	case BLOCK_FREE_ALREADY: return "double free";
	case BLOCK_CORRUPT: return "no block starts here, or its header was overwritten";
	}
	return "unknown";
}

/* ---- headers ---- */

static uint32_t check_word(const struct block_head *b)
{
	uint64_t x = (uint64_t)b->size << 32 | b->prev;
	x = (x ^ (uintptr_t)b) * 0x9e3779b97f4a7c15;
	x ^= x >> 32 ^ (uint64_t)b->state << 8 ^ b->slack;
	return (uint32_t)(x * 0xbf58476d1ce4e5b9 >> 32);
}

static void seal(struct block_head *b) { b->check = check_word(b); }
static bool is_sound(const struct block_head *b) { return b->state >= BLOCK_LIVE && b->state <= BLOCK_END && b->check == check_word(b); }

static struct block_head *write_header(struct block_head *b, uint32_t size, uint32_t prev, enum block_state state)
{
	*b = (struct block_head){ .size = size, .prev = prev, .state = (uint8_t)state };
	seal(b);
	return b;
}

/* Change the size of b, and what the header behind it says of that. */
static void set_size(struct block_head *b, uint32_t size)
{
	b->size = size;
	seal(b);
	struct block_head *next = block_next(b);
	next->prev = size;
	seal(next);
}

/* Whether the neighbours of b, which is sound, know it. */
static bool neighbours_agree(const struct block_head *b)
{
	const struct block_head *prev = block_prev(b), *next = block_next(b);
	return is_sound(next) && next->prev == b->size && (!prev || (is_sound(prev) && prev->size == b->prev));
}

/* b is not counted while its fields change. */
static void uncount(struct blocks *bs, const struct block_head *b)
{
	if (b->state == BLOCK_FREE) {
		bs->nfree--;
		bs->free -= block_capacity(b);
	} else {
		bs->nlive--;
		bs->used -= block_capacity(b);
		bs->asked -= block_asked(b);
	}
}

static void count(struct blocks *bs, const struct block_head *b)
{
	if (b->state == BLOCK_FREE) {
		bs->nfree++;
		bs->free += block_capacity(b);
	} else {
		bs->nlive++;
		bs->used += block_capacity(b);
		bs->asked += block_asked(b);
	}
}

/* ---- arenas ---- */

static struct arena *from_rb(const struct rb_node *n) { return n ? container_of(n, struct arena, by_addr) : NULL; }
static struct block_head *first_of(const struct arena *a) { return (struct block_head *)(a + 1); }
static uintptr_t end_of(const struct arena *a) { return (uintptr_t)a->mem + a->nbytes; }
static bool is_whole(const struct block_head *b) { return !b->prev && block_next(b)->state == BLOCK_END; }
static struct arena *arena_of_whole(struct block_head *b) { return (struct arena *)(void *)b - 1; }

/* The arena that p lies in, or NULL; *steps tells the nodes visited. */
static struct arena *find_arena(const struct blocks *bs, const void *p, unsigned *steps)
{
	const struct rb_node *n = bs->arenas.root;
	while (n) {
		struct arena *a = from_rb(n);
		++*steps;
		if ((uintptr_t)p >= (uintptr_t)a && (uintptr_t)p < end_of(a))
			return a;
		n = (uintptr_t)p < (uintptr_t)a ? n->left : n->right;
	}
	return NULL;
}

static void link_arena(struct blocks *bs, struct arena *a)
{
	struct rb_node **link = &bs->arenas.root, *parent = NULL;
	while (*link) {
		parent = *link;
		link = (uintptr_t)a < (uintptr_t)from_rb(parent) ? &parent->left : &parent->right;
	}
	rb_insert(&bs->arenas, parent, link, &a->by_addr);
	const struct arena *before = from_rb(rb_prev(&a->by_addr)), *after = from_rb(rb_next(&a->by_addr));
	ASSERT(!before || end_of(before) <= (uintptr_t)a->mem);
	ASSERT(!after || end_of(a) <= (uintptr_t)after->mem);
}

static void enter_idle(struct blocks *bs, struct arena *a)
{
	list_push_front(&bs->idle, &a->idle);
	bs->nidle++;
}

static void leave_idle(struct blocks *bs, struct arena *a)
{
	list_remove(&a->idle);
	bs->nidle--;
}

void blocks_init(struct blocks *bs)
{
	*bs = (struct blocks){ .total = 0 };
	list_init(&bs->idle);
}

struct block_head *blocks_add(struct blocks *bs, void *mem, size_t nbytes)
{
	uintptr_t skip = -(uintptr_t)mem % BLOCK_UNIT;
	if (nbytes > BLOCKS_MAX || nbytes < skip + sizeof(struct arena) + (BLOCK_MIN + 1) * BLOCK_UNIT)
		return NULL;
	ASSERT((uintptr_t)mem + nbytes > (uintptr_t)mem);
	struct arena *a = (void *)((char *)mem + skip);
	*a = (struct arena){ .mem = mem, .nbytes = nbytes };
	uint32_t size = (uint32_t)((nbytes - skip - sizeof *a) / BLOCK_UNIT - 1);
	struct block_head *b = write_header(first_of(a), size, 0, BLOCK_FREE);
	write_header(block_next(b), 0, size, BLOCK_END);
	link_arena(bs, a);
	enter_idle(bs, a);
	bs->total += nbytes;
	bs->narenas++;
	count(bs, b);
	return b;
}

struct block_head *blocks_idle(struct blocks *bs, size_t keep)
{
	struct block_head *best = NULL;
	for (const struct list *l = bs->idle.next; l != &bs->idle; l = l->next) {	/* the head is no arena, nor aligned like one */
		struct block_head *b = first_of(container_of(l, struct arena, idle));
		bs->steps++;
		if (bs->free - block_capacity(b) >= keep && (!best || b->size > best->size))
			best = b;
	}
	return best;
}

void *blocks_remove(struct blocks *bs, struct block_head *whole, size_t *nbytes)
{
	ASSERT(is_sound(whole) && whole->state == BLOCK_FREE && is_whole(whole));
	struct arena *a = arena_of_whole(whole);
	rb_remove(&bs->arenas, &a->by_addr);
	leave_idle(bs, a);
	bs->total -= a->nbytes;
	bs->narenas--;
	uncount(bs, whole);
	*nbytes = a->nbytes;
	return a->mem;
}

/* ---- blocks ---- */

static uint32_t units_for(size_t nbytes) { return (uint32_t)((nbytes + BLOCK_UNIT - 1) / BLOCK_UNIT) + 1; }

/* Bytes to leave free before an aligned block in b: none, or enough for a block. */
static size_t gap_before(const struct block_head *b, size_t align)
{
	size_t gap = -(uintptr_t)block_data(b) & (align - 1);
	return gap == BLOCK_UNIT ? gap + align : gap;
}

bool block_fits(const struct block_head *b, size_t nbytes, size_t align)
{
	size_t gap = gap_before(b, align), capacity = block_capacity(b);
	return gap <= capacity && nbytes <= capacity - gap;
}

enum block_fault blocks_find(struct blocks *bs, const void *p, struct block_head **out)
{
	const struct arena *a = find_arena(bs, p, &bs->steps);
	if (!a || (uintptr_t)p < (uintptr_t)block_data(first_of(a)))
		return BLOCK_NOT_OURS;
	if ((uintptr_t)p % BLOCK_UNIT)
		return BLOCK_MISALIGNED;
	struct block_head *b = (struct block_head *)p - 1;
	if (!is_sound(b) || b->state == BLOCK_END)
		return BLOCK_CORRUPT;
	if (b->state == BLOCK_FREE)
		return BLOCK_FREE_ALREADY;
	if (!neighbours_agree(b))
		return BLOCK_CORRUPT;
	*out = b;
	return BLOCK_OK;
}

/* Cut b to size units. Returns the free rest, or NULL if that would be no block. */
static struct block_head *split(struct blocks *bs, struct block_head *b, uint32_t size)
{
	uint32_t rest = b->size - size;
	if (rest < BLOCK_MIN)
		return NULL;
	uncount(bs, b);
	struct block_head *r = write_header(b + size, rest, size, BLOCK_FREE);
	set_size(r, rest);
	b->size = size;
	seal(b);
	count(bs, b);
	count(bs, r);
	return r;
}

/* Let b swallow the block behind it. */
static void join_next(struct blocks *bs, struct block_head *b)
{
	struct block_head *next = block_next(b);
	uncount(bs, b);
	uncount(bs, next);
	set_size(b, b->size + next->size);
	count(bs, b);
}

static void set_state(struct blocks *bs, struct block_head *b, enum block_state state, size_t slack)
{
	uncount(bs, b);
	b->state = (uint8_t)state;
	b->slack = (uint8_t)slack;
	seal(b);
	count(bs, b);
}

struct block_head *blocks_take(struct blocks *bs, struct block_head *b, size_t nbytes, size_t align, struct block_head *cut[2])
{
	ASSERT(is_sound(b) && b->state == BLOCK_FREE && neighbours_agree(b) && block_fits(b, nbytes, align));
	if (is_whole(b))
		leave_idle(bs, arena_of_whole(b));
	size_t gap = gap_before(b, align);
	cut[0] = NULL;
	if (gap) {
		cut[0] = b;
		b = split(bs, b, (uint32_t)(gap / BLOCK_UNIT));
	}
	cut[1] = split(bs, b, units_for(nbytes));
	set_state(bs, b, BLOCK_LIVE, block_capacity(b) - nbytes);
	return b;
}

struct block_head *blocks_release(struct blocks *bs, struct block_head *b)
{
	struct block_head *prev = block_prev(b);
	set_state(bs, b, BLOCK_FREE, 0);
	if (block_next(b)->state == BLOCK_FREE)
		join_next(bs, b);
	if (prev && prev->state == BLOCK_FREE) {
		join_next(bs, prev);
		b = prev;
	}
	if (is_whole(b))
		enter_idle(bs, arena_of_whole(b));
	return b;
}

bool blocks_can_resize(const struct block_head *b, size_t nbytes)
{
	const struct block_head *next = block_next(b);
	uint32_t room = b->size + (next->state == BLOCK_FREE ? next->size : 0);
	return nbytes > 0 && nbytes <= BLOCKS_MAX && units_for(nbytes) <= room;
}

struct block_head *blocks_resize(struct blocks *bs, struct block_head *b, size_t nbytes)
{
	ASSERT(blocks_can_resize(b, nbytes));
	if (block_next(b)->state == BLOCK_FREE)
		join_next(bs, b);
	struct block_head *rest = split(bs, b, units_for(nbytes));
	set_state(bs, b, BLOCK_LIVE, block_capacity(b) - nbytes);
	return rest;
}

/* ---- all of them ---- */

bool blocks_is_arena(const struct blocks *bs, const void *mem, size_t nbytes)
{
	unsigned steps = 0;
	const struct arena *a = find_arena(bs, mem, &steps);
	return a && a->mem == mem && a->nbytes == nbytes;
}

static struct block_head *first_from(const struct rb_node *n) { return n ? first_of(from_rb(n)) : NULL; }

struct block_head *blocks_first(const struct blocks *bs) { return first_from(rb_first(&bs->arenas)); }

struct block_head *blocks_after(const struct blocks *bs, const struct block_head *b)
{
	struct block_head *next = block_next(b);
	unsigned steps = 0;
	ASSERT(b->size && next->prev == b->size);
	return next->state == BLOCK_END ? first_from(rb_next(&find_arena(bs, b, &steps)->by_addr)) : next;
}

void blocks_for_each(const struct blocks *bs, bool (*fn)(void *p, size_t nbytes, void *ctx), void *ctx)
{
	for (struct block_head *b = blocks_first(bs); b; b = blocks_after(bs, b))
		if (b->state == BLOCK_LIVE && !fn(block_data(b), block_asked(b), ctx))
			return;
}

bool blocks_is_block(const struct blocks *bs, const struct block_head *b)
{
	unsigned steps = 0;
	const struct arena *a = find_arena(bs, b, &steps);
	return a && b >= first_of(a) && (uintptr_t)b % BLOCK_UNIT == 0 && (uintptr_t)(b + 1) < end_of(a) && is_sound(b);
}

/* Walk one arena, counting into sum. NULL, or the first fault. */
static const char *check_arena(const struct arena *a, struct blocks *sum)
{
	const struct block_head *b = first_of(a);
	for (; is_sound(b) && b->state != BLOCK_END; b = block_next(b)) {
		if (!neighbours_agree(b))
			return "a block and its neighbour disagree";
		if (b->state == BLOCK_FREE && block_next(b)->state == BLOCK_FREE)
			return "two free blocks touch";
		count(sum, b);
	}
	if (!is_sound(b))
		return "a header was overwritten";
	sum->total += a->nbytes;
	sum->narenas++;
	return end_of(a) - (uintptr_t)b < 2 * BLOCK_UNIT ? NULL : "an arena ends too early";
}

/* Idle arenas by the list. */
static size_t count_idle(const struct blocks *bs)
{
	size_t n = 0;
	for (const struct list *l = bs->idle.next; l != &bs->idle; l = l->next)
		n++;
	return n;
}

const char *blocks_check(const struct blocks *bs)
{
	struct blocks sum = { .total = 0 };
	size_t idle = 0;
	if (!rb_check(&bs->arenas))
		return "the tree of arenas is broken";
	for (const struct rb_node *n = rb_first(&bs->arenas); n; n = rb_next(n)) {
		const char *fault = check_arena(from_rb(n), &sum);
		if (fault)
			return fault;
		idle += first_of(from_rb(n))->state == BLOCK_FREE && is_whole(first_of(from_rb(n)));
	}
	if (sum.narenas != bs->narenas || sum.total != bs->total || sum.nlive != bs->nlive || sum.nfree != bs->nfree)
		return "arenas or blocks do not add up";
	if (sum.used != bs->used || sum.free != bs->free || sum.asked != bs->asked)
		return "bytes do not add up";
	return idle == bs->nidle && idle == count_idle(bs) ? NULL : "the list of idle arenas is wrong";
}
