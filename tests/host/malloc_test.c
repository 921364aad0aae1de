/* The heaps of programs, as they are in user/heap: random operations on each against a model, sizes and alignments at their limits,
 * misuse that must end the program, threads. The heap is the process's, so each case runs in a child with MALLOC set. */
#include "support.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../../user/heap/heap.h"

void *user_malloc(size_t n);
void *user_calloc(size_t n, size_t size);
void *user_realloc(void *p, size_t n);
void user_free(void *p);
void *user_aligned_alloc(size_t align, size_t n);
int user_posix_memalign(void **out, size_t align, size_t n);
size_t user_malloc_usable_size(void *p);
void malloc_thread_end(void);

/* In a child a failed check is the end of it. */
static bool is_child;
#undef CHECK
#define CHECK(e, ...) do { \
	bool holds = (e); \
	support_checks++; \
	if (!holds && is_child) { \
		dprintf(2, "line %d: %s: ", __LINE__, #e), dprintf(2, "" __VA_ARGS__), _exit(1); \
	} else if (!holds) { \
		support_fail(__FILE__, __LINE__, #e, "" __VA_ARGS__); \
	} \
} while (0)

static const char *const heaps[] = { "page", "chunk", "chunk:1M", "chunk:16K", "buddy", "debug:chunk", "debug:page", "debug:buddy" };
enum { HEAPS = sizeof heaps / sizeof heaps[0], OBJECTS = 256 };

/* ---- against a model ---- */

struct object { unsigned char *p; size_t n; unsigned char fill; };
static struct object objects[OBJECTS];

static size_t some_size(void)
{
	switch (rnd(8)) {
	case 0: return rnd(200000);
	case 1: return rnd(20000);
	case 2: return 0;
	default: return rnd(1200);
	}
}

static void check_object(const struct object *o)
{
	CHECK(user_malloc_usable_size(o->p) >= o->n);
	for (size_t i = 0; i < o->n; i++)
		if (o->p[i] != o->fill)
			CHECK(false, "byte %zu of %zu", i, o->n);
	for (const struct object *other = objects; other < objects + OBJECTS; other++)
		CHECK(other == o || !other->p || other->p >= o->p + o->n || o->p >= other->p + other->n);
}

static void keep(struct object *o, void *p, size_t n)
{
	CHECK(p != NULL && (uintptr_t)p % 16 == 0);
	*o = (struct object){ p, n, (unsigned char)rnd(256) };
	memset(p, o->fill, n);
}

static void allocate(struct object *o)
{
	size_t n = some_size(), align = (size_t)16 << rnd(rnd(8) ? 3 : 13);
	void *p = NULL;
	switch (rnd(4)) {
	case 0:
		p = user_aligned_alloc(align, n);
		CHECK((uintptr_t)p % align == 0);
		break;
	case 1:
		p = user_calloc(n, 1);
		for (size_t i = 0; i < n; i++)
			if (((char *)p)[i])
				CHECK(false, "calloc(%zu): byte %zu", n, i);
		break;
	case 2:
		CHECK(user_posix_memalign(&p, align, n) == 0 && (uintptr_t)p % align == 0);
		break;
	default:
		p = user_malloc(n);
	}
	keep(o, p, n);
}

static void reallocate(struct object *o)
{
	size_t n = some_size(), kept = n < o->n ? n : o->n;
	unsigned char *p = user_realloc(o->p, n);
	for (size_t i = 0; i < kept; i++)
		if (p[i] != o->fill)
			CHECK(false, "realloc %zu to %zu: byte %zu", o->n, n, i);
	keep(o, p, n);
}

static void work(void)
{
	for (unsigned step = 0; goes_on(step, 3000); step++) {
		struct object *o = &objects[rnd(OBJECTS)];
		if (!o->p) {
			allocate(o);
		} else if (check_object(o), rnd(3)) {
			user_free(o->p);
			o->p = NULL;
		} else {
			reallocate(o);
		}
		if (now_and_then(step, 64)) {
			const char *fault = heap_check();
			CHECK(!fault, "%s", fault);
		}
	}
	for (struct object *o = objects; o < objects + OBJECTS; o++) {
		user_free(o->p);
		o->p = NULL;
	}
	CHECK(!heap_check() && memory_usage() == 0 && total_allocated() == total_freed());
}

/* ---- a child for each heap ---- */

/* Run fn in a child under the heap; what it wrote to standard error is in text. Its wait status. */
static int child(const char *heap, void (*fn)(void), char text[512])
{
	int ends[2], status;
	CHECK(pipe(ends) == 0);
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		is_child = true;
		alarm(200);
		setenv("MALLOC", heap, 1);
		dup2(ends[1], 2);
		fn();
		_exit(0);
	}
	close(ends[1]);
	size_t n = 0;
	for (ssize_t got; n < 511 && (got = read(ends[0], text + n, 511 - n)) > 0;)
		n += (size_t)got;
	text[n] = 0;
	close(ends[0]);
	CHECK(waitpid(pid, &status, 0) == pid);
	return status;
}

static void in_each(void (*fn)(void))
{
	char text[512];
	for (unsigned i = 0; i < HEAPS; i++) {
		int status = child(heaps[i], fn, text);
		CHECK(status == 0, "%s: status %#x: %s", heaps[i], status, text);
	}
}

static void model(void **state) { (void)state, in_each(work); }

/* ---- limits ---- */

static void try_limits(void)
{
	volatile size_t half = SIZE_MAX / 2;
	void *a = user_malloc(0), *b = user_malloc(0), *p;
	CHECK(a && b && a != b);
	user_free(a);
	user_free(b);
	user_free(NULL);
	errno = 0;
	CHECK(!user_malloc(half + 1) && errno == ENOMEM);
	CHECK(!user_malloc(half) && !user_malloc(SIZE_MAX) && !user_malloc(half - 4096));
	errno = 0;
	CHECK(!user_calloc(half, 3) && errno == ENOMEM && !user_calloc(SIZE_MAX, SIZE_MAX));
	errno = 0;
	CHECK(!user_aligned_alloc(24, 1) && errno == EINVAL && !user_aligned_alloc(0, 1));
	CHECK(!user_aligned_alloc(half / 2 + 1, 1) && !user_aligned_alloc(4096, half));
	errno = 0;
	CHECK(user_posix_memalign(&p, 24, 8) == EINVAL && user_posix_memalign(&p, 4, 8) == EINVAL && user_posix_memalign(&p, 0, 8) == EINVAL);
	CHECK(user_posix_memalign(&p, 64, half) == ENOMEM && errno == 0);
	char *q = user_malloc(100);
	strcpy(q, "kept");
	CHECK(!user_realloc(q, half) && !strcmp(q, "kept"));
	CHECK((q = user_realloc(q, 0)) && (q = user_realloc(q, 1 << 20)) && (q = user_realloc(q, 1 << 21)));
	user_free(q);
	for (size_t align = 1; align <= 4 << 20; align *= 2) {
		CHECK((p = user_aligned_alloc(align, 100)) && (uintptr_t)p % align == 0);
		user_free(p);
	}
	CHECK(!heap_check() && memory_usage() == 0);
}

static void limits(void **state) { (void)state, in_each(try_limits); }

/* ---- what must end the program ---- */

static char *volatile victim, *volatile other;

static void free_twice(void)
{
	victim = user_malloc(40);
	other = user_malloc(40);
	user_free(victim);
	user_free(victim);
}

/* Beyond the cache's sizes, with a live neighbour. */
static void free_large_twice(void)
{
	victim = user_malloc(5000);
	other = user_malloc(5000);
	user_free(victim);
	user_free(victim);
}

static void free_inside(void)
{
	victim = user_malloc(400);
	memset(victim, 0, 400);
	user_free(victim + 64);
}

static void free_crooked(void) { user_free((char *)user_malloc(400) + 1); }

static void free_stack(void)
{
	char here[256] = "";
	victim = here;
	user_malloc(1);
	user_free(victim + 128);
}

/* Where nothing is mapped: below all, above all, and where a large object was between two others. */
static void free_low(void)
{
	user_malloc(1);
	user_free((char *)(uintptr_t)16);
}

static void free_high(void)
{
	user_malloc(1);
	user_free((char *)(UINTPTR_MAX - 15));
}

static void free_hole(void)
{
	char *row[3];
	for (int i = 0; i < 3; i++)
		row[i] = user_malloc(300000);
	user_free(row[1]);
	user_free(row[1]);
}

/* Between two others an object cannot grow where it is. */
static void free_where_it_was(void)
{
	char *row[3], *old;
	for (int i = 0; i < 3; i++)
		row[i] = user_malloc(300000);
	old = row[1];
	row[1] = user_realloc(row[1], 3000000);
	CHECK(row[1] != old);
	user_free(old);
}

/* A chunk that went back to the kernel: its pages are not known any more, neither before nor after its first. */
static void free_in_dropped_chunk(void)
{
	static char *p[100];
	for (int i = 0; i < 100; i++)
		p[i] = user_malloc(20000);
	for (int i = 0; i < 100; i++)
		user_free(p[i]);
	user_free(p[50]);
}

/* A header page that is there, behind a page that is not. */
static void free_at_the_edge(void)
{
	user_malloc(1);
	user_free((char *)user_malloc(300000) - 32);
}

/* The first byte of the neighbour's tag. */
static void overflow(void)
{
	victim = user_malloc(5000);
	other = user_malloc(5000);
	victim[user_malloc_usable_size(victim)] ^= 1;
	user_free(victim);
	user_free(other);
}

static void overflow_small(void)
{
	for (int i = 0; i < 40; i++)
		victim = user_malloc(40);
	memset(victim, 1, user_malloc_usable_size(victim) + 64);
	for (int i = 0; i < 100; i++)
		user_malloc(40);
	if (heap_check())
		abort();
}

/* A link of the cache's list is overwritten, and followed when the object is had again. */
static void use_after_free(void)
{
	other = user_malloc(40);
	victim = user_malloc(40);
	user_free(other);
	user_free(victim);
	memcpy(victim, &(char *){ victim + 16 }, sizeof(char *));
	user_malloc(40);
	user_malloc(40);
	user_malloc(40);
}

static void underflow(void)
{
	victim = user_malloc(40);
	victim[-3] ^= 1;
	user_free(victim);
}

static void write_freed(void)
{
	victim = user_malloc(40);
	user_free(victim);
	victim[20] = 1;
	heap_check();
}

static void one_byte_over(void)
{
	victim = user_malloc(41);
	victim[41] = 0;
	user_free(victim);
}

#define ALL "page chunk chunk:1M buddy debug:chunk debug:page debug:buddy"
static const struct misuse { void (*fn)(void); const char *says, *heaps; } misuses[] = {
	{ free_twice, "freed twice: 0x", "chunk chunk:1M buddy debug:chunk debug:page debug:buddy" },
	{ free_large_twice, "freed twice: 0x", "chunk chunk:1M debug:chunk debug:page debug:buddy" },
	{ free_inside, "not an object of this heap", "chunk buddy debug:chunk" },
	{ free_crooked, "not an object of this heap", "page chunk buddy" },
	{ free_stack, "not an object of this heap", "page chunk buddy debug:chunk" },
	{ free_low, "not an object of this heap: 0x", ALL },
	{ free_high, "not an object of this heap: 0x", ALL },
	{ free_hole, "not an object of this heap: 0x", "page chunk buddy" },
	{ free_where_it_was, "not an object of this heap: 0x", "page chunk buddy" },
	{ free_in_dropped_chunk, "not an object of this heap: 0x", "chunk page" },
	{ free_at_the_edge, "not an object of this heap: 0x", "chunk buddy" },
	{ overflow, "written over its end: 0x", "chunk chunk:1M debug:chunk" },
	{ overflow_small, "", "chunk" },
	{ use_after_free, "written to after it was freed", "chunk chunk:1M" },
	{ underflow, "the bytes before it were overwritten", "chunk" },
	{ underflow, "written to before its start: 0x", "debug:chunk debug:buddy debug:page" },
	{ write_freed, "written to after it was freed: 0x", "debug:chunk debug:buddy debug:page" },
	{ one_byte_over, "written over its end: 0x", "debug:chunk debug:buddy debug:page" },
};

static bool names(const char *list, const char *heap)
{
	size_t n = strlen(heap);
	for (const char *p = list; (p = strstr(p, heap)); p++)
		if ((p == list || p[-1] == ' ') && (p[n] == ' ' || !p[n]))
			return true;
	return false;
}

static void misuse(void **state)
{
	char text[512];
	(void)state;
	for (const struct misuse *m = misuses; m < misuses + sizeof misuses / sizeof *misuses; m++)
		for (unsigned i = 0; i < HEAPS; i++) {
			if (!names(m->heaps, heaps[i]))
				continue;
			int status = child(heaps[i], m->fn, text);
			CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s: misuse %td: status %#x: %s", heaps[i], m - misuses, status, text);
			CHECK(strstr(text, m->says) && (!*m->says || strchr(text, '\n') == text + strlen(text) - 1), "%s: %s", heaps[i], text);
		}
}

/* ---- what goes back to the kernel ---- */

static size_t mapped(void)
{
	struct heap_system k;
	heap_system(&k);
	return k.mapped;
}

static void fill_and_empty(void)
{
	static void *p[4000];
	for (unsigned i = 0; i < 4000; i++)
		p[i] = user_malloc(3000);
	size_t full = mapped();
	CHECK(full >= 4000 * 3000);
	for (unsigned i = 0; i < 4000; i++)
		user_free(p[i]);
	CHECK(mapped() <= full / 3, "%zu of %zu are left", mapped(), full);
}

/* At the edge of a chunk a program does not map and unmap at each step. */
static void stay_at_the_edge(void)
{
	struct heap_system before, after;
	void *p = user_malloc(20000);
	user_free(p);
	heap_system(&before);
	for (unsigned i = 0; i < 1000; i++) {
		void *q = user_malloc(20000), *r = user_malloc(30000), *s = user_malloc(30000);
		user_free(q);
		user_free(r);
		user_free(s);
	}
	heap_system(&after);
	CHECK(after.maps - before.maps <= 1001, "%zu", after.maps - before.maps);
}

/* The smallest footprint is one chunk. */
static void one_object(void)
{
	user_malloc(1);
	CHECK(mapped() == 64 << 10, "%zu", mapped());
}

static void one_object_in_1m(void)
{
	user_malloc(1);
	CHECK(mapped() == 1 << 20);
}

/* Also when caches hold some of each size: they give back all, and are closed. */
static void empty_mixed(void)
{
	static void *p[4000];
	for (unsigned n = 1000; n <= 4000; n *= 2) {
		for (unsigned i = 0; i < 10 * n; i++) {
			void **where = &p[rnd(n)];
			user_free(*where);
			*where = user_malloc(rnd(10) ? rnd(256) : rnd(3000));
		}
		CHECK(mapped() >= n * 256);
		for (unsigned i = 0; i < n; i++) {
			user_free(p[i]);
			p[i] = NULL;
		}
		CHECK(mapped() == 2 * (64 << 10) && !heap_check(), "%u: %zu", n, mapped());
	}
}

/* What is freed serves the other sizes of its class. */
static void share_a_class(void)
{
	for (size_t n = 250; n < 2296; n += 10) {
		void *p = user_malloc(n);
		size_t have = user_malloc_usable_size(p);
		CHECK(have >= n && have - n <= n / 8 + 8, "%zu of %zu", n, have);
		user_free(p);
		CHECK(user_malloc(have) == p && user_malloc(have) != p && !heap_check());
	}
}

/* An object with a mapping of its own: one call to have it, one to free it, wherever it has moved meanwhile. */
static void two_calls_per_object(void)
{
	struct heap_system before, after;
	user_free(user_malloc(1));
	heap_system(&before);
	for (unsigned i = 0; i < 1000; i++) {
		void *wall = user_malloc(300000), *p = user_malloc(300000), *roof = user_malloc(300000);
		user_free(user_realloc(p, 600000));
		user_free(wall);
		user_free(roof);
	}
	heap_system(&after);
	CHECK(after.maps - before.maps == 3000 && after.unmaps - before.unmaps == 3000 && after.remaps - before.remaps == 1000);
	CHECK(after.asks == before.asks, "%zu", after.asks);
}

/* Objects whose headers lie 64 MiB from each other have one place in the table: the kernel is asked for the one that lost it. */
static void share_a_place(void)
{
	void *p[3];
	struct heap_system k;
	for (unsigned i = 0; i < 3; i++)
		p[i] = user_aligned_alloc(64 << 20, 100);
	for (unsigned i = 0; i < 3; i++)
		user_free(p[i]);
	heap_system(&k);
	CHECK(k.asks == 2, "%zu", k.asks);
}

static void footprint(void **state)
{
	char text[512];
	(void)state;
	in_each(fill_and_empty);
	CHECK(child("chunk", stay_at_the_edge, text) == 0, "%s", text);
	CHECK(child("chunk", one_object, text) == 0, "%s", text);
	CHECK(child("chunk", empty_mixed, text) == 0, "%s", text);
	CHECK(child("chunk", share_a_class, text) == 0, "%s", text);
	CHECK(child("chunk:1M", one_object_in_1m, text) == 0, "%s", text);
	for (const char *const *heap = (const char *const[]){ "page", "chunk", "buddy", NULL }; *heap; heap++) {
		CHECK(child(*heap, two_calls_per_object, text) == 0, "%s", text);
		CHECK(child(*heap, share_a_place, text) == 0, "%s", text);
	}
}

/* A large object grows by page-table entries, a small one into the free block behind it. */
static void grow(void)
{
	struct heap_system k;
	char *p = user_malloc(200000);
	strcpy(p + 199990, "kept");
	p = user_realloc(p, 10 << 20);
	heap_system(&k);
	CHECK(k.remaps == 1 && k.maps == 1 && !strcmp(p + 199990, "kept"));
	char *q = user_malloc(3000);
	CHECK(user_realloc(q, 6000) == q && user_realloc(q, 1500) == q && user_malloc_usable_size(q) < 1600);
}

/* ---- the choice ---- */

static void want_page(void) { CHECK(user_malloc(1) && !strcmp(heap_name(), "page")); }
static void want_default(void) { CHECK(user_malloc(1) && !strcmp(heap_name(), "chunk")); }

static void choice(void **state)
{
	static const char *const wrong[] = { "", "pages", "pag", "chunk:", "chunk:8K", "chunk:2G", "chunk:65537", "chunk:1MB", "buddy:1M",
		"page:", "debug:debug", "debug:debug:page", "debug:nothing", "chunk:99999999999999999999" };
	char text[512];
	(void)state;
	CHECK(child("page", want_page, text) == 0 && !*text);
	CHECK(child("chunk:128K", want_default, text) == 0 && !*text);
	for (unsigned i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(child(wrong[i], want_default, text) == 0 && strstr(text, "MALLOC is none of"), "%s: %s", wrong[i], text);
	CHECK(child("chunk", grow, text) == 0, "%s", text);
}

/* ---- threads ---- */

enum { THREADS = 4, ROUNDS = 500, SLOTS = 64 };
static void *slot[SLOTS];

/* Objects go from hand to hand: freed by others than who made them. */
static void *churn(void *arg)
{
	uint64_t x = (uintptr_t)arg * 0x9e3779b97f4a7c15 + 1;
	for (unsigned i = 0; i < ROUNDS; i++) {
		x = x * 6364136223846793005 + 1442695040888963407;
		size_t n = x >> 33 & 1 ? x >> 40 & 0xff : x >> 40 & 0x7fff;
		unsigned char *p = user_malloc(n + 1);
		memset(p, (int)(n & 0xff), n + 1);
		p = __atomic_exchange_n(&slot[x >> 58], p, __ATOMIC_ACQ_REL);
		user_free(p);
	}
	malloc_thread_end();
	return NULL;
}

static void use_threads(void)
{
	pthread_t t[THREADS];
	for (unsigned round = 0; round < 3; round++) {
		for (uintptr_t i = 0; i < THREADS; i++)
			CHECK(pthread_create(&t[i], NULL, churn, (void *)(i + 1)) == 0);
		for (unsigned i = 0; i < THREADS; i++)
			pthread_join(t[i], NULL);
	}
	for (unsigned i = 0; i < SLOTS; i++)
		user_free(slot[i]);
	malloc_thread_end();
	CHECK(!heap_check() && memory_usage() == 0 && allocation_count() == 3 * THREADS * ROUNDS, "%zu", allocation_count());
}

static void *ask(void *out)
{
	*(void **)out = user_malloc(100);
	malloc_thread_end();
	return NULL;
}

/* What one thread's cache has, another thread does not get before the first gives it back. */
static void own_caches(void)
{
	pthread_t t;
	void *theirs, *mine = user_malloc(100);
	user_free(mine);
	CHECK(pthread_create(&t, NULL, ask, &theirs) == 0 && pthread_join(t, NULL) == 0);
	CHECK(theirs && theirs != mine && user_malloc(100) == mine);
	user_free(theirs);
	user_free(mine);
	malloc_thread_end();
	CHECK(!heap_check() && memory_usage() == 0);
}

/* A cache that gave back all serves again, and while the chunks stay as empty as they are it is not asked once more. */
static void serve_again(void)
{
	static void *kept[20][1000], *p[100];
	pthread_t t;
	void *theirs;
	for (unsigned i = 0; i < 20; i++)
		for (unsigned k = 0; k < 1000; k++)
			kept[i][k] = user_malloc(100);
	for (unsigned i = 0; i < 20; i++)
		for (unsigned k = 1; k < 1000; k++)
			user_free(kept[i][k]);
	CHECK(mapped() > 8 * (64 << 10), "%zu", mapped());
	for (unsigned round = 0; round < 10; round++) {
		for (unsigned i = 0; i < 100; i++)
			p[i] = user_malloc(100);
		for (unsigned i = 0; i < 100; i++)
			user_free(p[i]);
		for (unsigned i = 0; i < 10; i++) {
			CHECK(pthread_create(&t, NULL, ask, &theirs) == 0 && pthread_join(t, NULL) == 0);
			CHECK(theirs != p[99]);
		}
	}
	CHECK(!heap_check() && user_malloc(100) == p[99]);
}

static void threads(void **state)
{
	char text[512];
	(void)state;
	in_each(use_threads);
	CHECK(child("chunk", own_caches, text) == 0, "%s", text);
	CHECK(child("chunk", serve_again, text) == 0, "%s", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(model), cmocka_unit_test(limits), cmocka_unit_test(misuse),
		cmocka_unit_test(footprint), cmocka_unit_test(choice), cmocka_unit_test(threads) };
	return RUN_TESTS(tests);
}
