/* Reading the kernel's memory by its own addresses; its frames and zones. See guest.h. */
#include <mm/page.h>
#include "guest.h"

bool guest_begin(struct guest *g, const struct rv *m, const struct guest_layout *at)
{
	enum { SV39 = 8, STEPS = 1 << 19 };
	*g = (struct guest){ .m = m, .at = at, .root = (m->satp & 0xfffffffffff) * RV_PAGE, .page_va = 1, .steps_left = STEPS };
	return m->satp >> 60 == SV39 && guest_word(g, guest_word(g, at->mm) + at->mm_npages);
}

/* The byte at va, and those behind it to the end of its page. */
static const uint8_t *look(struct guest *g, uint64_t va)
{
	uint64_t start = va & ~(uint64_t)(RV_PAGE - 1);
	if (start != g->page_va) {
		g->page = rv_look(g->m, g->root, start);
		g->page_va = start;
	}
	return g->page ? g->page + va % RV_PAGE : NULL;
}

void guest_copy(struct guest *g, uint64_t va, void *to, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const uint8_t *p = look(g, va + i);
		((uint8_t *)to)[i] = p ? *p : 0;
	}
}

uint64_t guest_word(struct guest *g, uint64_t va)
{
	uint64_t v;
	guest_copy(g, va, &v, sizeof v);
	return v;
}

uint32_t guest_half(struct guest *g, uint64_t va)
{
	uint32_t v;
	guest_copy(g, va, &v, sizeof v);
	return v;
}

void guest_text(struct guest *g, uint64_t va, char *to, size_t n)
{
	size_t i = 0;
	for (uint8_t c = 0; i < n - 1; i++) {
		guest_copy(g, va + i, &c, 1);
		if (!c)
			break;
		to[i] = c >= ' ' && c < 127 ? (char)c : '?';
	}
	for (; i < n; i++)
		to[i] = 0;
}

/* What the head of a block says of all its frames. */
static enum guest_kind kind_of(enum page_state state, unsigned flags)
{
	switch (state) {
	case PAGE_FREE: return GUEST_FREE;
	case PAGE_CPU: return GUEST_CPU;
	case PAGE_USED: return flags & PAGE_ANON ? GUEST_PROCESS : GUEST_USED;
	case PAGE_SLAB: return GUEST_SLAB;
	case PAGE_KMALLOC: case PAGE_HEAP: return GUEST_KMALLOC;
	case PAGE_TABLE: return GUEST_TABLE;
	case PAGE_RESERVED: case PAGE_TAIL: break;
	}
	return GUEST_RESERVED;
}

uint32_t guest_frames(struct guest *g, uint8_t *kinds, uint32_t max)
{
	uint64_t mm = guest_word(g, g->at->mm), page = guest_word(g, mm + g->at->mm_pages), npages = guest_word(g, mm + g->at->mm_npages);
	uint64_t most = g->m->ram_bytes / RV_PAGE < max ? g->m->ram_bytes / RV_PAGE : max;
	uint32_t end = (uint32_t)(npages < most ? npages : most);
	for (uint32_t i = 0; i < end;) {
		uint64_t head = page + i * g->at->page_bytes;
		uint8_t state, order, flags;
		guest_copy(g, head + g->at->page_state, &state, 1);
		guest_copy(g, head + g->at->page_order, &order, 1);
		guest_copy(g, head + g->at->page_flags, &flags, 1);
		bool single = state == PAGE_RESERVED || state == PAGE_CPU || order >= FRAME_ORDERS;
		for (uint32_t left = single ? 1 : 1u << order; left && i < end; left--)
			kinds[i++] = (uint8_t)kind_of(state, flags);
	}
	return end;
}

uint32_t guest_zones(struct guest *g, struct guest_zone *zones, uint32_t max)
{
	uint64_t mm = guest_word(g, g->at->mm);
	uint32_t n = guest_half(g, mm + g->at->mm_nzones), i;
	for (i = 0; i < n && i < max; i++) {
		uint64_t zone = mm + g->at->mm_zones + i * g->at->zone_bytes;
		guest_text(g, guest_word(g, zone + g->at->zone_name), zones[i].name, sizeof zones[i].name);
		zones[i].free = (uint32_t)guest_word(g, zone + g->at->zone_free);
		zones[i].managed = (uint32_t)guest_word(g, zone + g->at->zone_managed);
	}
	return i;
}
