/* Walks over an address space: what they show, in which order, where they end. */
#include "space_model.h"

enum { SEEN_MAX = 1024 };
struct seen {
	unsigned nregions, npages, stop_after;	/* stop_after: of either kind; 0: never */
	struct vrange regions[SEEN_MAX];
	struct space_page pages[SEEN_MAX];
	vaddr_t last;
	unsigned nleft, leave_after;
};

static bool walk_goes_on(const struct seen *s) { return !s->stop_after || s->nregions + s->npages < s->stop_after; }

static bool see_region(const struct region *r, void *ctx)
{
	struct seen *s = ctx;
	CHECK(r->node.range.start >= s->last && s->nregions < SEEN_MAX);
	s->last = r->node.range.start;
	s->regions[s->nregions++] = r->node.range;
	return walk_goes_on(s);
}

static bool see_page(const struct space_page *p, void *ctx)
{
	struct seen *s = ctx;
	CHECK(p->va >= s->last && s->npages < SEEN_MAX && p->va % PAGE_SIZE == 0);
	CHECK(p->va >= p->region->node.range.start && p->va < p->region->node.range.end);
	CHECK(p->page == page_of(mm, p->pfn << PAGE_SHIFT) && p->page->refs >= 1);
	s->last = p->va + PAGE_SIZE;
	s->pages[s->npages++] = *p;
	return walk_goes_on(s);
}

static const struct space_visitor both = { .region = see_region, .page = see_page };
static struct seen seen;

static void walk(struct vrange r, const struct space_visitor *visitor, unsigned stop_after)
{
	memset(&seen, 0, sizeof seen);
	seen.stop_after = stop_after;
	space_walk(self.space, r, visitor, &seen);
	space_check(self.space);
}

static void end(void)
{
	process_check(&self);
	space_put(self.space);
	objects_end(mm);
	CHECK(mm_check(mm), "%s", support_log);
}

static const prot_t rw = P_READ | P_WRITE;

static bool see_leave(const struct region *r, void *ctx)
{
	struct seen *s = ctx;
	CHECK(s->nregions && s->regions[s->nregions - 1].start == r->node.range.start, "left, but not entered");
	CHECK(s->last <= r->node.range.end && (!s->npages || s->pages[s->npages - 1].region == r || s->last == r->node.range.start));
	return ++s->nleft != s->leave_after;
}

/* Two regions with a hole between them; pages 10, 12 and 13, and 40 have frames. */
static void make_two(void)
{
	fresh();
	map_at(10, 4, rw, NULL, 0);
	map_at(40, 300, rw, NULL, 0);
	process_store(&self, 10, 1);
	process_store(&self, 12, 2);
	process_store(&self, 13, 3);
	process_store(&self, 40, 4);
}

static void shows_all_in_order(void **state)
{
	(void)state;
	make_two();
	walk((struct vrange){ 0, USER_END }, &both, 0);
	CHECK(seen.nregions == 2 && seen.regions[0].start == model_va(10) && seen.regions[1].end == model_va(340));
	CHECK(seen.npages == 4 && seen.pages[0].va == model_va(10) && seen.pages[1].va == model_va(12) && seen.pages[2].va == model_va(13));
	CHECK(seen.pages[3].va == model_va(40) && seen.pages[3].prot == (rw | P_USER) && seen.pages[3].page->flags & PAGE_ANON);
	for (unsigned i = 0; i < 4; i++)
		CHECK(*word_of(seen.pages[i].pfn << PAGE_SHIFT) == i + 1, "the frame is another's");
	walk((struct vrange){ 0, UINT64_MAX }, &both, 0);
	CHECK(seen.nregions == 2 && seen.npages == 4);
	end();
}

static void ranges_cut(void **state)
{
	(void)state;
	make_two();
	walk(model_range(12, 1), &both, 0);
	CHECK(seen.nregions == 1 && seen.regions[0].start == model_va(10) && seen.npages == 1 && seen.pages[0].va == model_va(12));
	walk(model_range(11, 1), &both, 0);
	CHECK(seen.nregions == 1 && !seen.npages);
	walk(model_range(14, 26), &both, 0);
	CHECK(!seen.nregions && !seen.npages, "a hole");
	walk(model_range(13, 28), &both, 0);
	CHECK(seen.nregions == 2 && seen.npages == 2);
	const struct vrange none[] = {
		{ 0, 0 }, { model_va(12), model_va(12) }, { model_va(13), model_va(12) }, { USER_END, UINT64_MAX }, { 0, PAGE_SIZE },
		{ UINT64_MAX & ~(PAGE_SIZE - 1), UINT64_MAX },
	};
	for (unsigned i = 0; i < sizeof none / sizeof *none; i++) {
		walk(none[i], &both, 0);
		CHECK(!seen.nregions && !seen.npages, "range %u", i);
	}
	end();
}

static void visitors_stop_it(void **state)
{
	(void)state;
	make_two();
	for (unsigned n = 1; n <= 6; n++) {
		walk((struct vrange){ 0, USER_END }, &both, n);
		CHECK(seen.nregions + seen.npages == n);
	}
	walk((struct vrange){ 0, USER_END }, &(struct space_visitor){ .region = see_region }, 0);
	CHECK(seen.nregions == 2 && !seen.npages);
	walk((struct vrange){ 0, USER_END }, &(struct space_visitor){ .page = see_page }, 0);
	CHECK(!seen.nregions && seen.npages == 4);
	walk((struct vrange){ 0, USER_END }, &(struct space_visitor){ 0 }, 0);
	struct space_visitor all = both;
	all.leave = see_leave;
	walk((struct vrange){ 0, USER_END }, &all, 0);
	CHECK(seen.nregions == 2 && seen.npages == 4 && seen.nleft == 2);
	walk((struct vrange){ 0, USER_END }, &all, 3);
	CHECK(seen.nleft == 0, "the walk ended inside");
	memset(&seen, 0, sizeof seen);
	seen.leave_after = 1;
	space_walk(self.space, (struct vrange){ 0, USER_END }, &all, &seen);
	CHECK(seen.nregions == 1 && seen.npages == 3 && seen.nleft == 1);
	end();
}

static struct space_page page_at(uint64_t i)
{
	walk(model_range(i, 1), &both, 0);
	CHECK(seen.npages == 1);
	return seen.pages[0];
}

static void entries_say_what_they_are(void **state)
{
	(void)state;
	fresh();
	map_at(0, 4, rw, &objects[0], 0);
	map_at(8, 4, rw, &objects[0], MAPF_SHARED);
	map_at(16, 2, P_READ | P_EXEC, &objects[1], 0);
	map_at(20, 1, rw, NULL, 0);
	process_load(&self, 0);
	process_store(&self, 1, 7);
	process_load(&self, 8);
	process_store(&self, 9, 8);
	process_fetch(&self, 16);
	process_store(&self, 20, 9);
	struct space_page file = page_at(0), copy = page_at(1), shared = page_at(8), stored = page_at(9), code = page_at(16);
	CHECK(file.prot == (P_READ | P_COW | P_USER) && !(file.page->flags & PAGE_ANON) && file.page->refs == 3, "the object and two entries");
	CHECK(copy.prot == (rw | P_USER) && copy.page->flags & PAGE_ANON && copy.page->refs == 1);
	CHECK(shared.pfn == file.pfn && shared.prot & P_COW && shared.region->flags & MAPF_SHARED);
	CHECK(stored.prot == (rw | P_USER) && stored.page->refs == 2 && stored.pfn != copy.pfn);
	CHECK(code.prot == (P_READ | P_EXEC | P_USER | P_COW));
	CHECK(space_protect(self.space, model_range(20, 1), P_NONE) == OK);
	struct space_page parked = page_at(20);
	CHECK(!(parked.prot & (P_READ | P_WRITE | P_EXEC)) && *word_of(parked.pfn << PAGE_SHIFT) == 9, "a frame that is out of reach is there");
	self.pages[20].prot = P_NONE;
	end();
}

/* Loads of memory that nobody stored to lead to one frame. */
static void the_page_of_zeros(void **state)
{
	(void)state;
	fresh();
	map_at(30, 3, rw, NULL, 0);
	process_load(&self, 30);
	process_load(&self, 31);
	process_store(&self, 32, 5);
	CHECK(page_at(30).is_zero && page_at(31).is_zero && page_at(30).pfn == page_at(31).pfn && !page_at(32).is_zero);
	process_store(&self, 31, 6);
	CHECK(page_at(30).is_zero && !page_at(31).is_zero);
	end();
}

static void peak_of_frames(void **state)
{
	(void)state;
	fresh();
	map_at(0, 20, rw, NULL, 0);
	for (uint64_t i = 0; i < 10; i++)
		process_store(&self, i, i);
	process_load(&self, 15);
	CHECK(stats(self.space).peak_resident_pages == 10, "the page of zeros is nobody's");
	CHECK(space_unmap(self.space, model_range(0, 8)) == OK);
	model_unmap(&self, 0, 8);
	CHECK(stats(self.space).peak_resident_pages == 10 && stats(self.space).resident_pages == 2);
	for (uint64_t i = 8; i < 19; i++)
		process_store(&self, i, i);
	CHECK(stats(self.space).peak_resident_pages == 11);
	end();
}

static void fork_shares_until_a_store(void **state)
{
	struct process child = { 0 };
	(void)state;
	make_two();
	memcpy(child.pages, self.pages, sizeof child.pages);
	CHECK(space_fork(self.space, &child.space) == OK);
	struct space_page before = page_at(10), other = page_at(12);
	CHECK(before.page->refs == 2 && before.prot & P_COW && other.page->refs == 2);
	process_store(&child, 10, 99);
	CHECK(page_at(10).pfn == before.pfn && before.page->refs == 1, "the child has its own now");
	process_store(&self, 12, 98);
	CHECK(page_at(12).pfn != other.pfn && !(page_at(12).prot & P_COW) && other.page->refs == 1);
	space_put(child.space);
	end();
}

/* What a walk shows agrees with the model, whatever is mapped. */
static void random_maps(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 40; round++) {
		fresh();
		bool touched[MODEL_PAGES] = { false };
		for (unsigned k = 0; k < 12; k++) {
			uint64_t n = 1 + rnd(30), i = rnd(MODEL_PAGES - n);
			map_at(i, n, rw, NULL, 0);
			memset(touched + i, 0, n * sizeof *touched);
			process_store(&self, i + rnd(n), rnd(1000));
			for (uint64_t at = i; at < i + n; at++)
				touched[at] = self.pages[at].own;
		}
		uint64_t from = rnd(MODEL_PAGES), n = rnd(MODEL_PAGES - from), want = 0;
		walk(model_range(from, n), &both, 0);
		for (uint64_t i = from; i < from + n; i++)
			if (touched[i])
				CHECK(want < seen.npages && seen.pages[want++].va == model_va(i));
		CHECK(seen.npages == want, "%u pages, not %llu", seen.npages, (unsigned long long)want);
		end();
	}
}

static void window(void **state)
{
	(void)state;
	fresh();
	struct vrange w = space_window(self.space);
	CHECK(w.start == model_va(0) && w.end == model_va(MODEL_PAGES));
	end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_all_in_order), cmocka_unit_test(ranges_cut), cmocka_unit_test(visitors_stop_it),
		cmocka_unit_test(entries_say_what_they_are), cmocka_unit_test(fork_shares_until_a_store), cmocka_unit_test(random_maps),
		cmocka_unit_test(the_page_of_zeros), cmocka_unit_test(peak_of_frames),
		cmocka_unit_test(window),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
