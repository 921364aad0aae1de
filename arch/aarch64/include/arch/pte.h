#pragma once
#include <mm/types.h>
/* AArch64 stage-1 entries, 4 KiB granule, 39-bit addresses. Pure functions of integers, so they also build on hosts. Height 0 is the last level
 * (the manual's level 3), PT_HEIGHT-1 the root (level 1).
 *
 *   63 58  55  54  53      47        12 11 10 9 8  7  6      4  2   1     0
 *  |  -   |COW|UXN|PXN| - | address     |nG|AF|SH|RO|USER| - |ATTR|TABLE|VALID|
 *
 * ATTR is the index into MAIR_EL1: 0 normal write-back memory, 1 device nGnRE, so memtype_t as it is.
 * Source: Arm Architecture Reference Manual, "VMSAv8-64 translation table format descriptors". */
typedef uint64_t pte_t;
enum { PT_HEIGHT = 3, PT_BITS = 9 };

#define PTE_BIT(n)	((pte_t)1 << (n))
#define PTE_VALID	PTE_BIT(0)
#define PTE_NOT_BLOCK	PTE_BIT(1)	/* a table above height 0; always set at height 0 */
#define PTE_ATTR_SHIFT	2
#define PTE_AP_USER	PTE_BIT(6)
#define PTE_AP_RO	PTE_BIT(7)
#define PTE_SH_INNER	(PTE_BIT(8) | PTE_BIT(9))
#define PTE_AF		PTE_BIT(10)
#define PTE_NG		PTE_BIT(11)
#define PTE_PXN		PTE_BIT(53)
#define PTE_UXN		PTE_BIT(54)
#define PTE_COW		PTE_BIT(55)	/* free for software */

/* May the machine use e? */
static inline bool pte_valid(pte_t e) { return e & PTE_VALID; }
/* Of an entry that is not 0: does it lead to memory (not to a table)? */
static inline bool pte_is_leaf(pte_t e, int height) { return height == 0 || !(e & PTE_NOT_BLOCK); }
static inline paddr_t pte_addr(pte_t e) { return e & 0xfffffffff000; }
static inline pte_t pte_table(paddr_t table) { return table | PTE_VALID | PTE_NOT_BLOCK; }
/* e made invalid, its address kept. Never 0. */
static inline pte_t pte_park(pte_t e) { return e & ~PTE_VALID; }

/* Leaf e with the rights of p. P_NONE, with or without P_USER, parks it. */
static inline pte_t pte_set_prot(pte_t e, prot_t p)
{
	pte_t bits = p & (P_READ | P_WRITE | P_EXEC) ? PTE_VALID : 0;
	if (!(p & P_WRITE) || p & P_COW)
		bits |= PTE_AP_RO;
	if (p & P_COW)
		bits |= PTE_COW;
	if (p & P_USER)
		bits |= PTE_AP_USER | PTE_NG | PTE_PXN | (p & P_EXEC ? 0 : PTE_UXN);
	else
		bits |= PTE_UXN | (p & P_EXEC ? 0 : PTE_PXN);
	return (e & ~(PTE_VALID | PTE_AP_USER | PTE_NG | PTE_AP_RO | PTE_UXN | PTE_PXN | PTE_COW)) | bits;
}

/* Leaf e marked P_COW, and no longer writable. */
static inline bool pte_is_cow(pte_t e) { return e & PTE_COW; }
static inline pte_t pte_make_cow(pte_t e) { return e | PTE_AP_RO | PTE_COW; }

/* AF is set beforehand, so that no first access traps. */
static inline pte_t pte_leaf(paddr_t pa, prot_t p, memtype_t type, int height)
{
	pte_t kind = (height == 0 ? PTE_NOT_BLOCK : 0) | (pte_t)type << PTE_ATTR_SHIFT;
	return pte_set_prot(pa | kind | (type == MEM_NORMAL ? PTE_SH_INNER : 0) | PTE_AF, p);
}

/* What leaf e permits; a parked one nothing. P_USER and P_COW are told of parked ones too. */
static inline prot_t pte_prot(pte_t e)
{
	prot_t p = (e & PTE_AP_USER ? P_USER : 0u) | (e & PTE_COW ? P_COW : 0u);
	if (!(e & PTE_VALID))
		return p;
	pte_t no_exec = e & PTE_AP_USER ? PTE_UXN : PTE_PXN;
	return p | P_READ | (e & PTE_AP_RO ? 0u : P_WRITE) | (e & no_exec ? 0u : P_EXEC);
}
