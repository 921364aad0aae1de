/* Futexes (futex(2)): sleeping on a word of user memory. A waiter is on a hash list under its key, the address space and
 * the word's address; the check of the word and the going to sleep are one step under futex_lock. */
#include <abi/futex.h>
#include <abi/time.h>
#include <arch/trap.h>
#include <kernel/futex.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <kernel/sys_time.h>

enum { BUCKETS = 64 };

struct waiter {
	struct list link;
	struct space *space;
	vaddr_t word;
	uint32_t bits;
	bool woken;
	struct waitq q;
};

static struct spinlock futex_lock = SPINLOCK_INIT(LOCK_FUTEX, "futex");
static struct list buckets[BUCKETS];

static struct list *bucket(vaddr_t word)
{
	struct list *b = &buckets[word / 4 % BUCKETS];
	if (!b->next)
		list_init(b);
	return b;
}

/* Read the word while futex_lock is held: a fault there cannot be resolved, so bring the page in first and try
 * until it stays. */
static enum err lock_and_load(vaddr_t word, uint32_t *seen)
{
	struct thread *t = thread_current();
	for (;;) {
		if (copy_from_user(seen, word, sizeof *seen) != OK)
			return ERR_FAULT;
		spin_lock(&futex_lock);
		t->nofault = true;
		bool ok = arch_user_load32(word, seen);
		t->nofault = false;
		if (ok)
			return OK;
		spin_unlock(&futex_lock);
	}
}

static enum err wait_for_word(vaddr_t word, uint32_t expect, uint32_t bits, uint64_t deadline)
{
	struct waiter w = { .space = proc_current()->space, .word = word, .bits = bits };
	uint32_t seen;
	enum err e = lock_and_load(word, &seen);
	if (e != OK)
		return e;
	e = seen == expect ? OK : ERR_AGAIN;
	if (e == OK) {
		waitq_init(&w.q);
		list_push_back(bucket(word), &w.link);
		while (!w.woken && e == OK) {
			enum wake why = wait_on(&w.q, &futex_lock, SLEEP_KILLABLE, deadline);
			e = w.woken ? OK : why == WAKE_SIGNAL ? ERR_INTR : why == WAKE_TIMEOUT ? ERR_TIMEDOUT : OK;
		}
		list_remove(&w.link);
	}
	spin_unlock(&futex_lock);
	return e;
}

static int wake_some(vaddr_t word, unsigned n, uint32_t bits)
{
	struct waiter *w, *next;
	int woken = 0;
	list_for_each_safe(w, next, bucket(word), link)
		if (n && w->word == word && w->space == proc_current()->space && (w->bits & bits)) {
			n--;
			woken++;
			w->woken = true;
			list_remove(&w->link);
			waitq_wake_all(&w->q);
		}
	return woken;
}

int futex_wake(vaddr_t word, unsigned n)
{
	spin_lock(&futex_lock);
	int woken = wake_some(word, n, UINT32_MAX);
	spin_unlock(&futex_lock);
	return woken;
}

/* Wake up to a[2] waiters of a[0], move up to a[3] others to the word a[4]. */
static int64_t requeue(const uint64_t *a, bool compare)
{
	struct waiter *w, *next;
	uint32_t seen = 0, moves = (uint32_t)a[3];
	if (lock_and_load(a[0], &seen) != OK)
		return -EFAULT;
	if (compare && seen != (uint32_t)a[5]) {
		spin_unlock(&futex_lock);
		return -EAGAIN;
	}
	int64_t n = wake_some(a[0], (unsigned)a[2], UINT32_MAX);
	if (a[4] == a[0])
		moves = 0;	/* they are where they are to go */
	list_for_each_safe(w, next, bucket(a[0]), link)
		if (moves && w->word == a[0] && w->space == proc_current()->space) {
			moves--;
			n++;
			list_remove(&w->link);
			w->word = a[4];
			list_push_back(bucket(a[4]), &w->link);
		}
	spin_unlock(&futex_lock);
	return n;
}

static int64_t futex_wait(const uint64_t *a, bool absolute, uint32_t bits)
{
	uint64_t deadline = 0;
	if (a[3]) {
		enum err e = user_deadline(a[3], absolute, a[1] & FUTEX_CLOCK_REALTIME, &deadline);
		if (e != OK)
			return err_to_errno(e);
	}
	return err_to_errno(wait_for_word(a[0], (uint32_t)a[2], bits, deadline));
}

int64_t sys_futex(const uint64_t *a)
{
	unsigned op = (unsigned)a[1] & ~(unsigned)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	if (a[0] % 4)
		return -EINVAL;
	switch (op) {
	case FUTEX_WAIT: return futex_wait(a, false, UINT32_MAX);
	case FUTEX_WAIT_BITSET: return (uint32_t)a[5] ? futex_wait(a, true, (uint32_t)a[5]) : -EINVAL;
	case FUTEX_WAKE: return futex_wake(a[0], (unsigned)a[2]);
	case FUTEX_REQUEUE: return requeue(a, false);
	case FUTEX_CMP_REQUEUE: return requeue(a, true);
	case FUTEX_WAKE_BITSET: {
		spin_lock(&futex_lock);
		int n = (uint32_t)a[5] ? wake_some(a[0], (unsigned)a[2], (uint32_t)a[5]) : -EINVAL;
		spin_unlock(&futex_lock);
		return n;
	}
	default: return -ENOSYS;
	}
}
