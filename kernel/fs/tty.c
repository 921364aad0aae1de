/* The console as a file: read, write, poll, and the calls of ioctl_tty(2). */
#include "tty.h"
#include <abi/poll.h>
#include <abi/signal.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <lib/string.h>

/* ---- reading ---- */

/* A process in the background is stopped when it reads. ERR_INTR: try again afterwards. */
static enum err check_foreground(void)
{
	struct proc *p = proc_current();
	if (!tty.pgid || p->sid != tty.sid || p->pgid == tty.pgid)
		return OK;
	struct thread *t = thread_current();
	bool ignored = t->sig_mask >> (SIGTTIN - 1) & 1 || p->actions[SIGTTIN - 1].handler == (vaddr_t)SIG_IGN;
	if (ignored)
		return ERR_IO;
	return signal_send_group(p->pgid, SIGTTIN) == OK ? ERR_INTR : ERR_IO;
}

/* Wait until a read can go on; the lock is held. *timed_out: VTIME is over. */
static enum err wait_input(const struct file *f, size_t want, bool *timed_out)
{
	bool canon = tty.t.c_lflag & ICANON;
	unsigned vmin = tty.t.c_cc[VMIN], vtime = tty.t.c_cc[VTIME];
	unsigned need = canon || !vmin ? 1 : vmin < want ? vmin : (unsigned)want;
	*timed_out = false;
	while (tty.commit - tty.start < need) {
		bool some = tty.commit != tty.start;
		if (f->flags & O_NONBLOCK)
			return some ? OK : ERR_AGAIN;
		if (!canon && !vmin && !vtime) {
			*timed_out = true;
			return OK;
		}
		/* VTIME counts from the start of the read without VMIN, else from the last byte. */
		uint64_t deadline = !canon && vtime && (!vmin || some) ? time_deadline(vtime * 100000000ull) : 0;
		enum wake why = wait_on(&tty.readers, &tty.lock, SLEEP_KILLABLE, deadline);
		if (why == WAKE_SIGNAL && tty.commit - tty.start < need)
			return ERR_INTR;
		if (why == WAKE_TIMEOUT && tty.commit - tty.start < need) {
			*timed_out = true;
			return OK;
		}
		canon = tty.t.c_lflag & ICANON;
	}
	return OK;
}

static enum err tty_read(struct file *f, struct io *io)
{
	char buf[256];
	bool timed_out, eof = false;
	if (!io->n)
		return OK;
	enum err e = check_foreground();
	if (e != OK)
		return e;
	spin_lock(&tty.lock);
	e = wait_input(f, io->n, &timed_out);
	while (e == OK && io->done < io->n && !eof) {
		size_t want = io->n - io->done < sizeof buf ? io->n - io->done : sizeof buf;
		size_t got = tty_take(buf, want, &eof);
		bool line_done = got && got < want;
		spin_unlock(&tty.lock);
		size_t moved = io_copy_out(io, buf, got);
		spin_lock(&tty.lock);
		io->done += moved;
		if (moved < got)
			e = io->done ? OK : ERR_FAULT;
		if (!got || moved < got || line_done || (tty.t.c_lflag & ICANON && buf[got - 1] == '\n'))
			break;
	}
	spin_unlock(&tty.lock);
	return e;
}

/* Wait until the output is not stopped; the lock is held. */
static enum err wait_started(const struct file *f)
{
	while (tty.stopped) {
		if (f->flags & O_NONBLOCK)
			return ERR_AGAIN;
		if (wait_on(&tty.writers, &tty.lock, SLEEP_KILLABLE, 0) == WAKE_SIGNAL && tty.stopped)
			return ERR_INTR;
	}
	return OK;
}

static enum err tty_write(struct file *f, struct io *io)
{
	char buf[256];
	while (io->done < io->n) {
		size_t n = io->n - io->done < sizeof buf ? io->n - io->done : sizeof buf;
		size_t got = io_copy_in(io, buf, n);
		spin_lock(&tty.lock);
		enum err e = wait_started(f);
		if (e == OK)
			tty_put(buf, got);
		spin_unlock(&tty.lock);
		if (e != OK)
			return io->done ? OK : e;
		io->done += got;
		if (got < n)
			return io->done ? OK : ERR_FAULT;
		if (signal_is_pending())
			break;
	}
	return OK;
}

static unsigned tty_poll(struct file *f)
{
	(void)f;
	return (tty.stopped ? 0u : POLLOUT) | (tty.commit != tty.start ? POLLIN : 0u);
}

/* ---- ioctl ---- */

/* The session's leader takes the terminal; its group is in the foreground. */
static enum err take_terminal(void)
{
	struct proc *p = proc_current();
	if (p->sid != p->pid)
		return ERR_PERM;
	tty.sid = p->sid;
	tty.pgid = p->pgid;
	return OK;
}

struct group_check { int pgid, sid; bool found; };

static void check_group(struct proc *p, void *ctx)
{
	struct group_check *c = ctx;
	c->found |= p->pgid == c->pgid && p->sid == c->sid;
}

static enum err set_foreground(vaddr_t arg)
{
	struct group_check c = { .sid = proc_current()->sid };
	enum err e = copy_from_user(&c.pgid, arg, sizeof c.pgid);
	if (e != OK)
		return e;
	if (tty.sid && tty.sid != c.sid)
		return ERR_NOTTY;
	if (c.pgid <= 0)
		return ERR_INVAL;
	spin_lock(&proc_lock);
	proc_for_each(check_group, &c);
	spin_unlock(&proc_lock);
	if (!c.found)
		return ERR_PERM;
	tty.sid = c.sid;
	tty.pgid = c.pgid;
	return OK;
}

static enum err set_size(vaddr_t arg)
{
	struct winsize w;
	enum err e = copy_from_user(&w, arg, sizeof w);
	if (e != OK)
		return e;
	bool changed = memcmp(&w, &tty.size, sizeof w);
	tty.size = w;
	if (changed && tty.pgid && signal_send_group(tty.pgid, SIGWINCH) != OK)
		tty.pgid = tty.sid;
	return OK;
}

static enum err give_count(vaddr_t arg)
{
	int n = (int)(tty.commit - tty.start);
	return copy_to_user(arg, &n, sizeof n);
}

static enum err tty_ioctl(struct file *f, uint64_t cmd, vaddr_t arg)
{
	struct termios t;
	(void)f;
	switch (cmd) {
	case TCGETS: t = tty.t; return copy_to_user(arg, &t, sizeof t);
	case TCSETS: case TCSETSW: case TCSETSF:
		if (copy_from_user(&t, arg, sizeof t) != OK)
			return ERR_FAULT;
		tty_set_termios(&t, cmd == TCSETSF);
		return OK;
	case TCFLSH: t = tty.t; tty_set_termios(&t, arg != 1); return OK;
	case TIOCGWINSZ: return copy_to_user(arg, &tty.size, sizeof tty.size);
	case TIOCSWINSZ: return set_size(arg);
	case TIOCGPGRP: return copy_to_user(arg, &tty.pgid, sizeof tty.pgid);
	case TIOCSPGRP: return set_foreground(arg);
	case TIOCGSID: return copy_to_user(arg, &tty.sid, sizeof tty.sid);
	case TIOCSCTTY: return take_terminal();
	case TIOCNOTTY: return OK;
	case FIONREAD: return give_count(arg);
	default: return ERR_NOTTY;
	}
}

const struct file_ops tty_ops = { .read = tty_read, .write = tty_write, .ioctl = tty_ioctl, .poll = tty_poll, .edges = &tty.edges, .stream = true };
