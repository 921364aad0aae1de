#pragma once
#include <mm/types.h>
/* How kmalloc() finds memory, and what a failing allocation does first. Both can be changed at any time, while blocks are live: kfree() goes
 * by what the memory's frames say of themselves (page->state), never by the mode. See slab.h for kmalloc() itself.
 *
 *                    1..4096 bytes                up to 4 MiB                      when that finds nothing
 *   simple           first fit over all blocks of the heap (heap.h), O(n)          the heap grows: 64 KiB, or what a larger request takes
 *   twotier          a slab cache's object        2^order frames of the buddy      NULL
 *   hybrid           as twotier                   as twotier                       as simple: room in what the heap has, or it grows
 *
 * In the simple mode a request may be up to 4 MiB less 128 bytes. Slab caches by name are slabs in every mode. */
struct mm;

enum kmalloc_mode { KMALLOC_SIMPLE, KMALLOC_TWO_TIER, KMALLOC_HYBRID, KMALLOC_MODES };

/* KMALLOC_TWO_TIER at first. One caller at a time; any CPU may allocate meanwhile; after a change to simple, the few objects in the magazines of
 * CPUs other than this one are still given out. */
void kmalloc_set_mode(struct mm *mm, enum kmalloc_mode mode);
enum kmalloc_mode kmalloc_mode(const struct mm *mm);
/* "simple", "twotier", "hybrid". */
const char *kmalloc_mode_name(enum kmalloc_mode mode);
/* The mode of that name. False if there is none; *out is written on true only. */
bool kmalloc_mode_parse(const char *name, enum kmalloc_mode *out);

/* Whether an allocation of frames that finds none fails at once. Off (at first), it takes back what this CPU, the slabs and the heap keep for
 * later, then what port_reclaim() can spare, and tries again; mm_stats counts that. */
void mm_set_fail_fast(struct mm *mm, bool on);
bool mm_fail_fast(const struct mm *mm);
