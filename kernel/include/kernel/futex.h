#pragma once
#include <mm/types.h>
/* Wake up to n threads that wait on the futex word: of any process, if it is in shared memory. Returns how many. For the end of a
 * thread (set_tid_address); programs use futex(2). May sleep. */
int futex_wake(vaddr_t word, unsigned n);
