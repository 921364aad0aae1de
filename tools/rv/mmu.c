/* From virtual addresses to bytes: the walk of Sv39, a TLB in front of it, and the loads and stores that do not hit the TLB.
 *
 * The TLB holds where a page lies in our own memory, apart for fetching, loading and storing, and apart for user, kernel, and
 * kernel that may touch user pages. So a hit needs no further check. Whatever may change a translation empties it.
 *
 * Source: RISC-V Privileged, "Sv39". Accessed and dirty bits are set by the hardware, as QEMU's is. */
#include "priv.h"

enum { PTE_V = 1, PTE_R = 2, PTE_W = 4, PTE_X = 8, PTE_U = 16, PTE_A = 64, PTE_D = 128 };
enum { LEVELS = 3, LEVEL_BITS = 9 };
#define PTE_RESERVED (~0ull << 54)
#define PPN_MASK 0xfffffffffffull
#define NOWHERE UINT64_MAX

static const enum cause page_fault[3] = { CAUSE_FETCH_PAGE, CAUSE_LOAD_PAGE, CAUSE_STORE_PAGE };
static const enum cause access_fault[3] = { CAUSE_FETCH_ACCESS, CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS };

void tlb_flush(struct rv *m)
{
	struct rv_tlb *e = &m->tlb[0][0][0];
	for (size_t i = 0; i < sizeof m->tlb / sizeof *e; i++)
		e[i].va = 1;
	m->large_low = UINT64_MAX;
	m->large_high = 0;
}

void tlb_flush_page(struct rv *m, uint64_t va)
{
	if (va >= m->large_low && va <= m->large_high) {
		tlb_flush(m);
		return;
	}
	for (unsigned i = 0; i < 9; i++)
		m->tlb[i / 3][i % 3][va / RV_PAGE % RV_TLB].va = 1;
}

void view_changed(struct rv *m)
{
	m->view = m->mode == RV_U ? 0 : m->sstatus & SSTATUS_SUM ? 2 : 1;
}

uint8_t *ram_at(const struct rv *m, uint64_t pa, uint64_t n)
{
	uint64_t at = pa - RV_RAM_BASE;
	return at < m->ram_bytes && n <= m->ram_bytes - at ? m->ram + at : NULL;
}

static bool translating(const struct rv *m) { return m->satp >> 60; }
static bool is_leaf(uint64_t pte) { return pte & (PTE_R | PTE_W | PTE_X); }
static uint64_t level_bytes(int level) { return 1ull << (12 + LEVEL_BITS * level); }

/* Does an entry end the walk? One that leads on has none of the bits that only a leaf has. */
static bool is_last(uint64_t pte, int level)
{
	return !(pte & PTE_V) || pte & PTE_RESERVED || is_leaf(pte) || level == 0 || pte & (PTE_U | PTE_A | PTE_D);
}

/* A walk that only looks: the entry that ends it, or NULL if a table lies outside RAM. */
static uint8_t *find_entry(const struct rv *m, uint64_t table, uint64_t va, int *level)
{
	for (int l = LEVELS - 1;; l--) {
		uint64_t pte;
		uint8_t *at = ram_at(m, table + va / level_bytes(l) % 512 * 8, 8);
		*level = l;
		if (!at)
			return NULL;
		__builtin_memcpy(&pte, at, 8);
		if (is_last(pte, l))
			return at;
		table = (pte >> 10 & PPN_MASK) * RV_PAGE;
	}
}

static void note_large(struct rv *m, uint64_t va, int level)
{
	uint64_t first = va & ~(level_bytes(level) - 1), end = first + level_bytes(level) - 1;
	if (level && first < m->large_low)
		m->large_low = first;
	if (level && end > m->large_high)
		m->large_high = end;
}

static bool well_formed(uint64_t pte, int level)
{
	uint64_t below = level_bytes(level) / RV_PAGE - 1;
	return pte & PTE_V && is_leaf(pte) && !(pte & PTE_RESERVED) && (pte & (PTE_R | PTE_W)) != PTE_W && !(pte >> 10 & below);
}

static bool allowed(const struct rv *m, uint64_t pte, enum rv_access access)
{
	bool user = pte & PTE_U;
	if (m->mode == RV_U ? !user : user && (access == RV_FETCH || !(m->sstatus & SSTATUS_SUM)))
		return false;
	if (access == RV_FETCH)
		return pte & PTE_X;
	if (access == RV_STORE)
		return pte & PTE_W;
	return pte & PTE_R || (m->sstatus & SSTATUS_MXR && pte & PTE_X);
}

static uint64_t physical(uint64_t pte, int level, uint64_t va)
{
	uint64_t within = level_bytes(level) - 1;
	return ((pte >> 10 & PPN_MASK) * RV_PAGE & ~within) | (va & within);
}

/* NOWHERE: *fault says why. */
static uint64_t walk(struct rv *m, uint64_t va, enum rv_access access, enum cause *fault)
{
	int level;
	uint64_t pte, want;
	*fault = page_fault[access];
	m->stats.walks++;
	if ((uint64_t)((int64_t)(va << 25) >> 25) != va)
		return NOWHERE;
	uint8_t *at = find_entry(m, (m->satp & PPN_MASK) * RV_PAGE, va, &level);
	if (!at) {
		*fault = access_fault[access];
		return NOWHERE;
	}
	__builtin_memcpy(&pte, at, 8);
	if (!well_formed(pte, level) || !allowed(m, pte, access))
		return NOWHERE;
	want = pte | PTE_A | (access == RV_STORE ? PTE_D : 0);
	if (want != pte)
		__builtin_memcpy(at, &want, 8);
	note_large(m, va, level);
	return physical(pte, level, va);
}

/* Where va lies, in RAM or not; *host is NULL if not. False: a trap was taken. */
static bool find(struct rv *m, uint64_t va, enum rv_access access, uint64_t *pa, uint8_t **host)
{
	enum cause fault;
	struct rv_tlb *e = &m->tlb[access][m->view][va / RV_PAGE % RV_TLB];
	if (e->va == va - va % RV_PAGE) {
		*host = e->host + va % RV_PAGE;
		return true;
	}
	*pa = translating(m) ? walk(m, va, access, &fault) : va;
	if (*pa == NOWHERE) {
		m->stats.faults++;
		return trap(m, fault, va);
	}
	*host = ram_at(m, *pa - *pa % RV_PAGE, RV_PAGE);
	if (!*host)
		return true;
	*e = (struct rv_tlb){ va - va % RV_PAGE, *host };
	*host += va % RV_PAGE;
	return true;
}

uint8_t *translate(struct rv *m, uint64_t va, enum rv_access access)
{
	uint64_t pa;
	uint8_t *host;
	if (!find(m, va, access, &pa, &host))
		return NULL;
	if (!host)
		trap(m, access_fault[access], va);
	return host;
}

static bool load_bytes(struct rv *m, uint64_t va, unsigned n, uint64_t *v)
{
	uint64_t sum = 0, byte;
	for (unsigned i = 0; i < n; i++) {
		if (!load_slowly(m, va + i, 1, &byte))
			return false;
		sum |= byte << 8 * i;
	}
	*v = sum;
	return true;
}

bool load_slowly(struct rv *m, uint64_t va, unsigned n, uint64_t *v)
{
	uint64_t pa, got = 0;
	uint8_t *host;
	if (va % RV_PAGE > RV_PAGE - n)
		return load_bytes(m, va, n, v);
	if (!find(m, va, RV_LOAD, &pa, &host))
		return false;
	if (!host) {
		if (!bus_read(m, pa, n, v))
			return trap(m, CAUSE_LOAD_ACCESS, va);
		return true;
	}
	for (unsigned i = 0; i < n; i++)
		got |= (uint64_t)host[i] << 8 * i;
	*v = got;
	return true;
}

/* Across two pages: both must be there before the first byte is written. Of a fault in the second one its start is told, as of a load's. */
static bool store_bytes(struct rv *m, uint64_t va, unsigned n, uint64_t v)
{
	if (!translate(m, va, RV_STORE) || !translate(m, (va + n - 1) & ~(uint64_t)(RV_PAGE - 1), RV_STORE))
		return false;
	for (unsigned i = 0; i < n; i++)
		if (!store_slowly(m, va + i, 1, v >> 8 * i & 255))
			return false;
	return true;
}

bool store_slowly(struct rv *m, uint64_t va, unsigned n, uint64_t v)
{
	uint64_t pa;
	uint8_t *host;
	if (va % RV_PAGE > RV_PAGE - n)
		return store_bytes(m, va, n, v);
	if (!find(m, va, RV_STORE, &pa, &host))
		return false;
	if (!host)
		return bus_write(m, pa, n, v) || trap(m, CAUSE_STORE_ACCESS, va);
	for (unsigned i = 0; i < n; i++)
		host[i] = (uint8_t)(v >> 8 * i);
	return true;
}

const uint8_t *rv_look(const struct rv *m, uint64_t root, uint64_t va)
{
	int level;
	uint64_t pte;
	const uint8_t *at = find_entry(m, root, va, &level);
	if (!at)
		return NULL;
	__builtin_memcpy(&pte, at, 8);
	return well_formed(pte, level) ? ram_at(m, physical(pte, level, va), 1) : NULL;
}
