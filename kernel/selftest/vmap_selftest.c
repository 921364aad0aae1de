/* Regions and holes, under each policy. vmap_check() panics at a broken tree; what is asked here besides is that nothing overlaps and
 * that the holes become one again. */
#include <mm/vmap.h>
#include "selftest.h"

enum { NODES = 128, STEPS = 1500 };

static const struct vrange span = { 0x10000, 0x4000000000 }, window = { 0x1000000, 0x1000000 + NODES * 64 * PAGE_SIZE };

struct world { struct vmap vm; struct vmap_node node[NODES]; bool is_in[NODES]; };

static const char *put_in(struct world *w, unsigned k, uint64_t npages)
{
	struct vrange r;
	if (!vmap_find_hole(&w->vm, npages, 0, &r))
		return NULL;
	WANT(r.end - r.start == npages * PAGE_SIZE && r.start >= window.start && r.end <= window.end);
	WANT(vmap_is_free(&w->vm, r));
	w->node[k] = (struct vmap_node){ .range = r };
	vmap_insert(&w->vm, &w->node[k]);
	vmap_took(&w->vm, r);
	w->is_in[k] = true;
	WANT(vmap_find(&w->vm, r.start) == &w->node[k] && vmap_find(&w->vm, r.end - 1) == &w->node[k]);
	return NULL;
}

static void take_out(struct world *w, unsigned k)
{
	vmap_remove(&w->vm, &w->node[k]);
	w->is_in[k] = false;
}

static const char *churn(enum vmap_policy policy)
{
	uint64_t seed = 1;
	struct world *w = kzalloc(kernel_mm, sizeof *w);
	WANT(w);
	vmap_init(&w->vm, span, window, policy);
	uint64_t whole = w->vm.hole_bytes;
	for (unsigned i = 0; i < STEPS; i++) {
		unsigned k = (unsigned)selftest_random(&seed, NODES);
		const char *why = NULL;
		if (w->is_in[k])
			take_out(w, k);
		else
			why = put_in(w, k, 1 + selftest_random(&seed, 64));
		if (why)
			return why;
		if (i % 32 == 0)
			vmap_check(&w->vm);
	}
	for (unsigned k = 0; k < NODES; k++)
		if (w->is_in[k])
			take_out(w, k);
	vmap_check(&w->vm);
	WANT(w->vm.nnodes == 0 && w->vm.hole_bytes == whole && vmap_largest_hole(&w->vm) == whole);
	kfree(kernel_mm, w);
	return NULL;
}

static const char *bump(void) { return churn(VMAP_BUMP); }
static const char *first_fit(void) { return churn(VMAP_FIRSTFIT); }
static const char *best_fit(void) { return churn(VMAP_BESTFIT); }

const struct selftest selftest_vmap[] = { { "bump", bump }, { "firstfit", first_fit }, { "bestfit", best_fit }, { NULL, NULL } };
