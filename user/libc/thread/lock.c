/* Waiting on words of memory, and the lock made of it. */
#include <abi/futex.h>
#include "../lock.h"
#include "../priv.h"

void wait_word(const void *word, unsigned value)
{
	syscall_raw(SYS_futex, (long)word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, (long)value, 0, 0, 0);
}

void wake_word(const void *word, unsigned nthreads)
{
	syscall_raw(SYS_futex, (long)word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, (long)nthreads, 0, 0, 0);
}

/* Whoever has slept does not know whether others still do, and so locks with 2. */
void lock_slow(int *word)
{
	while (__atomic_exchange_n(word, 2, __ATOMIC_ACQUIRE) != 0)
		wait_word(word, 2);
}

void unlock_slow(int *word) { wake_word(word, 1); }
