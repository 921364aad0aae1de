/* Threads from create to join. A thread leaves its mapping behind for whoever joins it; a detached one unmaps it under its own feet. */
#include <abi/futex.h>
#include <abi/sched.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>
#include "thread_priv.h"

enum { PAGE = 4096 };
#define THREAD_FLAGS (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS \
	| CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static int live = 1;	/* [a] threads that have not ended */

pthread_t pthread_self(void) { return (pthread_t)__builtin_thread_pointer() - 1; }

static void run(void *arg)
{
	pthread_t t = arg;
	pthread_exit(t->fn(t->arg));
}

/* A thread's mapping, with its descriptor in place. NULL: no memory. */
static pthread_t make(size_t stack_size, int state)
{
	size_t n = (PAGE + stack_size + tls_room() + PAGE - 1) & ~(size_t)(PAGE - 1);
	char *map = (char *)syscall_raw(SYS_mmap, 0, (long)n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if ((unsigned long)map > -4096ul)
		return NULL;
	if (syscall_raw(SYS_mprotect, (long)map, PAGE, PROT_NONE, 0, 0, 0) < 0) {
		syscall_raw(SYS_munmap, (long)map, (long)n, 0, 0, 0, 0);
		return NULL;
	}
	pthread_t t = tls_place(map + n);
	t->map = map;
	t->map_bytes = n;
	t->state = state;
	return t;
}

static void unmake(pthread_t t)
{
	if (t->map)
		syscall_raw(SYS_munmap, (long)t->map, (long)t->map_bytes, 0, 0, 0, 0);
}

int pthread_create(pthread_t *out, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
	pthread_t t = make(attr ? attr->stack_size : PTHREAD_STACK_DEFAULT, attr && attr->detached ? DETACHED : JOINABLE);
	if (!t)
		return EAGAIN;
	t->fn = fn;
	t->arg = arg;
	*out = t;	/* before the thread runs: it may look */
	__atomic_add_fetch(&live, 1, __ATOMIC_RELAXED);
	long r = thread_clone(THREAD_FLAGS, t, &t->tid, tls_pointer(t), &t->tid, run, t);
	if (r >= 0)
		return 0;
	__atomic_sub_fetch(&live, 1, __ATOMIC_RELAXED);
	unmake(t);
	return EAGAIN;
}

_Noreturn void pthread_exit(void *result)
{
	pthread_t t = pthread_self();
	sigset_t all;
	int joinable = JOINABLE;
	keys_end(t);
	malloc_thread_end();
	if (__atomic_sub_fetch(&live, 1, __ATOMIC_ACQ_REL) == 0)
		exit(0);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, NULL);	/* a handler would need the stack */
	t->result = result;
	if (!__atomic_compare_exchange_n(&t->state, &joinable, ENDED, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE) && t->map) {
		syscall_raw(SYS_set_tid_address, 0, 0, 0, 0, 0, 0);	/* the word may be somebody else's by then */
		thread_unmap_exit(t->map, t->map_bytes);
	}
	for (;;)
		syscall_raw(SYS_exit, 0, 0, 0, 0, 0, 0);
}

/* Wait until the kernel has let go of t. Not as a private futex: the kernel's wake is not for one. */
static void await(pthread_t t)
{
	for (int tid; (tid = __atomic_load_n(&t->tid, __ATOMIC_ACQUIRE));)
		syscall_raw(SYS_futex, (long)&t->tid, FUTEX_WAIT, tid, 0, 0, 0);
}

int pthread_join(pthread_t t, void **result)
{
	if (t == pthread_self())
		return EDEADLK;
	if (__atomic_load_n(&t->state, __ATOMIC_RELAXED) == DETACHED)
		return EINVAL;
	await(t);
	if (result)
		*result = t->result;
	unmake(t);
	return 0;
}

int pthread_detach(pthread_t t)
{
	int joinable = JOINABLE;
	if (__atomic_compare_exchange_n(&t->state, &joinable, DETACHED, 0, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return 0;
	if (joinable == DETACHED)
		return EINVAL;
	await(t);	/* it has ended, but for its last instructions */
	unmake(t);
	return 0;
}

void threads_after_fork(void)
{
	pthread_t t = pthread_self();
	live = 1;
	t->tid = (int)syscall_raw(SYS_set_tid_address, (long)&t->tid, 0, 0, 0, 0, 0);
}

int pthread_kill(pthread_t t, int sig)
{
	int tid = __atomic_load_n(&t->tid, __ATOMIC_RELAXED);
	return tid ? (int)-syscall_raw(SYS_tgkill, getpid(), tid, sig, 0, 0, 0) : ESRCH;
}

int pthread_sigmask(int how, const sigset_t *set, sigset_t *old)
{
	return (int)-syscall_raw(SYS_rt_sigprocmask, how, (long)set, (long)old, 8, 0, 0);
}

/* ---- attributes ---- */

int pthread_attr_init(pthread_attr_t *a)
{
	*a = (pthread_attr_t){ PTHREAD_STACK_DEFAULT, PTHREAD_CREATE_JOINABLE };
	return 0;
}

int pthread_attr_destroy(pthread_attr_t *a) { (void)a; return 0; }

int pthread_attr_setstacksize(pthread_attr_t *a, size_t nbytes)
{
	if (nbytes < PTHREAD_STACK_MIN || nbytes > PTRDIFF_MAX / 2)
		return EINVAL;
	a->stack_size = nbytes;
	return 0;
}

int pthread_attr_getstacksize(const pthread_attr_t *a, size_t *nbytes)
{
	*nbytes = a->stack_size;
	return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *a, int state)
{
	if (state != PTHREAD_CREATE_JOINABLE && state != PTHREAD_CREATE_DETACHED)
		return EINVAL;
	a->detached = state;
	return 0;
}

int pthread_attr_getdetachstate(const pthread_attr_t *a, int *state)
{
	*state = a->detached;
	return 0;
}
