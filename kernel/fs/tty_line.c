/* The terminal's line discipline: what is typed, until it is read (termios(3)).
 *
 *   UART interrupt -> tty_input -> signals, editing, echo -> ring of bytes -> tty_take
 *
 *   start .. commit   whole lines (in raw mode: all), which tty_take takes
 *   commit .. end     the line being typed, which erase and kill still change
 *
 * An end of file typed by the user is kept in the ring as EOF_MARK (no byte is: the ring is of 16-bit cells). */
#include "tty.h"
#include <abi/poll.h>
#include <abi/signal.h>
#include <kernel/console.h>
#include <kernel/proc.h>

enum { EOF_MARK = 256, LINE_END = 512 /* flag of a cell that ends a line */ };

struct tty tty = {
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

/* Runs of plain bytes go out in one piece. */
void tty_put(const char *s, size_t n)
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

static void put_char(char c) { tty_put(&c, 1); }
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
		c = tty.ring[--tty.end % TTY_RING];
	} while ((c & 0xc0) == 0x80 && tty.end != tty.commit);
	if (tty.t.c_lflag & ECHO && tty.t.c_lflag & ECHOE)
		tty_put("\b \b\b \b", is_control(c) && tty.t.c_lflag & ECHOCTL ? 6 : 3);
	return true;
}

static void erase_word(void)
{
	while (tty.end != tty.commit && tty.ring[(tty.end - 1) % TTY_RING] == ' ')
		erase_one();
	while (tty.end != tty.commit && tty.ring[(tty.end - 1) % TTY_RING] != ' ')
		erase_one();
}

static void reprint(void)
{
	echo(tty.t.c_cc[VREPRINT]);
	put_char('\n');
	for (unsigned k = tty.commit; k != tty.end; k++)
		echo(tty.ring[k % TTY_RING] & 255);
}

static void push(uint16_t cell)
{
	if (tty.end - tty.start < TTY_RING)
		tty.ring[tty.end++ % TTY_RING] = cell;
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
		if (tty.end - tty.start == TTY_RING)
			tty.end--;
		push(c | LINE_END);
		tty.commit = tty.end;
	} else if (tty.end - tty.start < TTY_RING - 1) {	/* one place is left for the end of the line */
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

void tty_input(char c)
{
	spin_lock(&tty.lock);
	input_locked((uint8_t)c);
	if (tty.commit != tty.start)
		waitq_wake_all(&tty.readers);
	spin_unlock(&tty.lock);
	poll_notify(&tty.edges, POLLIN | POLLOUT);
}

/* ---- for the file ---- */

size_t tty_take(char *buf, size_t n, bool *eof)
{
	size_t k = 0;
	*eof = false;
	while (k < n && tty.start != tty.commit) {
		uint16_t cell = tty.ring[tty.start++ % TTY_RING];
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

/* Lines that were complete stay readable when the mode changes, and what was half typed becomes readable in raw mode. */
void tty_set_termios(const struct termios *t, bool flush)
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
	poll_notify(&tty.edges, POLLIN | POLLOUT);
}
