/* The buddy heap: powers of two from 64 bytes on, in arenas of 1 MiB. A block's buddy is the other half of the block they were cut from:
 * its address differs in one bit, so freeing joins in O(log). Objects have no header: what a block is stands in its arena's map, a byte
 * for each 64 bytes, in the arena's first 32 KiB. What is larger than a quarter of an arena has a mapping of its own. A request is rounded up to a
 * power of two: a third of the memory is lost on average sizes, and addresses are aligned to their size for it.
 *
 *	map:	0 inside a block	order + 1: a free block starts here	USED | order + 1: a live one
 *
 * Source: K. C. Knowlton, "A Fast Storage Allocator", CACM 8 (10), 1965. */
#include <lib/bits.h>
#include <lib/list.h>
#include "heap_priv.h"
#include "known.h"

enum { ARENA = 1 << 20, LEAST = 64, UNITS = ARENA / LEAST, ORDERS = 15, RESERVED_ORDER = 9, USED = 0x80, DIRECT_ABOVE = ARENA / 4 };

struct arena {
	struct list all;
	size_t free_units;
	uint8_t map[UNITS];
};
_Static_assert(sizeof(struct arena) <= (size_t)LEAST << RESERVED_ORDER, "an arena's own block holds its map");

static struct list arenas = LIST_INIT(arenas);
static struct list free_blocks[ORDERS];
static struct arena *spare;	/* one empty arena is kept */

static bool buddy_start(const char *options)
{
	for (unsigned k = 0; k < ORDERS; k++)
		list_init(&free_blocks[k]);
	return !options;
}

static unsigned order_for(size_t n) { return n <= LEAST ? 0 : log2_up(n) - 6; }
static struct arena *arena_at(const void *p) { return (struct arena *)((uintptr_t)p & ~(uintptr_t)(ARENA - 1)); }
static size_t unit_of(const void *p) { return ((uintptr_t)p & (ARENA - 1)) / LEAST; }
static void *block_at(struct arena *a, size_t unit) { return (char *)a + unit * LEAST; }

static void put(struct arena *a, size_t unit, unsigned order)
{
	a->map[unit] = (uint8_t)(order + 1);
	list_push_front(&free_blocks[order], block_at(a, unit));
	a->free_units += (size_t)1 << order;
}

static void take_out(struct arena *a, size_t unit, unsigned order)
{
	struct list *l = block_at(a, unit);
	if (l->next->prev != l || l->prev->next != l)
		heap_misuse("written to after it was freed", l, (size_t)LEAST << order);
	list_remove(l);
	a->map[unit] = 0;
	a->free_units -= (size_t)1 << order;
}

/* The first block is the arena's own, as if it were live; behind it lie one block of each order from there on. */
static bool add_arena(void)
{
	struct arena *a = heap_map_aligned(ARENA, ARENA);
	if (!a)
		return false;
	list_push_back(&arenas, &a->all);
	a->map[0] = USED | (RESERVED_ORDER + 1);
	for (unsigned k = RESERVED_ORDER; k < ORDERS - 1; k++)
		put(a, (size_t)1 << k, k);
	return true;
}

static bool is_empty(const struct arena *a) { return a->free_units == UNITS - (1u << RESERVED_ORDER); }

static void drop(struct arena *a)
{
	for (unsigned k = RESERVED_ORDER; k < ORDERS - 1; k++)
		take_out(a, (size_t)1 << k, k);
	list_remove(&a->all);
	heap_unmap(a, ARENA);
}

static void *take(unsigned order)
{
	unsigned k = order;
	while (k < ORDERS && list_is_empty(&free_blocks[k]))
		k++;
	if (k == ORDERS)
		return NULL;
	void *p = free_blocks[k].next;
	struct arena *a = arena_at(p);
	take_out(a, unit_of(p), k);
	while (k-- > order)
		put(a, unit_of(p) + ((size_t)1 << k), k);
	a->map[unit_of(p)] = (uint8_t)(USED | (order + 1));
	return p;
}

static void *buddy_alloc(size_t n, size_t align, size_t *have)
{
	if (n > DIRECT_ABOVE || align > DIRECT_ABOVE)
		return direct_alloc(n, align, have);
	unsigned order = order_for(n > align ? n : align);
	void *p = take(order);
	if (!p && add_arena())
		p = take(order);
	if (p && arena_at(p) == spare)
		spare = NULL;
	*have = (size_t)LEAST << order;
	return p;
}

/* The arena of p; NULL: it is in none. The one that was right goes to the front. */
static struct arena *find_arena(const void *p)
{
	struct arena *a;
	list_for_each(a, &arenas, all)
		if (a == arena_at(p)) {
			list_remove(&a->all);
			list_push_front(&arenas, &a->all);
			return a;
		}
	return NULL;
}

/* The arena of the live object p, and its order; NULL: it has its own mapping; or the end of the program. */
static struct arena *live(const void *p, unsigned *order)
{
	struct arena *a = find_arena(p);
	if (!a) {
		if ((uintptr_t)p % HEAP_ALIGN || !heap_may_read((void *)((uintptr_t)p - HEAP_ALIGN)) || !direct_owns(p))
			heap_misuse("not an object of this heap", p, 0);
		return NULL;
	}
	uint8_t state = (uintptr_t)p % LEAST || !unit_of(p) ? 0 : a->map[unit_of(p)];
	if (!(state & USED))
		heap_misuse(state ? "freed twice" : "not an object of this heap, or freed twice", p, 0);
	*order = (state & ~(unsigned)USED) - 1;
	return a;
}

static size_t buddy_free(void *p)
{
	unsigned order;
	struct arena *a = live(p, &order);
	if (!a)
		return direct_free(p);
	size_t unit = unit_of(p), had = (size_t)LEAST << order;
	a->map[unit] = 0;
	for (; order < ORDERS - 1 && a->map[unit ^ (size_t)1 << order] == order + 1; order++) {
		take_out(a, unit ^ (size_t)1 << order, order);
		unit &= ~((size_t)1 << order);
	}
	put(a, unit, order);
	if (!is_empty(a))
		return had;
	if (spare)
		drop(a);
	else
		spare = a;
	return had;
}

static size_t buddy_usable_size(const void *p)
{
	unsigned order;
	return live(p, &order) ? (size_t)LEAST << order : direct_usable_size(p);
}

/* A block keeps its size while the request has its order; a mapping can grow and shrink. */
static void *buddy_resize(void *p, size_t n)
{
	unsigned order;
	if (!live(p, &order))
		return n > DIRECT_ABOVE ? direct_resize(p, n) : NULL;
	return n <= DIRECT_ABOVE && order_for(n) == order ? p : NULL;
}

static bool buddy_is_zero(const void *p) { return !find_arena(p); }

static const char *check_arena(const struct arena *a)
{
	size_t nfree = 0;
	for (size_t unit = 0; unit < UNITS;) {
		unsigned order = (a->map[unit] & ~(unsigned)USED) - 1;
		if (order >= ORDERS || unit & (((size_t)1 << order) - 1))
			return "no block starts where one must";
		bool is_free = !(a->map[unit] & USED);
		if (is_free && a->map[unit ^ (size_t)1 << order] == a->map[unit])
			return "two free buddies were not joined";
		nfree += is_free ? (size_t)1 << order : 0;
		unit += (size_t)1 << order;
	}
	return nfree == a->free_units ? NULL : "an arena is wrong about its free bytes";
}

static const char *buddy_check(void)
{
	struct arena *a;
	const char *fault = NULL;
	list_for_each(a, &arenas, all)
		if ((fault = check_arena(a)))
			return fault;
	return spare && !is_empty(spare) ? "the spare arena is in use" : NULL;
}

const struct heap_ops heap_buddy = { .name = "buddy", .start = buddy_start, .alloc = buddy_alloc, .free = buddy_free,
	.usable_size = buddy_usable_size, .resize = buddy_resize, .is_zero = buddy_is_zero, .check = buddy_check };
