#pragma once
#include "tools.h"
/* The longer answers, one each; they say what they find. */
void answer_pressure(struct meow *m);
void answer_holes(struct meow *m, int pid);
void answer_frame(struct meow *m, unsigned long number);
void answer_did(struct meow *m, const char *name);
void answer_top(struct meow *m);
void answer_health(struct meow *m);
void answer_knobs(struct meow *m);
