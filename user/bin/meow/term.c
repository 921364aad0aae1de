/* The terminal: raw mode, the alternate screen, its size, its keys.
 *
 * A console on a serial line has a size in TIOCGWINSZ that nobody has measured, and no SIGWINCH when a window grows. So the terminal is asked:
 * the cursor is sent to the far corner and its place asked for. The answer comes among the keys, some time or never; frames do not wait for
 * it. One who has answered is asked again every few seconds; the kernel is told, for other programs. */
#include "meow.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <termios.h>
#include <unistd.h>

#define ENTER "\033[?1049h\033[?7l"
#define LEAVE "\033[m\033[?7h\033[?1049l"
#define ASK "\0337\033[999;999H\033[6n\0338"
enum { ASK_EVERY = 60 /* frames */, FIRST_ANSWER_MS = 500 };

static struct termios before;
static volatile int resized, ended;

static void on_winch(int sig) { (void)sig; resized = 1; }
static void on_end(int sig) { (void)sig; ended = 1; }

void term_write(void *ctx, const char *s, size_t n)
{
	const struct meow *m = ctx;
	while (n) {
		ssize_t done = write(m->term_out, s, n);
		if (done < 0 && errno != EINTR)
			return;
		s += done > 0 ? done : 0;
		n -= done > 0 ? (size_t)done : 0;
	}
}

static void set_size(struct meow *m, unsigned rows, unsigned cols)
{
	screen_resize(&m->screen, rows, cols);
	pane_set_width(&m->pane, m->screen.cols);
}

static void take_kernel_size(struct meow *m)
{
	struct winsize size;
	bool known = ioctl(0, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
	if (!m->screen.cols || (known && (size.ws_row != m->screen.rows || size.ws_col != m->screen.cols)))
		set_size(m, known ? size.ws_row : 24, known ? size.ws_col : 80);
}

static void take_report(struct meow *m, unsigned rows, unsigned cols)
{
	struct winsize size = { .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols };
	if (!m->probing || rows < 2 || cols < 2 || rows > 1000 || cols > 1000)
		return;
	m->probing = false;
	m->answered_probe = true;
	if (rows == m->screen.rows && cols == m->screen.cols)
		return;
	ioctl(0, TIOCSWINSZ, &size);
	set_size(m, rows, cols);
}

static void ask_size(struct meow *m)
{
	m->probing = true;
	term_write(m, ASK, sizeof ASK - 1);
}

bool term_open(struct meow *m)
{
	struct termios raw;
	if (tcgetattr(0, &before) < 0 || !isatty(1))
		return false;
	raw = before;
	raw.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= (tcflag_t)~(IXON | ICRNL);	/* Enter and Ctrl-J are two keys */
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	tcsetattr(0, TCSADRAIN, &raw);
	signal(SIGWINCH, on_winch);
	signal(SIGTERM, on_end);	/* the terminal is to be left as it was */
	signal(SIGHUP, on_end);
	term_write(m, ENTER, sizeof ENTER - 1);
	take_kernel_size(m);
	ask_size(m);
	for (uint64_t end = now_ms() + FIRST_ANSWER_MS; m->probing && now_ms() < end;)
		term_read(m, TICK_MS);
	return true;
}

void term_close(struct meow *m)
{
	term_write(m, LEAVE, sizeof LEAVE - 1);
	tcsetattr(0, TCSADRAIN, &before);
}

/* The kernel's messages come out on the same line, over what is drawn there: then all is drawn anew. */
void term_mind_kernel(struct meow *m)
{
	enum { LOG_READ_ALL = 3, LOG_UNREAD = 9 };
	char tail[sizeof m->log_tail] = "";
	int size = klogctl(LOG_UNREAD, NULL, 0);
	klogctl(LOG_READ_ALL, tail, sizeof tail);
	if (m->frame && (size != m->log_size || memcmp(tail, m->log_tail, sizeof tail)))
		screen_forget(&m->screen);
	m->log_size = size;
	memcpy(m->log_tail, tail, sizeof tail);
}

/* ---- keys ---- */

static unsigned page_of(const struct meow *m) { return m->screen.rows / 2; }

static void obey_key(struct meow *m, uint32_t key)
{
	char line[EDITOR_BYTES];
	switch (key) {
	case KEY_NONE: break;
	case KEY_REPORT: take_report(m, m->keys.param[0], m->keys.param[1]); break;
	case KEY_ENTER:
		editor_take(&m->editor, line);
		m->pane.back = 0;
		session_enter(m, line);
		break;
	case KEY_ESC: case CTRL('C'):
		if (!session_is_busy(m))
			editor_clear(&m->editor);
		session_cancel(m);
		break;
	case CTRL('L'): screen_forget(&m->screen); ask_size(m); break;
	case KEY_PAGE_UP: pane_scroll(&m->pane, (int)page_of(m), page_of(m)); break;
	case KEY_PAGE_DOWN: pane_scroll(&m->pane, -(int)page_of(m), page_of(m)); break;
	default:
		if (key == CTRL('D') && !m->editor.len)
			m->quit = true;
		else
			editor_key(&m->editor, key);
	}
}

bool term_read(struct meow *m, int ms)
{
	unsigned char bytes[256];
	struct pollfd in = { .fd = 0, .events = POLLIN };
	if (resized) {
		resized = 0;
		take_kernel_size(m);
	}
	int ready = poll(&in, 1, ms);
	if (ended)
		return false;
	if (ready < 0)
		return errno == EINTR;
	ssize_t n = ready ? read(0, bytes, sizeof bytes) : 0;
	if (ready && n <= 0)
		return n < 0 && errno == EINTR;
	for (ssize_t i = 0; i < n; i++)
		obey_key(m, keys_feed(&m->keys, bytes[i]));
	if (!ready && ms)
		obey_key(m, keys_idle(&m->keys));
	if (m->answered_probe && m->frame % ASK_EVERY == ASK_EVERY - 1 && !m->probing)
		ask_size(m);
	return true;
}
