/* Address maps: the three policies against an array of pages, and the stories of the book: the wave test, the bump pointer's death. */
#include "support.h"
#include <mm/vmap.h>

enum { NPAGES = 3000, WIN_START = 300, WIN_END = 2700, NNODES = 500 };
#define LEGACY_START	0x10000000ull
#define LEGACY_END	0x3fee0000ull
#define LEGACY_PAGES	196320

static const enum vmap_policy policies[] = { VMAP_BUMP, VMAP_FIRSTFIT, VMAP_BESTFIT };
static struct vmap map;
static struct vmap_node nodes[NNODES];
static bool in_use[NNODES];
static unsigned char taken[NPAGES];

static struct vrange pages(uint64_t first, uint64_t n) { return (struct vrange){ first * PAGE_SIZE, (first + n) * PAGE_SIZE }; }
static uint64_t page_no(vaddr_t va) { return va >> PAGE_SHIFT; }

static void fresh(enum vmap_policy policy)
{
	vmap_init(&map, pages(16, NPAGES - 16), pages(WIN_START, WIN_END - WIN_START), policy);
	memset(in_use, 0, sizeof in_use);
	memset(taken, 0, sizeof taken);
}

static bool is_clear(uint64_t i, uint64_t n)
{
	while (n--)
		if (taken[i + n])
			return false;
	return true;
}

static void mark(struct vrange r, unsigned char value) { memset(taken + page_no(r.start), value, page_no(r.end - r.start)); }

/* What the policy ought to answer, the slow way. 0: no. */
static uint64_t model_find(uint64_t n)
{
	uint64_t best = 0, best_size = NPAGES + 1;
	uint64_t from = map.policy == VMAP_BUMP ? page_no(map.bump) : WIN_START;
	for (uint64_t i = from; i < WIN_END; i++) {
		uint64_t len = 0;
		while (i + len < WIN_END && !taken[i + len])
			len++;
		if (len >= n && len < best_size) {
			best = i;
			best_size = len;
			if (map.policy != VMAP_BESTFIT)
				return best;
		}
		i += len;
	}
	return best;
}

static void check_against_model(void)
{
	uint64_t holes = 0, largest = 0, run = 0, used = 0;
	vmap_check(&map);
	for (uint64_t i = 0; i < NPAGES; i++) {
		bool hole = i >= WIN_START && i < WIN_END && !taken[i];
		run = hole ? run + 1 : 0;
		largest = run > largest ? run : largest;
		holes += hole;
		used += taken[i];
		CHECK(!!vmap_find(&map, i * PAGE_SIZE + rnd(PAGE_SIZE)) == taken[i], "page %llu", (unsigned long long)i);
	}
	CHECK(map.hole_bytes == holes * PAGE_SIZE && vmap_largest_hole(&map) == largest * PAGE_SIZE);
	CHECK(map.node_bytes == used * PAGE_SIZE);
}

static unsigned free_node(void)
{
	unsigned k = 0;
	while (in_use[k])
		CHECK(++k < NNODES);
	return k;
}

static unsigned insert(struct vrange r)
{
	unsigned k = free_node();
	nodes[k] = (struct vmap_node){ .range = r };
	vmap_insert(&map, &nodes[k]);
	in_use[k] = true;
	mark(r, 1);
	return k;
}

static void remove_node(unsigned k)
{
	mark(nodes[k].range, 0);
	vmap_remove(&map, &nodes[k]);
	in_use[k] = false;
}

static void place_one(void)
{
	uint64_t n = 1 + rnd(rnd(4) ? 20 : 200), want = model_find(n);
	struct vrange r;
	bool found = vmap_find_hole(&map, n, 0, &r);
	CHECK(found == (want != 0), "%llu pages, policy %d", (unsigned long long)n, map.policy);
	if (!found)
		return;
	CHECK(r.start == want * PAGE_SIZE && r.end == (want + n) * PAGE_SIZE, "%llu pages at %llu, not %llu, policy %d",
		(unsigned long long)n, (unsigned long long)page_no(r.start), (unsigned long long)want, map.policy);
	insert(r);
	vmap_took(&map, r);
	if (map.policy == VMAP_BUMP && rnd(30) == 0)
		map.bump = map.window.start;	/* or it would soon be at the end */
}

static void change_one(struct vmap_node *n)
{
	uint64_t len = page_no(n->range.end - n->range.start), cut = 1 + rnd(len);
	unsigned k;
	if (cut == len) {
		remove_node((unsigned)(n - nodes));
		return;
	}
	vaddr_t at = n->range.start + cut * PAGE_SIZE;
	switch (rnd(3)) {
	case 0:
		mark((struct vrange){ at, n->range.end }, 0);
		vmap_resize(&map, n, (struct vrange){ n->range.start, at });
		break;
	case 1:
		mark((struct vrange){ n->range.start, at }, 0);
		vmap_resize(&map, n, (struct vrange){ at, n->range.end });
		break;
	default:
		k = free_node();
		vmap_split(&map, n, at, &nodes[k]);
		in_use[k] = true;
		CHECK(vmap_next(&map, n) == &nodes[k] && vmap_prev(&map, &nodes[k]) == n);
	}
}

static void random_operations(enum vmap_policy policy)
{
	fresh(policy);
	for (unsigned step = 0; goes_on(step, 4000); step++) {
		unsigned k = (unsigned)rnd(NNODES);
		uint64_t i = 16 + rnd(NPAGES - 40), n = 1 + rnd(20);
		if (map.nnodes > NNODES - 10 || (in_use[k] && rnd(2))) {
			if (in_use[k])
				remove_node(k);
		} else if (in_use[k]) {
			change_one(&nodes[k]);
		} else if (rnd(2)) {
			place_one();
		} else {
			CHECK(vmap_is_free(&map, pages(i, n)) == is_clear(i, n));
			if (is_clear(i, n))
				insert(pages(i, n));
		}
		if (now_and_then(step, 10))
			check_against_model();
	}
	for (unsigned k = 0; k < NNODES; k++)
		if (in_use[k])
			remove_node(k);
	CHECK(map.hole_bytes == (WIN_END - WIN_START) * PAGE_SIZE && vmap_largest_hole(&map) == map.hole_bytes);
}

static void random_bump(void **state) { (void)state; random_operations(VMAP_BUMP); }
static void random_firstfit(void **state) { (void)state; random_operations(VMAP_FIRSTFIT); }
static void random_bestfit(void **state) { (void)state; random_operations(VMAP_BESTFIT); }

static void legacy(enum vmap_policy policy)
{
	vmap_init(&map, (struct vrange){ 0x10000, 1ull << 38 }, (struct vrange){ LEGACY_START, LEGACY_END }, policy);
}

/* 64 objects of k pages, k = 1, 2, 3, ...; all freed between waves. Returns the number of placements until one is refused. */
static unsigned waves(enum vmap_policy policy, unsigned nwaves)
{
	unsigned done = 0;
	legacy(policy);
	for (unsigned k = 1; k <= nwaves; k++) {
		unsigned i;
		for (i = 0; i < 64; i++) {
			struct vrange r;
			if (!vmap_find_hole(&map, k, 0, &r))
				return done;
			nodes[i] = (struct vmap_node){ .range = r };
			vmap_insert(&map, &nodes[i]);
			vmap_took(&map, r);
			done++;
		}
		while (i)
			vmap_remove(&map, &nodes[--i]);
		vmap_check(&map);
	}
	return done;
}

static void wave_test(void **state)
{
	(void)state;
	CHECK(waves(VMAP_FIRSTFIT, 3000) == 3000 * 64);
	CHECK(waves(VMAP_BESTFIT, 3000) == 3000 * 64);
	unsigned n = waves(VMAP_BUMP, 3000);
	CHECK(n == 4980, "bump goes on for %u placements", n);
}

static void bump_never_reclaims(void **state)
{
	(void)state;
	struct vrange r;
	unsigned n = 0;
	legacy(VMAP_BUMP);
	for (; vmap_find_hole(&map, 1, 0, &r); n++) {
		nodes[0] = (struct vmap_node){ .range = r };
		vmap_insert(&map, &nodes[0]);
		vmap_took(&map, r);
		vmap_remove(&map, &nodes[0]);
	}
	CHECK(n == LEGACY_PAGES, "%u", n);
	CHECK(vmap_largest_hole(&map) == LEGACY_PAGES * PAGE_SIZE, "and all of it is free");
}

/* A node in front of the bump pointer is stepped over, one behind it never matters. */
static void bump_meets_fixed_nodes(void **state)
{
	(void)state;
	struct vrange r;
	fresh(VMAP_BUMP);
	insert(pages(WIN_START + 10, 5));
	insert(pages(WIN_START - 5, 7));
	CHECK(vmap_find_hole(&map, 4, 0, &r) && page_no(r.start) == WIN_START + 2);
	CHECK(vmap_find_hole(&map, 9, 0, &r) && page_no(r.start) == WIN_START + 15);
	vmap_took(&map, r);
	CHECK(vmap_find_hole(&map, 1, 0, &r) && page_no(r.start) == WIN_START + 24);
	insert(pages(WIN_END - 1, 10));
	CHECK(!vmap_find_hole(&map, WIN_END - WIN_START, 0, &r));
}

static void policies_differ(void **state)
{
	(void)state;
	struct vrange r;
	for (unsigned p = 1; p < 3; p++) {
		fresh(policies[p]);
		insert(pages(WIN_START + 50, 1));	/* holes of 50, 10, 30 and the rest */
		insert(pages(WIN_START + 61, 1));
		insert(pages(WIN_START + 92, 1));
		CHECK(vmap_find_hole(&map, 10, 0, &r) && page_no(r.start) == (uint64_t)(p == 1 ? WIN_START : WIN_START + 51));
		CHECK(vmap_find_hole(&map, 11, 0, &r) && page_no(r.start) == (uint64_t)(p == 1 ? WIN_START : WIN_START + 62));
		CHECK(vmap_find_hole(&map, 51, 0, &r) && page_no(r.start) == WIN_START + 93);
		CHECK(!vmap_find_hole(&map, WIN_END - WIN_START - 92, 0, &r));
		CHECK(!vmap_find_hole(&map, ~0ull, 0, &r) && !vmap_find_hole(&map, 1ull << 52, 0, &r) && !vmap_find_hole(&map, 1, ~0u, &r));
	}
}

static void pads_stay_free(void **state)
{
	(void)state;
	for (unsigned p = 0; p < 3; p++) {
		struct vrange r;
		fresh(policies[p]);
		for (unsigned k = 0; k < 20; k++) {
			uint32_t pad = k % 3;
			CHECK(vmap_find_hole(&map, 3, pad, &r));
			nodes[k] = (struct vmap_node){ .range = r, .pad_before = pad, .pad_after = pad };
			vmap_insert(&map, &nodes[k]);
			vmap_took(&map, (struct vrange){ r.start, r.end + pad * PAGE_SIZE });
			vmap_check(&map);
			const struct vmap_node *prev = vmap_prev(&map, &nodes[k]);
			CHECK(!prev || r.start - prev->range.end >= (pad > prev->pad_after ? pad : prev->pad_after) * PAGE_SIZE);
		}
		vmap_split(&map, &nodes[5], nodes[5].range.start + PAGE_SIZE, &nodes[20]);
		CHECK(nodes[5].pad_before == 2 && !nodes[5].pad_after && !nodes[20].pad_before && nodes[20].pad_after == 2);
		vmap_check(&map);
	}
}

static void misuse(void **state)
{
	(void)state;
	static struct vmap_node other;
	fresh(VMAP_BESTFIT);
	unsigned k = insert(pages(100, 10));
	other.range = pages(105, 2);
	CHECK_PANICS(vmap_insert(&map, &other));
	fresh(VMAP_BESTFIT);
	k = insert(pages(100, 10));
	insert(pages(110, 10));
	CHECK_PANICS(vmap_resize(&map, &nodes[k], pages(100, 11)));
	CHECK_PANICS(vmap_split(&map, &nodes[k], pages(100, 1).start, &other));
	CHECK_PANICS(vmap_init(&map, pages(0, 10), pages(5, 10), VMAP_BUMP));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bump), cmocka_unit_test(random_firstfit), cmocka_unit_test(random_bestfit),
		cmocka_unit_test(wave_test), cmocka_unit_test(bump_never_reclaims),
		cmocka_unit_test(bump_meets_fixed_nodes), cmocka_unit_test(policies_differ), cmocka_unit_test(pads_stay_free),
		cmocka_unit_test(misuse),
	};
	return RUN_TESTS(tests);
}
