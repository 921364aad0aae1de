/* Advisory locks: flock(2), and records of fcntl(2).
 *
 * One list has all of the machine's. A lock is a range [start, end) of a file's bytes; flock's is the whole range, and is of a kind by
 * itself: the two kinds do not see each other, as on Linux. The owner is an address that is never followed:
 *
 *   kind FLOCK	  the open file		goes with it
 *   kind RECORD  the descriptor table	(F_SETLK: the process) goes when it closes any descriptor of the file
 *		  or the open file	(F_OFD_SETLK)
 *
 * Of one kind and one file, locks of one owner do not overlap, and what overlaps between two owners is shared. The file stays while it has
 * locks: each owner has it open. Whoever waits sleeps on the one queue and looks again after every release. */
#include "locks.h"
#include <abi/errno.h>
#include <abi/flock.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>

enum kind { FLOCK, RECORD };
enum { LOCKS_MAX = 4096, CHAIN_MAX = 64 };
#define FOREVER ((uint64_t)INT64_MAX + 1)	/* one past the last byte that a file could have */

struct lock {
	struct list link;
	struct inode *inode;
	const void *owner;
	enum kind kind;
	short type;		/* F_RDLCK or F_WRLCK; F_UNLCK of a request alone */
	int pid;		/* whose request it was, for F_GETLK; -1 of an open file's */
	uint64_t start, end;
};

/* A thread that waits, for the owner of a record; on its stack. */
struct waiter { struct list link; const void *owner, *holder; };

static struct spinlock lock = SPINLOCK_INIT(LOCK_PIPE, "file locks");
static struct list locks = LIST_INIT(locks), waiters = LIST_INIT(waiters);	/* [lock] */
static struct waitq released = WAITQ_INIT(released);
static unsigned nlocks;		/* [lock] to write; closing looks without it */

static bool concerns(const struct lock *l, const struct lock *ask) { return l->inode == ask->inode && l->kind == ask->kind; }
static bool overlap(const struct lock *a, const struct lock *b) { return a->start < b->end && b->start < a->end; }

static struct lock *find_conflict(const struct lock *ask)
{
	struct lock *l;
	list_for_each(l, &locks, link)
		if (concerns(l, ask) && l->owner != ask->owner && overlap(l, ask) && (l->type == F_WRLCK || ask->type == F_WRLCK))
			return l;
	return NULL;
}

static void drop(struct lock *l)
{
	list_remove(&l->link);
	__atomic_store_n(&nlocks, nlocks - 1, __ATOMIC_RELAXED);
	kfree(kernel_mm, l);
}

static void add(struct lock **spare, const struct lock *what)
{
	struct lock *l = *spare;
	*spare = NULL;
	*l = *what;
	list_push_back(&locks, &l->link);
	__atomic_store_n(&nlocks, nlocks + 1, __ATOMIC_RELAXED);
}

/* Nobody's lock is in the way: the owner has the range as asked, and the rest of what it had as before. spare: for the range itself, and
 * for the second half of a lock that it lies within. */
static void apply(const struct lock *ask, struct lock *spare[2])
{
	struct lock wanted = *ask, *l;
	for (struct list *n = locks.next, *next; n != &locks; n = next) {
		next = n->next;
		l = container_of(n, struct lock, link);
		if (!concerns(l, ask) || l->owner != ask->owner || l->start > wanted.end || wanted.start > l->end)
			continue;
		if (l->type == ask->type) {	/* one lock of both, if they touch */
			wanted.start = l->start < wanted.start ? l->start : wanted.start;
			wanted.end = l->end > wanted.end ? l->end : wanted.end;
			drop(l);
			continue;
		}
		struct lock after = *l;
		after.start = ask->end;
		if (l->start < ask->start && after.start < after.end)
			add(&spare[1], &after);
		if (l->start < ask->start && ask->start < l->end)
			l->end = ask->start;
		else if (l->start >= ask->start && l->start < ask->end && l->end > ask->end)
			l->start = ask->end;
		else if (l->start >= ask->start && l->end <= ask->end)
			drop(l);
	}
	if (ask->type != F_UNLCK)
		add(&spare[0], &wanted);
	waitq_wake_all(&released);
}

/* Would waiting for holder never end, because that waits, through others perhaps, for owner? Each owner's first waiter counts. */
static bool would_deadlock(const void *owner, const void *holder)
{
	for (unsigned k = 0; k < CHAIN_MAX && holder; k++) {
		const void *next = NULL;
		struct waiter *w;
		if (holder == owner)
			return true;
		list_for_each(w, &waiters, link)
			if (!next && w->owner == holder)
				next = w->holder;
		holder = next;
	}
	return false;
}

/* Wait for a release, with the lock held. ERR_BUSY: a deadlock; open files can belong to several processes, and are not looked at. */
static enum err wait_release(const struct lock *ask, const struct lock *conflict)
{
	struct waiter w = { .owner = ask->owner, .holder = conflict->owner };
	bool records = ask->kind == RECORD && ask->pid != -1;
	if (records && would_deadlock(w.owner, w.holder))
		return ERR_BUSY;
	list_push_back(&waiters, &w.link);
	if (!records)
		w.owner = w.holder = NULL;
	enum wake why = wait_on(&released, &lock, SLEEP_KILLABLE, 0);
	list_remove(&w.link);
	return why == WAKE_SIGNAL ? ERR_INTR : OK;
}

/* ERR_AGAIN: somebody has it, and wait is not set. ERR_NOMEM, ERR_INTR, ERR_BUSY. */
static enum err set(const struct lock *ask, bool wait)
{
	struct lock *spare[2] = { kmalloc(kernel_mm, sizeof(struct lock)), kmalloc(kernel_mm, sizeof(struct lock)) }, *conflict;
	enum err e = OK;
	spin_lock(&lock);
	if ((!spare[0] || !spare[1]) && nlocks)
		e = ERR_NOMEM;
	else if (ask->type != F_UNLCK && (!spare[0] || nlocks + 2 > LOCKS_MAX))
		e = ERR_NOMEM;
	while (e == OK && ask->type != F_UNLCK && (conflict = find_conflict(ask)))
		e = wait ? wait_release(ask, conflict) : ERR_AGAIN;
	if (e == OK)
		apply(ask, spare);
	spin_unlock(&lock);
	kfree(kernel_mm, spare[0]);
	kfree(kernel_mm, spare[1]);
	return e;
}

static void drop_owned(const void *owner, const struct inode *i)
{
	struct lock *l;
	if (!__atomic_load_n(&nlocks, __ATOMIC_RELAXED))
		return;
	spin_lock(&lock);
	for (struct list *n = locks.next, *next; n != &locks; n = next) {
		next = n->next;
		l = container_of(n, struct lock, link);
		if (l->owner == owner && l->inode == i)
			drop(l);
	}
	waitq_wake_all(&released);
	spin_unlock(&lock);
}

void locks_fd_closed(struct files *t, struct file *f) { drop_owned(t, f->inode); }
void locks_file_closed(struct file *f) { drop_owned(f, f->inode); }

static int64_t result(enum err e)
{
	return e == ERR_NOMEM ? -ENOLCK : e == ERR_BUSY ? -EDEADLK : err_to_errno(e);
}

/* ---- flock ---- */

/* Another type than before: the old lock goes first, as on Linux, or two that share would wait for each other. */
static void give_up_other_type(const struct lock *ask)
{
	struct lock *l;
	spin_lock(&lock);
	list_for_each(l, &locks, link)
		if (concerns(l, ask) && l->owner == ask->owner)
			break;
	if (&l->link != &locks && l->type != ask->type) {
		drop(l);
		waitq_wake_all(&released);
	}
	spin_unlock(&lock);
}

int64_t locks_flock(struct file *f, uint32_t op)
{
	struct lock ask = { .inode = f->inode, .owner = f, .kind = FLOCK, .pid = proc_current()->pid, .end = FOREVER };
	switch (op & ~(uint32_t)LOCK_NB) {
	case LOCK_SH: ask.type = F_RDLCK; break;
	case LOCK_EX: ask.type = F_WRLCK; break;
	case LOCK_UN: ask.type = F_UNLCK; break;
	default: return -EINVAL;
	}
	give_up_other_type(&ask);
	return result(set(&ask, !(op & LOCK_NB)));
}

/* ---- records ---- */

/* [*start, *end) of what a struct flock says; len below 0 is what lies before the start, 0 all that follows. */
static enum err range_of(const struct file *f, const struct flock *fl, uint64_t *start, uint64_t *end)
{
	int64_t base = 0, from, to;
	if (fl->l_whence == SEEK_CUR)
		base = (int64_t)f->pos;
	else if (fl->l_whence == SEEK_END)
		base = (int64_t)f->inode->size;
	else if (fl->l_whence != SEEK_SET)
		return ERR_INVAL;
	if (__builtin_add_overflow(base, fl->l_start, &from))
		return ERR_OVERFLOW;
	if (from < 0)
		return ERR_INVAL;
	if (fl->l_len > 0 && __builtin_add_overflow(from, fl->l_len - 1, &to))
		return ERR_OVERFLOW;
	if (fl->l_len < 0 && fl->l_len < -from)
		return ERR_INVAL;
	*start = (uint64_t)(fl->l_len < 0 ? from + fl->l_len : from);
	*end = fl->l_len < 0 ? (uint64_t)from : fl->l_len ? (uint64_t)to + 1 : FOREVER;
	return OK;
}

/* Who is in the way, or F_UNLCK alone: nobody. */
static void tell_conflict(const struct lock *ask, struct flock *fl)
{
	spin_lock(&lock);
	const struct lock *l = find_conflict(ask);
	fl->l_type = l ? l->type : F_UNLCK;
	if (l) {
		fl->l_whence = SEEK_SET;
		fl->l_start = (int64_t)l->start;
		fl->l_len = l->end == FOREVER ? 0 : (int64_t)(l->end - l->start);
		fl->l_pid = l->pid;
	}
	spin_unlock(&lock);
}

/* fd may have been closed while its lock was waited for, by another thread: then nobody would ever take the lock back. */
static enum err set_record(int fd, struct file *f, const struct lock *ask, bool wait)
{
	struct fdref r;
	uint32_t mode = f->flags & O_ACCMODE;
	if ((ask->type == F_RDLCK && mode == O_WRONLY) || (ask->type == F_WRLCK && mode == O_RDONLY))
		return ERR_BADF;
	enum err e = set(ask, wait);
	if (e != OK || ask->type == F_UNLCK)
		return e;
	bool there = fd_get(fd, &r), same = there && r.file == f;
	if (there)
		fd_put(&r);
	if (!same)
		drop_owned(ask->owner, ask->inode);
	return same ? OK : ERR_BADF;
}

int64_t locks_fcntl(int fd, struct file *f, int cmd, vaddr_t at)
{
	struct flock fl;
	bool ofd = cmd >= F_OFD_GETLK, get = cmd == F_GETLK || cmd == F_OFD_GETLK, wait = cmd == F_SETLKW || cmd == F_OFD_SETLKW;
	enum err e = copy_from_user(&fl, at, sizeof fl);
	if (e != OK)
		return err_to_errno(e);
	struct lock ask = {
		.inode = f->inode, .owner = ofd ? (const void *)f : proc_current()->files, .kind = RECORD, .type = fl.l_type,
		.pid = ofd ? -1 : proc_current()->pid,
	};
	if (fl.l_type < F_RDLCK || fl.l_type > (get ? F_WRLCK : F_UNLCK) || (ofd && fl.l_pid))
		return -EINVAL;
	e = range_of(f, &fl, &ask.start, &ask.end);
	if (e != OK)
		return err_to_errno(e);
	if (!get)
		return result(set_record(fd, f, &ask, wait));
	tell_conflict(&ask, &fl);
	return err_to_errno(copy_to_user(at, &fl, sizeof fl));
}
