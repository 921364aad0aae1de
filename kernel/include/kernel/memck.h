#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <lib/err.h>
/* memck in the kernel: every frame against everybody who holds frames. mm/memck.h says what is checked. */
struct page;
struct space;

struct memck_result { uint64_t faults, frames, slabs; unsigned processes; };

/* Check all memory. A fault is a line of the log and a call of say(); the first few also say who holds the frame. The other CPUs are held
 * meanwhile; what a sleeping thread has in hand looks like a leak, so faults count if they are still there on the fifth look. May sleep.
 * ERR_NOMEM: no room for a counter per frame. */
typedef void memck_say(void *ctx, const char *line);
enum err memck_all(memck_say *say, void *ctx, struct memck_result *out) MUST_CHECK;

/* A process ends: s is about to lose its last user. Debug builds check s itself. With memck=exit on the command line memck_at_exit() checks all
 * memory when s is gone, and a fault is a panic. */
void memck_space_ends(struct space *s);
void memck_at_exit(void);

/* page has one holder that no list leads to, and will have it for good. */
void memck_permanent(struct page *page);
/* Take that back. */
void memck_not_permanent(struct page *page);

#ifdef CONFIG_DEBUG
/* Plant a fault, to see it found: "leak", "refs", "double", "table" or "free"; "mend" takes them back. ERR_INVAL: none of these. */
enum err memck_plant(const char *what) MUST_CHECK;
#endif
