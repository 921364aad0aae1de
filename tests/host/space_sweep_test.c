/* The failure sweep over address spaces: every operation, failing at each of its allocations in turn. The space, its tables and
 * the allocator must then be what they were. */
#include "space_model.h"

static uint64_t self_digest(void *ctx)
{
	(void)ctx;
	return space_digest(self.space);
}

static bool op_map(void *ctx)
{
	(void)ctx;
	vaddr_t va;
	return map(0, 3, P_READ, 0, &va) == OK;
}

static bool op_map_over(void *ctx)
{
	(void)ctx;
	struct map_req req = { .hint = model_va(11), .npages = 3, .prot = P_READ, .flags = MAPF_FIXED, .object = &objects[0].vm };
	vaddr_t va;
	return space_map(self.space, &req, &va) == OK;
}

static bool op_unmap(void *ctx) { (void)ctx; return space_unmap(self.space, model_range(21, 2)) == OK; }
static bool op_protect(void *ctx) { (void)ctx; return space_protect(self.space, model_range(31, 2), P_READ) == OK; }
/* Part of one region, all of the next, part of a third. */
static bool op_protect_across(void *ctx) { (void)ctx; return space_protect(self.space, model_range(34, 5), P_NONE) == OK; }
static bool op_fault(void *ctx) { (void)ctx; return space_fault(self.space, 0x200000000, P_WRITE) == FAULT_OK; }
static bool op_fault_object(void *ctx) { (void)ctx; return space_fault(self.space, model_va(42), P_WRITE) == FAULT_OK; }
static bool op_fault_cow(void *ctx) { (void)ctx; return space_fault(self.space, model_va(43), P_WRITE) == FAULT_OK; }
static bool op_brk(void *ctx) { (void)ctx; return space_brk(self.space, model_va(205)) == model_va(205); }
static bool op_grow(void *ctx) { (void)ctx; vaddr_t va; return space_remap(self.space, model_range(54, 1), 3, true, &va) == OK; }

static bool op_move(void *ctx)
{
	(void)ctx;
	vaddr_t va;
	return space_remap(self.space, model_range(51, 2), 5, true, &va) == OK;
}

static bool op_move_to(void *ctx)
{
	(void)ctx;
	vaddr_t at = model_va(32);
	return space_remap(self.space, model_range(23, 2), 2, REMAPF_MAY_MOVE | REMAPF_FIXED, &at) == OK;
}

static bool op_fork(void *ctx)
{
	(void)ctx;
	struct space *child;
	if (space_fork(self.space, &child) != OK)
		return false;
	space_check(child);
	space_put(child);
	return true;
}

static bool op_create(void *ctx)
{
	(void)ctx;
	struct space *s = model_space(mm, VMAP_FIRSTFIT);
	if (s)
		space_put(s);
	return s;
}

static bool op_write(void *ctx)
{
	(void)ctx;
	uint64_t value = 1;
	return space_write(self.space, 0x300000000, &value, sizeof value) == OK;
}

static void failure_sweep(void **state)
{
	(void)state;
	static const struct { const char *name; bool (*op)(void *); unsigned least; } ops[] = {
		{ "map", op_map, 1 }, { "map over", op_map_over, 2 }, { "unmap", op_unmap, 1 }, { "protect", op_protect, 2 },
		{ "protect across", op_protect_across, 2 },
		{ "fault", op_fault, 3 }, { "fault of an object", op_fault_object, 1 }, { "fault of a copy", op_fault_cow, 1 },
		{ "brk", op_brk, 1 }, { "grow", op_grow, 0 }, { "move", op_move, 2 }, { "move to", op_move_to, 2 }, { "fork", op_fork, 10 }, { "create", op_create, 2 },
		{ "write", op_write, 3 },
	};
	fresh();
	vaddr_t va;
	CHECK(map(0x200000000, 1, P_READ | P_WRITE, MAPF_FIXED, &va) == OK);
	CHECK(map(0x300000000, 1, P_READ, MAPF_FIXED, &va) == OK);
	for (uint64_t i = 10; i < 60; i += 10)
		map_at(i, 5, P_READ | P_WRITE, i == 40 ? &objects[2] : NULL, 0);
	map_at(35, 2, P_READ, NULL, 0);
	map_at(37, 3, P_READ | P_WRITE, NULL, 0);
	for (uint64_t i = 10; i < 60; i++)
		process_load(&self, i);
	CHECK(space_discard(self.space, model_range(42, 1)) == OK);
	space_set_heap(self.space, model_va(200));
	for (unsigned k = 0; k < sizeof ops / sizeof ops[0]; k++) {
		unsigned n = sweep_failures(mm, ops[k].op, self_digest, NULL);
		CHECK(n >= ops[k].least, "%s allocates %u times only", ops[k].name, n);
		space_check(self.space);
		tlb_check(space_root(self.space), space_asid(self.space));
	}
	space_put(self.space);
	objects_end(mm);
	mm_fingerprint(mm);
	struct mm_stats st;
	mm_stats(mm, &st);
	CHECK(st.free_pages == st.total_pages);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(failure_sweep) };
	int failed = RUN_TESTS(tests);
	world_end();
	return failed;
}
