/* ITIMER_VIRTUAL and ITIMER_PROF: timers that run while the process does. Both count all of its CPU time, since what it spends in the kernel is not
 * told apart. So does RLIMIT_CPU, which is enforced here. They are looked at when a CPU that runs the process ticks, so they ring up to a slice late. */
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/time.h>

static uint64_t since_switch(bool current) { return current ? time_now() - cpu_this()->switched_at : 0; }

uint64_t cpu_time_used(const struct proc *p) { return p->user_ticks + since_switch(p == proc_current()); }
uint64_t thread_time_used(const struct thread *t) { return t->user_ticks + since_switch(t == thread_current()); }

void cputimer_set(struct proc *p, unsigned which, const struct cputimer *new, struct cputimer *old)
{
	struct cputimer *t = &p->cputimers[which];
	spin_lock(&proc_lock);
	uint64_t used = cpu_time_used(p);
	*old = (struct cputimer){ t->at > used ? t->at - used : t->at ? 1 : 0, t->every };
	if (new)
		*t = (struct cputimer){ new->at ? used + new->at : 0, new->every };
	spin_unlock(&proc_lock);
}

/* RLIMIT_CPU: from the soft limit on a signal each second, at the hard one the end. */
static void enforce_limit(struct proc *p, uint64_t used)
{
	const struct rlimit64 *limit = &p->limits[RLIMIT_CPU];
	uint64_t seconds = used / time_frequency();
	if (seconds >= limit->rlim_max)
		signal_post(p, SIGKILL, NULL);
	else if (seconds >= limit->rlim_cur && seconds >= p->cpu_warned) {
		p->cpu_warned = seconds + 1;
		signal_post(p, SIGXCPU, NULL);
	}
}

void cputimer_tick(void)
{
	static const int sends[CPUTIMERS] = { SIGVTALRM, SIGPROF };
	struct proc *p = thread_current()->proc;
	if (!p || (!(p->cputimers[0].at | p->cputimers[1].at) && p->limits[RLIMIT_CPU].rlim_cur == RLIM64_INFINITY))
		return;
	spin_lock(&proc_lock);
	uint64_t used = cpu_time_used(p);
	enforce_limit(p, used);
	for (unsigned k = 0; k < CPUTIMERS; k++) {
		struct cputimer *t = &p->cputimers[k];
		if (!t->at || t->at > used)
			continue;
		t->at = t->every ? used + t->every : 0;
		signal_post(p, sends[k], NULL);
	}
	spin_unlock(&proc_lock);
}
