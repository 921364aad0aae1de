#pragma once
#include <time.h>
/* Semaphores within one process. -1 with errno on failure. */
typedef struct { int value, waiters; } sem_t;
int sem_init(sem_t *s, int shared, unsigned value);	/* shared is 0 */
int sem_destroy(sem_t *s);
int sem_wait(sem_t *s);
int sem_timedwait(sem_t *s, const struct timespec *until);	/* CLOCK_REALTIME; ETIMEDOUT */
int sem_trywait(sem_t *s);		/* EAGAIN: it is 0 */
int sem_post(sem_t *s);			/* EOVERFLOW at INT_MAX */
int sem_getvalue(sem_t *s, int *value);
