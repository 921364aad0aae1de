/* Futexes (futex(2)): sleeping on a word of user memory. A waiter is on a hash list under its key; the check of the word and the going to
 * sleep are one step under futex_lock.
 *
 *   the word is                        its key
 *   in shared memory, of a file        the object and the offset in it: the same in every process that maps it
 *   in private memory                  the address space and the address
 *   said to be private by the caller   the same, without a look at the region
 */
#include <abi/futex.h>
#include <abi/time.h>
#include <arch/trap.h>
#include <kernel/futex.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <kernel/sys_time.h>

enum { BUCKETS = 64 };

struct key {
	const struct space *space;	/* NULL: shared; the object says where */
	struct space_place place;
};

struct waiter {
	struct list link;
	struct key key;
	uint32_t bits;
	bool woken;
	struct waitq q;
};

static struct spinlock futex_lock = SPINLOCK_INIT(LOCK_FUTEX, "futex");
static struct list buckets[BUCKETS];

static struct list *bucket(const struct key *k)
{
	struct list *b = &buckets[(k->place.at / 4 + k->place.object) % BUCKETS];
	if (!b->next)
		list_init(b);
	return b;
}

static bool same_key(const struct key *a, const struct key *b)
{
	return a->space == b->space && a->place.object == b->place.object && a->place.at == b->place.at;
}

/* Before futex_lock: may sleep. */
static struct key key_of(vaddr_t word, bool is_private)
{
	struct space *s = proc_current()->space;
	struct key k = { .space = s, .place = { .at = word } };
	if (!is_private)
		k.place = space_place(s, word);
	if (k.place.object)
		k.space = NULL;
	return k;
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

static enum err wait_for_word(vaddr_t word, const struct key *key, uint32_t expect, uint32_t bits, uint64_t deadline)
{
	struct waiter w = { .key = *key, .bits = bits };
	uint32_t seen;
	enum err e = lock_and_load(word, &seen);
	if (e != OK)
		return e;
	e = seen == expect ? OK : ERR_AGAIN;
	if (e == OK) {
		waitq_init(&w.q);
		list_push_back(bucket(key), &w.link);
		while (!w.woken && e == OK) {
			enum wake why = wait_on(&w.q, &futex_lock, SLEEP_KILLABLE, deadline);
			e = w.woken ? OK : why == WAKE_SIGNAL ? ERR_INTR : why == WAKE_TIMEOUT ? ERR_TIMEDOUT : OK;
		}
		list_remove(&w.link);
	}
	spin_unlock(&futex_lock);
	return e;
}

static int wake_some(const struct key *key, unsigned n, uint32_t bits)
{
	struct waiter *w, *next;
	int woken = 0;
	list_for_each_safe(w, next, bucket(key), link)
		if (n && same_key(&w->key, key) && (w->bits & bits)) {
			n--;
			woken++;
			w->woken = true;
			list_remove(&w->link);
			waitq_wake_all(&w->q);
		}
	return woken;
}

static int wake_key(const struct key *key, unsigned n, uint32_t bits)
{
	spin_lock(&futex_lock);
	int woken = wake_some(key, n, bits);
	spin_unlock(&futex_lock);
	return woken;
}

int futex_wake(vaddr_t word, unsigned n)
{
	struct key key = key_of(word, false);
	return wake_key(&key, n, UINT32_MAX);
}

/* Wake up to a[2] waiters of a[0], move up to a[3] others to the word a[4]. */
static int64_t requeue(const uint64_t *a, bool compare)
{
	struct waiter *w, *next;
	struct key from = key_of(a[0], a[1] & FUTEX_PRIVATE_FLAG), to = key_of(a[4], a[1] & FUTEX_PRIVATE_FLAG);
	uint32_t seen = 0, moves = (uint32_t)a[3];
	if (lock_and_load(a[0], &seen) != OK)
		return -EFAULT;
	if (compare && seen != (uint32_t)a[5]) {
		spin_unlock(&futex_lock);
		return -EAGAIN;
	}
	int64_t n = wake_some(&from, (unsigned)a[2], UINT32_MAX);
	if (same_key(&from, &to))
		moves = 0;	/* they are where they are to go */
	list_for_each_safe(w, next, bucket(&from), link)
		if (moves && same_key(&w->key, &from)) {
			moves--;
			n++;
			list_remove(&w->link);
			w->key = to;
			list_push_back(bucket(&to), &w->link);
		}
	spin_unlock(&futex_lock);
	return n;
}

static int64_t wake_bits(const uint64_t *a, uint32_t bits)
{
	struct key key = key_of(a[0], a[1] & FUTEX_PRIVATE_FLAG);
	return bits ? wake_key(&key, (unsigned)a[2], bits) : -EINVAL;
}

static int64_t futex_wait(const uint64_t *a, bool absolute, uint32_t bits)
{
	uint64_t deadline = 0;
	if (a[3]) {
		enum err e = user_deadline(a[3], absolute, a[1] & FUTEX_CLOCK_REALTIME, &deadline);
		if (e != OK)
			return err_to_errno(e);
	}
	struct key key = key_of(a[0], a[1] & FUTEX_PRIVATE_FLAG);
	return err_to_errno(wait_for_word(a[0], &key, (uint32_t)a[2], bits, deadline));
}

int64_t sys_futex(const uint64_t *a)
{
	unsigned op = (unsigned)a[1] & ~(unsigned)(FUTEX_PRIVATE_FLAG | FUTEX_CLOCK_REALTIME);
	if (a[0] % 4)
		return -EINVAL;
	switch (op) {
	case FUTEX_WAIT: return futex_wait(a, false, UINT32_MAX);
	case FUTEX_WAIT_BITSET: return (uint32_t)a[5] ? futex_wait(a, true, (uint32_t)a[5]) : -EINVAL;
	case FUTEX_WAKE: return wake_bits(a, UINT32_MAX);
	case FUTEX_REQUEUE: return requeue(a, false);
	case FUTEX_CMP_REQUEUE: return requeue(a, true);
	case FUTEX_WAKE_BITSET: return wake_bits(a, (uint32_t)a[5]);
	default: return -ENOSYS;
	}
}
