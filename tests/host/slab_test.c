/* Slabs and kmalloc: objects do not overlap, wrong frees are seen, empty slabs go back. */
#include "support.h"
#include "../../mm/mm_priv.h"

enum { NPAGES = 4096, NLIVE = 2000 };

static uint64_t bad_frees(struct mm *mm)
{
	struct mm_stats s;
	mm_stats(mm, &s);
	return s.bad_frees;
}

struct object { unsigned char *p; size_t n; unsigned char fill; };
static struct object live[NLIVE];

static void release(struct mm *mm, struct object *o)
{
	for (size_t i = 0; i < o->n; i++)
		CHECK(o->p[i] == o->fill, "an object of %zu bytes was overwritten", o->n);
	kfree(mm, o->p);
	o->p = NULL;
}

/* A size that meets every class and its edges. */
static size_t some_size(void)
{
	size_t class = 8ull << rnd(13);
	return rnd(3) == 0 ? class : rnd(2) ? class - rnd(class) : class + rnd(9);
}

static void random_operations(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	memset(live, 0, sizeof live);
	for (unsigned step = 0; goes_on(step, 60000); step++) {
		struct object *o = &live[rnd(NLIVE)];
		if (o->p) {
			release(mm, o);
			continue;
		}
		o->n = some_size();
		o->fill = (unsigned char)rnd(256);
		o->p = kmalloc(mm, o->n);
		if (!o->p)
			continue;
		CHECK((uintptr_t)o->p % (o->n > 8 ? 16 : 8) == 0);
		memset(o->p, o->fill, o->n);
		if (now_and_then(step, 500))
			CHECK(mm_check(mm), "%s", support_log);
	}
	for (unsigned i = 0; i < NLIVE; i++)
		if (live[i].p)
			release(mm, &live[i]);
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(mm_fingerprint(mm) == before, "slabs were kept");
	CHECK(bad_frees(mm) == 0, "%s", support_log);
}

static void every_class(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	for (size_t n = 1; n <= 4097; n++) {
		unsigned char *a = kmalloc(mm, n), *b = kmalloc(mm, n), *c = kzalloc(mm, n);
		CHECK(a && b && c && a != b && b != c);
		memset(a, 1, n);
		memset(b, 2, n);
		for (size_t i = 0; i < n; i += n / 7 + 1)
			CHECK(a[i] == 1 && b[i] == 2 && c[i] == 0);
		kfree(mm, a);
		kfree(mm, c);
		kfree(mm, b);
	}
	CHECK(!kmalloc(mm, 0) && !kmalloc(mm, (4u << 20) + 1) && !kmalloc(mm, SIZE_MAX) && !kzalloc(mm, 0));
	void *large = kmalloc(mm, 4u << 20);
	CHECK(large);
	kfree(mm, large);
	kfree(mm, NULL);
	CHECK(mm_fingerprint(mm) == before);
}

/* How many objects fit is what the class promises: the cache is really served from slabs of that size. */
static void slabs_are_filled(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	for (unsigned i = 0; i < KMALLOC_CLASSES; i++) {
		struct slab_cache *c = &mm->classes[i];
		size_t bytes = PAGE_SIZE << c->order, used = (size_t)c->size * c->per_slab;
		CHECK(c->size == 8u << i && c->per_slab >= 4 && c->per_slab <= SLAB_OBJECTS_MAX);
		CHECK(used <= bytes && used * 10 >= bytes * 7, "class %u uses %zu of %zu", c->size, used, bytes);
		void *all[SLAB_OBJECTS_MAX];
		for (unsigned k = 0; k < c->per_slab; k++)
			all[k] = slab_alloc(mm, c);
		magazine_drain(mm, c);
		CHECK(c->nslabs == 1 && !list_is_empty(&c->full));
		void *more = slab_alloc(mm, c);
		CHECK(c->nslabs == 2);
		slab_free(mm, c, more);
		for (unsigned k = 0; k < c->per_slab; k++)
			slab_free(mm, c, all[k]);
		magazine_drain(mm, c);
		CHECK(c->nslabs == 1 && c->nempty == 1, "one empty slab is kept, the other went back");
	}
	CHECK(slab_shrink(mm) > 0);
	for (unsigned i = 0; i < KMALLOC_CLASSES; i++)
		CHECK(mm->classes[i].nslabs == 0);
	CHECK(slab_shrink(mm) == 0);
}

/* From a warm magazine neither call touches the slabs. */
static void magazines(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct slab_cache *c = slab_cache_create(mm, "things", 64, 0);
	struct magazine *m = &c->magazine[0];
	void *all[100];
	all[0] = slab_alloc(mm, c);
	CHECK(magazine_objects(c) == MAGAZINE_BATCH - 1 && c->nobjects == MAGAZINE_BATCH, "a batch came with it");
	slab_free(mm, c, all[0]);
	unsigned locked = locks_taken();
	for (int k = 0; k < 1000; k++)
		slab_free(mm, c, slab_alloc(mm, c));
	CHECK(locks_taken() == locked, "a lock on the fast path");
	for (unsigned k = 0; k < 100; k++)
		all[k] = slab_alloc(mm, c);
	locked = locks_taken();
	for (unsigned k = 0; k < 100; k++) {
		slab_free(mm, c, all[k]);
		CHECK(magazine_objects(c) <= MAGAZINE_SLOTS && mm_check(mm));
	}
	CHECK(locks_taken() - locked < 100 * 40, "%u", locks_taken() - locked);
	CHECK(magazine_objects(c) > MAGAZINE_SLOTS - MAGAZINE_BATCH);
	slab_free(mm, c, m->top->obj);
	CHECK(bad_frees(mm) == 1 && strstr(support_log, "double free"), "of an object in the magazine");
	m->top--;
	CHECK(!mm_check(mm), "an object that no magazine has");
	m->top++;
	slab_cache_destroy(mm, c);
}

/* Each allocation counts once, whoever serves it. */
static void allocations_are_counted(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_stats st;
	struct slab_cache *c = &mm->classes[3];
	void *all[3 * MAGAZINE_SLOTS];
	slab_free(mm, c, slab_alloc(mm, c));	/* from now on there is a slab */
	mm_stats(mm, &st);
	uint64_t before = st.alloc_calls;
	for (unsigned i = 0; i < 3 * MAGAZINE_SLOTS; i++)
		all[i] = slab_alloc(mm, c);
	mm_stats(mm, &st);
	CHECK(c->nslabs == 1 && st.alloc_calls == before + 3 * MAGAZINE_SLOTS, "%llu", (unsigned long long)(st.alloc_calls - before));
	for (unsigned i = 0; i < 3 * MAGAZINE_SLOTS; i++)
		slab_free(mm, c, all[i]);
}

static void zeroed_objects(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct slab_cache *c = slab_cache_create(mm, "things", 600, 64);
	char *p = slab_alloc(mm, c);
	memset(p, 1, 600);
	slab_free(mm, c, p);
	CHECK(p == slab_zalloc(mm, c), "the last one comes first");
	for (unsigned i = 0; i < 600; i++)
		CHECK(!p[i], "byte %u", i);
	slab_free(mm, c, p);
	slab_cache_destroy(mm, c);
}

static bool one_of_each(void *ctx)
{
	struct mm *mm = ctx;
	void *got[12];
	unsigned n = 0;
	for (size_t size = 8; size <= 8192 && (got[n] = kmalloc(mm, size)); size *= 2)
		n++;
	bool ok = n == 11;
	while (n)
		kfree(mm, got[--n]);
	return ok;
}

static struct mm *hardened(const char *names)
{
	struct mm_range all = { RAM_BASE, RAM_BASE + NPAGES * PAGE_SIZE };
	support_slab_debug = names;
	struct mm *mm = world_make_ram(&all, 1, NULL, 0);
	support_slab_debug = NULL;
	return mm;
}

static uint64_t corruptions(struct mm *mm)
{
	struct mm_stats s;
	mm_stats(mm, &s);
	return s.corruptions;
}

/* Everything that the plain caches can do, the hardened ones can. */
static void hardened_caches_serve(void **state)
{
	(void)state;
	struct mm *mm = hardened("all");
	uint64_t before = mm_fingerprint(mm);
	for (size_t n = 1; n <= 4096; n += n < 300 ? 1 : 97) {
		unsigned char *a = kmalloc(mm, n), *b = kzalloc(mm, n);
		CHECK(a && b && (uintptr_t)a % (n > 8 ? 16 : 8) == 0 && a[0] != 0 && a[n - 1] != 0 && b[n - 1] == 0);
		memset(a, 1, n);
		kfree(mm, a);
		memset(b, 2, n);
		CHECK(n % 50 || mm_check(mm), "%s", support_log);
		kfree(mm, b);
	}
	struct slab_cache *c = slab_cache_create(mm, "aligned", 100, 256);
	char *p = slab_alloc(mm, c);
	CHECK(c->hardened && (uintptr_t)p % 256 == 0);
	slab_free(mm, c, p);
	slab_cache_destroy(mm, c);
	CHECK(corruptions(mm) == 0 && bad_frees(mm) == 0 && mm_fingerprint(mm) == before, "%s", support_log);
	CHECK(sweep_failures(mm, one_of_each, NULL, mm) > 15);
}

static void hardened_caches_by_name(void **state)
{
	(void)state;
	static const struct { const char *names; bool k64, k128; } rows[] = {
		{ NULL, false, false }, { "", false, false }, { "all", true, true }, { "kmalloc-64", true, false },
		{ "space,kmalloc-64", true, false }, { "kmalloc-6", false, false }, { "kmalloc-64x,kmalloc-128", false, true }, { "al", false, false },
	};
	for (unsigned k = 0; k < sizeof rows / sizeof rows[0]; k++) {
		struct mm *mm = hardened(rows[k].names);
		CHECK(mm->classes[3].hardened == rows[k].k64 && mm->classes[4].hardened == rows[k].k128, "row %u", k);
	}
}

/* A caller's stray store at offset is seen when the object is freed, or, if it was free already, when it is allocated again. */
static void stray_stores_are_seen(void **state)
{
	(void)state;
	struct mm *mm = hardened("all");
	uint64_t n = 0;
	for (size_t size = 8; size <= 4096; size *= 2) {
		long around[] = { -1, -16, (long)size, (long)size + 7 }, dead[] = { 0, (long)size / 2, (long)size - 1, -1, (long)size };
		for (unsigned k = 0; k < 4; k++) {
			char *p = kmalloc(mm, size);
			p[around[k]] ^= 1;
			CHECK(!mm_check(mm));
			n = corruptions(mm);
			log_clear();
			kfree(mm, p);
			CHECK(corruptions(mm) == n + 1 && strstr(support_log, "overwritten at") && strstr(support_log, "allocated by 0x"), "offset %ld of %zu", around[k], size);
			CHECK(mm_check(mm), "mended");
		}
		for (unsigned k = 0; k < 5; k++) {
			char *p = kmalloc(mm, size);
			kfree(mm, p);
			p[dead[k]] ^= 1;
			n = corruptions(mm);
			log_clear();
			CHECK(kmalloc(mm, size) == p);
			CHECK(corruptions(mm) == n + 1 && strstr(support_log, "freed by 0x"), "offset %ld of %zu, freed", dead[k], size);
			kfree(mm, p);
			CHECK(mm_check(mm), "mended");
		}
	}
}

static void double_frees_name_both_sites(void **state)
{
	(void)state;
	struct mm *mm = hardened("all");
	char *p = kmalloc(mm, 64), *q = kmalloc(mm, 64);
	kfree(mm, p);
	log_clear();
	kfree(mm, p);
	CHECK(bad_frees(mm) == 1 && strstr(support_log, "allocated by 0x") && strstr(support_log, "freed by 0x") && strstr(support_log, "double free"), "%s", support_log);
	kfree(mm, q + 8);
	kfree(mm, q - 8);
	CHECK(bad_frees(mm) == 3 && mm_check(mm));
	kfree(mm, q);
	CHECK(bad_frees(mm) == 3);
}

static void bad_frees_are_reported(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t n = 0;
	int on_stack;
	for (size_t size = 8; size <= 16384; size *= 2) {
		char *p = kmalloc(mm, size), *q = kmalloc(mm, size);
		kfree(mm, p + 1);
		CHECK(bad_frees(mm) == ++n, "a pointer into an object of %zu bytes", size);
		if (size > 4096) {
			kfree(mm, p + 4096);
			CHECK(bad_frees(mm) == ++n, "a pointer into a block");
		}
		kfree(mm, p);
		CHECK(bad_frees(mm) == n);
		kfree(mm, p);
		CHECK(bad_frees(mm) == ++n, "a double free of %zu bytes", size);
		kfree(mm, q);
		CHECK(strstr(support_log, "[mm] bad free"));
		log_clear();
	}
	kfree(mm, &on_stack);
	CHECK(bad_frees(mm) == ++n, "a pointer outside RAM");
	struct page *frame = frame_alloc(mm, 0, 0);
	kfree(mm, page_ptr(mm, frame));
	CHECK(bad_frees(mm) == ++n && frame->state == PAGE_USED, "somebody's frame");
	kfree(mm, mm);
	CHECK(bad_frees(mm) == ++n, "reserved memory");
	void *large = kmalloc(mm, 8192);
	frame_free(mm, page_of(mm, port_pa(large)));
	CHECK(bad_frees(mm) == ++n, "a block of kmalloc's freed as a frame");
	CHECK(mm_check(mm), "%s", support_log);
}

static void named_caches(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	struct slab_cache *c = slab_cache_create(mm, "things", 600, 64), *d = slab_cache_create(mm, "others", 600, 64);
	CHECK(c && d && c->size == 640);
	char *a = slab_alloc(mm, c), *b = slab_alloc(mm, c);
	CHECK((uintptr_t)a % 64 == 0 && (uintptr_t)b % 64 == 0 && a != b);
	slab_free(mm, d, a);
	CHECK(bad_frees(mm) == 1, "freed to the wrong cache");
	slab_free(mm, c, NULL);
	slab_free(mm, c, a);
	CHECK_PANICS(slab_cache_destroy(mm, c));
	slab_free(mm, c, b);
	slab_cache_destroy(mm, c);
	slab_cache_destroy(mm, d);
	CHECK(mm_fingerprint(mm) == before);
	CHECK_PANICS((void)slab_cache_create(mm, "too large", 4097, 0));
	CHECK_PANICS((void)slab_cache_create(mm, "bad alignment", 8, 24));
}

static void injected_failures(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	CHECK(sweep_failures(mm, one_of_each, NULL, mm) > 15);
}

static void exhaustion(void **state)
{
	(void)state;
	struct mm *mm = world_make(1024, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	struct chain { struct chain *next; } *all = NULL, *p;
	for (size_t size = 4096; size >= 8; size /= 2)
		while ((p = kmalloc(mm, size))) {
			p->next = all;
			all = p;
		}
	CHECK(mm_free_pages(mm) == 0, "the smallest class takes the last frame");
	for (; all; all = p) {
		p = all->next;
		kfree(mm, all);
	}
	CHECK(mm_fingerprint(mm) == before && mm_check(mm), "%s", support_log);
}

static bool add_up(const struct cache_stats *c, void *ctx)
{
	uint64_t *sum = ctx;
	CHECK(c->name && c->size && c->per_slab && c->objects <= c->slabs * c->per_slab && c->empty_slabs <= c->slabs);
	sum[0]++;
	sum[1] += c->slabs * c->pages_per_slab;
	return sum[0] != 3;
}

static void figures(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct mm_stats st;
	uint64_t sum[2] = { 10, 0 };
	for (size_t n = 8; n <= 4096; n *= 2)
		CHECK(kmalloc(mm, n));
	mm_cache_for_each(mm, add_up, sum);
	mm_stats(mm, &st);
	CHECK(sum[1] == st.slab_pages && sum[0] == 10 + KMALLOC_CLASSES + 2);
	sum[0] = 0;
	mm_cache_for_each(mm, add_up, sum);
	CHECK(sum[0] == 3, "stops when told");
}

/* memck finds what is wrong with a slab. */
static void check_finds_faults(void **state)
{
	(void)state;
	struct mm *mm = world_make(NPAGES, NULL, 0);
	struct slab_cache *c = &mm->classes[3];
	CHECK(kmalloc(mm, 64) && kmalloc(mm, 64));
	struct slab *s = container_of(c->partial.next, struct slab, link);
	CHECK(mm_check(mm));
	c->nobjects++;
	CHECK(!mm_check(mm), "a lost object");
	c->nobjects--;
	int16_t next = s->next[5];
	s->next[5] = 6;
	CHECK(!mm_check(mm), "a ring of free objects");
	s->next[5] = (int16_t)(c->per_slab + 1);
	CHECK(!mm_check(mm), "a wild free object");
	s->next[5] = next;
	s->cache = c + 1;
	CHECK(!mm_check(mm), "another cache's slab");
	s->cache = c;
	list_remove(&s->link);
	list_push_back(&c->full, &s->link);
	CHECK(!mm_check(mm), "the wrong list");
	list_remove(&s->link);
	list_push_back(&c->partial, &s->link);
	CHECK(mm_check(mm), "%s", support_log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_operations), cmocka_unit_test(every_class), cmocka_unit_test(slabs_are_filled), cmocka_unit_test(magazines),
		cmocka_unit_test(allocations_are_counted), cmocka_unit_test(zeroed_objects),
		cmocka_unit_test(hardened_caches_serve), cmocka_unit_test(hardened_caches_by_name), cmocka_unit_test(stray_stores_are_seen),
		cmocka_unit_test(double_frees_name_both_sites),
		cmocka_unit_test(bad_frees_are_reported), cmocka_unit_test(named_caches), cmocka_unit_test(injected_failures),
		cmocka_unit_test(exhaustion), cmocka_unit_test(figures), cmocka_unit_test(check_finds_faults),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
