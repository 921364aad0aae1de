/* Real-time signals wait in queues, each with its details, one queue for each thread and one for the process; the bit in sig_pending says whether
 * there is one at all. Memory for one is had before the locks are taken; what a process may have waiting is bounded by RLIMIT_SIGPENDING. */
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>

struct queued_signal { struct list link; struct abi_siginfo info; };

struct queued_signal *sigqueue_alloc(int sig)
{
	return sig >= SIG_RT_FIRST ? kmalloc(kernel_mm, sizeof(struct queued_signal)) : NULL;
}

void sigqueue_free(struct queued_signal *q) { kfree(kernel_mm, q); }

enum err sigqueue_push(struct proc *p, struct list *queue, const struct abi_siginfo *info, struct queued_signal **q)
{
	if (!*q || p->nqueued >= p->limits[RLIMIT_SIGPENDING].rlim_cur)
		return info->si_code == SI_USER ? OK : ERR_AGAIN;
	(*q)->info = *info;
	list_push_back(queue, &(*q)->link);
	*q = NULL;
	p->nqueued++;
	return OK;
}

struct queued_signal *sigqueue_pop(struct proc *p, struct list *queue, int sig, struct abi_siginfo *info, bool *more)
{
	struct queued_signal *q, *found = NULL;
	*more = false;
	list_for_each(q, queue, link)
		if (q->info.si_signo == sig) {
			*more = found;
			if (found)
				break;
			found = q;
		}
	if (!found)
		return NULL;
	list_remove(&found->link);
	p->nqueued--;
	*info = found->info;
	return found;
}

void sigqueue_drop(struct proc *p, struct list *queue)
{
	for (struct list *n;;) {
		spin_lock(&p->sig_lock);
		if ((n = list_pop_front(queue)))
			p->nqueued--;
		spin_unlock(&p->sig_lock);
		if (!n)
			return;
		sigqueue_free(container_of(n, struct queued_signal, link));
	}
}
