/* What the kernel inside has in its memory, for the page: guest.h's records, as docs/_static/machine/guest.js reads them.
 *
 * Each call overwrites what the one before has left at page_seen(). Addresses cross as 64 bits. */
#include "guest.h"

#define PAGE_EXPORT __attribute__((visibility("default"))) extern
enum { FRAMES_MAX = 65536, ZONES_MAX = 16, PROCS_MAX = 64, TILES_MAX = 1024, ROWS_MAX = 4096 };

_Static_assert(sizeof(struct guest_zone) == 24 && sizeof(struct guest_proc) == 32, "guest.js");
_Static_assert(sizeof(struct guest_tile) == 56 && sizeof(struct guest_row) == 40, "guest.js");

static struct guest guest;
static struct guest_layout layout;
static union {
	uint8_t kinds[FRAMES_MAX];
	struct guest_zone zones[ZONES_MAX];
	struct guest_proc procs[PROCS_MAX];
	struct guest_tile tiles[TILES_MAX];
	struct guest_row rows[ROWS_MAX];
} seen;

PAGE_EXPORT const void *page_seen(void);
const void *page_seen(void) { return &seen; }

/* Where tools/pack.py's layout of the kernel goes; it has so many bytes. */
PAGE_EXPORT void *page_layout(void);
void *page_layout(void) { return &layout; }
PAGE_EXPORT uint32_t page_layout_bytes(void);
uint32_t page_layout_bytes(void) { return sizeof layout; }

/* Look anew; the calls below tell what is there at this moment. False: no kernel yet. */
PAGE_EXPORT int page_look(const struct rv *m);
int page_look(const struct rv *m) { return guest_begin(&guest, m, &layout); }

PAGE_EXPORT uint32_t page_frames(void);
uint32_t page_frames(void) { return guest_frames(&guest, seen.kinds, FRAMES_MAX); }

PAGE_EXPORT uint32_t page_zones(void);
uint32_t page_zones(void) { return guest_zones(&guest, seen.zones, ZONES_MAX); }

PAGE_EXPORT uint32_t page_procs(void);
uint32_t page_procs(void) { return guest_procs(&guest, seen.procs, PROCS_MAX); }

PAGE_EXPORT uint32_t page_tiles(uint64_t space);
uint32_t page_tiles(uint64_t space) { return guest_tiles(&guest, space, seen.tiles, TILES_MAX); }

PAGE_EXPORT uint32_t page_rows(uint64_t space);
uint32_t page_rows(uint64_t space) { return guest_rows(&guest, space, seen.rows, ROWS_MAX); }
