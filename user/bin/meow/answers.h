#pragma once
#include "tools.h"
/* Answers that need more than a file of /proc. What they say is what was just read; what was not, they do not say. */
void answer_pressure(struct meow *m);
void answer_top(struct meow *m);
void answer_frame(struct meow *m, unsigned long number);
/* process.c */
void answer_process(struct meow *m, int pid);
void answer_holes(struct meow *m, int pid);
/* refused.c: of a program, by name; of all that asked for memory. */
void answer_did(struct meow *m, const char *name);
void answer_refused(struct meow *m);
