#pragma once
#include <lib/err.h>
#include <kernel/text.h>
/* Benchmarks of the kernel's allocators, run inside: kernel/bench/. In release builds too. */

/* The benchmarks' names, a line each. (The shape of a file of /proc: pid is 0.) */
enum err membench_list(struct text *t, int pid) MUST_CHECK;
/* Run the one of that name; its rows go to t: "result NAME FIGURE UNIT". ERR_INVAL: no such benchmark. ERR_BUSY: another one runs. */
enum err membench_run(struct text *t, const char *name) MUST_CHECK;
