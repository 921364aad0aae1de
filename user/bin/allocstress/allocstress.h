#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* What the parts of allocstress share. Functions that return int return the exit status. */

int classic(size_t total);
int waves(size_t count);

struct options { size_t steps; uint64_t seed; unsigned threads; };

/* A phase: what it is called, and what it does; false, and a line that says why, if a content was wrong or memory ran out. */
struct phase { const char *name; bool (*run)(const struct options *o); };
extern const struct phase phases[];
extern const size_t nphases;
/* Run it, say how it went, and sum up what it has cost. */
int run_phase(const struct phase *p, const struct options *o);

/* ---- object.c: objects that know what they hold ---- */

struct object { unsigned char *p; size_t n; unsigned char tag; };

uint64_t rnd(uint64_t *seed, uint64_t n);	/* 0 .. n-1 */
/* 1 byte to 64 KiB, small ones as often as large ones. */
size_t mixed_size(uint64_t *seed);
/* Allocate n bytes and fill them; give them back after a look at each. False: no memory; they do not hold what was written. */
bool object_make(struct object *o, size_t n, uint64_t *seed);
bool object_end(struct object *o);
/* Change its size: what both sizes have is checked, what is new is filled. */
bool object_resize(struct object *o, size_t n);

/* ---- summary.c: the process's addresses, memory and system calls ---- */

struct cost { unsigned long size, peak, rss, holes, largest_hole, mmaps, munmaps, faults; };
struct cost cost_now(void);
void print_cost(const struct cost *before, const struct cost *after);
