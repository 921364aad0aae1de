#pragma once
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <signal.h>
#include <time.h>
/* Threads: one kernel thread each (clone), waiting on words of memory (futex). Functions return 0 or an error number and leave errno
 * alone. A thread's stack, descriptor and thread-local variables are one mapping with a guard page below, freed when the thread has been
 * joined, or by itself if it is detached. There is no cancellation. */

#define PTHREAD_STACK_MIN 16384
#define PTHREAD_STACK_DEFAULT (256 * 1024)
#define PTHREAD_KEYS_MAX 32
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_CREATE_JOINABLE 0
#define PTHREAD_CREATE_DETACHED 1
#define PTHREAD_BARRIER_SERIAL_THREAD (-1)

/* ---- threads ---- */

typedef struct pthread *pthread_t;
typedef struct { size_t stack_size; int detached; } pthread_attr_t;

int pthread_attr_init(pthread_attr_t *a);
int pthread_attr_destroy(pthread_attr_t *a);
/* The stack, rounded up to pages; EINVAL below PTHREAD_STACK_MIN. */
int pthread_attr_setstacksize(pthread_attr_t *a, size_t nbytes);
int pthread_attr_getstacksize(const pthread_attr_t *a, size_t *nbytes);
int pthread_attr_setdetachstate(pthread_attr_t *a, int state);
int pthread_attr_getdetachstate(const pthread_attr_t *a, int *state);

/* attr may be NULL. EAGAIN: no memory, or no thread; then nothing has changed. */
int pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg);
/* Wait for its end and free it. EDEADLK: itself; EINVAL: detached. result may be NULL. */
int pthread_join(pthread_t t, void **result);
int pthread_detach(pthread_t t);
/* End the calling thread: destructors of its keys run first. The process ends, with status 0, with its last thread. */
_Noreturn void pthread_exit(void *result);
pthread_t pthread_self(void);
static inline int pthread_equal(pthread_t a, pthread_t b) { return a == b; }
int pthread_kill(pthread_t t, int sig);
int pthread_sigmask(int how, const sigset_t *set, sigset_t *old);

/* ---- mutexes ---- */

enum { PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_RECURSIVE, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_MUTEX_DEFAULT = PTHREAD_MUTEX_NORMAL };
typedef struct { int type; } pthread_mutexattr_t;
typedef struct {
	int word;		/* 0 free, 1 locked, 2 locked and perhaps waited for */
	int type;
	unsigned depth;		/* recursive: locks beyond the first */
	pthread_t owner;	/* recursive and errorcheck */
} pthread_mutex_t;
#define PTHREAD_MUTEX_INITIALIZER { 0, PTHREAD_MUTEX_NORMAL, 0, NULL }
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER { 0, PTHREAD_MUTEX_RECURSIVE, 0, NULL }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER { 0, PTHREAD_MUTEX_ERRORCHECK, 0, NULL }

int pthread_mutexattr_init(pthread_mutexattr_t *a);
int pthread_mutexattr_destroy(pthread_mutexattr_t *a);
int pthread_mutexattr_settype(pthread_mutexattr_t *a, int type);
int pthread_mutexattr_gettype(const pthread_mutexattr_t *a, int *type);
int pthread_mutex_init(pthread_mutex_t *m, const pthread_mutexattr_t *a);
/* EBUSY: it is locked. */
int pthread_mutex_destroy(pthread_mutex_t *m);
/* Errorcheck: EDEADLK if it is the caller's already. */
int pthread_mutex_lock(pthread_mutex_t *m);
int pthread_mutex_trylock(pthread_mutex_t *m);	/* EBUSY */
/* until: CLOCK_REALTIME; ETIMEDOUT. */
int pthread_mutex_timedlock(pthread_mutex_t *m, const struct timespec *until);
/* Recursive and errorcheck: EPERM if it is not the caller's. */
int pthread_mutex_unlock(pthread_mutex_t *m);

/* ---- conditions ---- */

typedef struct { clockid_t clock; } pthread_condattr_t;
typedef struct { unsigned round; clockid_t clock; } pthread_cond_t;
#define PTHREAD_COND_INITIALIZER { 0, CLOCK_REALTIME }

int pthread_condattr_init(pthread_condattr_t *a);
int pthread_condattr_destroy(pthread_condattr_t *a);
/* Which clock timedwait's deadline is on: CLOCK_REALTIME (the default) or CLOCK_MONOTONIC. */
int pthread_condattr_setclock(pthread_condattr_t *a, clockid_t clock);
int pthread_cond_init(pthread_cond_t *c, const pthread_condattr_t *a);
int pthread_cond_destroy(pthread_cond_t *c);
/* Returns with m locked, perhaps for no reason: wait in a loop. */
int pthread_cond_wait(pthread_cond_t *c, pthread_mutex_t *m);
int pthread_cond_timedwait(pthread_cond_t *c, pthread_mutex_t *m, const struct timespec *until);
int pthread_cond_signal(pthread_cond_t *c);
int pthread_cond_broadcast(pthread_cond_t *c);

/* ---- readers and a writer: readers may keep a writer waiting ---- */

typedef struct { int state, waiters; } pthread_rwlock_t;	/* readers, or -1: a writer */
typedef struct { int unused; } pthread_rwlockattr_t;
#define PTHREAD_RWLOCK_INITIALIZER { 0, 0 }

int pthread_rwlock_init(pthread_rwlock_t *l, const pthread_rwlockattr_t *a);
int pthread_rwlock_destroy(pthread_rwlock_t *l);
int pthread_rwlock_rdlock(pthread_rwlock_t *l);
int pthread_rwlock_tryrdlock(pthread_rwlock_t *l);
int pthread_rwlock_wrlock(pthread_rwlock_t *l);
int pthread_rwlock_trywrlock(pthread_rwlock_t *l);
int pthread_rwlock_unlock(pthread_rwlock_t *l);

/* ---- once, barriers ---- */

typedef int pthread_once_t;
#define PTHREAD_ONCE_INIT 0
/* Whoever comes second waits until fn has returned. */
int pthread_once(pthread_once_t *once, void (*fn)(void));

typedef struct { unsigned count, arrived, round; } pthread_barrier_t;
typedef struct { int unused; } pthread_barrierattr_t;
int pthread_barrier_init(pthread_barrier_t *b, const pthread_barrierattr_t *a, unsigned count);	/* EINVAL: count is 0 */
int pthread_barrier_destroy(pthread_barrier_t *b);
/* Wait until count threads are here. PTHREAD_BARRIER_SERIAL_THREAD to one of them. */
int pthread_barrier_wait(pthread_barrier_t *b);

/* ---- values by thread ---- */

typedef unsigned pthread_key_t;
/* EAGAIN: PTHREAD_KEYS_MAX exist. destructor may be NULL; it is called for values that are not NULL when a thread ends. */
int pthread_key_create(pthread_key_t *key, void (*destructor)(void *));
/* No destructor runs. */
int pthread_key_delete(pthread_key_t key);
void *pthread_getspecific(pthread_key_t key);
int pthread_setspecific(pthread_key_t key, const void *value);
