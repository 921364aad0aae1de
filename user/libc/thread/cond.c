/* Conditions: a number that each signal changes. Who waits reads it while the mutex is held and sleeps only as long as it is the same,
 * so no signal after the unlock is lost; a wait may end for no reason when the signal was meant for another. */
#include <abi/futex.h>
#include <errno.h>
#include "thread_priv.h"

int pthread_condattr_init(pthread_condattr_t *a)
{
	a->clock = CLOCK_REALTIME;
	return 0;
}

int pthread_condattr_destroy(pthread_condattr_t *a) { (void)a; return 0; }

int pthread_condattr_setclock(pthread_condattr_t *a, clockid_t clock)
{
	if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)
		return EINVAL;
	a->clock = clock;
	return 0;
}

int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a)
{
	*c = (pthread_cond_t){ .clock = a ? a->clock : CLOCK_REALTIME };
	return 0;
}

int pthread_cond_destroy(pthread_cond_t *c) { (void)c; return 0; }

/* A recursive mutex is let go altogether, and had back as it was. */
int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until)
{
	unsigned round = __atomic_load_n(&c->round, __ATOMIC_RELAXED), depth = m->depth;
	int op = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | (c->clock == CLOCK_REALTIME ? FUTEX_CLOCK_REALTIME : 0);
	m->depth = 0;
	int refusal = pthread_mutex_unlock(m);
	if (refusal)
		return refusal;
	long e = syscall_raw(SYS_futex, (long)&c->round, op, (long)round, (long)until, 0, 0xffffffff);
	pthread_mutex_lock(m);
	m->depth = depth;
	return e == -ETIMEDOUT || e == -EINVAL ? (int)-e : 0;
}

int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m) { return pthread_cond_timedwait(c, m, NULL); }

static int wake(pthread_cond_t *c, unsigned nthreads)
{
	__atomic_add_fetch(&c->round, 1, __ATOMIC_RELAXED);
	wake_word(&c->round, nthreads);
	return 0;
}

int pthread_cond_signal(pthread_cond_t *c) { return wake(c, 1); }
int pthread_cond_broadcast(pthread_cond_t *c) { return wake(c, INT32_MAX); }
