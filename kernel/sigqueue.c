/* Real-time signals, and those of timers, wait in queues, each with its details, one queue for each thread and one for the process; the bit in
 * sig_pending says whether there is one at all. Memory for one is had before the locks are taken; what a process may have waiting is bounded by
 * RLIMIT_SIGPENDING, and a timer's counts as long as the timer is there. */
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>

struct queued_signal {
	/* [I] constant, [s] the process's signal lock */
	struct list link;		/* [s] */
	struct abi_siginfo info;	/* [s] */
	bool of_timer;			/* [s] it is the timer's, and may be queued again */
	bool waiting;			/* [s] of a timer's: it is in a queue */
	int overrun;			/* [s] of a timer's: what was told when it was taken last */
};

struct queued_signal *sigqueue_alloc(int sig)
{
	return sig >= SIG_RT_FIRST ? kzalloc(kernel_mm, sizeof(struct queued_signal)) : NULL;
}

void sigqueue_free(struct queued_signal *q) { kfree(kernel_mm, q); }

enum err sigqueue_alloc_timer(struct proc *p, struct queued_signal **out)
{
	struct queued_signal *q = kzalloc(kernel_mm, sizeof *q);
	if (!q)
		return ERR_NOMEM;
	q->of_timer = true;
	spin_lock(&p->sig_lock);
	bool room = p->nqueued < p->limits[RLIMIT_SIGPENDING].rlim_cur;
	p->nqueued += room;
	spin_unlock(&p->sig_lock);
	if (!room) {
		sigqueue_free(q);
		return ERR_AGAIN;
	}
	*out = q;
	return OK;
}

static enum err push_timer(struct list *queue, const struct abi_siginfo *info, struct queued_signal *q)
{
	if (q->waiting) {
		int64_t n = (int64_t)q->info.si_overrun + info->si_overrun + 1;
		q->info.si_overrun = n < INT32_MAX ? (int)n : INT32_MAX;
		return OK;
	}
	q->info = *info;
	q->waiting = true;
	list_push_back(queue, &q->link);
	return OK;
}

enum err sigqueue_push(struct proc *p, struct list *queue, const struct abi_siginfo *info, struct queued_signal **q)
{
	if (*q && (*q)->of_timer)
		return push_timer(queue, info, *q);
	if (!*q || p->nqueued >= p->limits[RLIMIT_SIGPENDING].rlim_cur)
		return info->si_code == SI_USER ? OK : ERR_AGAIN;
	(*q)->info = *info;
	list_push_back(queue, &(*q)->link);
	*q = NULL;
	p->nqueued++;
	return OK;
}

/* It is out of its queue. What the caller frees of it. */
static struct queued_signal *taken(struct proc *p, struct queued_signal *q)
{
	if (q->of_timer) {
		q->waiting = false;
		q->overrun = q->info.si_overrun;
		return NULL;
	}
	p->nqueued--;
	return q;
}

bool sigqueue_pop(struct proc *p, struct list *queue, int sig, struct abi_siginfo *info, struct queued_signal **used, bool *more)
{
	struct queued_signal *q, *found = NULL;
	*more = false;
	*used = NULL;
	list_for_each(q, queue, link)
		if (q->info.si_signo == sig) {
			*more = found;
			if (found)
				break;
			found = q;
		}
	if (!found)
		return false;
	list_remove(&found->link);
	*info = found->info;
	*used = taken(p, found);
	return true;
}

int sigqueue_overrun(struct proc *p, const struct queued_signal *q)
{
	spin_lock(&p->sig_lock);
	int n = q->overrun;
	spin_unlock(&p->sig_lock);
	return n;
}

void sigqueue_timer_ends(struct proc *p, struct queued_signal *q)
{
	spin_lock(&p->sig_lock);
	bool waiting = q->waiting;
	q->of_timer = false;
	p->nqueued -= !waiting;
	spin_unlock(&p->sig_lock);
	if (!waiting)
		sigqueue_free(q);
}

void sigqueue_drop(struct proc *p, struct list *queue)
{
	for (struct list *n;;) {
		spin_lock(&p->sig_lock);
		struct queued_signal *q = (n = list_pop_front(queue)) ? taken(p, container_of(n, struct queued_signal, link)) : NULL;
		spin_unlock(&p->sig_lock);
		if (!n)
			return;
		sigqueue_free(q);
	}
}
