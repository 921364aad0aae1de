#pragma once
#include <stdbool.h>
/* Failure injection as by Linux's fail-nth: of the allocations that a thread makes from now on the n-th fails, once. So a test can
 * fail each allocation of a system call in turn, and nothing else. Counted is every question to the allocators (a frame, a table, an
 * object; an object that needs a new slab asks three times), but for those of kernel threads and interrupts, which belong to nobody.
 *
 * Source: Linux, Documentation/fault-injection/fault-injection.rst, "fail-nth". */
struct thread;

/* The n-th allocation of t, counted from 1, fails; 0: none. */
void inject_set(struct thread *t, unsigned n);
/* What is left of n: 0 once an allocation failed (or if none was to). */
unsigned inject_left(const struct thread *t);
/* Count an allocation of the current thread. False: it fails. */
bool inject_may_allocate(void);
