/* Tracing system calls. Traced threads put records into a ring, the reader takes them out; the ring's full size is given at once, so that
 * tracing never fails half-way.
 *
 *   tail .. head: records not yet read, both count up for ever; a record may wrap around the end of the ring
 *
 * A struct trace lives as long as its reader or a process refers to it. proc->trace is changed under proc_lock; a thread that is about to
 * put something takes a reference there first, since the other threads of its process may drop theirs at any time. */
#include <abi/poll.h>
#include <abi/time.h>
#include <abi/uio.h>
#include <abi/calls.h>
#include <abi/errno.h>
#include <abi/signal.h>
#include <abi/syscall.h>
#include <abi/trace.h>
#include <lib/bits.h>
#include <lib/string.h>
#include <mm/guard.h>
#include <kernel/kmap.h>
#include <kernel/proc_priv.h>
#include <kernel/syscall.h>
#include <kernel/time.h>
#include <kernel/trace.h>
#include "fs/vfs_priv.h"

struct poll_edges trace_edges;

enum { RING = 64 << 10, LOOK_NS = 100000000, STRINGS_MAX = 32 };

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

static const char *const kinds[] = {
#define X(name, kinds, lacks) [SYS_##name] = kinds,
	SYSCALLS(X)
#undef X
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

/* ---- what belongs to a call ---- */

/* Room for a piece behind what is there. */
static struct trace_piece *next_piece(struct trace_record *r) { return (void *)((char *)r + r->size); }

static void end_piece(struct trace_record *r, unsigned arg, size_t n, bool more)
{
	*next_piece(r) = (struct trace_piece){ (uint8_t)arg, more, (uint16_t)n };
	r->size += (uint32_t)align_up(sizeof(struct trace_piece) + n, 4);
}

static void add_string(struct trace_record *r, unsigned arg)
{
	char *to = (char *)(next_piece(r) + 1);
	int64_t n = copy_str_from_user(to, r->arg[arg], TRACE_PIECE_MAX);
	if (n >= 0)
		end_piece(r, arg, (size_t)n, n == TRACE_PIECE_MAX);
}

static void add_bytes(struct trace_record *r, unsigned arg, uint64_t n)
{
	size_t part = n < TRACE_PIECE_MAX ? n : TRACE_PIECE_MAX;
	if (copy_from_user(next_piece(r) + 1, r->arg[arg], part) == OK)
		end_piece(r, arg, part, part < n);
}

/* The strings of a vector, as many as find room. */
static void add_vector(struct trace_record *r, unsigned arg)
{
	char *to = (char *)(next_piece(r) + 1);
	size_t used = 0;
	uint64_t at = 0;
	bool more = true;
	for (unsigned k = 0; k < STRINGS_MAX && used < TRACE_PIECE_MAX; k++) {
		if (copy_from_user(&at, r->arg[arg] + k * sizeof at, sizeof at) != OK || !at) {
			more = at != 0;
			break;
		}
		int64_t n = copy_str_from_user(to + used, at, TRACE_PIECE_MAX - used);
		if (n < 0 || (size_t)n == TRACE_PIECE_MAX - used)
			break;
		used += (size_t)n + 1;
	}
	end_piece(r, arg, used, more);
}

static size_t struct_size(char kind)
{
	return kind == 't' ? sizeof(struct timespec) : kind == 'G' ? sizeof(uint64_t) : kind == 'o' ? sizeof(struct pollfd) : kind == 'i' ? sizeof(struct iovec) : 0;
}

/* One, or as many as the next argument says and as find room whole. */
static void add_structs(struct trace_record *r, unsigned arg, char kind)
{
	size_t each = struct_size(kind), most = TRACE_PIECE_MAX / each;
	uint64_t n = kind == 'o' || kind == 'i' ? r->arg[arg + 1] : 1;
	size_t part = n < most ? (size_t)n : most;
	if (copy_from_user(next_piece(r) + 1, r->arg[arg], part * each) == OK)
		end_piece(r, arg, part * each, part < n);
}

static void add_inputs(struct trace_record *r, const char *kind)
{
	for (unsigned k = 0; k < 6 && kind[k]; k++) {
		if (kind[k] == 's' && r->arg[k])
			add_string(r, k);
		else if (kind[k] == 'w')
			add_bytes(r, k, r->arg[k + 1]);
		else if (kind[k] == 'v' && r->arg[k])
			add_vector(r, k);
		else if (r->arg[k] && struct_size(kind[k]))
			add_structs(r, k, kind[k]);
	}
}

static void add_outputs(struct trace_record *r, const char *kind)
{
	for (unsigned k = 0; k < 6 && kind[k]; k++)
		if (kind[k] == 'r' && r->result > 0)
			add_bytes(r, k, (uint64_t)r->result);
}

static void close_record(struct trace_record *r)
{
	if (r->size % 8)
		*next_piece(r) = (struct trace_piece){ 255, 0, 0 };
	r->size = (uint32_t)align_up(r->size, 8);
}

static const char *kinds_of(uint64_t nr)
{
	const char *k = nr < sizeof kinds / sizeof *kinds ? kinds[nr] : NULL;
	return k ? k + 1 : "xxxxxx";
}

static void put_call(unsigned kind, uint64_t nr, const uint64_t *arg, int64_t result)
{
	struct trace *t = get_own();
	SCOPED_KMALLOC(room, kernel_mm, t ? TRACE_RECORD_MAX : 0);
	struct trace_record small, *r = room.p ? room.p : &small;	/* without memory, without strings */
	if (!t)
		return;
	*r = (struct trace_record){ .size = sizeof *r, .kind = (uint16_t)kind, .nr = (uint16_t)nr, .result = result };
	memcpy(r->arg, arg, sizeof r->arg);
	if (room.p && kind == TRACE_ENTER)
		add_inputs(r, kinds_of(nr));
	else if (room.p)
		add_outputs(r, kinds_of(nr));
	close_record(r);
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
