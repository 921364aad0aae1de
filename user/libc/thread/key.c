/* Values by thread: keys for all threads, a value for each in the thread's descriptor. */
#include <errno.h>
#include "thread_priv.h"

static struct {
	int used;
	unsigned era;	/* how often the key was made: values of an earlier one are none of this */
	void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX];
static int keys_lock;	/* for keys */

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
	int r = EAGAIN;
	lock(&keys_lock);
	for (unsigned i = 0; i < PTHREAD_KEYS_MAX && r; i++)
		if (!keys[i].used) {
			keys[i].used = 1;
			keys[i].destructor = destructor;
			keys[i].era++;
			*key = i;
			r = 0;
		}
	unlock(&keys_lock);
	return r;
}

int pthread_key_delete(pthread_key_t key)
{
	lock(&keys_lock);
	int r = key < PTHREAD_KEYS_MAX && keys[key].used ? 0 : EINVAL;
	if (!r)
		keys[key].used = 0;
	unlock(&keys_lock);
	return r;
}

void *pthread_getspecific(pthread_key_t key)
{
	pthread_t t = pthread_self();
	return key < PTHREAD_KEYS_MAX && t->key[key].era == keys[key].era ? (void *)(uintptr_t)t->key[key].value : NULL;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
	if (key >= PTHREAD_KEYS_MAX || !keys[key].used)
		return EINVAL;
	pthread_self()->key[key].value = value;
	pthread_self()->key[key].era = keys[key].era;
	return 0;
}

static int end_one(struct pthread *t, unsigned i)
{
	void *value = pthread_getspecific(i);
	if (!value)
		return 0;
	lock(&keys_lock);
	void (*destructor)(void *) = keys[i].used ? keys[i].destructor : NULL;
	unlock(&keys_lock);
	t->key[i].value = NULL;
	if (destructor)
		destructor(value);
	return destructor != NULL;
}

/* A destructor may set values again: a few rounds, then they are left. */
void keys_end(struct pthread *t)
{
	for (int round = 0, any = 1; any && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
		any = 0;
		for (unsigned i = 0; i < PTHREAD_KEYS_MAX; i++)
			any |= end_one(t, i);
	}
}
