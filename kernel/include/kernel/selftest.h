#pragma once
#include <lib/err.h>
#include <kernel/text.h>
/* Tests of mm/ as it runs in this kernel: kernel/selftest/. In debug builds only. */

/* The tests' names, "GROUP.TEST", a line each. (The shape of a file of /proc: pid is 0.) */
enum err selftest_list(struct text *t, int pid) MUST_CHECK;
/* Run the one of that name; t gets "OK", or why it failed. The rest of the system should be idle: what others allocate meanwhile looks
 * like a leak. ERR_INVAL: no such test. ERR_BUSY: another one runs. */
enum err selftest_run(struct text *t, const char *name) MUST_CHECK;
