/* Address spaces: random operations of three processes, which fork each other, against the model of space_model.h. */
#include "space_model.h"

enum { NPROCS = 3 };
static struct process procs[NPROCS];
static const prot_t rights[] = { P_NONE, P_READ, P_READ | P_WRITE, P_READ | P_WRITE, P_READ | P_EXEC, P_READ | P_WRITE | P_EXEC };

static void do_map(struct process *p, uint64_t i, uint64_t n)
{
	struct map_req req = { .npages = n, .prot = rights[rnd(6)] };
	vaddr_t va;
	if (rnd(2)) {
		req.object = &objects[rnd(MODEL_OBJECTS)].vm;
		req.pgoff = rnd(OBJECT_PAGES);
		req.flags |= rnd(2) ? MAPF_SHARED : 0;
	}
	unsigned how = (unsigned)rnd(4);
	req.hint = how ? model_va(i) : 0;
	req.flags |= how == 2 ? MAPF_FIXED : how == 3 ? MAPF_FIXED | MAPF_NOREPLACE : 0;
	req.flags |= rnd(8) ? 0 : MAPF_POPULATE;
	bool free_there = model_is_free(p, i, n);
	enum err e = space_map(p->space, &req, &va);
	if (how == 3 && !free_there) {
		CHECK(e == ERR_EXIST);
		return;
	}
	if (e != OK) {
		CHECK(e == ERR_NOSPACE_VA && how < 2);
		return;
	}
	CHECK(how < 2 || va == model_va(i));
	CHECK(how != 1 || !free_there || va == model_va(i), "a good hint is followed");
	i = model_index(va);
	CHECK(i + n <= MODEL_PAGES && (how == 2 || model_is_free(p, i, n)), "placed over something");
	model_map(p, i, n, &req);
	/* private copies for stores to come are made at once, and no longer follow the object */
	bool copies = req.flags & MAPF_POPULATE && !(req.flags & MAPF_SHARED) && req.prot & P_WRITE && req.object;
	for (uint64_t k = 0; copies && k < n && p->pages[i + k].pgoff < object_of(req.object)->npages; k++) {
		p->pages[i + k].value = value_of(&p->pages[i + k]);
		p->pages[i + k].own = true;
	}
}

static void do_unmap(struct process *p, uint64_t i, uint64_t n)
{
	CHECK(space_unmap(p->space, model_range(i, n)) == OK);
	model_unmap(p, i, n);
}

static void do_protect(struct process *p, uint64_t i, uint64_t n)
{
	prot_t prot = rights[rnd(6)];
	enum err e = space_protect(p->space, model_range(i, n), prot);
	CHECK(e == (model_is_mapped(p, i, n) ? OK : ERR_NOMEM));
	for (uint64_t k = 0; e == OK && k < n; k++)
		p->pages[i + k].prot = prot;
}

static void do_discard(struct process *p, uint64_t i, uint64_t n)
{
	enum err e = space_discard(p->space, model_range(i, n));
	CHECK(e == (model_is_mapped(p, i, n) ? OK : ERR_NOMEM));
	if (e == OK)
		model_discard(p, i, n);
}

static void do_remap(struct process *p, uint64_t i, uint64_t n)
{
	uint64_t new_n = 1 + rnd(24), at;
	vaddr_t va;
	struct model_page moved[MODEL_PAGES];
	struct region *r = region_find(p->space, model_va(i));
	bool inside = r && r->node.range.end >= model_va(i + n);
	memcpy(moved, p->pages + i, n * sizeof moved[0]);
	if (i + new_n > MODEL_PAGES)
		return;
	enum err e = space_remap(p->space, model_range(i, n), new_n, rnd(2), &va);
	if (e != OK) {
		CHECK(e == (inside ? ERR_NOSPACE_VA : ERR_FAULT));
		return;
	}
	CHECK(inside);
	at = model_index(va);
	model_unmap(p, i, n);
	CHECK(at + new_n <= MODEL_PAGES && model_is_free(p, at, new_n));
	for (uint64_t k = 0; k < new_n; k++) {
		p->pages[at + k] = moved[k < n ? k : 0];
		if (k >= n) {
			p->pages[at + k].own = p->pages[at + k].value = 0;
			p->pages[at + k].pgoff = moved[0].pgoff + k;
		}
	}
}

static void do_fork(struct process *p)
{
	struct process *child = &procs[rnd(NPROCS)];
	if (child == p)
		return;
	if (child->space)
		space_put(child->space);
	memcpy(child->pages, p->pages, sizeof p->pages);
	CHECK(space_fork(p->space, &child->space) == OK);
}

static void do_copy(struct process *p, uint64_t i)
{
	struct model_page *m = &p->pages[i];
	uint64_t value, new = rnd(~0ull);
	enum err want = !m->mapped || (m->object && m->pgoff >= m->object->npages && !m->own) ? ERR_FAULT : OK;
	enum err e = space_read(p->space, model_va(i), &value, sizeof value);
	CHECK(e == want);
	if (e != OK)
		return;
	CHECK(value == value_of(m));
	bool refused = m->shared && !(m->prot & P_WRITE);
	CHECK(space_write(p->space, model_va(i), &new, sizeof new) == (refused ? ERR_FAULT : OK));
	if (refused)
		return;
	if (m->shared) {
		m->object->values[m->pgoff] = new;
	} else {
		m->own = true;
		m->value = new;
	}
}

/* Mostly back to full length: else soon nothing would be left to map. */
static void do_truncate(void)
{
	struct object *o = &objects[rnd(MODEL_OBJECTS)];
	object_truncate(o, rnd(OBJECT_PAGES));
	for (unsigned k = 0; k < NPROCS; k++)
		if (procs[k].space)
			model_truncate(&procs[k], o);
	o->npages = rnd(4) ? OBJECT_PAGES : o->npages;
}

static void random_step(struct process *p)
{
	uint64_t n = 1 + rnd(rnd(4) ? 8 : 60), i = rnd(MODEL_PAGES - n);
	switch (rnd(16)) {
	case 0: case 1: case 2:
		do_map(p, i, n);
		break;
	case 3: case 4:
		do_unmap(p, i, n);
		break;
	case 5: case 6:
		do_protect(p, i, n);
		break;
	case 7:
		do_discard(p, i, n);
		break;
	case 8:
		do_fork(p);
		break;
	case 9:
		do_remap(p, i, n);
		break;
	case 10:
		do_copy(p, i);
		break;
	case 11:
		if (!rnd(4))
			do_truncate();
		break;
	default:
		for (int k = 0; k < 8; k++) {
			process_store(p, rnd(MODEL_PAGES), rnd(~0ull));
			process_load(p, rnd(MODEL_PAGES));
			process_fetch(p, rnd(MODEL_PAGES));
		}
	}
}

static void random_operations(enum vmap_policy policy)
{
	mm = world_make(4096, NULL, 0);
	uint64_t before = mm_fingerprint(mm);
	objects_init();
	memset(procs, 0, sizeof procs);
	procs[0].space = model_space(mm, policy);
	for (unsigned step = 0; goes_on(step, 2500); step++) {
		struct process *p = &procs[rnd(NPROCS)];
		if (!p->space)
			p = &procs[0];
		random_step(p);
		for (unsigned k = 0; k < NPROCS; k++)
			if (procs[k].space)
				process_check(&procs[k]);
		if (now_and_then(step, 10))
			CHECK(mm_check(mm), "%s", support_log);
		if (policy == VMAP_BUMP && procs[0].space->vmap.bump > model_va(MODEL_PAGES / 2))
			for (unsigned k = 0; k < NPROCS; k++)
				if (procs[k].space)
					procs[k].space->vmap.bump = MODEL_BASE;	/* or every later request would be refused */
	}
	for (unsigned k = 0; k < NPROCS; k++)
		if (procs[k].space)
			space_put(procs[k].space);
	objects_end(mm);
	CHECK(mm_check(mm), "%s", support_log);
	CHECK(mm_fingerprint(mm) == before, "something is lost");
	CHECK(!strstr(support_log, "bad free"), "%s", support_log);
}

static void random_bump(void **state) { (void)state; random_operations(VMAP_BUMP); }
static void random_firstfit(void **state) { (void)state; random_operations(VMAP_FIRSTFIT); }
static void random_bestfit(void **state) { (void)state; random_operations(VMAP_BESTFIT); }

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bump), cmocka_unit_test(random_firstfit), cmocka_unit_test(random_bestfit),
	};
	int failed = RUN_TESTS(tests);
	support_direct_pages = 2800;	/* and once more with the programs' pages out of the kernel's reach */
	failed |= RUN_TESTS(tests);
	world_end();
	return failed;
}
