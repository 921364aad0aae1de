/* Readers and a writer, once, barriers, semaphores: each a word or two that are waited on. */
#include <abi/futex.h>
#include <errno.h>
#include <limits.h>
#include <semaphore.h>
#include <stdbool.h>
#include "thread_priv.h"

/* ---- readers and a writer ---- */

enum { WRITER = -1 };

int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *a)
{
	(void)a;
	*l = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
	return 0;
}

int pthread_rwlock_destroy(pthread_rwlock_t *l) { return __atomic_load_n(&l->state, __ATOMIC_RELAXED) ? EBUSY : 0; }

int pthread_rwlock_tryrdlock(pthread_rwlock_t *l)
{
	int s = __atomic_load_n(&l->state, __ATOMIC_RELAXED);
	do {
		if (s == WRITER)
			return EBUSY;
		if (s == INT_MAX)
			return EAGAIN;
	} while (!__atomic_compare_exchange_n(&l->state, &s, s + 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
	return 0;
}

int pthread_rwlock_trywrlock(pthread_rwlock_t *l)
{
	int free = 0;
	return __atomic_compare_exchange_n(&l->state, &free, WRITER, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED) ? 0 : EBUSY;
}

/* Sleep until the state changes from one that refuses. Whoever unlocks sees waiters, or we see what it has done to the state. */
static void wait_for_state(pthread_rwlock_t *l, int writing)
{
	__atomic_add_fetch(&l->waiters, 1, __ATOMIC_SEQ_CST);
	int s = __atomic_load_n(&l->state, __ATOMIC_SEQ_CST);
	if (writing ? s != 0 : s == WRITER)
		wait_word(&l->state, (unsigned)s);
	__atomic_sub_fetch(&l->waiters, 1, __ATOMIC_RELAXED);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *l)
{
	int r;
	while ((r = pthread_rwlock_tryrdlock(l)) == EBUSY)
		wait_for_state(l, 0);
	return r;
}

int pthread_rwlock_wrlock(pthread_rwlock_t *l)
{
	while (pthread_rwlock_trywrlock(l))
		wait_for_state(l, 1);
	return 0;
}

int pthread_rwlock_unlock(pthread_rwlock_t *l)
{
	bool last = true;
	if (__atomic_load_n(&l->state, __ATOMIC_RELAXED) == WRITER)
		__atomic_store_n(&l->state, 0, __ATOMIC_SEQ_CST);
	else
		last = __atomic_sub_fetch(&l->state, 1, __ATOMIC_SEQ_CST) == 0;
	if (last && __atomic_load_n(&l->waiters, __ATOMIC_SEQ_CST))
		wake_word(&l->state, INT_MAX);
	return 0;
}

/* ---- once ---- */

enum { RUNNING = 1, AWAITED, DONE };

int pthread_once(pthread_once_t *once, void (*fn)(void))
{
	int s = PTHREAD_ONCE_INIT;
	if (__atomic_compare_exchange_n(once, &s, RUNNING, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE)) {
		fn();
		if (__atomic_exchange_n(once, DONE, __ATOMIC_RELEASE) == AWAITED)
			wake_word(once, INT_MAX);
		return 0;
	}
	while (s != DONE) {
		if (s == AWAITED || __atomic_compare_exchange_n(once, &s, AWAITED, 0, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE))
			wait_word(once, AWAITED);
		s = __atomic_load_n(once, __ATOMIC_ACQUIRE);
	}
	return 0;
}

/* ---- barriers ---- */

int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *a, unsigned count)
{
	(void)a;
	*b = (pthread_barrier_t){ .count = count };
	return count && count <= INT_MAX ? 0 : EINVAL;
}

int pthread_barrier_destroy(pthread_barrier_t *b) { return __atomic_load_n(&b->arrived, __ATOMIC_RELAXED) ? EBUSY : 0; }

int pthread_barrier_wait(pthread_barrier_t *b)
{
	unsigned round = __atomic_load_n(&b->round, __ATOMIC_ACQUIRE);
	if (__atomic_add_fetch(&b->arrived, 1, __ATOMIC_ACQ_REL) == b->count) {
		b->arrived = 0;		/* before the round ends nobody can arrive for the next */
		__atomic_store_n(&b->round, round + 1, __ATOMIC_RELEASE);
		wake_word(&b->round, INT_MAX);
		return PTHREAD_BARRIER_SERIAL_THREAD;
	}
	while (__atomic_load_n(&b->round, __ATOMIC_ACQUIRE) == round)
		wait_word(&b->round, round);
	return 0;
}

/* ---- semaphores ---- */

static int refuse(int e)
{
	errno = e;
	return -1;
}

int sem_init(sem_t *s, int shared, unsigned value)
{
	if (shared || value > INT_MAX)
		return refuse(shared ? ENOSYS : EINVAL);
	*s = (sem_t){ .value = (int)value };
	return 0;
}

int sem_destroy(sem_t *s) { (void)s; return 0; }

static int take(sem_t *s)
{
	int v = __atomic_load_n(&s->value, __ATOMIC_RELAXED);
	while (v > 0)
		if (__atomic_compare_exchange_n(&s->value, &v, v - 1, 0, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
			return 1;
	return 0;
}

int sem_trywait(sem_t *s) { return take(s) ? 0 : refuse(EAGAIN); }

int sem_timedwait(sem_t *s, const struct timespec *until)
{
	const int op = FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME;
	while (!take(s)) {
		__atomic_add_fetch(&s->waiters, 1, __ATOMIC_SEQ_CST);
		long e = syscall_raw(SYS_futex, (long)&s->value, op, 0, (long)until, 0, 0xffffffff);
		__atomic_sub_fetch(&s->waiters, 1, __ATOMIC_RELAXED);
		if (e == -ETIMEDOUT || e == -EINVAL)
			return refuse((int)-e);
	}
	return 0;
}

int sem_wait(sem_t *s) { return sem_timedwait(s, NULL); }

int sem_post(sem_t *s)
{
	int v = __atomic_load_n(&s->value, __ATOMIC_RELAXED);
	do {
		if (v == INT_MAX)
			return refuse(EOVERFLOW);
	} while (!__atomic_compare_exchange_n(&s->value, &v, v + 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
	if (__atomic_load_n(&s->waiters, __ATOMIC_SEQ_CST))
		wake_word(&s->value, 1);
	return 0;
}

int sem_getvalue(sem_t *s, int *value)
{
	*value = __atomic_load_n(&s->value, __ATOMIC_RELAXED);
	return 0;
}
