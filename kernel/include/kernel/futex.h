#pragma once
#include <mm/types.h>
/* Wake up to n threads of this address space that wait on the futex word. Returns how many. For the end of a
 * thread (set_tid_address); programs use futex(2). */
int futex_wake(vaddr_t word, unsigned n);
