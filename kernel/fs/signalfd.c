/* signalfd(2): a descriptor that reads signals, for who blocks them. It has none of its own: it gives each reader what waits for him, the
 * thread or its process, as sigtimedwait does. */
#include "vfs_priv.h"
#include <abi/errno.h>
#include <abi/poll.h>
#include <abi/signal.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <lib/string.h>

struct signalfd {
	struct inode i;
	uint64_t set;			/* [a] the signals that it reads */
};

struct record {
	uint32_t signo;
	int32_t error, code;
	uint32_t pid, uid;
	int32_t fd;
	uint32_t tid, band, overrun, trap;
	int32_t status, number;
	uint64_t pointer, user_time, system_time, address;
	uint8_t room[48];
};
_Static_assert(sizeof(struct record) == 128, "struct signalfd_siginfo");

static const struct file_ops signal_ops;
static struct poll_edges edges;

void signalfd_notify(void) { poll_notify(&edges, POLLIN); }

static struct signalfd *of(const struct file *f) { return container_of(f->inode, struct signalfd, i); }
static uint64_t set_of(const struct file *f) { return __atomic_load_n(&of(f)->set, __ATOMIC_RELAXED); }

static bool is_fault(const struct abi_siginfo *i)
{
	const uint64_t faults = 1ull << (SIGSEGV - 1) | 1ull << (SIGBUS - 1) | 1ull << (SIGILL - 1) | 1ull << (SIGFPE - 1) | 1ull << (SIGTRAP - 1);
	return i->si_code > 0 && (faults >> (i->si_signo - 1) & 1);
}

static void fill(struct record *r, const struct abi_siginfo *i)
{
	memset(r, 0, sizeof *r);
	r->signo = (uint32_t)i->si_signo;
	r->error = i->si_errno;
	r->code = i->si_code;
	if (is_fault(i)) {
		r->address = (uintptr_t)i->si_addr;
		return;
	}
	if (i->si_code == SI_TIMER) {
		r->tid = (uint32_t)i->si_timerid;
		r->overrun = (uint32_t)i->si_overrun;
	} else {
		r->pid = (uint32_t)i->si_pid;
		r->uid = i->si_uid;
	}
	if (i->si_code == SI_TIMER || i->si_code == SI_QUEUE) {
		r->pointer = (uintptr_t)i->si_ptr;
		r->number = (int32_t)r->pointer;
	} else if (i->si_signo == SIGCHLD) {
		r->status = i->si_status;
	}
}

static enum err signal_read(struct file *f, struct io *io)
{
	struct abi_siginfo info;
	struct record r;
	if (io->n < sizeof r)
		return ERR_INVAL;
	for (bool first = true; io->n - io->done >= sizeof r; first = false) {
		int sig;
		enum err e = signal_wait(set_of(f), 0, !first || f->flags & O_NONBLOCK, &info, &sig);
		if (e != OK)
			return first ? e : OK;
		fill(&r, &info);
		size_t n = io_copy_out(io, &r, sizeof r);
		if (n < sizeof r)
			return first ? ERR_FAULT : OK;
		io->done += n;
	}
	return OK;
}

static unsigned signal_poll(struct file *f)
{
	const struct thread *t = thread_current();
	return (t->sig_pending | t->proc->sig_pending) & set_of(f) ? POLLIN : 0;
}

static void signal_free(struct inode *i) { kfree(kernel_mm, container_of(i, struct signalfd, i)); }

static const struct file_ops signal_ops = {
	.read = signal_read, .poll = signal_poll, .edges = &edges, .stream = true, .name = "anon_inode:[signalfd]",
};
static const struct inode_ops signal_inode_ops = { .free = signal_free };

static struct inode *signal_new(uint64_t set)
{
	struct signalfd *s = kzalloc(kernel_mm, sizeof *s);
	if (!s)
		return NULL;
	inode_init_nameless(&s->i, &signal_inode_ops, &signal_ops, S_IFREG | 0600);
	s->set = set;
	return &s->i;
}

static int64_t change(int fd, uint64_t set)
{
	struct fdref r;
	if (!fd_get(fd, &r))
		return -EBADF;
	bool is = r.file->ops == &signal_ops;
	if (is)
		__atomic_store_n(&of(r.file)->set, set, __ATOMIC_RELAXED);
	fd_put(&r);
	signalfd_notify();	/* what it reads now may be there already */
	return is ? fd : -EINVAL;
}

int64_t sys_signalfd4(const uint64_t *a)
{
	uint64_t set;
	if (a[2] != sizeof set)
		return -EINVAL;
	if (copy_from_user(&set, a[1], sizeof set) != OK)
		return -EFAULT;
	if (a[3] & ~(uint64_t)(O_CLOEXEC | O_NONBLOCK))
		return -EINVAL;
	set &= ~(1ull << (SIGKILL - 1) | 1ull << (SIGSTOP - 1));
	return (int)a[0] == -1 ? fd_open(signal_new(set), O_RDWR | (uint32_t)a[3]) : change((int)a[0], set);
}
