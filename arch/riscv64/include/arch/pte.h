#pragma once
#include <mm/types.h>
/* Sv39 page-table entries. Pure functions of integers, so they also build on hosts. Height 0 is the last level, PT_HEIGHT-1 the root.
 *
 *   63    54 53              10  9   8   7 6 5 4 3 2 1 0
 *  | zero   | frame number     | - |COW| D A G U X W R V |
 *
 * Source: The RISC-V Instruction Set Manual, Volume II, "Sv39: Page-Based 39-bit Virtual-Memory System". */
typedef uint64_t pte_t;
enum { PT_HEIGHT = 3, PT_BITS = 9 };

enum {
	PTE_V = 1 << 0,
	PTE_R = 1 << 1,
	PTE_W = 1 << 2,
	PTE_X = 1 << 3,
	PTE_U = 1 << 4,
	PTE_G = 1 << 5,
	PTE_A = 1 << 6,
	PTE_D = 1 << 7,
	PTE_COW = 1 << 8,	/* free for software */
};

/* May the machine use e? */
static inline bool pte_valid(pte_t e) { return e & PTE_V; }
/* Of an entry that is not 0: does it lead to memory (not to a table)? Parked leaves keep R, so this holds for them too. */
static inline bool pte_is_leaf(pte_t e, int height) { (void)height; return e & PTE_R; }
static inline paddr_t pte_addr(pte_t e) { return (e >> 10 & 0xfffffffffff) << PAGE_SHIFT; }
static inline pte_t pte_table(paddr_t table) { return table >> PAGE_SHIFT << 10 | PTE_V; }
/* e made invalid, its address kept. Never 0. */
static inline pte_t pte_park(pte_t e) { return e & ~(pte_t)PTE_V; }

/* Leaf e with the rights of p. P_NONE, with or without P_USER, parks it. A and D are set beforehand, D where W is: no machine then traps to
 * have them set, and we do not use them. */
static inline pte_t pte_set_prot(pte_t e, prot_t p)
{
	pte_t bits = p & (P_READ | P_WRITE | P_EXEC) ? PTE_V : 0;
	if (p & P_COW)
		bits |= PTE_COW;
	else if (p & P_WRITE)
		bits |= PTE_W | PTE_D;
	if (p & P_EXEC)
		bits |= PTE_X;
	bits |= p & P_USER ? PTE_U : PTE_G;
	return (e & ~(pte_t)(PTE_V | PTE_W | PTE_X | PTE_U | PTE_G | PTE_D | PTE_COW)) | bits;
}

/* Leaf e marked P_COW, and no longer writable. */
static inline bool pte_is_cow(pte_t e) { return e & PTE_COW; }
static inline pte_t pte_make_cow(pte_t e) { return (e & ~(pte_t)(PTE_W | PTE_D)) | PTE_COW; }

/* The memory type is the machine's business here: physical memory attributes. */
static inline pte_t pte_leaf(paddr_t pa, prot_t p, memtype_t type, int height)
{
	(void)type, (void)height;
	return pte_set_prot(pa >> PAGE_SHIFT << 10 | PTE_R | PTE_A, p);
}

/* What leaf e permits; a parked one nothing. P_USER and P_COW are told of parked ones too. */
static inline prot_t pte_prot(pte_t e)
{
	prot_t p = (e & PTE_U ? P_USER : 0u) | (e & PTE_COW ? P_COW : 0u);
	if (!(e & PTE_V))
		return p;
	return p | P_READ | (e & PTE_W ? P_WRITE : 0u) | (e & PTE_X ? P_EXEC : 0u);
}
