/* Two ledgers, addresses and frames; the page of zeros; advice; moving to a fixed place. */
#include "space_model.h"

static struct space_stats figures(void)
{
	struct space_stats st;
	space_stats(self.space, &st);
	return st;
}

static void finish(void)
{
	space_check(self.space);
	tlb_check(space_root(self.space), space_asid(self.space));
	space_put(self.space);
	objects_end(mm);
	CHECK(mm_check(mm), "%s", support_log);
	mm_fingerprint(mm);
	struct mm_stats st;
	mm_stats(mm, &st);
	CHECK(st.free_pages == st.total_pages, "%llu frames are lost", (unsigned long long)(st.total_pages - st.free_pages));
}

static void zero_page(void **state)
{
	(void)state;
	fresh();
	map_at(0, 10, P_READ | P_WRITE, NULL, 0);
	uint64_t before = mm_free_pages(mm);
	for (uint64_t i = 0; i < 8; i++)
		process_load(&self, i);
	CHECK(figures().resident_pages == 0 && figures().zero_pages == 8 && mm->zero_page->refs == 9);
	CHECK(before - mm_free_pages(mm) <= figures().table_pages, "reading takes frames");
	for (uint64_t i = 0; i < 4; i++)
		process_store(&self, i, 7 + i);
	CHECK(figures().resident_pages == 4 && figures().zero_pages == 4 && mm->zero_page->refs == 5);
	struct space *child;
	CHECK(space_fork(self.space, &child) == OK && mm->zero_page->refs == 9);
	uint64_t value = 5;
	CHECK(space_write(child, model_va(5), &value, 8) == OK && mm->zero_page->refs == 8);
	space_put(child);
	CHECK(mm->zero_page->refs == 5);
	process_load(&self, 5);
	CHECK(space_discard(self.space, model_range(0, 10)) == OK && mm->zero_page->refs == 1 && figures().zero_pages == 0);
	model_discard(&self, 0, 10);
	for (uint64_t i = 0; i < 8; i++)
		process_load(&self, i);
	CHECK(space_protect(self.space, model_range(2, 2), P_NONE) == OK && space_protect(self.space, model_range(2, 2), P_READ | P_WRITE) == OK);
	process_store(&self, 2, 1);
	CHECK(space_unmap(self.space, model_range(4, 4)) == OK && mm->zero_page->refs == 4);
	const uint64_t *word = ram_at(page_pa(mm, mm->zero_page));
	for (unsigned i = 0; i < 512; i++)
		CHECK(word[i] == 0);
	finish();
}

static void virtual_limit(void **state)
{
	(void)state;
	vaddr_t va;
	fresh();
	space_set_heap(self.space, model_va(300));
	space_set_limits(self.space, 20, 0);
	map_at(0, 15, P_READ | P_WRITE, NULL, 0);
	CHECK(map(0, 6, P_READ, 0, &va) == ERR_BUDGET && strstr(support_log, "[mmap] BUDGET: size 0x6000"));
	CHECK(map(model_va(10), 8, P_READ, MAPF_FIXED, &va) == OK, "three new pages");
	CHECK(figures().mapped_pages == 18 && figures().peak_mapped_pages == 18);
	CHECK(map(model_va(100), 3, P_READ, MAPF_FIXED, &va) == ERR_BUDGET);
	CHECK(space_brk(self.space, model_va(303)) == model_va(300) && space_brk(self.space, model_va(302)) == model_va(302));
	CHECK(space_remap(self.space, model_range(10, 8), 9, REMAPF_MAY_MOVE, &va) == ERR_BUDGET);
	CHECK(map(0, 1, P_READ, 0, &va) == ERR_BUDGET, "exactly full");
	CHECK(figures().refused_budget == 5 && figures().refused_holes == 0 && figures().refused_memory == 0);
	struct space *child;
	CHECK(space_fork(self.space, &child) == OK);
	struct map_req one = { .npages = 1, .prot = P_READ };
	CHECK(space_map(child, &one, &va) == ERR_BUDGET);
	space_put(child);
	CHECK(space_unmap(self.space, model_range(0, 1)) == OK && map(0, 1, P_READ, 0, &va) == OK);
	space_set_limits(self.space, 5, 0);
	CHECK(map(0, 1, P_READ, 0, &va) == ERR_BUDGET && figures().mapped_pages == 20, "what is there stays");
	space_set_limits(self.space, 0, 0);
	CHECK(map(0, 100, P_READ, 0, &va) == OK && figures().max_mapped_pages == UINT64_MAX);
	CHECK(map(0, MODEL_PAGES, P_READ, 0, &va) == ERR_NOSPACE_VA && figures().refused_holes == 1);
	finish();
}

static void physical_limit(void **state)
{
	(void)state;
	fresh();
	map_at(0, 20, P_READ | P_WRITE, NULL, 0);
	space_set_limits(self.space, 0, 5);
	for (uint64_t i = 0; i < 12; i++)
		process_load(&self, i);
	for (uint64_t i = 0; i < 5; i++)
		process_store(&self, i, i);
	CHECK(figures().resident_pages == 5);
	CHECK(space_fault(self.space, model_va(5), P_WRITE) == FAULT_NOMEM && space_fault(self.space, model_va(15), P_WRITE) == FAULT_NOMEM);
	CHECK(space_fault(self.space, model_va(15), P_READ) == FAULT_OK, "zeros are free");
	struct space *child;
	CHECK(space_fork(self.space, &child) == OK);
	process_store(&self, 0, 77);
	CHECK(figures().resident_pages == 5, "a copy takes the place of what was shared");
	space_put(child);
	CHECK(space_discard(self.space, model_range(3, 1)) == OK);
	model_discard(&self, 3, 1);
	process_store(&self, 5, 9);
	CHECK(figures().resident_pages == 5 && space_fault(self.space, model_va(3), P_WRITE) == FAULT_NOMEM);
	finish();
}

static void advice(void **state)
{
	(void)state;
	unsigned char present[12];
	fresh();
	map_at(0, 6, P_READ | P_WRITE, NULL, 0);
	map_at(6, 3, P_READ, NULL, 0);
	map_at(10, 4, P_READ | P_WRITE, &objects[0], 0);
	CHECK(space_present(self.space, model_range(0, 9), present) == OK && !memcmp(present, (unsigned char[9]){ 0 }, 9));
	CHECK(space_populate(self.space, model_range(1, 3), P_WRITE) == OK && figures().resident_pages == 3);
	CHECK(space_populate(self.space, model_range(4, 4), P_READ) == OK && figures().resident_pages == 3);
	CHECK(space_present(self.space, model_range(0, 9), present) == OK && !memcmp(present, (unsigned char[]){ 0, 1, 1, 1, 1, 1, 1, 1, 0 }, 9));
	CHECK(space_populate(self.space, model_range(5, 2), P_WRITE) == ERR_INVAL, "may not be written");
	CHECK(space_populate(self.space, model_range(8, 4), P_READ) == ERR_NOMEM && space_present(self.space, model_range(8, 2), present) == ERR_NOMEM);
	CHECK(space_is_mapped(self.space, model_range(8, 2)) == ERR_NOMEM && space_is_mapped(self.space, model_range(0, 9)) == OK);
	CHECK(space_populate(self.space, model_range(10, 4), P_READ) == OK);
	CHECK(space_free(self.space, model_range(0, 9)) == OK && figures().zero_pages == 0);
	CHECK(space_free(self.space, model_range(9, 2)) == ERR_NOMEM && space_free(self.space, model_range(10, 1)) == ERR_INVAL);
	CHECK(space_present(self.space, model_range(10, 1), present) == OK && present[0] == 1);
	struct map_req past = { .hint = model_va(20), .npages = 4, .prot = P_READ, .flags = MAPF_FIXED, .object = &objects[1].vm, .pgoff = OBJECT_PAGES - 1 };
	vaddr_t va;
	CHECK(space_map(self.space, &past, &va) == OK && space_populate(self.space, model_range(20, 2), P_READ) == ERR_FAULT);
	finish();
}

static void remap_to_a_place(void **state)
{
	(void)state;
	fresh();
	map_at(0, 8, P_READ | P_WRITE, NULL, 0);
	map_at(20, 8, P_READ | P_WRITE, NULL, 0);
	for (uint64_t i = 0; i < 8; i++)
		process_store(&self, i, 100 + i);
	for (uint64_t i = 20; i < 28; i++)
		process_store(&self, i, 200 + i);
	vaddr_t at = model_va(22);
	CHECK(space_remap(self.space, model_range(0, 4), 4, REMAPF_MAY_MOVE | REMAPF_FIXED, &at) == OK && at == model_va(22));
	for (uint64_t i = 0; i < 8; i++) {
		uint64_t value, want = i < 2 || i > 5 ? 220 + i : 100 + i - 2;
		CHECK(space_read(self.space, model_va(20 + i), &value, 8) == OK && value == want, "page %llu", (unsigned long long)i);
	}
	CHECK(figures().mapped_pages == 12 && figures().resident_pages == 12);
	at = model_va(5);
	CHECK(space_remap(self.space, model_range(4, 4), 4, REMAPF_FIXED, &at) == ERR_INVAL, "overlaps itself");
	at = 0;
	CHECK(space_remap(self.space, model_range(4, 4), 4, REMAPF_FIXED, &at) == ERR_INVAL);
	at = model_va(40);
	CHECK(space_remap(self.space, model_range(4, 4), 2, REMAPF_FIXED, &at) == OK && figures().mapped_pages == 10);
	CHECK(space_remap(self.space, model_range(4, 1), 1, REMAPF_FIXED, &at) == ERR_FAULT, "nothing is left there");
	finish();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(zero_page), cmocka_unit_test(virtual_limit), cmocka_unit_test(physical_limit), cmocka_unit_test(advice),
		cmocka_unit_test(remap_to_a_place),
	};
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
