/* mlock and its kin: what is brought in, what stays, and who inherits it. */
#include "space_model.h"

static const prot_t rw = P_READ | P_WRITE;

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

static unsigned locks_at(uint64_t i) { return region_find(self.space, model_va(i))->flags & MAPF_LOCKS; }
static uint64_t resident(void) { return stats(self.space).resident_pages; }

/* Copies made ahead of a store no longer follow the object. */
static void model_copied(uint64_t i, uint64_t n)
{
	for (; n; n--, i++) {
		self.pages[i].value = value_of(&self.pages[i]);
		self.pages[i].own = true;
	}
}

static void frames_of_its_own(void **state)
{
	(void)state;
	fresh();
	map_at(10, 4, rw, NULL, 0);
	process_load(&self, 11);
	CHECK(resident() == 0 && stats(self.space).zero_pages == 1);
	CHECK(space_lock(self.space, model_range(10, 4), MAPF_LOCKED) == OK);
	CHECK(resident() == 4 && stats(self.space).zero_pages == 0, "the page of zeros is nobody's");
	map_at(20, 4, rw, &objects[0], 0);
	CHECK(space_lock(self.space, model_range(20, 4), MAPF_LOCKED) == OK && resident() == 8);
	model_copied(20, 4);
	objects[0].values[1] = *word_of(page_pa(mm, objects[0].pages[1])) = 4711;	/* who stores to the file is not seen any more */
	for (unsigned k = 20; k < 24; k++)
		process_load(&self, k);
	map_at(30, 4, rw, &objects[1], MAPF_SHARED);
	CHECK(space_lock(self.space, model_range(30, 4), MAPF_LOCKED) == OK && resident() == 12 && !objects[1].told[0], "nobody has stored yet");
	map_at(40, 4, P_READ, NULL, 0);
	CHECK(space_lock(self.space, model_range(40, 4), MAPF_LOCKED) == OK && resident() == 12 && stats(self.space).zero_pages == 4);
	uint64_t faults = stats(self.space).faults;
	for (unsigned k = 10; k < 14; k++)
		process_store(&self, k, k);
	CHECK(stats(self.space).faults == faults, "nothing is left to fault");
	end_clean();
}

static void parts_of_regions(void **state)
{
	(void)state;
	fresh();
	map_at(10, 9, rw, NULL, 0);
	CHECK(space_lock(self.space, model_range(13, 3), MAPF_LOCKED) == OK);
	CHECK(stats(self.space).regions == 3 && resident() == 3);
	CHECK(locks_at(12) == 0 && locks_at(13) == MAPF_LOCKED && locks_at(15) == MAPF_LOCKED && locks_at(16) == 0);
	CHECK(space_lock(self.space, model_range(14, 3), MAPF_LOCKS) == OK && resident() == 3, "on fault: not now");
	CHECK(locks_at(13) == MAPF_LOCKED && locks_at(14) == MAPF_LOCKS && locks_at(16) == MAPF_LOCKS);
	CHECK(space_lock(self.space, model_range(10, 9), 0) == OK);
	CHECK(stats(self.space).regions == 1 && resident() == 3, "unlocked, and one again");
	end_clean();
}

static void refusals(void **state)
{
	(void)state;
	fresh();
	map_at(10, 2, rw, NULL, 0);
	map_at(13, 2, rw, NULL, 0);
	map_at(20, 2, P_NONE, NULL, 0);
	uint64_t before = space_digest(self.space);
	CHECK(space_lock(self.space, model_range(10, 4), MAPF_LOCKED) == ERR_NOMEM);
	CHECK(space_lock(self.space, model_range(10, 0), MAPF_LOCKED) == ERR_NOMEM);
	CHECK(space_lock(self.space, (struct vrange){ model_va(10), USER_END + PAGE_SIZE }, MAPF_LOCKED) == ERR_NOMEM);
	CHECK(space_lock(self.space, (struct vrange){ 0, PAGE_SIZE }, MAPF_LOCKED) == ERR_NOMEM);
	CHECK(space_lock(self.space, (struct vrange){ model_va(10) + 1, model_va(11) + 1 }, MAPF_LOCKED) == ERR_NOMEM);
	CHECK(space_digest(self.space) == before);
	CHECK_PANICS((void)space_lock(self.space, model_range(10, 2), MAPF_SHARED));
	CHECK(space_lock(self.space, model_range(20, 2), MAPF_LOCKED) == ERR_FAULT && locks_at(20) == MAPF_LOCKED);
	map_at(30, 4, P_READ, &objects[0], MAPF_SHARED);
	object_truncate(&objects[0], 2);
	CHECK(space_lock(self.space, model_range(30, 4), MAPF_LOCKED) == ERR_FAULT && resident() == 2);
	space_set_limits(self.space, 0, resident() + 1);
	CHECK(space_lock(self.space, model_range(10, 2), MAPF_LOCKED) == ERR_AGAIN && resident() == 3, "as much as may be had");
	end_clean();
}

static bool op_lock(void *ctx)
{
	(void)ctx;
	return space_lock(self.space, model_range(13, 3), MAPF_LOCKED) == OK;
}

/* Records for the two cuts are there, or nothing happens; frames that fail come by and by. */
static void no_memory(void **state)
{
	(void)state;
	fresh();
	map_at(10, 9, rw, NULL, 0);
	mm_trim(mm);
	uint64_t before = space_digest(self.space);
	inject_failure(0);
	CHECK(!op_lock(NULL) && injected());
	CHECK(space_digest(self.space) == before && locks_at(14) == 0);
	unsigned failures = 1;
	for (;; failures++) {
		inject_failure(failures);
		bool ok = op_lock(NULL);
		if (ok && !injected())
			break;
		process_check(&self);
		CHECK(space_lock(self.space, model_range(10, 9), 0) == OK || injected());
		inject_failure(-1);
		CHECK(space_lock(self.space, model_range(10, 9), 0) == OK && space_discard(self.space, model_range(10, 9)) == OK);
		mm_trim(mm);
		CHECK(failures < 100);
	}
	inject_failure(-1);
	CHECK(failures >= 3 && resident() == 3);
	end_clean();
}

static void advice_is_refused(void **state)
{
	(void)state;
	fresh();
	map_at(10, 6, rw, NULL, 0);
	for (unsigned k = 10; k < 16; k++)
		process_store(&self, k, k);
	CHECK(space_lock(self.space, model_range(14, 1), MAPF_LOCKED) == OK);
	uint64_t before = space_digest(self.space);
	CHECK(space_discard(self.space, model_range(10, 6)) == ERR_INVAL && space_free(self.space, model_range(14, 1)) == ERR_INVAL);
	CHECK(space_digest(self.space) == before, "not even the part before it");
	CHECK(space_discard(self.space, model_range(10, 4)) == OK && space_discard_locked(self.space, model_range(14, 1)) == OK);
	model_discard(&self, 10, 5);
	for (unsigned k = 10; k < 16; k++)
		process_load(&self, k);
	end_clean();
}

static void what_comes_later(void **state)
{
	(void)state;
	struct space *child;
	vaddr_t va = model_va(60);
	fresh();
	map_at(10, 2, rw, NULL, 0);
	space_set_heap(self.space, model_va(200));
	space_lock_later(self.space, MAPF_LOCKED);
	map_at(20, 2, rw, NULL, 0);
	CHECK(resident() == 2 && locks_at(10) == 0 && locks_at(20) == MAPF_LOCKED);
	CHECK(space_remap(self.space, model_range(20, 2), 4, REMAPF_MAY_MOVE | REMAPF_FIXED, &va) == OK && resident() == 4, "what it grows by too");
	CHECK(space_brk(self.space, model_va(203)) == model_va(203) && resident() == 7);
	CHECK(space_fork(self.space, &child) == OK && stats(child).resident_pages == 7);
	CHECK(!(region_find(child, model_va(60))->flags & MAPF_LOCKS) && !child->lock_later, "children start without");
	space_put(child);
	space_lock_later(self.space, MAPF_LOCKS);
	map_at(30, 2, rw, NULL, 0);
	CHECK(resident() == 7 && locks_at(30) == MAPF_LOCKS);
	space_lock_later(self.space, 0);
	map_at(40, 2, rw, NULL, 0);
	map_at(50, 2, rw, NULL, MAPF_LOCKED);
	CHECK(resident() == 9 && locks_at(40) == 0 && locks_at(50) == MAPF_LOCKED);
	CHECK(space_unmap(self.space, model_range(0, MODEL_PAGES)) == OK);
	model_unmap(&self, 0, MODEL_PAGES);
	end_clean();
}

static void all_of_it(void **state)
{
	(void)state;
	fresh();
	map_at(10, 2, rw, NULL, 0);
	map_at(12, 2, P_NONE, NULL, 0);
	map_at(14, 2, rw, NULL, 0);
	CHECK(space_lock(self.space, model_range(14, 1), MAPF_LOCKS) == OK && stats(self.space).regions == 4);
	space_lock_all(self.space, MAPF_LOCKED);
	CHECK(resident() == 4 && stats(self.space).regions == 3, "what permits no access does not stop it");
	CHECK(locks_at(12) == MAPF_LOCKED && locks_at(14) == MAPF_LOCKED);
	space_lock_all(self.space, 0);
	CHECK(locks_at(10) == 0 && locks_at(15) == 0 && space_discard(self.space, model_range(10, 6)) == OK);
	end_clean();
	fresh();
	space_lock_all(self.space, MAPF_LOCKED);	/* nothing to lock */
	end_clean();
}

/* MADV_POPULATE: the same work, without the lock, and each reason by its name. */
static void populate_says_why(void **state)
{
	(void)state;
	fresh();
	map_at(10, 4, rw, NULL, 0);
	map_at(14, 4, P_READ, &objects[0], MAPF_SHARED);
	map_at(20, 2, P_NONE, NULL, 0);
	CHECK(space_populate(self.space, model_range(12, 4), P_READ) == OK && stats(self.space).zero_pages == 2 && resident() == 2);
	CHECK(space_populate(self.space, model_range(12, 4), P_WRITE) == ERR_INVAL && space_populate(self.space, model_range(20, 1), P_READ) == ERR_INVAL);
	CHECK(space_populate(self.space, model_range(16, 4), P_READ) == ERR_NOMEM, "a hole");
	object_truncate(&objects[0], 2);
	CHECK(space_populate(self.space, model_range(14, 4), P_READ) == ERR_FAULT);
	space_set_limits(self.space, 0, resident() + 1);
	CHECK(space_discard(self.space, model_range(10, 4)) == OK);
	CHECK(space_populate(self.space, model_range(10, 4), P_WRITE) == ERR_NOMEM && space_lock(self.space, model_range(10, 4), MAPF_LOCKED) == ERR_AGAIN);
	end_clean();
}

/* ---- mremap's rarer wishes ---- */

static void frames_move_region_stays(void **state)
{
	(void)state;
	fresh();
	vaddr_t at = 0;
	map_at(10, 6, rw, NULL, 0);
	for (unsigned k = 10; k < 16; k++)
		process_store(&self, k, 100 + k);
	CHECK(space_lock(self.space, model_range(10, 6), MAPF_LOCKED) == OK);
	CHECK(space_remap(self.space, model_range(12, 2), 2, REMAPF_KEEP, &at) == ERR_INVAL);
	CHECK(space_remap(self.space, model_range(12, 2), 3, REMAPF_KEEP | REMAPF_MAY_MOVE, &at) == ERR_INVAL);
	CHECK(space_remap(self.space, model_range(12, 2), 2, REMAPF_KEEP | REMAPF_MAY_MOVE, &at) == OK);
	uint64_t i = model_index(at);
	memcpy(self.pages + i, self.pages + 12, 2 * sizeof self.pages[0]);
	model_discard(&self, 12, 2);
	CHECK(resident() == 6 && locks_at(12) == 0 && locks_at(10) == MAPF_LOCKED && locks_at(i) == MAPF_LOCKED);
	process_check(&self);
	for (unsigned k = 10; k < 16; k++)
		process_load(&self, k);
	process_load(&self, i);
	process_load(&self, i + 1);
	space_set_limits(self.space, stats(self.space).mapped_pages + 1, 0);
	CHECK(space_remap(self.space, model_range(14, 2), 2, REMAPF_KEEP | REMAPF_MAY_MOVE, &at) == ERR_BUDGET, "both places count");
	end_clean();
}

static void a_second_view(void **state)
{
	(void)state;
	fresh();
	vaddr_t at = model_va(100);
	map_at(10, 6, rw, &objects[0], MAPF_SHARED);
	map_at(20, 6, rw, &objects[0], 0);
	CHECK(space_remap(self.space, model_range(22, 0), 2, REMAPF_MAY_MOVE, &at) == ERR_INVAL, "private");
	CHECK(space_remap(self.space, model_range(40, 0), 2, REMAPF_MAY_MOVE, &at) == ERR_FAULT);
	CHECK(space_remap(self.space, model_range(12, 0), 2, 0, &at) == ERR_NOSPACE_VA);
	CHECK(space_remap(self.space, model_range(12, 0), 2, REMAPF_KEEP | REMAPF_MAY_MOVE, &at) == ERR_INVAL);
	at = model_va(11);
	CHECK(space_remap(self.space, model_range(12, 0), 2, REMAPF_FIXED, &at) == ERR_INVAL, "over itself");
	at = model_va(12);
	CHECK(space_remap(self.space, model_range(12, 0), 2, REMAPF_FIXED, &at) == ERR_INVAL, "from where it begins");
	at = model_va(100);
	CHECK(space_remap(self.space, model_range(12, 0), 3, REMAPF_FIXED, &at) == OK && at == model_va(100));
	memcpy(self.pages + 100, self.pages + 12, 3 * sizeof self.pages[0]);
	process_store(&self, 100, 5);
	process_store(&self, 14, 6);
	process_load(&self, 12);
	process_load(&self, 102);
	CHECK(objects[0].vm.nregions == 3);
	end_clean();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_its_own), cmocka_unit_test(parts_of_regions), cmocka_unit_test(refusals), cmocka_unit_test(no_memory),
		cmocka_unit_test(advice_is_refused), cmocka_unit_test(what_comes_later), cmocka_unit_test(all_of_it),
		cmocka_unit_test(populate_says_why), cmocka_unit_test(frames_move_region_stays), cmocka_unit_test(a_second_view),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
