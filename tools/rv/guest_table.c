/* A walk over all of a Sv39 tree, from the outside: what the hart would find at each address. Entries are read by the kernel's arch/pte.h, not
 * by the machine's own mmu.c, so that what only the kernel can tell is told too: a parked leaf, a copy to be made. See guest.h. */
#include <arch/pte.h>
#include "guest.h"
#include "priv.h"

struct walk {
	struct guest *g;
	struct guest_row *rows;
	uint32_t n, max;
	uint32_t tables_left;		/* a table that leads to itself has no end */
	uint64_t zero_pa;
};

static uint64_t entry_bytes(int height) { return PAGE_SIZE << PT_BITS * height; }
/* From the upper half of the tables on, addresses have all the bits above set. */
static uint64_t canonical(uint64_t va) { return (uint64_t)((int64_t)(va << 25) >> 25); }

static struct guest_row leaf_row(const struct walk *w, pte_t e, int height, uint64_t va)
{
	struct guest_row r = { .start = va, .end = va + entry_bytes(height), .pa = pte_addr(e), .height = (uint32_t)height, .count = 1 };
	r.kind = pte_valid(e) ? GUEST_LEAVES : GUEST_PARKED;
	r.bits = (uint32_t)(e & 0x3ff) | (pte_valid(e) && r.pa == w->zero_pa ? (uint32_t)GUEST_ZERO : 0);
	return r;
}

/* Let last end with r too, if it says the same. */
static bool join(struct guest_row *last, const struct guest_row *r)
{
	const uint32_t of_one = ~(uint32_t)GUEST_SCATTERED;
	if (r->kind == GUEST_TABLE_PAGE || last->kind != r->kind || last->height != r->height || last->end != r->start || (last->bits & of_one) != r->bits)
		return false;
	if (r->pa != last->pa + (last->end - last->start))
		last->bits |= GUEST_SCATTERED;
	last->end = r->end;
	last->count++;
	return true;
}

static void add(struct walk *w, struct guest_row r)
{
	if (w->n && join(&w->rows[w->n - 1], &r))
		return;
	if (w->n < w->max)
		w->rows[w->n++] = r;
}

static pte_t entry(const uint8_t *table, unsigned i)
{
	pte_t e;
	__builtin_memcpy(&e, table + i * sizeof e, sizeof e);
	return e;
}

static uint32_t entries_used(const uint8_t *table)
{
	uint32_t n = 0;
	for (unsigned i = 0; i < 1u << PT_BITS; i++)
		n += entry(table, i) != 0;
	return n;
}

static bool leads_on(pte_t e, int height) { return height && pte_valid(e) && !pte_is_leaf(e, height); }

/* The table at pa, whose first entry is for va, and what hangs on it: as deep as the tree, and no deeper. */
static void walk_table(struct walk *w, uint64_t pa, int height, uint64_t va)
{
	const uint8_t *table = ram_at(w->g->m, pa, RV_PAGE);
	if (!table || !w->tables_left || w->n == w->max)
		return;
	w->tables_left--;
	struct guest_row head = { .start = va, .end = va + entry_bytes(height) * (1 << PT_BITS), .pa = pa, .height = (uint32_t)height };
	head.count = entries_used(table);
	add(w, head);
	for (unsigned i = 0; i < 1u << PT_BITS; i++) {
		uint64_t at = canonical(va + i * entry_bytes(height));
		pte_t e = entry(table, i);
		if (leads_on(e, height))
			walk_table(w, pte_addr(e), height - 1, at);
		else if (e)
			add(w, leaf_row(w, e, height, at));
	}
}

uint32_t guest_rows(struct guest *g, uint64_t space, struct guest_row *rows, uint32_t max)
{
	uint64_t zero = guest_word(g, guest_word(g, g->at->mm) + g->at->mm_zero_pa);
	struct walk w = { .g = g, .rows = rows, .max = max, .tables_left = max, .zero_pa = zero };
	walk_table(&w, space ? guest_word(g, space + g->at->space_root) : g->root, PT_HEIGHT - 1, 0);
	return w.n;
}

uint32_t guest_count(struct guest *g, uint64_t root, uint64_t start, uint64_t end)
{
	uint64_t zero = guest_word(g, guest_word(g, g->at->mm) + g->at->mm_zero_pa);
	uint32_t frames = 0;
	for (uint64_t va = start, size; va < end && g->steps_left; va = (va & ~(size - 1)) + size, g->steps_left--) {
		uint64_t pa = root;
		int height = PT_HEIGHT - 1;
		pte_t e = 0;
		for (; height >= 0; height--) {
			const uint8_t *table = ram_at(g->m, pa, RV_PAGE);
			e = table ? entry(table, va / entry_bytes(height) % (1 << PT_BITS)) : 0;
			if (!leads_on(e, height))
				break;
			pa = pte_addr(e);
		}
		size = entry_bytes(height < 0 ? 0 : height);
		frames += pte_valid(e) && pte_addr(e) != zero ? (uint32_t)(size / PAGE_SIZE) : 0;
	}
	return frames;
}
