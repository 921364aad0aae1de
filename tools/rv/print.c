#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include "print.h"

enum { FRAMES_MAX = 1 << 24, ZONES_MAX = 16, PROCS_MAX = 64, TILES_MAX = 4096, ROWS_MAX = 16384 };

static void print_frames(struct guest *g)
{
	static const char *const names[GUEST_KINDS] = { "reserved", "free", "cpu", "process", "used", "slab", "kmalloc", "table" };
	struct guest_zone zones[ZONES_MAX];
	uint32_t counts[GUEST_KINDS] = { 0 }, nzones = guest_zones(g, zones, ZONES_MAX);
	uint8_t *kinds = malloc(FRAMES_MAX);
	uint32_t n = kinds ? guest_frames(g, kinds, FRAMES_MAX) : 0;
	for (uint32_t i = 0; i < n; i++)
		counts[kinds[i]]++;
	free(kinds);
	for (uint32_t i = 0; i < nzones; i++)
		printf("zone %s managed %u free %u\n", zones[i].name, zones[i].managed, zones[i].free);
	printf("frames %u", n);
	for (unsigned i = 0; i < GUEST_KINDS; i++)
		printf(" %s %u", names[i], counts[i]);
	printf("\n");
}

static void print_tiles(struct guest *g, uint64_t space)
{
	static struct guest_tile tiles[TILES_MAX];
	for (uint32_t i = 0, n = guest_tiles(g, space, tiles, TILES_MAX); i < n; i++)
		printf("  %s %08" PRIx64 "-%08" PRIx64 " prot %x flags %x frames %u %s\n", tiles[i].kind == GUEST_HOLE ? "hole" : "region", tiles[i].start,
		       tiles[i].end, tiles[i].prot, tiles[i].flags, tiles[i].frames, tiles[i].name);
}

static void print_rows(struct guest *g, uint64_t space)
{
	static const char *const names[] = { "table", "leaves", "parked" };
	static struct guest_row rows[ROWS_MAX];
	for (uint32_t i = 0, n = guest_rows(g, space, rows, ROWS_MAX); i < n; i++)
		printf("  %*s%s %u %08" PRIx64 "-%08" PRIx64 " count %u pa %" PRIx64 " bits %x\n", 2 * (2 - (int)rows[i].height), "", names[rows[i].kind],
		       rows[i].height, rows[i].start, rows[i].end, rows[i].count, rows[i].pa, rows[i].bits);
}

void print_guest(const struct rv *m, const struct guest_layout *at)
{
	struct guest g;
	struct guest_proc procs[PROCS_MAX];
	if (!guest_begin(&g, m, at)) {
		printf("no kernel\n");
		return;
	}
	print_frames(&g);
	for (uint32_t i = 0, n = guest_procs(&g, procs, PROCS_MAX); i < n; i++) {
		printf("process %u %s\n", procs[i].pid, procs[i].name);
		print_tiles(&g, procs[i].space);
		print_rows(&g, procs[i].space);
	}
}
