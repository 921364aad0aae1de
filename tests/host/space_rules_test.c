/* Address spaces: one test for each rule. */
#include "space_model.h"

static void end_clean(void)
{
	process_check(&self);
	space_put(self.space);
	objects_end(mm);
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(!strstr(support_log, "bad free"), "%s", support_log);
	struct mm_stats st;
	mm_fingerprint(mm);
	mm_stats(mm, &st);
	CHECK(st.free_pages == st.total_pages && st.table_pages == 0, "%llu frames are lost", (unsigned long long)(st.total_pages - st.free_pages));
}

/* ---- mmap ---- */

static void refusals(void **state)
{
	(void)state;
	fresh();
	vaddr_t va = 1;
	uint64_t user_pages = USER_END >> PAGE_SHIFT;
	const prot_t rw = P_READ | P_WRITE;
	map_at(10, 2, rw, NULL, 0);
	uint64_t before = space_digest(self.space);
	CHECK(map(0, 0, rw, 0, &va) == ERR_INVAL);
	CHECK(map(0, 1, rw, MAPF_SHARED, &va) == ERR_INVAL);
	CHECK(map(model_va(0) + 1, 1, rw, MAPF_FIXED, &va) == ERR_INVAL);
	CHECK(map(0, 1, rw, MAPF_FIXED, &va) == ERR_PERM);
	CHECK(map(15 * PAGE_SIZE, 1, rw, MAPF_FIXED, &va) == ERR_PERM);
	CHECK(map(USER_END, 1, rw, MAPF_FIXED, &va) == ERR_NOSPACE_VA);
	CHECK(map(USER_END - PAGE_SIZE, 2, rw, MAPF_FIXED, &va) == ERR_NOSPACE_VA);
	CHECK(map(model_va(0), ~0ull, rw, MAPF_FIXED, &va) == ERR_NOSPACE_VA);
	CHECK(map(model_va(9), 2, rw, MAPF_FIXED | MAPF_NOREPLACE, &va) == ERR_EXIST);
	CHECK(!support_log[0]);
	CHECK(map(0, MODEL_PAGES, rw, 0, &va) == ERR_NOSPACE_VA);
	CHECK(!strcmp(support_log, "[mmap] REJECT: size 0x180000 exceeds limit\n"), "%s", support_log);
	CHECK(map(0, user_pages, rw, 0, &va) == ERR_NOSPACE_VA && map(0, ~0ull, rw, 0, &va) == ERR_NOSPACE_VA);
	struct map_req req = { .npages = 1, .prot = rw, .max_prot = P_READ, .object = &objects[0].vm, .flags = MAPF_SHARED };
	CHECK(space_map(self.space, &req, &va) == ERR_ACCESS);
	req = (struct map_req){ .npages = 1, .hint = model_va(20), .prot = P_READ, .max_prot = P_READ, .object = &objects[0].vm };
	CHECK(space_map(self.space, &req, &va) == OK && va == model_va(20));
	before = space_digest(self.space);
	va = 1;
	CHECK(space_protect(self.space, model_range(20, 1), rw) == ERR_ACCESS);
	CHECK(space_protect(self.space, model_range(20, 0), rw) == OK && space_protect(self.space, (struct vrange){ 0, PAGE_SIZE }, rw) == ERR_NOMEM);
	CHECK(space_discard(self.space, model_range(20, 0)) == OK && space_discard(self.space, (struct vrange){ 0, PAGE_SIZE }) == ERR_NOMEM);
	CHECK(space_unmap(self.space, (struct vrange){ model_va(10) + 1, model_va(11) }) == ERR_INVAL);
	CHECK(space_unmap(self.space, (struct vrange){ model_va(10), USER_END + PAGE_SIZE }) == ERR_INVAL);
	CHECK(space_unmap(self.space, (struct vrange){ model_va(11), model_va(10) }) == ERR_INVAL);
	CHECK(space_protect(self.space, model_range(9, 2), P_READ) == ERR_NOMEM);
	CHECK(space_discard(self.space, model_range(10, 3)) == ERR_NOMEM);
	CHECK(space_remap(self.space, model_range(9, 2), 3, true, &va) == ERR_FAULT);
	CHECK(space_remap(self.space, model_range(10, 2), 0, true, &va) == ERR_INVAL);
	CHECK(space_remap(self.space, model_range(10, 2), user_pages * 2, true, &va) == ERR_NOSPACE_VA);
	CHECK(va == 1 && space_digest(self.space) == before);
	CHECK(space_unmap(self.space, (struct vrange){ 0, model_va(10) }) == OK, "low pages are merely not mapped");
	CHECK(space_unmap(self.space, (struct vrange){ 0, PAGE_SIZE }) == OK && space_unmap(self.space, model_range(20, 1)) == OK);
	end_clean();
}

static void neighbours_become_one(void **state)
{
	(void)state;
	fresh();
	const prot_t rw = P_READ | P_WRITE;
	map_at(10, 2, rw, NULL, 0);
	map_at(14, 2, rw, NULL, 0);
	CHECK(stats(self.space).regions == 2);
	map_at(12, 2, rw, NULL, 0);
	CHECK(stats(self.space).regions == 1);
	CHECK(space_protect(self.space, model_range(11, 2), P_READ) == OK && stats(self.space).regions == 3);
	CHECK(space_protect(self.space, model_range(11, 2), rw) == OK && stats(self.space).regions == 1);
	map_at(16, 2, P_READ, NULL, 0);
	CHECK(stats(self.space).regions == 2);
	struct map_req file = { .npages = 2, .prot = P_READ, .flags = MAPF_FIXED, .object = &objects[0].vm };
	vaddr_t va;
	for (unsigned k = 0; k < 3; k++) {
		file.hint = model_va(20 + 2 * k);
		file.pgoff = 2 * k;
		CHECK(space_map(self.space, &file, &va) == OK);
	}
	CHECK(stats(self.space).regions == 3 && objects[0].refs == 2, "one region, one reference");
	file.hint = model_va(26);
	CHECK(space_map(self.space, &file, &va) == OK && stats(self.space).regions == 4 && objects[0].refs == 3);
	CHECK(space_unmap(self.space, model_range(0, 100)) == OK);
	CHECK(stats(self.space).regions == 0 && objects[0].refs == 1);
	memset(self.pages, 0, sizeof self.pages);
	end_clean();
}

static void guard_pages(void **state)
{
	(void)state;
	for (unsigned policy = VMAP_BUMP; policy <= VMAP_BESTFIT; policy++) {
		vaddr_t va, last = 0;
		fresh_policy(policy);
		for (unsigned k = 0; k < 5; k++) {
			CHECK(map(0, 3, P_READ, MAPF_GUARD, &va) == OK);
			CHECK(va >= model_va(1) && (!last || va >= last + 4 * PAGE_SIZE), "policy %u", policy);
			last = va;
		}
		CHECK(map(0, 3, P_READ, 0, &va) == OK && va >= last + 4 * PAGE_SIZE);
		CHECK(space_fault(self.space, va + 3 * PAGE_SIZE, P_READ) == FAULT_UNMAPPED);
		space_put(self.space);
	}
}

/* The failure of the first seed text, and that it has nothing to do with memory. */
static void bump_dies_with_memory_left(void **state)
{
	(void)state;
	static const struct { enum vmap_policy policy; bool dies; } runs[] = {
		{ VMAP_BUMP, true }, { VMAP_FIRSTFIT, false }, { VMAP_BESTFIT, false },
	};
	for (unsigned r = 0; r < 3; r++) {
		mm = world_make(2048, NULL, 0);
		struct space_config cfg = { .window = { 0x10000000, 0x3fee0000 }, .policy = runs[r].policy };
		struct map_req req = { .npages = 1, .prot = P_READ | P_WRITE };
		uint64_t free_before = mm_free_pages(mm), n;
		vaddr_t va;
		self.space = space_create(mm, &cfg);
		for (n = 0; n < 400000; n++) {
			if (space_map(self.space, &req, &va) != OK)
				break;
			if (n % 1000 == 0)
				CHECK(space_fault(self.space, va, P_WRITE) == FAULT_OK);
			CHECK(space_unmap(self.space, (struct vrange){ va, va + PAGE_SIZE }) == OK);
		}
		CHECK(n == (runs[r].dies ? 196320 : 400000), "%llu", (unsigned long long)n);
		CHECK(!!strstr(support_log, "[mmap] REJECT: size 0x1000 exceeds limit") == runs[r].dies);
		CHECK(mm_free_pages(mm) > free_before - 100 && stats(self.space).hole_pages == 196320);
		space_put(self.space);
	}
}

/* ---- faults ---- */

static void stack_grows(void **state)
{
	(void)state;
	fresh();
	map_at(350, 4, P_READ | P_WRITE, NULL, MAPF_STACK);
	CHECK(space_fault(self.space, model_va(355), P_READ) == FAULT_UNMAPPED);
	CHECK(space_fault(self.space, model_va(345), P_WRITE) == FAULT_OK);
	CHECK(stats(self.space).mapped_pages == 9 && stats(self.space).resident_pages == 1);
	CHECK(space_fault(self.space, model_va(354 - 64), P_READ) == FAULT_OK, "64 pages are allowed");
	CHECK(space_fault(self.space, model_va(354 - 65), P_WRITE) == FAULT_UNMAPPED);
	vaddr_t va;
	CHECK(map(0, 40, P_READ, 0, &va) == ERR_NOSPACE_VA, "the policy keeps away from the stack's room and gap");
	CHECK(map(0, 31, P_READ, 0, &va) == OK && va == model_va(0));
	space_put(self.space);
	fresh();
	map_at(350, 4, P_READ | P_WRITE, NULL, MAPF_STACK);
	map_at(350 - 270, 1, P_READ, NULL, 0);
	CHECK(space_fault(self.space, model_va(350 - 269 + 256), P_READ) == FAULT_OK);
	CHECK(space_fault(self.space, model_va(350 - 270 + 256), P_READ) == FAULT_UNMAPPED, "the gap is kept");
	space_check(self.space);
	space_put(self.space);
}

static void last_owner_keeps_the_frame(void **state)
{
	(void)state;
	fresh();
	map_at(0, 4, P_READ | P_WRITE, NULL, 0);
	for (uint64_t i = 0; i < 4; i++)
		process_store(&self, i, i);
	static struct process child;
	child = self;
	unsigned long flushes = tlb_flushes;
	CHECK(space_fork(self.space, &child.space) == OK);
	CHECK(tlb_flushes == flushes + 1, "one flush for a fork");
	uint64_t nfree = mm_free_pages(mm);
	process_store(&child, 0, 100);
	CHECK(mm_free_pages(mm) == nfree - 1 && stats(child.space).cow_faults == 1);
	process_load(&self, 0);
	paddr_t frame = pte_addr(pt_get(&self.space->pt, model_va(0)));
	process_store(&self, 0, 200);
	CHECK(pte_addr(pt_get(&self.space->pt, model_va(0))) == frame, "the last owner copies nothing");
	process_check(&child);
	space_put(child.space);
	for (uint64_t i = 0; i < 4; i++)
		process_store(&self, i, i + 1);
	CHECK(stats(self.space).cow_faults == 4);
	end_clean();
}

static void late_tlb_is_told(void **state)
{
	(void)state;
	fresh();
	map_at(0, 1, P_READ | P_WRITE, NULL, 0);
	process_store(&self, 0, 5);
	unsigned long flushes = tlb_flushes;
	CHECK(space_fault(self.space, model_va(0), P_WRITE) == FAULT_OK);
	CHECK(tlb_flushes == flushes + 1, "the entry is good: the TLB must be behind");
	end_clean();
}

static void write_or_execute(void **state)
{
	(void)state;
	paddr_t pa;
	prot_t prot;
	fresh();
	map_at(0, 1, P_READ | P_WRITE | P_EXEC, NULL, 0);
	for (int k = 0; k < 3; k++) {
		process_store(&self, 0, 7);
		CHECK(pt_query(&self.space->pt, model_va(0), &pa, &prot) && prot == (P_READ | P_WRITE | P_USER));
		process_fetch(&self, 0);
		CHECK(pt_query(&self.space->pt, model_va(0), &pa, &prot) && prot == (P_READ | P_EXEC | P_USER));
	}
	end_clean();
}

static void objects_end_somewhere(void **state)
{
	(void)state;
	fresh();
	map_at(0, OBJECT_PAGES + 1, P_READ | P_WRITE, &objects[1], MAPF_SHARED);
	CHECK(space_fault(self.space, model_va(OBJECT_PAGES - 1), P_WRITE) == FAULT_OK);
	CHECK(space_fault(self.space, model_va(OBJECT_PAGES), P_WRITE) == FAULT_BUS);
	CHECK(space_protect(self.space, model_range(0, 1), P_NONE) == OK);
	CHECK(space_fault(self.space, model_va(0), P_READ) == FAULT_DENIED);
	CHECK(space_protect(self.space, model_range(0, 1), P_READ | P_WRITE) == OK);
	CHECK(space_fault(self.space, USER_END, P_READ) == FAULT_UNMAPPED && space_fault(self.space, ~0ull, P_READ) == FAULT_UNMAPPED);
	CHECK(space_fault(self.space, 0, P_READ) == FAULT_UNMAPPED);
	end_clean();
}

static void one_flush_each(void **state)
{
	(void)state;
	fresh();
	map_at(0, 300, P_READ | P_WRITE, NULL, MAPF_POPULATE);
	CHECK(stats(self.space).resident_pages == 300);
	for (uint64_t i = 0; i < 300; i++)
		process_load(&self, i);
	unsigned long flushes = tlb_flushes;
	CHECK(space_protect(self.space, model_range(0, 300), P_READ) == OK && tlb_flushes == flushes + 1);
	CHECK(space_protect(self.space, model_range(0, 300), P_READ | P_WRITE) == OK && tlb_flushes == flushes + 1, "rights were gained");
	CHECK(space_discard(self.space, model_range(0, 150)) == OK && tlb_flushes == flushes + 2);
	CHECK(space_unmap(self.space, model_range(0, 150)) == OK && tlb_flushes == flushes + 2, "nothing was there any more");
	CHECK(space_unmap(self.space, model_range(0, 300)) == OK && tlb_flushes == flushes + 3);
	CHECK(stats(self.space).table_pages == 1 && stats(self.space).resident_pages == 0);
	memset(self.pages, 0, sizeof self.pages);
	end_clean();
}

static void memory_runs_out(void **state)
{
	(void)state;
	mm = world_make(1024, NULL, 0);
	self.space = model_space(mm, VMAP_FIRSTFIT);
	struct map_req req = { .hint = 0x100000000, .npages = 4096, .prot = P_READ | P_WRITE };
	vaddr_t va;
	CHECK(space_map(self.space, &req, &va) == OK, "virtual memory is not what is short");
	uint64_t i = 0;
	while (space_fault(self.space, va + i * PAGE_SIZE, P_WRITE) == FAULT_OK)
		i++;
	CHECK(i > 800 && space_fault(self.space, va + i * PAGE_SIZE, P_WRITE) == FAULT_NOMEM);
	struct space *child;
	CHECK(mm_free_pages(mm) >= 8, "the reserve is left to the kernel");
	enum err e = space_fork(self.space, &child);
	if (e == OK)
		space_put(child);
	CHECK(space_discard(self.space, (struct vrange){ va, va + PAGE_SIZE }) == OK);
	CHECK(space_fault(self.space, va + i * PAGE_SIZE, P_WRITE) == FAULT_OK);
	space_check(self.space);
	space_put(self.space);
	CHECK(mm_check(mm), "%s", support_log);
}

/* ---- brk, mremap, fork ---- */

static void heap(void **state)
{
	(void)state;
	fresh();
	CHECK(space_brk(self.space, model_va(5)) == 0, "no heap yet");
	space_set_heap(self.space, model_va(3) + 100);
	CHECK(space_brk(self.space, 0) == model_va(3) + 100);
	CHECK(space_brk(self.space, model_va(3) + 200) == model_va(3) + 200);
	CHECK(space_fault(self.space, model_va(3), P_READ) == FAULT_UNMAPPED, "that page is the program's own");
	CHECK(space_brk(self.space, model_va(7) + 1) == model_va(7) + 1 && stats(self.space).mapped_pages == 4);
	CHECK(space_fault(self.space, model_va(7), P_WRITE) == FAULT_OK);
	vaddr_t va;
	CHECK(map(model_va(9), 1, P_READ, MAPF_FIXED, &va) == OK);
	CHECK(space_brk(self.space, model_va(10)) == model_va(7) + 1, "something is in the way");
	CHECK(space_brk(self.space, model_va(9)) == model_va(9) && stats(self.space).regions == 2);
	CHECK(space_brk(self.space, model_va(4)) == model_va(4) && stats(self.space).mapped_pages == 1);
	CHECK(space_brk(self.space, model_va(5)) == model_va(5));
	CHECK(space_brk(self.space, model_va(2)) == model_va(5) && space_brk(self.space, ~0ull) == model_va(5));
	struct space *child;
	CHECK(space_fork(self.space, &child) == OK && space_brk(child, 0) == model_va(5));
	space_put(child);
	space_check(self.space);
	space_put(self.space);
}

static void remap_keeps_contents(void **state)
{
	(void)state;
	vaddr_t va;
	fresh();
	map_at(0, 4, P_READ | P_WRITE, NULL, 0);
	map_at(6, 1, P_READ, NULL, 0);
	for (uint64_t i = 0; i < 4; i++)
		process_store(&self, i, 50 + i);
	CHECK(space_remap(self.space, model_range(0, 4), 6, false, &va) == OK && va == model_va(0));
	CHECK(space_remap(self.space, model_range(0, 6), 7, false, &va) == ERR_NOSPACE_VA);
	CHECK(space_remap(self.space, model_range(1, 3), 20, true, &va) == OK && va == model_va(7));
	CHECK(stats(self.space).mapped_pages == 1 + 2 + 1 + 20);
	for (uint64_t i = 0; i < 3; i++) {
		uint64_t value;
		CHECK(space_read(self.space, va + i * PAGE_SIZE, &value, 8) == OK && value == 51 + i);
	}
	CHECK(space_remap(self.space, model_range(7, 20), 1, false, &va) == OK && stats(self.space).mapped_pages == 5);
	tlb_check(space_root(self.space), space_asid(self.space));
	space_check(self.space);
	space_put(self.space);
	CHECK(mm_check(mm));
}

static vaddr_t map_file(uint64_t at, uint64_t n, uint64_t pgoff, prot_t max_prot)
{
	struct map_req req = {
		.hint = model_va(at), .npages = n, .prot = P_READ, .max_prot = max_prot, .flags = MAPF_FIXED, .object = &objects[0].vm, .pgoff = pgoff,
	};
	vaddr_t va;
	CHECK(space_map(self.space, &req, &va) == OK);
	return va;
}

static void files_keep_their_place(void **state)
{
	(void)state;
	fresh();
	vaddr_t va;
	map_file(22, 2, 7, 0);
	map_file(20, 2, 5, 0);
	CHECK(stats(self.space).regions == 1 && region_find(self.space, model_va(20))->pgoff == 5, "it grew down");
	CHECK(space_remap(self.space, model_range(20, 4), 6, false, &va) == OK && stats(self.space).regions == 1, "it grew up");
	map_file(26, 2, 11, P_READ);
	CHECK(stats(self.space).regions == 2, "that one may not be given as much");
	CHECK(space_unmap(self.space, model_range(0, 100)) == OK);
	end_clean();
}

static void only_executable_is_readable(void **state)
{
	(void)state;
	fresh();
	map_at(3, 1, P_EXEC, NULL, 0);
	CHECK(space_fault(self.space, model_va(3), P_READ) == FAULT_OK, "the machine has no page that is not");
	CHECK(space_fault(self.space, model_va(3), P_WRITE) == FAULT_DENIED);
	space_put(self.space);
}

static void guarded_neighbours_stay_two(void **state)
{
	(void)state;
	fresh();
	vaddr_t va, next;
	CHECK(map(0, 3, P_READ, MAPF_GUARD, &va) == OK);
	CHECK(map(va + 3 * PAGE_SIZE, 1, P_READ, MAPF_FIXED, &next) == OK && stats(self.space).regions == 2);
	space_put(self.space);
}

static void copies_cross_pages(void **state)
{
	(void)state;
	fresh();
	map_at(3, 2, P_READ | P_WRITE, NULL, 0);
	uint64_t value = 0x1122334455667788, got = 0;
	uint32_t half = 0;
	CHECK(space_write(self.space, model_va(4) - 4, &value, 8) == OK && space_read(self.space, model_va(4), &half, 4) == OK);
	CHECK(half == value >> 32 && space_read(self.space, model_va(4) - 4, &got, 8) == OK && got == value);
	space_put(self.space);
}

static void fork_takes_no_more_than_it_must(void **state)
{
	(void)state;
	fresh_policy(VMAP_BUMP);
	vaddr_t va, later;
	paddr_t pa;
	prot_t prot;
	struct space *child;
	CHECK(map(0, 5, P_READ, 0, &va) == OK && space_unmap(self.space, (struct vrange){ va, va + 5 * PAGE_SIZE }) == OK);
	map_at(50, 1, P_READ | P_WRITE, &objects[0], MAPF_SHARED);
	process_store(&self, 50, 9);
	CHECK(space_fork(self.space, &child) == OK);
	CHECK(pt_query(&self.space->pt, model_va(50), &pa, &prot) && prot & P_WRITE, "what is shared stays writable");
	struct map_req req = { .npages = 1, .prot = P_READ };
	CHECK(space_map(child, &req, &later) == OK && later >= va + 5 * PAGE_SIZE, "bump hands out nothing twice, in the child neither");
	space_put(child);
	space_put(self.space);
}

static void asids_are_kept(void **state)
{
	(void)state;
	fresh();
	struct space *a = model_space(mm, VMAP_FIRSTFIT);
	asid_t first = space_asid(a);
	space_put(a);
	CHECK_PANICS(asid_free(mm, first));
	a = model_space(mm, VMAP_FIRSTFIT);
	CHECK(space_asid(a) != first, "an id rests before its next use");
	space_put(a);
	space_put(self.space);
	support_asids = 4;
	fresh();
	for (long i = 0; i < 8; i++) {
		inject_failure(1);
		CHECK(!model_space(mm, VMAP_FIRSTFIT));
	}
	inject_failure(-1);
	a = model_space(mm, VMAP_FIRSTFIT);
	CHECK(space_asid(a) != ASID_SHARED, "a space that was not to be had keeps no id");
	space_put(a);
	space_put(self.space);
	support_asids = 64;
}

static void asids_run_out(void **state)
{
	(void)state;
	support_asids = 5;
	fresh();
	struct space *all[6];
	unsigned shared = 0;
	for (unsigned i = 0; i < 6; i++) {
		all[i] = model_space(mm, VMAP_FIRSTFIT);
		for (unsigned k = 0; k < i; k++)
			CHECK(space_asid(all[k]) != space_asid(all[i]) || space_asid(all[i]) == ASID_SHARED);
		shared += space_asid(all[i]) == ASID_SHARED;
	}
	CHECK(shared == 4 && space_asid(self.space) == 2, "%u share", shared);
	asid_t freed = space_asid(all[1]);
	space_put(all[1]);
	all[1] = model_space(mm, VMAP_FIRSTFIT);
	CHECK(space_asid(all[1]) == freed);
	for (unsigned i = 0; i < 6; i++)
		space_put(all[i]);
	support_asids = 2;
	fresh();
	CHECK(space_asid(self.space) == ASID_SHARED);
	end_clean();
	support_asids = 64;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refusals), cmocka_unit_test(neighbours_become_one), cmocka_unit_test(guard_pages),
		cmocka_unit_test(bump_dies_with_memory_left), cmocka_unit_test(stack_grows), cmocka_unit_test(last_owner_keeps_the_frame),
		cmocka_unit_test(late_tlb_is_told), cmocka_unit_test(write_or_execute), cmocka_unit_test(objects_end_somewhere),
		cmocka_unit_test(one_flush_each), cmocka_unit_test(memory_runs_out), cmocka_unit_test(heap),
		cmocka_unit_test(remap_keeps_contents), cmocka_unit_test(asids_run_out),
		cmocka_unit_test(files_keep_their_place), cmocka_unit_test(only_executable_is_readable),
		cmocka_unit_test(guarded_neighbours_stay_two), cmocka_unit_test(copies_cross_pages),
		cmocka_unit_test(fork_takes_no_more_than_it_must), cmocka_unit_test(asids_are_kept),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
