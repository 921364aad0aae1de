/* Failure injection: see kernel/inject.h. mm/ asks only while some thread is to fail. */
#include <kernel/inject.h>
#include <kernel/kmap.h>
#include <kernel/proc.h>

static unsigned armed;		/* [a] threads with fail_nth above 0 */

/* Another CPU may arm a thread just when the last one here is done: hence the second look. */
static void one_less(void)
{
	if (__atomic_sub_fetch(&armed, 1, __ATOMIC_SEQ_CST) > 0)
		return;
	mm_set_injection(kernel_mm, false);
	if (__atomic_load_n(&armed, __ATOMIC_SEQ_CST) > 0)
		mm_set_injection(kernel_mm, true);
}

static void one_more(void)
{
	__atomic_add_fetch(&armed, 1, __ATOMIC_SEQ_CST);
	mm_set_injection(kernel_mm, true);
}

void inject_set(struct thread *t, unsigned n)
{
	unsigned old = __atomic_exchange_n(&t->fail_nth, n, __ATOMIC_RELAXED);
	if (n && !old)
		one_more();
	else if (!n && old)
		one_less();
}

unsigned inject_left(const struct thread *t) { return __atomic_load_n(&t->fail_nth, __ATOMIC_RELAXED); }

/* Somebody may set it anew meanwhile. */
static bool count_down(struct thread *t)
{
	unsigned n = inject_left(t);
	while (n && !__atomic_compare_exchange_n(&t->fail_nth, &n, n - 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED))
		;
	if (n == 1)
		one_less();
	return n != 1;
}

bool inject_may_allocate(void)
{
	struct thread *t = thread_current();
	return !t || !t->proc || count_down(t);
}
