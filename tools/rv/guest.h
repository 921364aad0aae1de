#pragma once
/* What the kernel inside has in its memory, for who looks on from outside: its frames, processes, address spaces and page tables.
 *
 * Read out of the machine's RAM between two instructions: the kernel is not asked and does not notice. So it may be in the middle of
 * something, or not have begun, or have gone wrong: everything here is bounded, and a pointer that leads nowhere reads as zeros.
 * Enumerations and page-table entries are the kernel's own headers'; where its structs have their fields is in layout.def. */
#include "rv.h"

struct guest_layout {
#define ADDRESS(name, file, symbol) uint64_t name;
#define FIELD(name, type, member) uint64_t name;
#define SIZE(name, type) uint64_t name;
#include "layout.def"
#undef ADDRESS
#undef FIELD
#undef SIZE
};

/* A look at one machine, at one moment. */
struct guest {
	const struct rv *m;
	const struct guest_layout *at;
	uint64_t root;			/* of the tables that the hart uses now; the kernel's half is the same in all */
	uint64_t page_va;		/* the page read last, for it is likely the next one; 1: none */
	const uint8_t *page;
	uint32_t steps_left;		/* of counting: a region of nonsense is as large as the address space */
};

/* False: there is no kernel yet that has page tables and a memmap. */
bool guest_begin(struct guest *g, const struct rv *m, const struct guest_layout *at);

/* Copy n bytes of the kernel's memory; what is nowhere is 0. */
void guest_copy(struct guest *g, uint64_t va, void *to, size_t n);
uint64_t guest_word(struct guest *g, uint64_t va);
uint32_t guest_half(struct guest *g, uint64_t va);
/* A string, cut to n - 1 bytes, and never anything but ASCII that can be printed. */
void guest_text(struct guest *g, uint64_t va, char *to, size_t n);

/* ---- frames ---- */

enum guest_kind { GUEST_RESERVED, GUEST_FREE, GUEST_CPU, GUEST_PROCESS, GUEST_USED, GUEST_SLAB, GUEST_KMALLOC, GUEST_TABLE, GUEST_KINDS };
struct guest_zone { char name[16]; uint32_t free, managed; };

/* What each frame is used for, from the first one of the memmap on: its enum guest_kind. Returns how many there are, at most max. */
uint32_t guest_frames(struct guest *g, uint8_t *kinds, uint32_t max);
uint32_t guest_zones(struct guest *g, struct guest_zone *zones, uint32_t max);

/* ---- processes and what addresses they have ---- */

struct guest_proc { uint32_t pid, reserved; uint64_t space; char name[16]; };

/* Those that have an address space, the oldest first. */
uint32_t guest_procs(struct guest *g, struct guest_proc *procs, uint32_t max);

enum guest_tile_kind { GUEST_HOLE, GUEST_REGION };
/* A region, or a hole: as the kernel's own record has it, so only where its policy may place something. */
struct guest_tile {
	uint64_t start, end;
	uint32_t kind, prot, flags;	/* prot_t; enum map_flags */
	uint32_t frames;		/* that the page tables lead to; without the page of zeros */
	char name[24];
};

/* By ascending address. */
uint32_t guest_tiles(struct guest *g, uint64_t space, struct guest_tile *tiles, uint32_t max);

/* ---- page tables ---- */

enum guest_row_kind { GUEST_TABLE_PAGE, GUEST_LEAVES, GUEST_PARKED };
/* A table, behind which what is in it follows; or entries one behind the other that say the same but for the frame. */
struct guest_row {
	uint64_t start, end;		/* addresses; an end of 0 is the end of all */
	uint64_t pa;			/* the table's frame, or that of the first leaf */
	uint32_t kind, height, count;	/* entries that are not 0 */
	uint32_t bits;			/* the low ten of the entries, and: */
};
enum { GUEST_ZERO = 1 << 16 /* leads to the page of zeros */, GUEST_SCATTERED = 1 << 17 /* the frames are not in a row */ };

/* The tables of a space; 0: those that the hart uses now. */
uint32_t guest_rows(struct guest *g, uint64_t space, struct guest_row *rows, uint32_t max);
/* How many frames besides that of zeros the table at root leads to in [start, end). */
uint32_t guest_count(struct guest *g, uint64_t root, uint64_t start, uint64_t end);
