#pragma once
#include "meow.h"
/* meow without a user: to show the failure it is named after, and to be measured. Each returns the program's exit status. */

/* Frames in the old style: every piece of text is a string of its own, allocated and freed, five for each frame, and no waiting between
 * frames. Until `count` allocations were made (NULL: 1,000,000), or memory is not to be had. */
int mode_churn(struct meow *m, const char *count);
/* 1000 frames with everything in them that a user would cause; says how many allocations that took, and fails if it was not 0. */
int mode_selftest(struct meow *m);
/* What a frame costs, in instructions under make run ICOUNT=1, and in bytes for the terminal. */
int mode_bench(struct meow *m);
