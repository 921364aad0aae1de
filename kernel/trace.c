/* Tracing system calls. Traced threads put records into a ring, the reader takes them out; the ring's full size is given at once, so that
 * tracing never fails half-way.
 *
 *   tail .. head: records not yet read, both count up for ever; a record may wrap around the end of the ring
 *
 * A struct trace lives as long as its reader or a process refers to it. proc->trace is changed under proc_lock; a thread that is about to
 * put something takes a reference there first, since the other threads of its process may drop theirs at any time. */
#include <abi/poll.h>
#include <abi/errno.h>
#include <abi/signal.h>
#include <abi/trace.h>
#include <lib/string.h>
#include <mm/guard.h>
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include "fs/vfs_priv.h"

struct poll_edges trace_edges;

enum { RING = 64 << 10, LOOK_NS = 100000000 };

struct trace {
	struct spinlock lock;
	uint32_t refs;			/* [a] */
	unsigned nprocs;		/* [l] processes traced */
	bool follow, closed;		/* [l]; closed is written under proc_lock too */
	uint64_t head, tail;		/* [l]; tail is the reader's to move */
	struct mutex reader;		/* one read at a time */
	struct waitq for_data, for_room;
	char *ring;			/* [I] RING bytes */
};

/* ---- life ---- */

static void put(struct trace *t)
{
	if (__atomic_sub_fetch(&t->refs, 1, __ATOMIC_ACQ_REL))
		return;
	kfree(kernel_mm, t->ring);
	kfree(kernel_mm, t);
}

static struct trace *trace_new(void)
{
	struct trace *t = kzalloc(kernel_mm, sizeof *t);
	if (!t || !(t->ring = kmalloc(kernel_mm, RING))) {
		kfree(kernel_mm, t);
		return NULL;
	}
	t->refs = 1;
	spin_init(&t->lock, LOCK_PIPE, "trace");
	mutex_init(&t->reader, LOCK_FILE, "trace reader");
	waitq_init(&t->for_data);
	waitq_init(&t->for_room);
	return t;
}

/* p is traced by t from now on; proc_lock is held. */
static void set_trace(struct proc *p, struct trace *t)
{
	__atomic_fetch_add(&t->refs, 1, __ATOMIC_RELAXED);
	spin_lock(&t->lock);
	t->nprocs++;
	spin_unlock(&t->lock);
	p->trace = t;
}

/* p is not traced any more; proc_lock is held. What it was traced by, whose reference is the caller's to put. */
static struct trace *unset_trace(struct proc *p)
{
	struct trace *t = p->trace;
	p->trace = NULL;
	spin_lock(&t->lock);
	t->nprocs--;
	spin_unlock(&t->lock);
	waitq_wake_all(&t->for_data);
	poll_notify(&trace_edges, POLLIN);
	return t;
}

static unsigned readers;		/* proc_lock */

static enum err attach_locked(struct proc *p, struct trace *t)
{
	if (!p || p->zombie || p->exiting)
		return ERR_SRCH;
	if (p == proc_current())
		return ERR_PERM;
	if (p->trace)
		return ERR_BUSY;
	set_trace(p, t);
	readers++;
	syscall_divert(true);
	return OK;
}

enum err trace_attach(int pid, struct trace **out)
{
	struct trace *t = trace_new();
	if (!t)
		return ERR_NOMEM;
	spin_lock(&proc_lock);
	enum err e = attach_locked(proc_find(pid), t);
	spin_unlock(&proc_lock);
	if (e == OK)
		*out = t;
	else
		put(t);
	return e;
}

static void release(struct proc *p, void *t)
{
	if (p->trace == t)
		put(unset_trace(p));
}

void trace_close(struct trace *t)
{
	spin_lock(&proc_lock);
	spin_lock(&t->lock);
	t->closed = true;
	spin_unlock(&t->lock);
	proc_for_each(release, t);	/* the reader's own reference is left */
	if (!--readers)
		syscall_divert(false);
	spin_unlock(&proc_lock);
	waitq_wake_all(&t->for_room);
	put(t);
}

void trace_follow(struct trace *t)
{
	spin_lock(&t->lock);
	t->follow = true;
	spin_unlock(&t->lock);
}

void trace_inherit(struct proc *child)
{
	struct trace *t = proc_current()->trace;
	if (t && t->follow)
		set_trace(child, t);
}

/* The current process's trace with a reference, or NULL. */
static struct trace *get_own(void)
{
	spin_lock(&proc_lock);
	struct trace *t = proc_current()->trace;
	if (t)
		__atomic_fetch_add(&t->refs, 1, __ATOMIC_RELAXED);
	spin_unlock(&proc_lock);
	return t;
}

/* ---- the ring ---- */

static void ring_in(struct trace *t, const void *from, size_t n)
{
	size_t at = t->head % RING, first = n < RING - at ? n : RING - at;
	memcpy(t->ring + at, from, first);
	memcpy(t->ring, (const char *)from + first, n - first);
	t->head += n;
}

static void ring_out(const struct trace *t, void *to, size_t n)
{
	size_t at = t->tail % RING, first = n < RING - at ? n : RING - at;
	memcpy(to, t->ring + at, first);
	memcpy((char *)to + first, t->ring, n - first);
}

static bool is_killed(const struct trace_record *r)
{
	return r->kind == TRACE_SIGNAL ? r->nr == SIGKILL : r->kind == TRACE_END && r->result == SIGKILL;
}

static bool is_dying(const struct thread *t)
{
	return t->must_die || ((t->sig_pending | t->proc->sig_pending) >> (SIGKILL - 1) & 1);
}

/* Put a record in as soon as there is room. Only the reader's end or this thread's own ends the wait: a record that other signals could lose
 * would not be worth much. The last ones of who is killed are put in if there is room, for nobody needs to live to be killed. */
static void put_record(struct trace *t, struct trace_record *r)
{
	struct thread *me = thread_current();
	r->pid = me->proc->pid;
	r->tid = me->tid ? me->tid : me->proc->pid;	/* a first thread that is ending has given its number back */
	r->ns = time_ns();
	spin_lock(&t->lock);
	while (!t->closed && RING - (t->head - t->tail) < r->size && !is_dying(me) && !is_killed(r))
		wait_on(&t->for_room, &t->lock, 0, time_deadline(LOOK_NS));
	if (!t->closed && RING - (t->head - t->tail) >= r->size)
		ring_in(t, r, r->size);
	spin_unlock(&t->lock);
	waitq_wake_all(&t->for_data);
	poll_notify(&trace_edges, POLLIN);
}

bool trace_readable(struct trace *t)
{
	spin_lock(&t->lock);
	bool r = t->head != t->tail || !t->nprocs;
	spin_unlock(&t->lock);
	return r;
}

/* Wait until there is a record, or there will be none. *any: there is. */
static enum err wait_for_data(struct trace *t, bool nonblock, bool *any)
{
	enum err e = OK;
	spin_lock(&t->lock);
	while (t->head == t->tail && t->nprocs && e == OK) {
		if (nonblock)
			e = ERR_AGAIN;
		else if (wait_on(&t->for_data, &t->lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL)
			e = ERR_INTR;
	}
	*any = t->head != t->tail;
	spin_unlock(&t->lock);
	return e;
}

/* Take out the first record, whose room is free again when the reader has it. False: it does not fit, or the address is bad. */
static bool take_record(struct trace *t, struct io *io, void *room, enum err *e)
{
	struct trace_record *r = room;
	spin_lock(&t->lock);
	bool any = t->head != t->tail;
	if (any)
		ring_out(t, r, sizeof *r);
	if (any && r->size <= io->n - io->done)
		ring_out(t, r, r->size);
	spin_unlock(&t->lock);
	*e = any && r->size > io->n - io->done ? ERR_INVAL : OK;
	if (!any || *e != OK)
		return false;
	size_t got = io_copy_out(io, room, r->size);
	*e = got == r->size ? OK : ERR_FAULT;
	if (*e != OK)
		return false;
	io->done += got;
	spin_lock(&t->lock);
	t->tail += got;
	spin_unlock(&t->lock);
	waitq_wake_all(&t->for_room);
	return true;
}

enum err trace_read(struct trace *t, struct io *io, bool nonblock)
{
	bool any;
	SCOPED_KMALLOC(room, kernel_mm, TRACE_RECORD_MAX);
	enum err e = room.p ? wait_for_data(t, nonblock, &any) : ERR_NOMEM;
	if (e != OK || !any)
		return e;
	mutex_lock(&t->reader);
	while (take_record(t, io, room.p, &e))
		;
	mutex_unlock(&t->reader);
	return io->done ? OK : e;
}

/* ---- what is put in ---- */

static void put_call(unsigned kind, uint64_t nr, const uint64_t *arg, int64_t result)
{
	struct trace *t = get_own();
	SCOPED_KMALLOC(room, kernel_mm, t ? TRACE_RECORD_MAX : 0);
	struct trace_record small, *r = room.p ? room.p : &small;	/* without memory, without strings */
	if (!t)
		return;
	*r = (struct trace_record){ .size = sizeof *r, .kind = (uint16_t)kind, .nr = (uint16_t)nr, .result = result };
	memcpy(r->arg, arg, sizeof r->arg);
	if (room.p)
		trace_add_pieces(r);
	put_record(t, r);
	put(t);
}

int64_t trace_call(uint64_t nr, const uint64_t *arg, int64_t (*call)(const uint64_t *))
{
	uint64_t copy[6];	/* the registers change: a new program has its own */
	memcpy(copy, arg, sizeof copy);
	put_call(TRACE_ENTER, nr, copy, 0);
	int64_t result = call(arg);
	put_call(TRACE_LEAVE, nr, copy, result);
	return result;
}

static void put_event(const struct trace_record *event)
{
	struct trace_record r = *event;
	struct trace *t = get_own();
	if (!t)
		return;
	r.size = sizeof r;
	put_record(t, &r);
	put(t);
}

void trace_signal(const struct abi_siginfo *info)
{
	bool fault = info->si_code > 0 && info->si_code < SI_KERNEL && info->si_signo != SIGCHLD;
	put_event(&(struct trace_record){ .kind = TRACE_SIGNAL, .nr = (uint16_t)info->si_signo,
		.arg = { (uint64_t)info->si_code, fault ? (uintptr_t)info->si_addr : (uint64_t)info->si_pid, fault } });
}

void trace_end(int status)
{
	struct proc *p = proc_current();
	if (!p->trace)
		return;
	put_event(&(struct trace_record){ .kind = TRACE_END, .result = status });
	spin_lock(&proc_lock);
	struct trace *t = p->trace ? unset_trace(p) : NULL;
	spin_unlock(&proc_lock);
	if (t)
		put(t);
}
