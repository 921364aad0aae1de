#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "../../segpool/segpool.h"
/* What the parts of segtest share. */

enum { KIB = 1024, MIB = 1024 * 1024, REGION = 2 * MIB, PAGE = 4096 };

/* The two allocators behind one face. pin: is the segment kept while it is pinned, whoever tries to release it or to free its region? (NULL:
 * there are no pins.) free_idle: give back the frames of up to max regions that nobody uses; how many. */
struct allocator {
	const char *name;
	bool (*alloc)(void *self, size_t nbytes, struct segment *out);
	void (*release)(void *self, struct segment *s);
	bool (*pin)(void *self, const struct segment *s);
	size_t (*free_idle)(void *self, size_t max);
	size_t (*virtual_bytes)(void *self), (*physical_bytes)(void *self);
	void *self;
};

/* segpool with this budget; log lines are printed if verbose. Ends the program if there is no memory. */
struct allocator make_segpool(size_t budget, bool verbose);

/* upstream.c: the allocator of the story as it was, its budget on physical or on virtual bytes (one pool, of 256 KiB). */
struct upstream_config { size_t budget; bool physical, reuse; };
struct allocator make_upstream(const struct upstream_config *config);

/* The parts: the exit status. */
int test_table(bool verbose);
int test_budget(bool physical, bool verbose);
int test_owners(bool upstream, unsigned threads, size_t operations, bool verbose);
int test_soak(unsigned threads, size_t operations, bool show_trace);
int test_populate(void);

/* VmSize and VmRSS of this process, KiB. */
struct memory { unsigned long size, rss; };
struct memory memory_now(void);
/* Say what is not as it should be; false then. */
bool expect(bool good, const char *what);
