/* Objects under mappings: truncation takes their pages out of every space; a load that follows on one brings in what is around. */
#include "space_model.h"

static struct process child;

static void end_clean(void)
{
	process_check(&self);
	space_put(self.space);
	objects_end(mm);
	CHECK(mm_check(mm), "%s", support_log);
	struct mm_stats st;
	mm_fingerprint(mm);
	mm_stats(mm, &st);
	CHECK(st.free_pages == st.total_pages && st.table_pages == 0, "%llu frames are lost", (unsigned long long)(st.total_pages - st.free_pages));
}

/* Pages [0, 8) of object 0 twice: shared at 10, private at 30, and each page of either stored to and loaded. */
static void map_both(void)
{
	fresh();
	map_at(10, 8, P_READ | P_WRITE, &objects[0], MAPF_SHARED);
	map_at(30, 8, P_READ | P_WRITE, &objects[0], 0);
	for (unsigned k = 0; k < 8; k++) {
		process_load(&self, 10 + k);
		process_load(&self, 30 + k);
		if (k & 1)
			process_store(&self, 10 + k, 77 + k);
		if (k & 2)
			process_store(&self, 30 + k, 99 + k);
	}
}

static void truncate_to(uint64_t npages)
{
	object_truncate(&objects[0], npages);
	model_truncate(&self, &objects[0]);
	if (child.space)
		model_truncate(&child, &objects[0]);
}

/* Every page of p, loaded and stored to: those beyond the end are a bus error, and the TLB has forgotten them. */
static void touch_all(struct process *p)
{
	process_check(p);
	for (unsigned k = 0; k < 8; k++) {
		process_load(p, 10 + k);
		process_load(p, 30 + k);
		process_store(p, 10 + k, 1);
		process_store(p, 30 + k, 2);
	}
}

static void pages_leave(void **state)
{
	(void)state;
	for (unsigned npages = 0; npages <= 8; npages++) {
		map_both();
		truncate_to(npages);
		CHECK(stats(self.space).resident_pages == 2 * npages, "%u: %u", npages, (unsigned)stats(self.space).resident_pages);
		touch_all(&self);
		objects[0].npages = OBJECT_PAGES;	/* and back they come, as zeros, copies too */
		touch_all(&self);
		end_clean();
	}
}

static void pages_leave_the_child_too(void **state)
{
	(void)state;
	map_both();
	memcpy(child.pages, self.pages, sizeof self.pages);
	CHECK(space_fork(self.space, &child.space) == OK);
	process_store(&child, 31, 5);
	truncate_to(3);
	touch_all(&self);
	touch_all(&child);
	space_put(child.space);
	child.space = NULL;
	end_clean();
}

/* Rights do not come into it: parked pages go, and so do those of a part that was moved or split off. */
static void whatever_became_of_the_region(void **state)
{
	(void)state;
	vaddr_t at = model_va(100);
	map_both();
	CHECK(space_protect(self.space, model_range(12, 4), P_NONE) == OK);
	for (unsigned k = 12; k < 16; k++)
		self.pages[k].prot = P_NONE;
	CHECK(space_remap(self.space, model_range(34, 4), 4, REMAPF_MAY_MOVE | REMAPF_FIXED, &at) == OK);
	memcpy(self.pages + 100, self.pages + 34, 4 * sizeof self.pages[0]);
	model_unmap(&self, 34, 4);
	CHECK(objects[0].vm.nregions == 5);
	truncate_to(5);
	CHECK(stats(self.space).resident_pages == 10);
	process_check(&self);
	for (unsigned k = 100; k < 104; k++)
		process_load(&self, k);
	CHECK(space_unmap(self.space, model_range(0, MODEL_PAGES)) == OK && objects[0].vm.nregions == 0);
	model_unmap(&self, 0, MODEL_PAGES);
	end_clean();
}

/* Another object's pages of the same numbers stay, and so does anonymous memory. */
static void others_stay(void **state)
{
	(void)state;
	map_both();
	map_at(50, 8, P_READ | P_WRITE, &objects[1], MAPF_SHARED);
	map_at(60, 8, P_READ | P_WRITE, NULL, 0);
	for (unsigned k = 0; k < 8; k++) {
		process_load(&self, 50 + k);
		process_store(&self, 60 + k, k);
	}
	truncate_to(0);
	CHECK(stats(self.space).resident_pages == 16);
	for (unsigned k = 0; k < 8; k++) {
		process_load(&self, 50 + k);
		process_load(&self, 60 + k);
	}
	end_clean();
}

static void costs_nothing_unmapped(void **state)
{
	(void)state;
	map_both();
	CHECK(objects[0].vm.nregions == 2 && objects[1].vm.nregions == 0);
	unsigned before = locks_taken();
	spaces_truncate(mm, &objects[1].vm, 0);
	CHECK(locks_taken() == before, "nobody maps it, and yet the spaces were looked at");
	end_clean();
}

/* On another CPU the last reference has just gone, and the space has not left the list yet: it is not taken up again. */
static void the_dead_stay_dead(void **state)
{
	(void)state;
	map_both();
	CHECK(space_fork(self.space, &child.space) == OK);
	uint64_t resident = stats(child.space).resident_pages;
	child.space->refs = 0;
	truncate_to(3);
	CHECK(child.space->refs == 0 && stats(child.space).resident_pages == resident && self.space->refs == 1);
	child.space->refs = 1;
	space_put(child.space);
	child.space = NULL;
	end_clean();
}

/* ---- what a place is called ---- */

static bool same_place(struct space *a, uint64_t i, struct space *b, uint64_t k)
{
	struct space_place p = space_place(a, model_va(i) + 8), q = space_place(b, model_va(k) + 8);
	return p.object && p.object == q.object && p.at == q.at;
}

static void shared_places_have_one_name(void **state)
{
	(void)state;
	fresh();
	map_at(10, 8, P_READ | P_WRITE, &objects[0], MAPF_SHARED);
	map_at(30, 8, P_READ, &objects[0], 0);
	map_at(50, 8, P_READ | P_WRITE, &objects[1], MAPF_SHARED);
	map_at(70, 8, P_READ | P_WRITE, NULL, 0);
	struct map_req req = { .hint = model_va(90), .npages = 3, .prot = P_READ, .flags = MAPF_SHARED, .object = &objects[0].vm, .pgoff = 5 };
	vaddr_t va;
	CHECK(space_map(self.space, &req, &va) == OK && va == model_va(90));
	model_map(&self, 90, 3, &req);
	CHECK(same_place(self.space, 16, self.space, 91) && !same_place(self.space, 16, self.space, 90));
	CHECK(!same_place(self.space, 10, self.space, 50), "two objects");
	for (unsigned k = 30; k < 90; k += 40)	/* private memory, of an object or not: where it is */
		CHECK(space_place(self.space, model_va(k)).object == 0 && space_place(self.space, model_va(k)).at == model_va(k));
	CHECK(space_place(self.space, model_va(200)).object == 0 && space_place(self.space, 8).at == 8);
	CHECK(space_fork(self.space, &child.space) == OK && same_place(self.space, 16, child.space, 91));
	space_put(child.space);
	child.space = NULL;
	uint64_t id = space_place(self.space, model_va(50)).object;
	CHECK(id && id == space_place(self.space, model_va(51)).object && objects[2].vm.id == 0, "who never asks takes no number");
	end_clean();
}

/* ---- fault-around ---- */

/* Pages [0, n) of object 0 at page `at`, and loads of the pages listed, up to one that is 0; how many pages are present then. */
static uint64_t present_after(uint64_t at, uint64_t n, prot_t prot, const unsigned *loads)
{
	map_at(at, n, prot, &objects[0], 0);
	for (; *loads; loads++)
		process_load(&self, *loads);
	process_check(&self);
	return stats(self.space).resident_pages;
}

#define LOADS(...) (const unsigned[]){ __VA_ARGS__, 0 }
enum { WINDOW = 16, FIRST = 32 };	/* FIRST: where a window begins */

static void a_second_load_brings_the_window(void **state)
{
	(void)state;
	fresh();
	CHECK(model_va(FIRST) % (WINDOW * PAGE_SIZE) == 0);
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST)) == 1, "one load, one page");
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST, FIRST + 1)) == WINDOW);
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST + 14, FIRST + 15, FIRST + 16)) == 2 * WINDOW);
	for (unsigned k = 0; k < 2 * WINDOW; k++)
		process_load(&self, FIRST + k);
	end_clean();
}

static void only_what_is_there(void **state)
{
	(void)state;
	fresh();
	CHECK(present_after(FIRST + 3, 5, P_READ, LOADS(FIRST + 3, FIRST + 4)) == 5, "the region ends the window");
	CHECK(present_after(FIRST + 3, 40, P_READ, LOADS(FIRST + 3, FIRST + 4)) == 13);
	object_truncate(&objects[0], 9);
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST, FIRST + 1)) == 9, "so does the object");
	objects[0].npages = OBJECT_PAGES;	/* but it has only 9 in memory */
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST, FIRST + 1)) == 9);
	process_load(&self, FIRST + 9);
	CHECK(stats(self.space).resident_pages == 10);
	end_clean();
}

static void what_was_there_stays(void **state)
{
	(void)state;
	fresh();
	map_at(FIRST, 40, P_READ | P_WRITE, &objects[0], 0);
	process_store(&self, FIRST + 5, 1234);
	CHECK(space_discard(self.space, model_range(FIRST + 4, 1)) == OK);
	process_load(&self, FIRST);
	process_load(&self, FIRST + 1);
	CHECK(stats(self.space).resident_pages == WINDOW);
	process_load(&self, FIRST + 5);
	process_store(&self, FIRST + 6, 77);	/* mapped by the way, and still copied on write */
	process_load(&self, FIRST + 6);
	end_clean();
}

static void who_gets_single_pages(void **state)
{
	(void)state;
	fresh();
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST + 1, FIRST + 3, FIRST + 9, FIRST + 5)) == 4, "who jumps about");
	CHECK(present_after(FIRST, 40, P_READ | P_EXEC, LOADS(FIRST, FIRST + 1, FIRST + 2)) == 3, "code");
	map_at(FIRST, 40, P_READ | P_WRITE, &objects[0], 0);
	for (unsigned k = 0; k < 4; k++)
		process_store(&self, FIRST + k, k);
	CHECK(stats(self.space).resident_pages == 4, "who stores");
	space_set_limits(self.space, 0, 1000);
	CHECK(present_after(FIRST, 40, P_READ, LOADS(FIRST, FIRST + 1, FIRST + 2)) == 3, "a space with a limit");
	end_clean();
}

/* When memory is short no more of the cache is held than must be; and no memory is asked for in any case. */
static void not_when_memory_is_short(void **state)
{
	(void)state;
	struct page *all = NULL, *page;
	fresh();
	map_at(FIRST, 40, P_READ, &objects[0], 0);
	process_load(&self, FIRST);
	while (!zone_is_low(mm, FRAME_USER) && (page = frame_alloc(mm, 0, FRAME_USER))) {
		page->owner = all;
		all = page;
	}
	CHECK(zone_is_low(mm, FRAME_USER));
	process_load(&self, FIRST + 1);
	CHECK(stats(self.space).resident_pages == 2);
	for (; all; all = page) {
		page = all->owner;
		frame_put(mm, all);
	}
	frame_drain(mm);
	inject_failure(0);
	process_load(&self, FIRST + 2);
	CHECK(!injected() && stats(self.space).resident_pages == WINDOW);
	inject_failure(-1);
	end_clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages_leave), cmocka_unit_test(pages_leave_the_child_too), cmocka_unit_test(whatever_became_of_the_region),
		cmocka_unit_test(others_stay), cmocka_unit_test(costs_nothing_unmapped),
		cmocka_unit_test(the_dead_stay_dead), cmocka_unit_test(shared_places_have_one_name), cmocka_unit_test(a_second_load_brings_the_window), cmocka_unit_test(only_what_is_there), cmocka_unit_test(what_was_there_stays),
		cmocka_unit_test(who_gets_single_pages), cmocka_unit_test(not_when_memory_is_short),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
