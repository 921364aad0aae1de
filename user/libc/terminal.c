/* The terminal for programs that have the whole screen: modes, size, keys. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <terminal.h>
#include <unistd.h>

enum { ESCAPE_MS = 50 };	/* bytes of one key follow one another closer than this */

static struct termios before;
static int terminal = -1, kept = KEY_NONE;	/* kept: a byte that came right behind an Escape, and is a key of its own */

void terminal_make_raw(struct termios *t)
{
	t->c_lflag &= ~(unsigned)(ICANON | ECHO | ISIG | IEXTEN);
	t->c_iflag &= ~(unsigned)(ICRNL | IXON);
	t->c_cc[VMIN] = 1;
	t->c_cc[VTIME] = 0;
}

void terminal_make_sane(struct termios *t)
{
	static const struct { int index; unsigned char key; } keys[] = {
		{ VINTR, 3 }, { VQUIT, 28 }, { VERASE, 127 }, { VKILL, 21 }, { VEOF, 4 }, { VSTART, 17 }, { VSTOP, 19 }, { VSUSP, 26 },
		{ VMIN, 1 }, { VTIME, 0 },
	};
	t->c_iflag = (t->c_iflag & ~(unsigned)(IGNCR | INLCR)) | ICRNL | IXON;
	t->c_oflag |= OPOST | ONLCR;
	t->c_lflag = (t->c_lflag & ~(unsigned)NOFLSH) | ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | IEXTEN;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		t->c_cc[keys[i].index] = keys[i].key;
}

void terminal_leave(void)
{
	if (terminal < 0)
		return;
	printf("\033[m\033[?25h");
	fflush(stdout);
	tcsetattr(terminal, TCSADRAIN, &before);
	terminal = -1;
}

bool terminal_enter(int fd)
{
	static bool registered;
	if (tcgetattr(fd, &before) < 0)
		return false;
	struct termios raw = before;
	terminal_make_raw(&raw);
	tcsetattr(fd, TCSADRAIN, &raw);
	terminal = fd;
	if (!registered)
		registered = atexit(terminal_leave) == 0;
	printf("\033[H\033[J");
	fflush(stdout);
	return true;
}

void terminal_size(int *rows, int *cols)
{
	struct winsize w;
	bool known = ioctl(1, TIOCGWINSZ, &w) == 0 && w.ws_row && w.ws_col;
	*rows = known ? w.ws_row : 24;
	*cols = known ? w.ws_col : 80;
}

/* The next byte; KEY_NONE: not in time; KEY_EOF. */
static int next_byte(int timeout)
{
	struct pollfd p = { .fd = terminal, .events = POLLIN };
	unsigned char c;
	if (kept != KEY_NONE) {
		int key = kept;
		kept = KEY_NONE;
		return key;
	}
	if (timeout >= 0 && poll(&p, 1, timeout) <= 0)
		return KEY_NONE;
	return read(terminal, &c, 1) == 1 ? c : KEY_EOF;
}

/* After ESC [. (Not after ESC O, which is also Escape and then O.) */
static int escape_key(void)
{
	static const struct { int byte; int key; } letters[] = {
		{ 'A', KEY_UP }, { 'B', KEY_DOWN }, { 'C', KEY_RIGHT }, { 'D', KEY_LEFT }, { 'H', KEY_HOME }, { 'F', KEY_END },
	}, numbers[] = {
		{ 1, KEY_HOME }, { 7, KEY_HOME }, { 4, KEY_END }, { 8, KEY_END }, { 3, KEY_DELETE }, { 5, KEY_PAGE_UP }, { 6, KEY_PAGE_DOWN },
	};
	int c = next_byte(ESCAPE_MS), number = 0;
	for (; c >= '0' && c <= '9'; c = next_byte(ESCAPE_MS))
		number = number * 10 + c - '0';
	for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
		if (letters[i].byte == c)
			return letters[i].key;
	for (size_t i = 0; c == '~' && i < sizeof numbers / sizeof *numbers; i++)
		if (numbers[i].byte == number)
			return numbers[i].key;
	return 27;
}

int terminal_key(int timeout)
{
	int c = next_byte(timeout);
	if (c != 27)
		return c;
	c = next_byte(ESCAPE_MS);
	if (c == '[')
		return escape_key();
	kept = c;
	return 27;
}

bool terminal_ask(int row, char prompt, char *out, size_t room)
{
	size_t n = 0;
	for (;;) {
		out[n] = 0;
		printf("\033[%d;1H%c%s\033[K", row, prompt, out);
		fflush(stdout);
		int key = terminal_key(-1);
		if (key == '\r' || key == '\n')
			return true;
		if (key == 27 || key == 3 || key < 0 || ((key == 127 || key == '\b') && !n))
			return false;
		if (key == 127 || key == '\b')
			n--;
		else if (key >= ' ' && key < 256 && n + 1 < room)
			out[n++] = (char)key;
	}
}
