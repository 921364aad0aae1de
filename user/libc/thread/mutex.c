/* Mutexes: lock.h's lock, and for two of the types who holds it. */
#include <abi/futex.h>
#include <errno.h>
#include "thread_priv.h"

int pthread_mutexattr_init(pthread_mutexattr_t *a)
{
	a->type = PTHREAD_MUTEX_DEFAULT;
	return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *a) { (void)a; return 0; }

int pthread_mutexattr_settype(pthread_mutexattr_t *a, int type)
{
	if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK)
		return EINVAL;
	a->type = type;
	return 0;
}

int pthread_mutexattr_gettype(const pthread_mutexattr_t *a, int *type)
{
	*type = a->type;
	return 0;
}

int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a)
{
	*m = (pthread_mutex_t){ .type = a ? a->type : PTHREAD_MUTEX_DEFAULT };
	return 0;
}

int pthread_mutex_destroy(pthread_mutex_t *m) { return __atomic_load_n(&m->word, __ATOMIC_RELAXED) ? EBUSY : 0; }

/* Nobody else can make owner the caller, or take it away: a plain comparison would do but for other threads' stores. */
static int is_mine(const pthread_mutex_t *m) { return __atomic_load_n(&m->owner, __ATOMIC_RELAXED) == pthread_self(); }
static void set_owner(pthread_mutex_t *m, pthread_t t) { __atomic_store_n(&m->owner, t, __ATOMIC_RELAXED); }

static int lock_again(pthread_mutex_t *m, int refusal)
{
	if (m->type == PTHREAD_MUTEX_ERRORCHECK)
		return refusal;
	return ++m->depth ? 0 : (m->depth--, EAGAIN);
}

int pthread_mutex_lock(pthread_mutex_t *m)
{
	if (m->type == PTHREAD_MUTEX_NORMAL) {
		lock(&m->word);
		return 0;
	}
	if (is_mine(m))
		return lock_again(m, EDEADLK);
	lock(&m->word);
	set_owner(m, pthread_self());
	return 0;
}

int pthread_mutex_trylock(pthread_mutex_t *m)
{
	if (m->type != PTHREAD_MUTEX_NORMAL && is_mine(m))
		return lock_again(m, EBUSY);
	if (!lock_try(&m->word))
		return EBUSY;
	if (m->type != PTHREAD_MUTEX_NORMAL)
		set_owner(m, pthread_self());
	return 0;
}

int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *until)
{
	int r = pthread_mutex_trylock(m);
	if (r != EBUSY)
		return r;
	if (m->type == PTHREAD_MUTEX_ERRORCHECK && is_mine(m))
		return EDEADLK;
	while (__atomic_exchange_n(&m->word, 2, __ATOMIC_ACQUIRE) != 0) {
		long e = syscall_raw(SYS_futex, (long)&m->word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME, 2, (long)until,
			0, 0xffffffff);
		if (e == -ETIMEDOUT || e == -EINVAL)
			return (int)-e;
	}
	if (m->type != PTHREAD_MUTEX_NORMAL)
		set_owner(m, pthread_self());
	return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *m)
{
	if (m->type != PTHREAD_MUTEX_NORMAL) {
		if (!is_mine(m))
			return EPERM;
		if (m->depth) {
			m->depth--;
			return 0;
		}
		set_owner(m, NULL);
	}
	unlock(&m->word);
	return 0;
}
