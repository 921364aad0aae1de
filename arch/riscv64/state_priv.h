#pragma once
#include <stdbool.h>
#include <arch/fpstate.h>
#include <arch/trapframe.h>
/* Between state.c, sigframe.c and trap.c. */

/* An illegal instruction may be the thread's first of floating point: then give it the registers, all 0, and say true. */
bool fp_first_use(struct trapframe *tf);
/* tf's thread has floating-point registers, and their values are in its fpstate. On a machine without them: nothing. */
void fp_mark_saved(struct trapframe *tf);
