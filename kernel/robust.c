/* Robust futexes (get_robust_list(2)): a thread that ends marks the locks it still holds, and wakes a waiter of each, which then knows. The
 * list is the program's, and may be anything: nothing is believed, and its length has an end. */
#include <abi/futex.h>
#include <abi/errno.h>
#include <kernel/futex.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>

enum { ENTRIES_MAX = 2048 };
struct robust_head { uint64_t first; int64_t offset; uint64_t pending; };

int64_t sys_set_robust_list(const uint64_t *a)
{
	if (a[1] != sizeof(struct robust_head))
		return -EINVAL;
	thread_current()->robust_list = a[0];
	return 0;
}

int64_t sys_get_robust_list(const uint64_t *a)
{
	uint64_t size = sizeof(struct robust_head);
	vaddr_t head = 0;
	spin_lock(&proc_lock);
	struct thread *t = (int)a[0] ? proc_find_thread((int)a[0]) : thread_current();
	if (t)
		head = t->robust_list;
	spin_unlock(&proc_lock);
	if (!t)
		return -ESRCH;
	if (copy_to_user(a[2], &size, sizeof size) != OK)
		return -EFAULT;
	return err_to_errno(copy_to_user(a[1], &head, sizeof head));
}

/* One lock. That a waiter comes between the load and the store does no harm: it finds another word than it expected, and looks again. */
static void mark_dead(vaddr_t word, int tid)
{
	uint32_t v;
	if (word % 4 || copy_from_user(&v, word, sizeof v) != OK || (v & FUTEX_TID_MASK) != (uint32_t)tid)
		return;
	v = (v & FUTEX_WAITERS) | FUTEX_OWNER_DIED;
	if (copy_to_user(word, &v, sizeof v) == OK)
		futex_wake(word, 1);
}

void robust_thread_ends(struct thread *t)
{
	struct robust_head head;
	int tid = t->tid;
	vaddr_t list = t->robust_list;
	t->robust_list = 0;
	if (!list || copy_from_user(&head, list, sizeof head) != OK)
		return;
	uint64_t entry = head.first & ~1ull, next;	/* bit 0: priority inheritance, which there is none of */
	for (unsigned k = 0; entry != list && k < ENTRIES_MAX; k++) {
		enum err e = copy_from_user(&next, entry, sizeof next);	/* before the lock may be taken by somebody else */
		if (entry != (head.pending & ~1ull))
			mark_dead(entry + (uint64_t)head.offset, tid);
		if (e != OK)
			return;
		entry = next & ~1ull;
	}
	if (head.pending & ~1ull)
		mark_dead((head.pending & ~1ull) + (uint64_t)head.offset, tid);
}
