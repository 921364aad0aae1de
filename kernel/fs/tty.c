/* The console as a terminal: line discipline and ioctls (termios(3), ioctl_tty(2)).
 *
 *   UART interrupt -> tty_input -> signals, editing, echo -> ring of bytes -> read
 *
 *   start .. commit   whole lines (in raw mode: all), which read takes
 *   commit .. end     the line being typed, which erase and kill still change
 *
 * An end of file typed by the user is kept in the ring as EOF_MARK (no byte is: the ring is of 16-bit cells). */
#include "tty.h"
#include "vfs_priv.h"
#include <abi/poll.h>
#include <abi/signal.h>
#include <abi/termios.h>
#include <kernel/console.h>
#include <kernel/proc.h>
#include <kernel/syscall.h>
#include <lib/string.h>

enum { RING = 4096, EOF_MARK = 256, LINE_END = 512 /* flag of a cell that ends a line */ };

static struct tty {
	struct spinlock lock;		/* t */
	struct termios t;		/* [t] */
	struct winsize size;		/* [t] */
	int pgid, sid;			/* [t] foreground group; session. 0: none yet */
	uint16_t ring[RING];		/* [t] */
	unsigned start, commit, end;	/* [t] count up for ever */
	unsigned column;		/* [t] of the cursor, for tabs and erasing */
	bool stopped;			/* [t] by VSTOP: writers wait for VSTART */
	struct waitq readers, writers;
} tty = {
	.lock = SPINLOCK_INIT(LOCK_TTY, "tty"),
	.t = {
		.c_iflag = ICRNL | IXON, .c_oflag = OPOST | ONLCR, .c_cflag = B38400 | CS8 | CREAD,
		.c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
		.c_cc = {
			[VINTR] = 3, [VQUIT] = 28, [VERASE] = 127, [VKILL] = 21, [VEOF] = 4, [VMIN] = 1, [VSTART] = 17,
			[VSTOP] = 19, [VSUSP] = 26, [VREPRINT] = 18, [VDISCARD] = 15, [VWERASE] = 23, [VLNEXT] = 22,
		},
	},
	.size = { 24, 80, 0, 0 },
	.readers = WAITQ_INIT(tty.readers),
	.writers = WAITQ_INIT(tty.writers),
};

/* ---- output; the lock is held ---- */

static void put_char(char c)
{
	if (tty.t.c_oflag & OPOST && tty.t.c_oflag & ONLCR && c == '\n')
		console_write("\r\n", 2);
	else
		console_write(&c, 1);
	tty.column = c == '\n' || c == '\r' ? 0 : c == '\b' ? tty.column - (tty.column > 0) : tty.column + 1;
}

/* Runs of plain bytes go out in one piece. */
static void put_bytes(const char *s, size_t n)
{
	if (!(tty.t.c_oflag & OPOST && tty.t.c_oflag & ONLCR)) {
		console_write(s, n);
		return;
	}
	while (n) {
		size_t run = 0;
		while (run < n && s[run] != '\n')
			run++;
		console_write(s, run);
		if (run == n)
			break;
		console_write("\r\n", 2);
		s += run + 1;
		n -= run + 1;
	}
}

static bool is_control(uint16_t c) { return (c < 32 && c != '\t' && c != '\n') || c == 127; }

static void echo(uint16_t c)
{
	if (!(tty.t.c_lflag & ECHO) && !(c == '\n' && tty.t.c_lflag & ECHONL))
		return;
	if (is_control(c) && tty.t.c_lflag & ECHOCTL) {
		put_char('^');
		put_char((char)(c ^ 64));
	} else {
		put_char((char)c);
	}
}

/* ---- editing the line being typed; the lock is held ---- */

static bool erase_one(void)
{
	if (tty.end == tty.commit)
		return false;
	uint16_t c;
	do {	/* a UTF-8 character goes as a whole */
		c = tty.ring[--tty.end % RING];
	} while ((c & 0xc0) == 0x80 && tty.end != tty.commit);
	if (tty.t.c_lflag & ECHO && tty.t.c_lflag & ECHOE)
		put_bytes("\b \b\b \b", is_control(c) && tty.t.c_lflag & ECHOCTL ? 6 : 3);
	return true;
}

static void erase_word(void)
{
	while (tty.end != tty.commit && tty.ring[(tty.end - 1) % RING] == ' ')
		erase_one();
	while (tty.end != tty.commit && tty.ring[(tty.end - 1) % RING] != ' ')
		erase_one();
}

static void reprint(void)
{
	echo(tty.t.c_cc[VREPRINT]);
	put_char('\n');
	for (unsigned k = tty.commit; k != tty.end; k++)
		echo(tty.ring[k % RING] & 255);
}

static void push(uint16_t cell)
{
	if (tty.end - tty.start < RING)
		tty.ring[tty.end++ % RING] = cell;
}

static bool is_cc(unsigned which, uint8_t c) { return c && tty.t.c_cc[which] == c; }

static void canonical(uint8_t c)
{
	if (is_cc(VERASE, c) || c == '\b') {
		erase_one();
	} else if (is_cc(VKILL, c)) {
		while (erase_one())
			;
	} else if (is_cc(VWERASE, c) && tty.t.c_lflag & IEXTEN) {
		erase_word();
	} else if (is_cc(VREPRINT, c) && tty.t.c_lflag & IEXTEN) {
		reprint();
	} else if (is_cc(VEOF, c)) {
		push(EOF_MARK | LINE_END);
		tty.commit = tty.end;
	} else if (c == '\n' || is_cc(VEOL, c)) {
		echo(c);
		if (tty.end - tty.start == RING)
			tty.end--;
		push(c | LINE_END);
		tty.commit = tty.end;
	} else if (tty.end - tty.start < RING - 1) {	/* one place is left for the end of the line */
		push(c);
		echo(c);
	}
}

/* The signal that c is typed for, 0: none. */
static int signal_of(uint8_t c)
{
	if (!(tty.t.c_lflag & ISIG))
		return 0;
	return is_cc(VINTR, c) ? SIGINT : is_cc(VQUIT, c) ? SIGQUIT : is_cc(VSUSP, c) ? SIGTSTP : 0;
}

static void send_signal(uint8_t c, int sig)
{
	if (!(tty.t.c_lflag & NOFLSH))
		tty.start = tty.commit = tty.end;
	echo(c);
	if (tty.pgid && signal_send_group(tty.pgid, sig) != OK)
		tty.pgid = tty.sid;	/* the group is gone */
}

/* ---- flow control; the lock is held ---- */

static void set_stopped(bool stopped)
{
	tty.stopped = stopped;
	if (!stopped)
		waitq_wake_all(&tty.writers);
}

/* True: c only stops or starts the output. What asks for a signal, and with IXANY anything, starts it as well. */
static bool flow_control(uint8_t c)
{
	if (!(tty.t.c_iflag & IXON))
		return false;
	bool stop = is_cc(VSTOP, c) && !tty.stopped, start = is_cc(VSTART, c);
	if (stop || start)
		set_stopped(stop);
	else if (tty.stopped && (tty.t.c_iflag & IXANY || signal_of(c)))
		set_stopped(false);
	return stop || start || is_cc(VSTOP, c);
}

static void input_locked(uint8_t c)
{
	if (flow_control(c))
		return;
	int sig = signal_of(c);
	if (c == '\r' && tty.t.c_iflag & IGNCR)
		return;
	if (c == '\r' && tty.t.c_iflag & ICRNL)
		c = '\n';
	else if (c == '\n' && tty.t.c_iflag & INLCR)
		c = '\r';
	if (sig) {
		send_signal(c, sig);
	} else if (tty.t.c_lflag & ICANON) {
		canonical(c);
	} else {
		push(c);
		tty.commit = tty.end;
		echo(c);
	}
}

static struct poll_edges tty_edges;

void tty_input(char c)
{
	spin_lock(&tty.lock);
	input_locked((uint8_t)c);
	if (tty.commit != tty.start)
		waitq_wake_all(&tty.readers);
	spin_unlock(&tty.lock);
	poll_notify(&tty_edges, POLLIN);
}

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

/* Take bytes for a read of up to n; one line at most in canonical mode. *eof: an end of file was taken. */
static size_t take(char *buf, size_t n, bool *eof)
{
	size_t k = 0;
	*eof = false;
	while (k < n && tty.start != tty.commit) {
		uint16_t cell = tty.ring[tty.start++ % RING];
		if (cell & EOF_MARK) {
			*eof = true;
			break;
		}
		buf[k++] = (char)cell;
		if (cell & LINE_END && tty.t.c_lflag & ICANON)
			break;
	}
	return k;
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
		size_t got = take(buf, want, &eof);
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
			put_bytes(buf, got);
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

/* Lines that were complete stay readable when the mode changes, and what was half typed becomes readable in raw mode. */
static void set_termios(const struct termios *t, bool flush)
{
	spin_lock(&tty.lock);
	tty.t = *t;
	if (flush)
		tty.start = tty.commit = tty.end;
	if (!(t->c_lflag & ICANON))
		tty.commit = tty.end;
	if (!(t->c_iflag & IXON))
		set_stopped(false);
	waitq_wake_all(&tty.readers);
	spin_unlock(&tty.lock);
}

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
		set_termios(&t, cmd == TCSETSF);
		return OK;
	case TCFLSH: t = tty.t; set_termios(&t, arg != 1); return OK;
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

const struct file_ops tty_ops = { .read = tty_read, .write = tty_write, .ioctl = tty_ioctl, .poll = tty_poll, .edges = &tty_edges, .stream = true };
