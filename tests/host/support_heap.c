/* What user/heap needs of the libc below it. */
#include <sched.h>
#include "../../user/libc/lock.h"

void lock_slow(int *word)
{
	while (!lock_try(word))
		sched_yield();
}

void unlock_slow(int *word) { (void)word; }
