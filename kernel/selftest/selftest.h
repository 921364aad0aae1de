#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <mm/mm.h>
#include <kernel/crew.h>
#include <kernel/kmap.h>
/* What the self tests of kernel/selftest/ share.
 *
 * A test calls the public functions of mm/ on kernel_mm, the world that the running kernel lives in. It gives back what it takes: around
 * each, the runner compares what is in use and checks the whole of mm/. On success it returns NULL, else why it failed; only then
 * may it leave something behind. */

struct selftest { const char *name; const char *(*run)(void); };

/* Each ended by name NULL. */
extern const struct selftest selftest_frames[], selftest_zones[], selftest_slab[], selftest_blocks[], selftest_kmalloc[],
	selftest_vmap[], selftest_txn[], selftest_pool[];

#define SELFTEST_TEXT_(x) #x
#define SELFTEST_TEXT(x) SELFTEST_TEXT_(x)
/* In a test: give up unless cond. The reason is a constant, so CPUs may fail at the same time. */
#define WANT(cond) do { if (!(cond)) return "line " SELFTEST_TEXT(__LINE__) ": " #cond; } while (0)

/* Numbers that look random and are the same in each run: 0 <= result < n. *state is any number at first. */
uint64_t selftest_random(uint64_t *state, uint64_t n);

/* Write a pattern that depends on tag over nbytes at p (in words; what is left over stays), and see whether it is still there. */
void selftest_fill(void *p, size_t nbytes, uint64_t tag);
bool selftest_is_filled(const void *p, size_t nbytes, uint64_t tag);

/* Bad frees that were reported since boot. */
uint64_t selftest_bad_frees(void);

/* Run work(ctx, k) on all CPUs at once; what one of them said was wrong, or NULL. */
const char *selftest_everywhere(const char *(*work)(void *ctx, unsigned k), void *ctx);
