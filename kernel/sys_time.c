/* System calls on time: clock_gettime(2), nanosleep(2), setitimer(2), times(2), getrusage(2). */
#include <abi/errno.h>
#include <abi/resource.h>
#include <abi/time.h>
#include <abi/times.h>
#include <lib/string.h>
#include <kernel/proc.h>
#include <kernel/sys_time.h>
#include <kernel/syscall.h>
#include <kernel/time.h>

enum { NS = 1000000000, CLOCK_TICKS = 100 };	/* times(2) counts in hundredths */

/* The CPU time of one process or thread: what clock_getcpuclockid(3) and pthread_getcpuclockid(3) name, ~id << 3 and these. */
static bool clock_of_other(int clock, uint64_t *ns)
{
	enum { KIND = 3, OF_FILE = 3, OF_THREAD = 4 };
	int id = ~(clock >> 3);
	if (clock >= 0 || (clock & KIND) == OF_FILE)
		return false;
	spin_lock(&proc_lock);
	struct thread *t = !(clock & OF_THREAD) ? NULL : id ? proc_find_thread(id) : thread_current();
	struct proc *p = clock & OF_THREAD ? NULL : id ? proc_find(id) : proc_current();
	bool known = p || (t && t->proc == proc_current());
	*ns = known ? ticks_ns(p ? cpu_time_used(p) : thread_time_used(t)) : 0;
	spin_unlock(&proc_lock);
	return known;
}

static bool clock_read(int clock, uint64_t *ns)
{
	switch (clock) {
	case CLOCK_REALTIME: case CLOCK_REALTIME_COARSE: case CLOCK_TAI:
		*ns = time_wall_ns();
		return true;
	case CLOCK_MONOTONIC: case CLOCK_MONOTONIC_RAW: case CLOCK_MONOTONIC_COARSE: case CLOCK_BOOTTIME:
		*ns = time_ns();
		return true;
	case CLOCK_PROCESS_CPUTIME_ID:
		*ns = ticks_ns(cpu_time_used(proc_current()));
		return true;
	case CLOCK_THREAD_CPUTIME_ID:
		*ns = ticks_ns(thread_time_used(thread_current()));
		return true;
	default:
		return clock_of_other(clock, ns);
	}
}

struct timespec timespec_of(uint64_t ns) { return (struct timespec){ (long)(ns / NS), (long)(ns % NS) }; }

bool timespec_span(const struct timespec *ts, uint64_t *ns)
{
	const long far = INT64_MAX / NS - 1;
	*ns = (uint64_t)(ts->tv_sec < far ? ts->tv_sec : far) * NS + (uint64_t)ts->tv_nsec;
	return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < NS;
}

uint64_t timer_time(uint64_t value, bool absolute, bool wall, uint64_t now)
{
	uint64_t offset = wall ? time_wall_ns() - time_ns() : 0;
	return !absolute ? now + value : value > offset ? value - offset : 1;
}

static enum err put_timespec(vaddr_t to, uint64_t ns)
{
	struct timespec ts = timespec_of(ns);
	return to ? copy_to_user(to, &ts, sizeof ts) : OK;
}

static enum err get_timespec(vaddr_t from, uint64_t *ns)
{
	struct timespec ts;
	if (copy_from_user(&ts, from, sizeof ts) != OK)
		return ERR_FAULT;
	if (ts.tv_sec < 0 || ts.tv_nsec < 0 || ts.tv_nsec >= NS)
		return ERR_INVAL;
	*ns = (uint64_t)ts.tv_sec > UINT64_MAX / NS - 1 ? UINT64_MAX / 2 : (uint64_t)ts.tv_sec * NS + (uint64_t)ts.tv_nsec;
	return OK;
}

int64_t sys_clock_gettime(const uint64_t *a)
{
	uint64_t ns;
	return clock_read((int)a[0], &ns) ? err_to_errno(put_timespec(a[1], ns)) : -EINVAL;
}

int64_t sys_clock_getres(const uint64_t *a)
{
	uint64_t ns;
	return clock_read((int)a[0], &ns) ? err_to_errno(put_timespec(a[1], ticks_ns(1))) : -EINVAL;
}

int64_t sys_gettimeofday(const uint64_t *a)
{
	uint64_t ns = time_wall_ns();
	struct timeval tv = { (long)(ns / NS), (long)(ns % NS / 1000) };
	return a[0] ? err_to_errno(copy_to_user(a[0], &tv, sizeof tv)) : 0;
}

enum err user_deadline(vaddr_t ts, bool absolute, bool realtime, uint64_t *out)
{
	uint64_t ns, now = realtime ? time_wall_ns() : time_ns();
	enum err e = get_timespec(ts, &ns);
	if (e != OK)
		return e;
	if (absolute)
		ns = ns > now ? ns - now : 0;
	*out = time_deadline(ns);
	return OK;
}

/* Sleep to the deadline; for a signal, EINTR with what is left in *rem (a relative sleep only). */
static int64_t sleep_to(uint64_t deadline, vaddr_t rem)
{
	struct waitq never = WAITQ_INIT(never);
	while (time_now() < deadline) {
		if (wait_on(&never, NULL, SLEEP_KILLABLE, deadline) != WAKE_SIGNAL)
			continue;
		uint64_t now = time_now();
		enum err e = put_timespec(rem, now < deadline ? ticks_ns(deadline - now) : 0);
		return e == OK ? -EINTR : -EFAULT;
	}
	return 0;
}

int64_t sys_nanosleep(const uint64_t *a)
{
	uint64_t deadline;
	enum err e = user_deadline(a[0], false, false, &deadline);
	return e == OK ? sleep_to(deadline, a[1]) : err_to_errno(e);
}

int64_t sys_clock_nanosleep(const uint64_t *a)
{
	uint64_t deadline;
	bool absolute = a[1] & TIMER_ABSTIME;
	if (a[0] != CLOCK_REALTIME && a[0] != CLOCK_MONOTONIC && a[0] != CLOCK_BOOTTIME)
		return -EINVAL;
	enum err e = user_deadline(a[2], absolute, a[0] == CLOCK_REALTIME, &deadline);
	return e == OK ? sleep_to(deadline, absolute ? 0 : a[3]) : err_to_errno(e);
}

/* ---- interval timers ---- */

static struct timeval to_timeval(uint64_t ticks)
{
	uint64_t us = ticks_ns(ticks) / 1000;
	return (struct timeval){ (long)(us / 1000000), (long)(us % 1000000) };
}

/* What is left of the current process's timer, and, unless new is NULL, set it. In ticks. */
static struct cputimer exchange(unsigned which, const struct cputimer *new)
{
	struct proc *p = proc_current();
	uint64_t now = time_now();
	struct cputimer old = { p->itimer_deadline > now ? p->itimer_deadline - now : 0, p->itimer_interval };
	if (which != ITIMER_REAL)
		cputimer_set(p, which - ITIMER_VIRTUAL, new, &old);
	else if (new)
		alarm_set(p, new->at ? now + new->at : 0, new->every);
	return old;
}

static enum err put_itimer(vaddr_t to, const struct cputimer *t)
{
	struct itimerval v = { .it_interval = to_timeval(t->every), .it_value = to_timeval(t->at) };
	return copy_to_user(to, &v, sizeof v);
}

int64_t sys_getitimer(const uint64_t *a)
{
	if ((unsigned)a[0] > ITIMER_PROF)
		return -EINVAL;
	struct cputimer now = exchange((unsigned)a[0], NULL);
	return err_to_errno(put_itimer(a[1], &now));
}

static bool span(const struct timeval *tv, uint64_t *ns)
{
	*ns = (uint64_t)tv->tv_sec * NS + (uint64_t)tv->tv_usec * 1000;
	return tv->tv_sec >= 0 && tv->tv_sec < 1000000000 && tv->tv_usec >= 0 && tv->tv_usec < 1000000;
}

/* Rounded up, so that what is read back is what was set. */
static uint64_t ticks_of(uint64_t ns)
{
	uint64_t hz = time_frequency();
	return ns / NS * hz + (ns % NS * hz + NS - 1) / NS;
}

int64_t sys_setitimer(const uint64_t *a)
{
	struct itimerval v;
	uint64_t value = 0, interval = 0;
	memset(&v, 0, sizeof v);
	if (a[1] && copy_from_user(&v, a[1], sizeof v) != OK)
		return -EFAULT;
	if ((unsigned)a[0] > ITIMER_PROF || !span(&v.it_value, &value) || !span(&v.it_interval, &interval))
		return -EINVAL;
	struct cputimer new = { ticks_of(value), ticks_of(interval) }, old = exchange((unsigned)a[0], &new);
	return a[2] ? err_to_errno(put_itimer(a[2], &old)) : 0;
}

/* ---- accounting ---- */

int64_t sys_times(const uint64_t *a)
{
	struct proc *p = proc_current();
	const uint64_t per = NS / CLOCK_TICKS;
	struct tms t = {
		.tms_utime = (long)(ticks_ns(cpu_time_used(p)) / per), .tms_stime = (long)(ticks_ns(p->sys_ticks) / per),
		.tms_cutime = (long)(ticks_ns(p->child_user_ticks) / per),
		.tms_cstime = (long)(ticks_ns(p->child_sys_ticks) / per),
	};
	if (a[0] && copy_to_user(a[0], &t, sizeof t) != OK)
		return -EFAULT;
	return (int64_t)(time_ns() / per);
}

static void fill_memory(struct rusage *ru, struct space *s)
{
	struct space_stats st;
	space_stats(s, &st);
	ru->ru_maxrss = (long)(st.peak_resident_pages * (PAGE_SIZE / 1024));
	ru->ru_minflt = (long)st.faults;
}

static enum err put_rusage(vaddr_t to, uint64_t user_ticks, uint64_t sys_ticks, struct space *of)
{
	struct rusage ru;
	memset(&ru, 0, sizeof ru);
	ru.ru_utime = to_timeval(user_ticks);
	ru.ru_stime = to_timeval(sys_ticks);
	if (of)
		fill_memory(&ru, of);
	return copy_to_user(to, &ru, sizeof ru);
}

enum err copy_rusage(vaddr_t to, uint64_t user_ticks, uint64_t sys_ticks) { return put_rusage(to, user_ticks, sys_ticks, NULL); }

int64_t sys_getrusage(const uint64_t *a)
{
	struct proc *p = proc_current();
	switch ((int)a[0]) {
	case RUSAGE_SELF: return err_to_errno(put_rusage(a[1], cpu_time_used(p), p->sys_ticks, p->space));
	case RUSAGE_THREAD: return err_to_errno(put_rusage(a[1], thread_time_used(thread_current()), 0, p->space));
	case RUSAGE_CHILDREN: return err_to_errno(put_rusage(a[1], p->child_user_ticks, p->child_sys_ticks, NULL));
	default: return -EINVAL;
	}
}
