/* System calls on identity and scheduling, of a machine with one user and one way to schedule: what they report, and what they refuse. */
#include <abi/errno.h>
#include <abi/time.h>
#include <lib/string.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>

/* User and group 0, or -1 for "as it is": there are no others, which Linux says so of a user name space that lacks them. */
static int64_t only_zero(const uint64_t *id, unsigned n)
{
	for (unsigned k = 0; k < n; k++)
		if ((uint32_t)id[k] && (uint32_t)id[k] != UINT32_MAX)
			return -EINVAL;
	return 0;
}

int64_t sys_setuid(const uint64_t *a) { return (uint32_t)a[0] ? -EINVAL : 0; }
int64_t sys_setgid(const uint64_t *a) { return (uint32_t)a[0] ? -EINVAL : 0; }
int64_t sys_setreuid(const uint64_t *a) { return only_zero(a, 2); }
int64_t sys_setregid(const uint64_t *a) { return only_zero(a, 2); }
int64_t sys_setresuid(const uint64_t *a) { return only_zero(a, 3); }
int64_t sys_setresgid(const uint64_t *a) { return only_zero(a, 3); }

int64_t sys_setgroups(const uint64_t *a)
{
	uint32_t first;
	if (a[0] > 65536)
		return -EINVAL;
	if (!a[0])
		return 0;
	return copy_from_user(&first, a[1], sizeof first) != OK ? -EFAULT : a[0] == 1 && !first ? 0 : -EINVAL;
}

/* ---- scheduling: all threads take turns, SCHED_OTHER with priority 0 ---- */

enum { SCHED_OTHER, SCHED_FIFO, SCHED_RR, SCHED_BATCH, SCHED_IDLE = 5 };

static bool is_thread(int tid)
{
	spin_lock(&proc_lock);
	bool found = !tid || proc_find_thread(tid) || proc_find(tid);
	spin_unlock(&proc_lock);
	return found;
}

static int64_t check_thread(uint64_t tid) { return (int)tid < 0 ? -EINVAL : is_thread((int)tid) ? 0 : -ESRCH; }

int64_t sys_sched_getscheduler(const uint64_t *a) { return check_thread(a[0]); }

int64_t sys_sched_getparam(const uint64_t *a)
{
	int priority = 0;
	int64_t r = a[1] ? check_thread(a[0]) : -EINVAL;
	return r ? r : err_to_errno(copy_to_user(a[1], &priority, sizeof priority));
}

static int64_t set_policy(uint64_t tid, int policy, vaddr_t param)
{
	int priority;
	if (!param || (int)tid < 0)
		return -EINVAL;
	if (copy_from_user(&priority, param, sizeof priority) != OK)
		return -EFAULT;
	int64_t r = check_thread(tid);
	if (r)
		return r;
	if (policy == SCHED_FIFO || policy == SCHED_RR)
		return priority >= 1 && priority <= 99 ? -EPERM : -EINVAL;
	return (policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE) && !priority ? 0 : -EINVAL;
}

int64_t sys_sched_setscheduler(const uint64_t *a) { return set_policy(a[0], (int)a[1], a[2]); }
int64_t sys_sched_setparam(const uint64_t *a) { return set_policy(a[0], SCHED_OTHER, a[1]); }

static int64_t of_policy(int policy, int64_t real_time)
{
	if (policy == SCHED_FIFO || policy == SCHED_RR)
		return real_time;
	return policy == SCHED_OTHER || policy == SCHED_BATCH || policy == SCHED_IDLE ? 0 : -EINVAL;
}

int64_t sys_sched_get_priority_max(const uint64_t *a) { return of_policy((int)a[0], 99); }
int64_t sys_sched_get_priority_min(const uint64_t *a) { return of_policy((int)a[0], 1); }

int64_t sys_sched_rr_get_interval(const uint64_t *a)
{
	const struct timespec slice = { 0, SLICE_NS };
	int64_t r = check_thread(a[0]);
	return r ? r : err_to_errno(copy_to_user(a[1], &slice, sizeof slice));
}

int64_t sys_getcpu(const uint64_t *a)
{
	uint32_t cpu = cpu_this()->id, node = 0;
	if (a[0] && copy_to_user(a[0], &cpu, sizeof cpu) != OK)
		return -EFAULT;
	return a[1] ? err_to_errno(copy_to_user(a[1], &node, sizeof node)) : 0;
}

/* Linux's own personality is the only one; asking is all that is common. */
int64_t sys_personality(const uint64_t *a) { return !(uint32_t)a[0] || (uint32_t)a[0] == UINT32_MAX ? 0 : -EINVAL; }
