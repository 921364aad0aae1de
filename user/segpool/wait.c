/* Waiting for others, boundedly. Whoever makes something available counts up sp->changes and then looks for sleepers; whoever finds nothing
 * has read sp->changes before it looked, is counted as a sleeper, and sleeps only while the number is the same. So one of the two sees the
 * other. */
#include <time.h>
#include "segpool_priv.h"

bool wait_init(struct segpool *sp)
{
	pthread_condattr_t a;
	if (pthread_condattr_init(&a))
		return false;
	pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
	int r = pthread_cond_init(&sp->change, &a);
	pthread_condattr_destroy(&a);
	return !r && !pthread_mutex_init(&sp->lock, NULL);
}

void wait_end(struct segpool *sp)
{
	pthread_cond_destroy(&sp->change);
	pthread_mutex_destroy(&sp->lock);
}

void note_change(struct segpool *sp)
{
	atomic_fetch_add(&sp->changes, 1);
	if (!atomic_load(&sp->sleepers))
		return;
	pthread_mutex_lock(&sp->lock);
	pthread_cond_broadcast(&sp->change);
	pthread_mutex_unlock(&sp->lock);
}

void await_change(struct segpool *sp, uint64_t seen, const struct timespec *deadline)
{
	int r = 0;
	atomic_fetch_add(&sp->sleepers, 1);
	pthread_mutex_lock(&sp->lock);
	while (atomic_load(&sp->changes) == seen && !r)
		r = pthread_cond_timedwait(&sp->change, &sp->lock, deadline);
	pthread_mutex_unlock(&sp->lock);
	atomic_fetch_sub(&sp->sleepers, 1);
}
