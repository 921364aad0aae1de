/* Failure injection: see kernel/inject.h. While no thread is to fail, an allocation pays for one load. */
#include <kernel/inject.h>
#include <kernel/proc.h>

static unsigned armed;		/* [a] threads with fail_nth above 0 */

void inject_set(struct thread *t, unsigned n)
{
	unsigned old = __atomic_exchange_n(&t->fail_nth, n, __ATOMIC_RELAXED);
	if (n && !old)
		__atomic_fetch_add(&armed, 1, __ATOMIC_RELAXED);
	else if (!n && old)
		__atomic_fetch_sub(&armed, 1, __ATOMIC_RELAXED);
}

unsigned inject_left(const struct thread *t) { return __atomic_load_n(&t->fail_nth, __ATOMIC_RELAXED); }

/* Another thread may set it anew meanwhile. */
static bool count_down(struct thread *t)
{
	unsigned n = inject_left(t);
	while (n && !__atomic_compare_exchange_n(&t->fail_nth, &n, n - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	if (n == 1)
		__atomic_fetch_sub(&armed, 1, __ATOMIC_RELAXED);
	return n != 1;
}

bool inject_may_allocate(void)
{
	if (!__atomic_load_n(&armed, __ATOMIC_RELAXED))
		return true;
	struct thread *t = thread_current();
	return !t || !t->proc || count_down(t);
}
