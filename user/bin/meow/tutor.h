#pragma once
#include "tools.h"
/* Answers questions about this machine's memory, from what /proc says at this moment and from the texts in /etc/meow. */

/* Composes the answer; m->misunderstood if there is none. */
void tutor_answer(struct meow *m, const char *question);
