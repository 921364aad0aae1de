/* The simple heap: exactly first fit, by a map of 16-byte units that knows nothing of headers' contents. */
#include "support.h"
#include <mm/heap.h>

enum { UNIT = 16, UNITS = 4000, BYTES = UNITS * UNIT, NLIVE = 300 };

struct object { unsigned char *p; size_t n, units; unsigned char fill; };
static struct object live[NLIVE];
static bool owned[UNITS];	/* header and bytes of live blocks */
static char *memory, *first;	/* the arena, and the first header in it */
static size_t nunits;

#define SOUND(h) CHECK(heap_check(h) == NULL, "%s", heap_check(h))

static void make(struct heap *h)
{
	free(memory);
	memory = aligned_alloc(16, BYTES);
	heap_init(h);
	CHECK(heap_add(h, memory, BYTES) && h->blocks.nfree == 1);
	nunits = h->blocks.free / UNIT + 1;
	void *p = heap_alloc(h, 1, 0);
	first = (char *)p - UNIT;
	CHECK(heap_free(h, p) == BLOCK_OK && nunits <= UNITS);
	memset(owned, 0, sizeof owned);
	memset(live, 0, sizeof live);
}

/* Where first fit has to put nbytes, or NULL; *units is what it takes there: a single unit left over belongs to the block. */
static char *expected(size_t nbytes, size_t *units)
{
	size_t need = (nbytes + UNIT - 1) / UNIT + 1;
	for (size_t i = 0, run = 0; i < nunits; i++) {
		run = owned[i] ? 0 : run + 1;
		if (run < need)
			continue;
		*units = need;
		if (i + 1 < nunits && !owned[i + 1] && (i + 2 == nunits || owned[i + 2]))
			++*units;
		return first + (i + 2 - need) * UNIT;
	}
	return NULL;
}

static void mark(const struct object *o, bool taken)
{
	size_t at = (size_t)((char *)o->p - UNIT - first) / UNIT;
	for (size_t i = 0; i < o->units; i++) {
		CHECK(owned[at + i] != taken);
		owned[at + i] = taken;
	}
}

static void drop(struct heap *h, struct object *o)
{
	size_t n = 0;
	for (size_t i = 0; i < o->n; i++)
		CHECK(o->p[i] == o->fill);
	CHECK(heap_find(h, o->p, &n) == BLOCK_OK && n == o->n);
	CHECK(heap_free(h, o->p) == BLOCK_OK && heap_free(h, o->p) == BLOCK_FREE_ALREADY);
	mark(o, false);
	o->p = NULL;
}

static void random_operations(void **state)
{
	(void)state;
	struct heap h;
	make(&h);
	for (unsigned step = 0; goes_on(step, 30000); step++) {
		struct object *o = &live[rnd(NLIVE)];
		if (o->p) {
			drop(&h, o);
			continue;
		}
		o->n = 1 + rnd(rnd(8) ? 300 : 3000);
		o->fill = (unsigned char)rnd(256);
		char *where = expected(o->n, &o->units);
		o->p = heap_alloc(&h, o->n, 0);
		CHECK((char *)o->p == where, "%zu bytes at %p, not at %p", o->n, (void *)o->p, (void *)where);
		CHECK(h.blocks.steps <= h.blocks.nlive + h.blocks.nfree + 1);
		if (o->p) {
			mark(o, true);
			memset(o->p, o->fill, o->n);
		}
		if (now_and_then(step, 100))
			SOUND(&h);
	}
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p)
			drop(&h, &live[i]);
	SOUND(&h);
	CHECK(h.blocks.nfree == 1 && h.blocks.nlive == 0 && h.blocks.asked == 0 && h.blocks.free == (nunits - 1) * UNIT);
}

static void alignment(void **state)
{
	(void)state;
	struct heap h;
	make(&h);
	for (size_t align = 16; align <= 8192; align *= 2) {
		char *shift = heap_alloc(&h, 1 + rnd(100), 0), *p = heap_alloc(&h, 100, align), *q = heap_alloc(&h, 1, align);
		CHECK(p && q && (uintptr_t)p % align == 0 && (uintptr_t)q % align == 0);
		memset(p, 0xff, 100);
		SOUND(&h);
		CHECK(heap_free(&h, shift) == BLOCK_OK && heap_free(&h, p) == BLOCK_OK && heap_free(&h, q) == BLOCK_OK);
	}
	CHECK(h.blocks.nfree == 1);
	CHECK_PANICS(heap_alloc(&h, 1, 8));
	CHECK_PANICS(heap_alloc(&h, 1, 17));
}

static void resizing(void **state)
{
	(void)state;
	struct heap h;
	make(&h);
	char *a = heap_alloc(&h, 1000, 0), *b = heap_alloc(&h, 1000, 0), *c = heap_alloc(&h, 1000, 0);
	CHECK(!heap_resize(&h, a, 1100) && heap_resize(&h, a, 10) && heap_alloc(&h, 500, 0) == a + 32);
	CHECK(heap_free(&h, a + 32) == BLOCK_OK && heap_free(&h, b) == BLOCK_OK && heap_resize(&h, a, 2000));
	CHECK(!heap_resize(&h, a, 0) && !heap_resize(&h, a, SIZE_MAX) && !heap_resize(&h, a, 2100));
	CHECK_PANICS(heap_resize(&h, b, 10));
	SOUND(&h);
	CHECK(heap_free(&h, a) == BLOCK_OK && heap_free(&h, c) == BLOCK_OK && h.blocks.nfree == 1);
}

static void wrong_sizes_and_frees(void **state)
{
	(void)state;
	struct heap h;
	int on_stack;
	make(&h);
	size_t sizes[] = { 0, BYTES, BLOCKS_MAX, BLOCKS_MAX + 1, SIZE_MAX - 15, SIZE_MAX };
	for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++)
		CHECK(!heap_alloc(&h, sizes[i], 0) && !heap_alloc(&h, sizes[i], 64));
	CHECK(!heap_alloc(&h, 1, BLOCKS_MAX) && !heap_alloc(&h, 1, (SIZE_MAX >> 1) + 1));
	char *a = heap_alloc(&h, 64, 0), *b = heap_alloc(&h, 64, 0);
	CHECK(heap_free(&h, NULL) == BLOCK_NOT_OURS && heap_free(&h, &on_stack) == BLOCK_NOT_OURS && heap_free(&h, memory) == BLOCK_NOT_OURS);
	CHECK(heap_free(&h, a + 8) == BLOCK_MISALIGNED && heap_free(&h, a + 32) != BLOCK_OK && heap_free(&h, a - 16) == BLOCK_NOT_OURS);
	a[64] ^= 1;	/* the header of b */
	CHECK(heap_free(&h, a) == BLOCK_CORRUPT && heap_free(&h, b) == BLOCK_CORRUPT && heap_check(&h));
	a[64] ^= 1;
	SOUND(&h);
	CHECK(heap_free(&h, a) == BLOCK_OK && heap_free(&h, a) == BLOCK_FREE_ALREADY && heap_free(&h, b) == BLOCK_OK);
	for (enum block_fault f = BLOCK_OK; f <= BLOCK_CORRUPT; f++)
		CHECK(strcmp(block_fault_text(f), "unknown"));
}

static bool only(void *p, size_t nbytes, void *ctx)
{
	CHECK(p == ctx && nbytes == 5000);
	return false;
}

/* Lower arenas first, whatever the order in which they came. */
static void arenas(void **state)
{
	(void)state;
	enum { N = 20, SIZE = 8192 };
	struct heap h;
	char *all = malloc(N * SIZE);
	void *p[N];
	size_t n;
	heap_init(&h);
	CHECK(!heap_alloc(&h, 1, 0) && !heap_take_idle(&h, &n, 0) && !heap_add(&h, all, 16) && !heap_add(&h, all, BLOCKS_MAX + 1));
	for (unsigned i = 0; i < N; i++)
		CHECK(heap_add(&h, all + (i * 7 % N) * SIZE, i * 7 % N == 5 ? SIZE : SIZE - 16));
	CHECK_PANICS(heap_add(&h, all + SIZE / 2, SIZE));
	heap_init(&h);
	for (unsigned i = 0; i < N; i++)
		CHECK(heap_add(&h, all + (i * 7 % N) * SIZE, i * 7 % N == 5 ? SIZE : SIZE - 16));
	CHECK(h.blocks.nidle == N && blocks_is_arena(&h.blocks, all, SIZE - 16) && !blocks_is_arena(&h.blocks, all, SIZE));
	for (unsigned i = 0; i < N; i++) {
		p[i] = heap_alloc(&h, 5000, 0);
		CHECK((char *)p[i] > all + i * SIZE && (char *)p[i] < all + (i + 1) * SIZE);
	}
	CHECK(!heap_alloc(&h, 5000, 0) && !heap_take_idle(&h, &n, 0) && h.blocks.nidle == 0);
	heap_for_each(&h, only, p[0]);
	for (unsigned i = 0; i < N; i++)
		CHECK(heap_free(&h, p[i]) == BLOCK_OK);
	CHECK(heap_take_idle(&h, &n, 0) == all + 5 * SIZE && n == SIZE, "the largest");
	while (h.blocks.narenas)
		CHECK(heap_take_idle(&h, &n, 0) && n == SIZE - 16 && !heap_check(&h));
	CHECK(h.blocks.total == 0 && h.blocks.free == 0);
	free(all);
}

static void check_finds_faults(void **state)
{
	(void)state;
	struct heap h;
	make(&h);
	char *a = heap_alloc(&h, 64, 0);
	CHECK(a && heap_alloc(&h, 64, 0));
	a[-1] ^= 1;
	CHECK(heap_check(&h) && strstr(heap_check(&h), "overwritten"));
	a[-1] ^= 1;
	h.blocks.nlive--;
	CHECK(heap_check(&h));
	h.blocks.nlive++;
	h.blocks.nidle++;
	CHECK(heap_check(&h));
	h.blocks.nidle--;
	SOUND(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations), cmocka_unit_test(alignment), cmocka_unit_test(resizing),
		cmocka_unit_test(wrong_sizes_and_frees), cmocka_unit_test(arenas), cmocka_unit_test(check_finds_faults),
	};
	int failed = RUN_TESTS(tests);
	free(memory);
	return failed;
}
