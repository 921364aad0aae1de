#pragma once
#include <lib/err.h>
/* The same work on several CPUs at once: for self tests and benchmarks. */

/* Run work(ctx, k) for k = 0..n-1, each in a kernel thread on a CPU of its own. All begin together, and none leaves its CPU before all
 * are done, so that, with n = crew_max(), nothing else runs meanwhile. work must not sleep or call sched_point(). The caller sleeps
 * until the end. 1 <= n <= crew_max() (KASSERT). ERR_NOMEM: no work was begun. */
enum err crew_run(unsigned n, void (*work)(void *ctx, unsigned k), void *ctx) MUST_CHECK;
/* CPUs that are running. */
unsigned crew_max(void);
