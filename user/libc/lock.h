#pragma once
#include <stdint.h>
/* The locks under everything else: a word that is 0 free, 1 locked, 2 locked and perhaps waited for (U. Drepper, "Futexes Are Tricky",
 * 2011, section 6). They do not touch errno, and need no set-up: a word of zero is a free lock. */

void lock_slow(int *word);
void unlock_slow(int *word);

static inline int lock_try(int *word)
{
	int free = 0;
	return __atomic_compare_exchange_n(word, &free, 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}

static inline void lock(int *word)
{
	if (!lock_try(word))
		lock_slow(word);
}

static inline void unlock(int *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_RELEASE) == 2)
		unlock_slow(word);
}

/* Sleep while *word is value; also returns for no reason. */
void wait_word(const void *word, unsigned value);
void wake_word(const void *word, unsigned nthreads);
