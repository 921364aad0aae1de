/* What our C library stands on, for the host: compiled with our headers, among its sources. One thread, so locks need do nothing. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include "../../user/libc/lock.h"
#include "../../user/libc/priv.h"
#include "calls.h"

__thread int errno;
static char *no_environ[] = { NULL };
char **environ = no_environ;
const char *program_name = "libc";

long syscall_raw(long nr, long a, long b, long c, long d, long e, long f)
{
	const long arg[] = { a, b, c, d, e, f };
	switch (nr) {
#define HOST_CASE(name) case SYS_##name: return host_call(HOST_##name, arg);
	HOST_CALLS(HOST_CASE)
	default: return -ENOSYS;
	}
}

void lock_slow(int *word) { (void)word; abort(); }
void unlock_slow(int *word) { (void)word; abort(); }
int pthread_mutex_lock(pthread_mutex_t *m) { (void)m; return 0; }
int pthread_mutex_trylock(pthread_mutex_t *m) { (void)m; return 0; }
int pthread_mutex_unlock(pthread_mutex_t *m) { (void)m; return 0; }
void malloc_hold(void) { }
void malloc_release(void) { }
void malloc_after_fork(void) { }
void threads_after_fork(void) { }
