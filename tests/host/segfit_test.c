/* Segregated fit: blocks against a naive model, its promise that no search is long, and every way to free wrongly. */
#include "support.h"
#include <mm/segfit.h>

enum { NLIVE = 600, ARENA = 4 << 20, ALIGN_MAX = 65536 };

struct object { unsigned char *p; size_t n; unsigned char fill; };
static struct object live[NLIVE];
static unsigned nlive;

/* A segfit over one arena of nbytes; its memory ends with the process's heap, so that a stray access is seen. */
static char *memory;
static void make(struct segfit *s, size_t nbytes)
{
	free(memory);
	memory = malloc(nbytes);
	segfit_init(s);
	CHECK(segfit_add(s, memory, nbytes));
}

#define SOUND(s) CHECK(segfit_check(s) == NULL, "%s", segfit_check(s))

static struct segfit_stats stats_of(const struct segfit *s)
{
	struct segfit_stats st;
	segfit_stats(s, &st);
	return st;
}

/* Small mostly, with the edges of the classes. */
static size_t some_size(void)
{
	size_t class = (size_t)8 << rnd(rnd(4) ? 8 : 15);
	return rnd(3) == 0 ? class : rnd(2) ? class - rnd(class) : class + rnd(40);
}

static void check_fill(const struct object *o, size_t n)
{
	for (size_t i = 0; i < n; i++)
		CHECK(o->p[i] == o->fill, "byte %zu of %zu was overwritten", i, o->n);
}

static bool overlaps(const struct object *o)
{
	for (unsigned i = 0; i < NLIVE; i++)
		if (&live[i] != o && live[i].p && o->p < live[i].p + live[i].n && live[i].p < o->p + o->n)
			return true;
	return false;
}

static void drop(struct segfit *s, struct object *o)
{
	size_t n = 0;
	check_fill(o, o->n);
	CHECK(segfit_find(s, o->p, &n) == BLOCK_OK && n == o->n, "%zu for %zu", n, o->n);
	CHECK(segfit_free(s, o->p) == BLOCK_OK);
	CHECK(segfit_free(s, o->p) != BLOCK_OK);
	o->p = NULL;
	nlive--;
}

static void make_object(struct segfit *s, struct object *o)
{
	size_t align = rnd(4) ? 0 : (size_t)16 << rnd(9);
	size_t largest = stats_of(s).largest_free;
	o->n = some_size();
	o->p = segfit_alloc(s, o->n, align);
	if (!o->p) {
		CHECK(largest < 2 * (o->n + align + 16) + 4096, "%zu bytes refused with %zu free in a row", o->n, largest);
		return;
	}
	o->fill = (unsigned char)rnd(256);
	CHECK((uintptr_t)o->p % (align ? align : 16) == 0 && !overlaps(o));
	memset(o->p, o->fill, o->n);
	nlive++;
}

static void resize_object(struct segfit *s, struct object *o)
{
	size_t n = some_size(), kept = n < o->n ? n : o->n;
	struct segfit_stats before = stats_of(s);
	if (!segfit_resize(s, o->p, n)) {
		struct segfit_stats after = stats_of(s);
		CHECK(n > o->n && before.free == after.free && before.asked == after.asked && before.free_blocks == after.free_blocks);
		return;
	}
	check_fill(o, kept);
	o->n = n;
	CHECK(!overlaps(o));
	memset(o->p, o->fill, n);
}

static size_t asked_by_model(void)
{
	size_t sum = 0;
	for (unsigned i = 0; i < NLIVE; i++)
		sum += live[i].p ? live[i].n : 0;
	return sum;
}

static bool in_model(void *p, size_t nbytes, void *ctx)
{
	unsigned *seen = ctx;
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p == p && live[i].n == nbytes)
			++*seen;
	return true;
}

static void check_model(const struct segfit *s)
{
	struct segfit_stats st = stats_of(s);
	unsigned seen = 0;
	SOUND(s);
	segfit_for_each(s, in_model, &seen);
	CHECK(seen == nlive && st.blocks == nlive && st.asked == asked_by_model());
	CHECK(st.used >= st.asked && st.used <= st.asked + 31 * nlive && st.used + st.free < st.total);
}

static void random_operations(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, ARENA);
	struct segfit_stats fresh = stats_of(&s);
	memset(live, 0, sizeof live);
	nlive = 0;
	for (unsigned step = 0; goes_on(step, 40000); step++) {
		struct object *o = &live[rnd(NLIVE)];
		if (!o->p)
			make_object(&s, o);
		else if (rnd(3) == 0)
			resize_object(&s, o);
		else
			drop(&s, o);
		if (now_and_then(step, 200))
			check_model(&s);
	}
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p)
			drop(&s, &live[i]);
	check_model(&s);
	CHECK(stats_of(&s).free_blocks == 1 && stats_of(&s).largest_free == fresh.largest_free, "all is one block again");
}

/* A block of each class serves a request of just that size, and one byte more goes elsewhere. */
static void every_size(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 1 << 20);
	for (size_t n = 1; n < 200000; n += n < 5000 ? 1 : 509) {
		char *a = segfit_alloc(&s, n, 0), *wall = segfit_alloc(&s, 1, 0);
		CHECK(a && wall);
		memset(a, 1, n);
		CHECK(segfit_free(&s, a) == BLOCK_OK);
		char *b = segfit_alloc(&s, n, 0);
		CHECK(b == a, "the block of %zu bytes just freed is used again", n);
		CHECK(segfit_free(&s, b) == BLOCK_OK && segfit_free(&s, wall) == BLOCK_OK);
	}
	SOUND(&s);
	CHECK(stats_of(&s).free_blocks == 1);
}

static void best_fit_of_large(void **state)
{
	(void)state;
	struct segfit s;
	void *p[9], *wall[9];
	make(&s, 16 << 20);
	for (unsigned i = 0; i < 9; i++) {
		p[i] = segfit_alloc(&s, (64 + 10 * (i * 5 % 9)) << 10, 0);
		wall[i] = segfit_alloc(&s, 1, 0);
		CHECK(p[i] && wall[i]);
	}
	for (unsigned i = 0; i < 9; i++)
		CHECK(segfit_free(&s, p[i]) == BLOCK_OK);
	for (unsigned k = 0; k < 9; k++)	/* of block k, 5 * i % 9 == k */
		CHECK(segfit_alloc(&s, (60 + 10 * k) << 10, 0) == p[2 * k % 9], "best fit number %u", k);
	SOUND(&s);
}

/* n live blocks with free ones of every class between them; then the most that one operation looks at. */
static unsigned most_steps(unsigned n, bool large)
{
	struct segfit s;
	unsigned most = 0;
	void **all = calloc(2 * n, sizeof *all);
	make(&s, large ? (size_t)2 * n * 81920 : (size_t)2 * n * 1200 + (1 << 20));
	for (unsigned i = 0; i < 2 * n; i++)
		all[i] = segfit_alloc(&s, large ? 65536 + rnd(10000) : 16 + rnd(1000), 0);
	for (unsigned i = 0; i < 2 * n; i += 2)
		CHECK(segfit_free(&s, all[i]) == BLOCK_OK);
	SOUND(&s);
	CHECK(s.blocks.nlive == n && s.blocks.nfree >= n);
	for (unsigned i = 0; i < 2000; i++) {
		void *p = segfit_alloc(&s, large ? 65536 + rnd(10000) : 1 + rnd(1200), rnd(8) ? 0 : 64);
		CHECK(p);
		most = s.blocks.steps > most ? s.blocks.steps : most;
		CHECK(segfit_free(&s, p) == BLOCK_OK);
		most = s.blocks.steps > most ? s.blocks.steps : most;
	}
	free(all);
	return most;
}

static void steps_are_bounded(void **state)
{
	(void)state;
	for (unsigned n = 100, log = 7; n <= 100000; n *= 10, log += 4) {
		unsigned small = most_steps(n, false);
		CHECK(small <= SEGFIT_TRIES + 4, "%u blocks: %u steps", n, small);
		if (n <= 10000) {
			unsigned large = most_steps(n, true);
			CHECK(large <= 8 * log, "%u large blocks: %u steps", n, large);
		}
	}
}

static void bad_sizes(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 65536);
	size_t huge[] = { 0, 65536, BLOCKS_MAX, BLOCKS_MAX + 1, SIZE_MAX / 2, SIZE_MAX - 15, SIZE_MAX };
	for (unsigned i = 0; i < sizeof huge / sizeof *huge; i++)
		CHECK(!segfit_alloc(&s, huge[i], 0) && !segfit_alloc(&s, huge[i], 4096));
	CHECK(!segfit_alloc(&s, 16, BLOCKS_MAX) && !segfit_alloc(&s, 16, (SIZE_MAX >> 1) + 1));
	CHECK_PANICS(segfit_alloc(&s, 16, 8));
	CHECK_PANICS(segfit_alloc(&s, 16, 48));
	char *p = segfit_alloc(&s, 100, 0);
	for (unsigned i = 0; i < sizeof huge / sizeof *huge; i++)
		CHECK(!segfit_resize(&s, p, huge[i]));
	CHECK_PANICS(segfit_resize(&s, p + 16, 10));
	CHECK(segfit_free(&s, p) == BLOCK_OK);
	CHECK_PANICS(segfit_resize(&s, p, 10));
	CHECK(stats_of(&s).free_blocks == 1);
	SOUND(&s);
	struct segfit empty;
	segfit_init(&empty);
	CHECK(!segfit_alloc(&empty, 1, 0) && segfit_free(&empty, p) == BLOCK_NOT_OURS);
	SOUND(&empty);
}

static void alignments(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 1 << 20);
	for (size_t align = 16; align <= ALIGN_MAX; align *= 2)
		for (size_t n = 1; n < 3000; n = n * 2 + 3) {
			char *shift = segfit_alloc(&s, 1 + rnd(200), 0), *p = segfit_alloc(&s, n, align), *q = segfit_alloc(&s, n, align);
			CHECK(p && q && (uintptr_t)p % align == 0 && (uintptr_t)q % align == 0);
			CHECK(segfit_free(&s, shift) == BLOCK_OK && segfit_free(&s, q) == BLOCK_OK);
			CHECK(segfit_free(&s, p) == BLOCK_OK);
			SOUND(&s);
		}
	CHECK(stats_of(&s).free_blocks == 1);
}

static void resizing(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 65536);
	char *a = segfit_alloc(&s, 1000, 0), *b = segfit_alloc(&s, 1000, 0), *c = segfit_alloc(&s, 1000, 0);
	CHECK(a && b && c && !segfit_resize(&s, a, 1200), "the neighbour is live");
	CHECK(segfit_resize(&s, a, 1008) && segfit_resize(&s, a, 1));
	CHECK(segfit_alloc(&s, 900, 0) == a + 32, "what a shrunk block gave back");
	CHECK(segfit_free(&s, a + 32) == BLOCK_OK && segfit_free(&s, b) == BLOCK_OK);
	CHECK(segfit_resize(&s, a, 1900) && !segfit_resize(&s, a, 2200));
	CHECK(segfit_resize(&s, c, 50000), "into the rest of the arena");
	CHECK(segfit_resize(&s, c, stats_of(&s).largest_free + 50000) && stats_of(&s).free_blocks <= 1);
	SOUND(&s);
	CHECK(segfit_free(&s, a) == BLOCK_OK && segfit_free(&s, c) == BLOCK_OK && stats_of(&s).free_blocks == 1);
}

static void wrong_frees(void **state)
{
	(void)state;
	struct segfit s;
	int on_stack;
	make(&s, 65536);
	char *a = segfit_alloc(&s, 100, 0), *b = segfit_alloc(&s, 100, 0), *c = segfit_alloc(&s, 100, 0);
	memset(a, 0xff, 100), memset(b, 0, 100), memset(c, 0x55, 100);
	struct segfit_stats before = stats_of(&s);
	CHECK(segfit_free(&s, NULL) == BLOCK_NOT_OURS && segfit_free(&s, &on_stack) == BLOCK_NOT_OURS);
	CHECK(segfit_free(&s, memory) == BLOCK_NOT_OURS && segfit_free(&s, memory + 65536) == BLOCK_NOT_OURS);
	CHECK(segfit_free(&s, a - 16) != BLOCK_OK && segfit_free(&s, memory + 65535) != BLOCK_OK);
	for (unsigned i = 1; i < 112; i++)
		CHECK(segfit_free(&s, a + i) == (i % 16 ? BLOCK_MISALIGNED : BLOCK_CORRUPT), "byte %u", i);
	CHECK(stats_of(&s).free == before.free && stats_of(&s).blocks == 3);
	SOUND(&s);
	CHECK(segfit_free(&s, b) == BLOCK_OK && segfit_free(&s, b) == BLOCK_FREE_ALREADY);
	CHECK(segfit_free(&s, a) == BLOCK_OK && segfit_free(&s, c) == BLOCK_OK);
	CHECK(segfit_free(&s, a) == BLOCK_FREE_ALREADY && segfit_free(&s, b) == BLOCK_FREE_ALREADY && segfit_free(&s, c) == BLOCK_FREE_ALREADY,
		"a block that another swallowed is free too");
	char *d = segfit_alloc(&s, 1000, 0);
	CHECK(d == a && segfit_free(&s, b) != BLOCK_OK && segfit_free(&s, c) != BLOCK_OK, "what lies in d now");
	SOUND(&s);
}

/* Any byte of the block's own header or of either neighbour's. */
static void overwritten_headers(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 65536);
	for (unsigned shape = 0; shape < 4; shape++) {
		char *a = segfit_alloc(&s, 100, 0), *b = segfit_alloc(&s, 100, 0), *c = segfit_alloc(&s, 100, 0), *d = segfit_alloc(&s, 10, 0);
		if (shape & 1)
			CHECK(segfit_free(&s, a) == BLOCK_OK);
		if (shape & 2)
			CHECK(segfit_free(&s, c) == BLOCK_OK);
		char *headers[] = { a - 16, b - 16, c - 16 };
		for (unsigned i = 0; i < 3 * 16; i++) {
			char *byte = &headers[i / 16][i % 16];
			if (i % 16 == 10 || i % 16 == 11)
				continue;	/* unused */
			struct segfit_stats before = stats_of(&s);
			*byte ^= (char)(1 << rnd(8));
			CHECK(segfit_check(&s) != NULL, "byte %u", i);
			char saved = *byte;
			CHECK(segfit_free(&s, b) == BLOCK_CORRUPT, "byte %u", i);
			CHECK(*byte == saved && stats_of(&s).free == before.free && stats_of(&s).blocks == before.blocks);
			*byte = headers[i / 16][i % 16];
			for (unsigned bit = 0; bit < 8 && segfit_check(&s); bit++)
				*byte = (char)(saved ^ 1 << bit);
			SOUND(&s);
		}
		CHECK((shape & 1 || segfit_free(&s, a) == BLOCK_OK) && (shape & 2 || segfit_free(&s, c) == BLOCK_OK));
		CHECK(segfit_free(&s, b) == BLOCK_OK && segfit_free(&s, d) == BLOCK_OK && stats_of(&s).free_blocks == 1);
	}
}

static void arenas_come_and_go(void **state)
{
	(void)state;
	enum { N = 50 };
	struct segfit s;
	char *mem[N];
	void *p[N];
	size_t n;
	segfit_init(&s);
	CHECK(!segfit_take_idle(&s, &n, 0));
	for (unsigned i = 0; i < N; i++) {
		mem[i] = malloc(2000 + i);
		CHECK(segfit_add(&s, mem[i] + i % 16, 2000 + i - i % 16), "memory that starts anywhere");
		CHECK((p[i] = segfit_alloc(&s, 1700, 0)));
	}
	SOUND(&s);
	CHECK(!segfit_take_idle(&s, &n, 0) && stats_of(&s).arenas == N && !segfit_alloc(&s, 1700, 0));
	for (unsigned i = 0; i < N; i += 2)
		CHECK(segfit_free(&s, p[i]) == BLOCK_OK);
	size_t keep = stats_of(&s).free / 3;
	CHECK(!segfit_take_idle(&s, &n, stats_of(&s).free), "keep more than would stay");
	for (char *got; (got = segfit_take_idle(&s, &n, keep));) {
		SOUND(&s);
		unsigned i = 0;
		while (i < N && !(mem[i] && got >= mem[i] && got < mem[i] + 16))
			i++;
		CHECK(i < N && got == mem[i] + i % 16 && n == 2000 + i - i % 16, "as it was added");
		CHECK(segfit_free(&s, p[i]) == BLOCK_NOT_OURS);
		free(mem[i]);
		mem[i] = NULL;
	}
	CHECK(stats_of(&s).free >= keep && stats_of(&s).free < keep + 2000 && stats_of(&s).arenas < N && stats_of(&s).arenas > N / 2);
	for (unsigned i = 1; i < N; i += 2)
		CHECK(segfit_free(&s, p[i]) == BLOCK_OK);
	while (segfit_take_idle(&s, &n, 0))
		SOUND(&s);
	CHECK(stats_of(&s).arenas == 0 && stats_of(&s).total == 0 && !segfit_alloc(&s, 1, 0));
	for (unsigned i = 0; i < N; i++)
		free(mem[i]);
}

static void bad_arenas(void **state)
{
	(void)state;
	struct segfit s;
	segfit_init(&s);
	char *mem = malloc(4096);
	size_t least = 0;
	while (!segfit_add(&s, mem, least))
		least++;
	CHECK(least >= 96 && least <= 128 && segfit_alloc(&s, 16, 0) && !segfit_alloc(&s, 1, 0));
	CHECK(!segfit_add(&s, mem + 1024, BLOCKS_MAX + 1) && !segfit_add(&s, mem + 1024, SIZE_MAX) && !segfit_add(&s, NULL, 0));
	SOUND(&s);
	CHECK_PANICS(segfit_add(&s, mem + 64, 1024));
	segfit_init(&s);
	CHECK_PANICS(segfit_add(&s, (void *)(UINTPTR_MAX - 1000), 2000));
	free(mem);
}

/* segfit_check() finds what is wrong with the free blocks. */
static void check_finds_faults(void **state)
{
	(void)state;
	struct segfit s;
	make(&s, 1 << 20);
	char *a = segfit_alloc(&s, 100, 0), *wall = segfit_alloc(&s, 100, 0), *b = segfit_alloc(&s, 100, 0);
	CHECK(wall && segfit_alloc(&s, 100, 0) && segfit_free(&s, a) == BLOCK_OK && segfit_free(&s, b) == BLOCK_OK);
	SOUND(&s);
	s.filled ^= 1;
	CHECK(segfit_check(&s), "the bitmap");
	s.filled ^= 1;
	s.blocks.nfree++;
	CHECK(segfit_check(&s), "a lost block");
	s.blocks.nfree--;
	s.blocks.asked++;
	CHECK(segfit_check(&s), "a lost byte");
	s.blocks.asked--;
	struct list saved = *(struct list *)a;
	((struct list *)a)->prev = &saved;
	CHECK(segfit_check(&s), "a store into a freed block");
	CHECK_PANICS(segfit_free(&s, wall));
	*(struct list *)a = saved;
	struct rb_node *large = s.large.root;
	s.large.root = NULL;
	CHECK(segfit_check(&s), "a large block that is nowhere");
	s.large.root = large;
	struct list *bucket = s.bucket[2].next;
	list_remove(bucket);
	list_push_front(&s.bucket[3], bucket);
	CHECK(segfit_check(&s), "the wrong bucket");
	list_remove(bucket);
	list_push_front(&s.bucket[2], bucket);
	list_remove(&s.bucket[0]);
	SOUND(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations), cmocka_unit_test(every_size), cmocka_unit_test(best_fit_of_large),
		cmocka_unit_test(steps_are_bounded), cmocka_unit_test(bad_sizes), cmocka_unit_test(alignments), cmocka_unit_test(resizing),
		cmocka_unit_test(wrong_frees), cmocka_unit_test(overwritten_headers), cmocka_unit_test(arenas_come_and_go),
		cmocka_unit_test(bad_arenas), cmocka_unit_test(check_finds_faults),
	};
	int failed = RUN_TESTS(tests);
	free(memory);
	return failed;
}
