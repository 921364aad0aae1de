/* epoll(7): a set of descriptors that the kernel keeps between waits.
 *
 *	set (an inode)  <- members, in the order in which they are asked ->  struct file, in whose list watchers they are too
 *
 * A member is known by its file and its descriptor's number. It has no reference to its file: with the file's last descriptor it leaves the set.
 * An edge-triggered member is told when it is ready and may have become so since it was told last: its file counts how often that was.
 *
 * A wait asks the members in turn, and who has been asked goes to the end, so that all come to their turn however few events are taken. */
#include "poll.h"
#include <abi/epoll.h>
#include <abi/errno.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <mm/guard.h>

enum { MEMBERS_MAX = 1024 };

struct member {
	struct list link;		/* in set->members */
	struct list file_link;		/* in file->watchers */
	struct set *set;
	struct file *file;
	int fd;
	bool armed;			/* false: EPOLLONESHOT has had its shot */
	bool fresh;			/* not told yet as it is wanted now */
	struct poll_edges seen;		/* when it was told last */
	struct epoll_event want;
};

struct set {
	struct inode i;
	struct list members;
	unsigned count;
};

static struct spinlock lock = SPINLOCK_INIT(LOCK_EPOLL, "epoll");	/* of all sets */
static const struct file_ops epoll_ops;

static bool is_set(const struct file *f) { return f->ops == &epoll_ops; }
static struct set *of(const struct file *f) { return container_of(f->inode, struct set, i); }

/* ---- members ---- */

static struct member *find(struct set *s, const struct file *f, int fd)
{
	struct member *m;
	list_for_each(m, &s->members, link)
		if (m->fd == fd && (!f || m->file == f))
			return m;
	return NULL;
}

static void take_out(struct member *m)
{
	list_remove(&m->link);
	list_remove(&m->file_link);
	m->set->count--;
}

/* Free the members on a list, of a set's or a file's. */
static struct member *take_first(struct list *l, bool of_file)
{
	spin_lock(&lock);
	struct list *n = list_first(l);
	struct member *m = !n ? NULL : of_file ? container_of(n, struct member, file_link) : container_of(n, struct member, link);
	if (m)
		take_out(m);
	spin_unlock(&lock);
	return m;
}

void epoll_file_closed(struct file *f)
{
	for (struct member *m; f->watched && (m = take_first(&f->watchers, true));)
		kfree(kernel_mm, m);
}

static void epoll_release(struct file *f)
{
	for (struct member *m; (m = take_first(&of(f)->members, false));)
		kfree(kernel_mm, m);
}

static unsigned ready(const struct member *m)
{
	return m->armed ? m->file->ops->poll(m->file) & (m->want.events | EPOLLERR | EPOLLHUP) : 0;
}

static struct poll_edges edges_of(const struct file *f)
{
	const struct poll_edges *e = f->ops->edges ? f->ops->edges : &f->inode->edges;
	return (struct poll_edges){ __atomic_load_n(&e->in, __ATOMIC_RELAXED), __atomic_load_n(&e->out, __ATOMIC_RELAXED) };
}

/* The end of the other side, which needs not be asked for, is an edge for both kinds. */
static bool is_new(const struct member *m, const struct poll_edges *now)
{
	bool writes = m->want.events & EPOLLOUT, reads = m->want.events & EPOLLIN || !writes;
	return !(m->want.events & EPOLLET) || m->fresh || (reads && now->in != m->seen.in) || (writes && now->out != m->seen.out);
}

static unsigned epoll_poll(struct file *f)
{
	struct member *m;
	bool any = false;
	spin_lock(&lock);
	list_for_each(m, &of(f)->members, link) {
		struct poll_edges now = edges_of(m->file);
		any = any || (ready(m) && is_new(m, &now));
	}
	spin_unlock(&lock);
	return any ? EPOLLIN : 0;
}

static void epoll_free(struct inode *i) { kfree(kernel_mm, container_of(i, struct set, i)); }

static const struct file_ops epoll_ops = {
	.release = epoll_release, .poll = epoll_poll, .stream = true, .name = "anon_inode:[eventpoll]",
};
static const struct inode_ops epoll_inode_ops = { .free = epoll_free };

static struct inode *set_new(void)
{
	struct set *s = kzalloc(kernel_mm, sizeof *s);
	if (!s)
		return NULL;
	inode_init_nameless(&s->i, &epoll_inode_ops, &epoll_ops, S_IFREG | 0600);
	list_init(&s->members);
	return &s->i;
}

int64_t sys_epoll_create1(const uint64_t *a)
{
	return a[0] & ~(uint64_t)EPOLL_CLOEXEC ? -EINVAL : fd_open(set_new(), O_RDWR | (uint32_t)a[0]);
}

/* ---- changing a set ---- */

/* Takes over m on OK. */
static enum err add(struct set *s, struct member *m)
{
	if (find(s, m->file, m->fd))
		return ERR_EXIST;
	if (s->count >= MEMBERS_MAX)
		return ERR_NOSPC;
	m->set = s;
	list_push_back(&s->members, &m->link);
	list_push_back(&m->file->watchers, &m->file_link);
	m->file->watched = true;
	s->count++;
	return OK;
}

static enum err ctl_add(struct set *s, struct file *f, int fd, const struct epoll_event *want)
{
	struct member *m = kmalloc(kernel_mm, sizeof *m);
	if (!m)
		return ERR_NOMEM;
	*m = (struct member){ .file = f, .fd = fd, .armed = true, .fresh = true, .want = *want };
	list_init(&m->link);
	list_init(&m->file_link);
	spin_lock(&lock);
	enum err e = add(s, m);
	spin_unlock(&lock);
	if (e != OK)
		kfree(kernel_mm, m);
	return e;
}

static enum err ctl_change(struct set *s, const struct file *f, int fd, const struct epoll_event *want)
{
	spin_lock(&lock);
	struct member *m = find(s, f, fd);
	if (m) {
		m->want = *want;
		m->armed = m->fresh = true;
	}
	spin_unlock(&lock);
	return m ? OK : ERR_NOENT;
}

static enum err ctl_remove(struct set *s, const struct file *f, int fd)
{
	spin_lock(&lock);
	struct member *m = find(s, f, fd);
	if (m)
		take_out(m);
	spin_unlock(&lock);
	kfree(kernel_mm, m);
	return m ? OK : ERR_NOENT;
}

static enum err control(struct file *set, int op, struct file *f, int fd, const struct epoll_event *want)
{
	if (!f->ops->poll)
		return ERR_PERM;
	if (!is_set(set) || is_set(f) || (op != EPOLL_CTL_DEL && want->events & EPOLLEXCLUSIVE))
		return ERR_INVAL;
	switch (op) {
	case EPOLL_CTL_ADD: return ctl_add(of(set), f, fd, want);
	case EPOLL_CTL_MOD: return ctl_change(of(set), f, fd, want);
	case EPOLL_CTL_DEL: return ctl_remove(of(set), f, fd);
	default: return ERR_INVAL;
	}
}

int64_t sys_epoll_ctl(const uint64_t *a)
{
	struct epoll_event want = { 0, 0 };
	struct fdref set, r;
	if ((int)a[1] != EPOLL_CTL_DEL && copy_from_user(&want, a[3], sizeof want) != OK)
		return -EFAULT;
	if (!fd_get((int)a[0], &set))
		return -EBADF;
	enum err e = ERR_BADF;
	if (fd_get((int)a[2], &r)) {
		e = control(set.file, (int)a[1], r.file, (int)a[2], &want);
		fd_put(&r);
	}
	fd_put(&set);
	if (e == OK)
		poll_notify(NULL, 0);	/* who waits for the set looks again */
	return err_to_errno(e);
}

/* ---- waiting ---- */

struct taken { struct epoll_event event; int fd; };
struct taking { struct set *set; struct taken *to; unsigned max; };

static unsigned take_ready(void *ctx)
{
	const struct taking *t = ctx;
	unsigned n = 0;
	spin_lock(&lock);
	for (unsigned left = t->set->count; left && n < t->max; left--) {
		struct member *m = container_of(list_pop_front(&t->set->members), struct member, link);
		list_push_back(&t->set->members, &m->link);
		struct poll_edges now = edges_of(m->file);	/* before it is asked: what comes meanwhile is told again */
		unsigned is = ready(m);
		if (!is || !is_new(m, &now))
			continue;
		m->armed = !(m->want.events & EPOLLONESHOT);
		m->fresh = false;
		m->seen = now;
		t->to[n++] = (struct taken){ { is, m->want.data }, m->fd };
	}
	spin_unlock(&lock);
	return n;
}

/* An event could not be told: whoever has no other shot gets this one back. */
static void give_back(struct set *s, int fd)
{
	spin_lock(&lock);
	struct member *m = find(s, NULL, fd);
	if (m)
		m->armed = m->fresh = true;
	spin_unlock(&lock);
}

static int64_t tell(const struct taking *t, unsigned n, vaddr_t to)
{
	unsigned k = 0;
	while (k < n && copy_to_user(to + k * sizeof t->to->event, &t->to[k].event, sizeof t->to->event) == OK)
		k++;
	for (unsigned lost = k; lost < n; lost++)
		give_back(t->set, t->to[lost].fd);
	return k || !n ? (int64_t)k : -EFAULT;
}

static int64_t wait_set(struct set *s, const uint64_t *a, const uint64_t *mask)
{
	unsigned most = s->count ? s->count : 1, n = 0;
	struct taking t = { .set = s, .max = (unsigned)a[2] < most ? (unsigned)a[2] : most };
	int ms = (int)a[3];
	SCOPED_POOL(guard, proc_current()->pool, t.max * sizeof *t.to);
	if (!(t.to = guard.p))
		return -ENOMEM;
	enum err e = poll_until(take_ready, &t, ms < 0 ? 0 : ms ? time_deadline((uint64_t)ms * 1000000) : 1, mask, &n);
	return e == OK ? tell(&t, n, a[1]) : poll_result(e, n);
}

int64_t sys_epoll_pwait(const uint64_t *a)
{
	struct fdref r;
	uint64_t mask;
	enum err e = a[4] ? poll_fetch_mask(a[4], a[5], &mask) : OK;
	if (e != OK)
		return err_to_errno(e);
	if ((int)a[2] <= 0 || (unsigned)a[2] > INT32_MAX / sizeof(struct epoll_event))
		return -EINVAL;
	if (!fd_get((int)a[0], &r))
		return -EBADF;
	int64_t result = is_set(r.file) ? wait_set(of(r.file), a, a[4] ? &mask : NULL) : -EINVAL;
	fd_put(&r);
	return result;
}
