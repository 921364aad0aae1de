#pragma once
#include "support.h"
#include <mm/space.h>
#include "../../mm/space_priv.h"
/* An address space the naive way: an array of pages, each with its own rights and content. Programs of the test access memory through the
 * strict TLB and the fault handler, and must meet what the array says. */

enum { MODEL_PAGES = 384, MODEL_OBJECTS = 3, OBJECT_PAGES = 40 };
#define MODEL_BASE 0x3fe00000ull	/* across 2 MiB lines */

/* An object of the test: a file whose pages are in memory from the first use. */
struct object {
	struct vm_object vm;
	int refs;
	uint64_t npages;		/* its length now, OBJECT_PAGES at most */
	struct page *pages[OBJECT_PAGES];
	bool told[OBJECT_PAGES];	/* of a store to come */
	uint64_t values[OBJECT_PAGES];	/* the model */
};

struct model_page {
	bool mapped, shared, own;	/* own: the value is here, not in the object */
	prot_t prot;
	struct object *object;
	uint64_t pgoff;
	uint64_t value;
};

struct process {
	struct space *space;
	struct model_page pages[MODEL_PAGES];
};

static inline vaddr_t model_va(uint64_t i) { return MODEL_BASE + i * PAGE_SIZE; }
static inline struct vrange model_range(uint64_t i, uint64_t n) { return (struct vrange){ model_va(i), model_va(i + n) }; }
static inline uint64_t model_index(vaddr_t va) { return (va - MODEL_BASE) >> PAGE_SHIFT; }

static struct object objects[MODEL_OBJECTS];

static inline struct object *object_of(struct vm_object *vm) { return container_of(vm, struct object, vm); }
static inline void object_get(struct vm_object *vm) { object_of(vm)->refs++; }
static inline void object_put(struct vm_object *vm) { CHECK(object_of(vm)->refs-- > 1, "the test's own reference is gone"); }

/* What a page holds is its first word. */
static inline uint64_t *word_of(paddr_t pa) { return ram_at(pa); }

static inline enum err object_get_page(struct vm_object *vm, uint64_t pgoff, bool write, struct page **out)
{
	struct object *o = object_of(vm);
	if (pgoff >= o->npages)
		return ERR_NXIO;
	o->told[pgoff] |= write;
	if (!o->pages[pgoff]) {
		o->pages[pgoff] = frame_alloc(support_mm, 0, FRAME_USER | FRAME_ZERO);
		if (!o->pages[pgoff])
			return ERR_NOMEM;
		*word_of(page_pa(support_mm, o->pages[pgoff])) = o->values[pgoff];
	}
	frame_get(o->pages[pgoff]);
	*out = o->pages[pgoff];
	return OK;
}

static inline void object_peek_pages(struct vm_object *vm, uint64_t pgoff, unsigned n, struct page **out)
{
	for (unsigned k = 0; k < n; k++) {
		out[k] = pgoff + k < object_of(vm)->npages ? object_of(vm)->pages[pgoff + k] : NULL;
		if (out[k])
			frame_get(out[k]);
	}
}

static const struct vm_object_ops object_ops = { object_get, object_put, object_get_page, object_peek_pages };

/* The object has npages pages from now on; what lies beyond reads as zero if it ever comes back. */
static inline void object_truncate(struct object *o, uint64_t npages)
{
	o->npages = npages;
	for (uint64_t k = npages; k < OBJECT_PAGES; k++) {
		if (o->pages[k])
			frame_put(support_mm, o->pages[k]);
		o->pages[k] = NULL;
		o->values[k] = 0;
	}
	spaces_truncate(support_mm, &o->vm, npages);
}

static inline void objects_init(void)
{
	memset(objects, 0, sizeof objects);
	for (unsigned i = 0; i < MODEL_OBJECTS; i++) {
		objects[i].vm.ops = &object_ops;
		objects[i].refs = 1;
		objects[i].npages = OBJECT_PAGES;
		for (unsigned k = 0; k < OBJECT_PAGES; k++)
			objects[i].values[k] = 1000 * (i + 1) + k;
	}
}

/* Drop the objects' pages; no mapping may refer to them any more. */
static inline void objects_end(struct mm *mm)
{
	for (unsigned i = 0; i < MODEL_OBJECTS; i++) {
		CHECK(objects[i].refs == 1, "object %u has %d references", i, objects[i].refs);
		CHECK(objects[i].vm.nregions == 0);
		for (unsigned k = 0; k < OBJECT_PAGES; k++)
			if (objects[i].pages[k])
				frame_put(mm, objects[i].pages[k]);
	}
}

static inline struct space *model_space(struct mm *mm, enum vmap_policy policy)
{
	struct space_config cfg = {
		.window = model_range(0, MODEL_PAGES), .policy = policy, .stack_top = USER_END, .stack_max_pages = 64,
	};
	return space_create(mm, &cfg);
}

static inline enum fault_result expected(const struct model_page *m, prot_t access)
{
	if (!m->mapped)
		return FAULT_UNMAPPED;
	if (!m->prot || (access != P_READ && !(m->prot & access)))
		return FAULT_DENIED;
	return m->object && m->pgoff >= m->object->npages && !m->own ? FAULT_BUS : FAULT_OK;
}

/* The frame that the machine reaches, or 0. */
static inline paddr_t access_page(struct process *p, uint64_t i, prot_t access)
{
	enum fault_result want = expected(&p->pages[i], access);
	paddr_t pa = 0;
	for (int tries = 0; tries < 3; tries++) {
		if (tlb_access(space_root(p->space), space_asid(p->space), model_va(i), access, &pa)) {
			CHECK(want == FAULT_OK, "page %llu: access %u should not be possible", (unsigned long long)i, access);
			return pa;
		}
		enum fault_result got = space_fault(p->space, model_va(i) + rnd(PAGE_SIZE), access);
		CHECK(got == want, "page %llu: access %u gives %d, not %d", (unsigned long long)i, access, got, want);
		if (got != FAULT_OK)
			return 0;
	}
	CHECK(false, "page %llu: faults for ever", (unsigned long long)i);
	return 0;
}

static inline uint64_t value_of(const struct model_page *m)
{
	return m->own || !m->object ? m->value : m->object->values[m->pgoff];
}

/* Access page i as a program would, and check what happens against the model. A store changes both. */
static inline void process_load(struct process *p, uint64_t i)
{
	paddr_t pa = access_page(p, i, P_READ);
	CHECK(!pa || *word_of(pa) == value_of(&p->pages[i]), "page %llu holds %llu, not %llu", (unsigned long long)i,
		(unsigned long long)*word_of(pa), (unsigned long long)value_of(&p->pages[i]));
}

static inline void process_fetch(struct process *p, uint64_t i) { (void)access_page(p, i, P_EXEC); }

static inline void process_store(struct process *p, uint64_t i, uint64_t value)
{
	struct model_page *m = &p->pages[i];
	paddr_t pa = access_page(p, i, P_WRITE);
	if (!pa)
		return;
	CHECK(*word_of(pa) == value_of(m));
	*word_of(pa) = value;
	if (m->shared) {
		CHECK(m->object->told[m->pgoff], "the object does not know that it is dirty");
		m->object->values[m->pgoff] = value;
	} else {
		m->own = true;
		m->value = value;
	}
}

static inline void model_map(struct process *p, uint64_t i, uint64_t n, const struct map_req *req)
{
	for (uint64_t k = 0; k < n; k++)
		p->pages[i + k] = (struct model_page){
			.mapped = true, .shared = req->flags & MAPF_SHARED, .prot = req->prot,
			.object = req->object ? object_of(req->object) : NULL, .pgoff = req->pgoff + k,
		};
}

static inline void model_unmap(struct process *p, uint64_t i, uint64_t n) { memset(&p->pages[i], 0, n * sizeof p->pages[0]); }

static inline void model_discard(struct process *p, uint64_t i, uint64_t n)
{
	for (; n; n--, i++)
		p->pages[i].own = p->pages[i].value = 0;
}

/* What lies beyond the end of o is no page's own any more. */
static inline void model_truncate(struct process *p, const struct object *o)
{
	for (unsigned i = 0; i < MODEL_PAGES; i++)
		if (p->pages[i].mapped && p->pages[i].object == o && p->pages[i].pgoff >= o->npages)
			model_discard(p, i, 1);
}

static inline bool model_is_mapped(const struct process *p, uint64_t i, uint64_t n)
{
	while (n--)
		if (!p->pages[i + n].mapped)
			return false;
	return true;
}

static inline bool model_is_free(const struct process *p, uint64_t i, uint64_t n)
{
	while (n--)
		if (p->pages[i + n].mapped)
			return false;
	return true;
}

/* The space's own checks, the TLB, and the figures. */
static inline void process_check(struct process *p)
{
	struct space_stats st;
	uint64_t mapped = 0;
	space_check(p->space);
	tlb_check(space_root(p->space), space_asid(p->space));
	space_stats(p->space, &st);
	for (unsigned i = 0; i < MODEL_PAGES; i++) {
		const struct region *r = region_find(p->space, model_va(i));
		const struct model_page *m = &p->pages[i];
		CHECK(!!r == m->mapped);
		CHECK(!r || (r->prot == m->prot && !!(r->flags & MAPF_SHARED) == m->shared));
		mapped += m->mapped;
	}
	CHECK(st.mapped_pages == mapped && st.hole_pages == MODEL_PAGES - mapped);
	CHECK(st.resident_pages <= mapped && st.largest_hole_pages <= st.hole_pages);
}

static inline uint64_t mix(uint64_t h, uint64_t x) { return (h ^ x) * 0x100000001b3; }

static inline bool digest_region(const struct region *r, void *ctx)
{
	uint64_t *h = ctx;
	*h = mix(mix(mix(*h, r->node.range.start), r->node.range.end), r->prot << 8 | r->flags);
	*h = mix(mix(*h, (uintptr_t)r->object), r->object ? r->pgoff : 0);
	return true;
}

/* A digest of everything in the space that a program or a table walk could see. */
static inline uint64_t space_digest(struct space *s)
{
	uint64_t h = mix(s->brk, s->vmap.bump);
	space_for_each(s, digest_region, &h);
	struct vrange r = USER_RANGE;
	for (r.start = pt_next(&s->pt, r); r.start < r.end; r.start = pt_next(&s->pt, r)) {
		h = mix(mix(h, r.start), pt_get(&s->pt, r.start));
		r.start += PAGE_SIZE;
	}
	for (unsigned i = 0; i < MODEL_OBJECTS; i++)
		h = mix(h, (uint64_t)objects[i].refs);
	return h;
}

/* ---- One process in a world of its own, for tests of single rules ---- */

static struct mm *mm;
static struct process self;

static inline void fresh_policy(enum vmap_policy policy)
{
	mm = world_make(4096, NULL, 0);
	objects_init();
	for (unsigned i = 0; i < MODEL_OBJECTS; i++)
		for (unsigned k = 0; k < OBJECT_PAGES; k++) {
			struct page *page;
			CHECK(object_get_page(&objects[i].vm, k, false, &page) == OK);
			frame_put(mm, page);
		}
	memset(&self, 0, sizeof self);
	self.space = model_space(mm, policy);
	CHECK(self.space);
}

static inline void fresh(void) { fresh_policy(VMAP_BESTFIT); }

static inline enum err map(vaddr_t hint, uint64_t n, prot_t prot, unsigned flags, vaddr_t *out)
{
	struct map_req req = { .hint = hint, .npages = n, .prot = prot, .flags = flags };
	return space_map(self.space, &req, out);
}

static inline uint64_t map_at(uint64_t i, uint64_t n, prot_t prot, struct object *object, unsigned flags)
{
	struct map_req req = {
		.hint = model_va(i), .npages = n, .prot = prot, .flags = flags | MAPF_FIXED, .object = object ? &object->vm : NULL,
	};
	vaddr_t va;
	CHECK(space_map(self.space, &req, &va) == OK && va == req.hint);
	model_map(&self, i, n, &req);
	return va;
}

static inline struct space_stats stats(struct space *s)
{
	struct space_stats st;
	space_stats(s, &st);
	return st;
}
