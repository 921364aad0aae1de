/* The line editor: raw mode, one line, history. Arrows, Home, End, Delete, Ctrl-A E B F P N U K W L C D. A line that is longer than the
 * terminal is wide is scrolled sideways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

enum { LINE_BYTES = 1024, HISTORY = 64 };
enum key { KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_NONE, KEY_EOF };
#define CTRL(c) ((c) & 31)

struct editor {
	const char *prompt;
	char line[LINE_BYTES];
	size_t len, at;			/* bytes in line, the cursor's place */
	size_t first, room;		/* the first byte that is shown, how many can be */
	int entry;			/* of the history; history_count: none of it */
	char draft[LINE_BYTES];		/* the line that was begun before the history was looked at */
};

static char *history[HISTORY];
static int history_count;

static int read_byte(void)
{
	unsigned char c;
	return read(0, &c, 1) == 1 ? c : -1;
}

/* ESC [ A, ESC O A, ESC [ 3 ~ ... */
static int read_escape(void)
{
	int c = read_byte();
	if (c != '[' && c != 'O')
		return KEY_NONE;
	c = read_byte();
	switch (c) {
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case 'C': return KEY_RIGHT;
	case 'D': return KEY_LEFT;
	case 'H': return KEY_HOME;
	case 'F': return KEY_END;
	default: break;
	}
	int number = 0;
	for (; c >= '0' && c <= '9'; c = read_byte())
		number = number * 10 + c - '0';
	return number == 1 || number == 7 ? KEY_HOME : number == 4 || number == 8 ? KEY_END : number == 3 ? KEY_DELETE : KEY_NONE;
}

static int read_key(void)
{
	int c = read_byte();
	return c < 0 ? KEY_EOF : c == 27 ? read_escape() : c;
}

static size_t room_after(const char *prompt)
{
	struct winsize size;
	size_t width = ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80, used = strlen(prompt) + 1;
	return width > used + 16 ? width - used : 16;
}

static void redraw(struct editor *e)
{
	if (e->at < e->first || e->at > e->first + e->room)
		e->first = e->at > e->room / 2 ? e->at - e->room / 2 : 0;
	size_t shown = e->len - e->first < e->room ? e->len - e->first : e->room;
	printf("\r%s%.*s\033[K", e->prompt, (int)shown, e->line + e->first);
	if (e->at < e->first + shown)
		printf("\033[%zuD", e->first + shown - e->at);
	fflush(stdout);
}

static void erase(struct editor *e, size_t from, size_t to)
{
	memmove(e->line + from, e->line + to, e->len - to);
	e->len -= to - from;
	e->at = from;
}

static void insert(struct editor *e, char c)
{
	if (e->len + 1 >= LINE_BYTES)
		return;
	memmove(e->line + e->at + 1, e->line + e->at, e->len - e->at);
	e->line[e->at++] = c;
	e->len++;
	if (e->at == e->len && e->at <= e->first + e->room) {	/* nothing else moves */
		putchar(c);
		fflush(stdout);
	} else {
		redraw(e);
	}
}

static size_t word_start(const struct editor *e)
{
	size_t at = e->at;
	while (at && e->line[at - 1] == ' ')
		at--;
	while (at && e->line[at - 1] != ' ')
		at--;
	return at;
}

/* Entry n of the history, history_count being the line that was begun. */
static void show_entry(struct editor *e, int n)
{
	if (n < 0 || n > history_count)
		return;
	e->line[e->len] = 0;
	if (e->entry == history_count)
		strcpy(e->draft, e->line);
	strlcpy(e->line, n == history_count ? e->draft : history[n], LINE_BYTES);
	e->entry = n;
	e->len = e->at = strlen(e->line);
}

static void remember(const char *line)
{
	if (!*line || (history_count && !strcmp(history[history_count - 1], line)))
		return;
	char *copy = strdup(line);
	if (!copy)
		return;
	if (history_count == HISTORY) {
		free(history[0]);
		memmove(history, history + 1, sizeof history - sizeof *history);
		history_count--;
	}
	history[history_count++] = copy;
}

/* Keys that move or change the line. */
static void edit_key(struct editor *e, int key)
{
	switch (key) {
	case KEY_LEFT: case CTRL('B'): e->at -= e->at > 0; break;
	case KEY_RIGHT: case CTRL('F'): e->at += e->at < e->len; break;
	case KEY_HOME: case CTRL('A'): e->at = 0; break;
	case KEY_END: case CTRL('E'): e->at = e->len; break;
	case KEY_UP: case CTRL('P'): show_entry(e, e->entry - 1); break;
	case KEY_DOWN: case CTRL('N'): show_entry(e, e->entry + 1); break;
	case KEY_DELETE: case CTRL('D'):
		if (e->at < e->len)
			erase(e, e->at, e->at + 1);
		break;
	case 127: case '\b':
		if (e->at)
			erase(e, e->at - 1, e->at);
		break;
	case CTRL('U'): erase(e, 0, e->at); break;
	case CTRL('K'): e->len = e->at; break;
	case CTRL('W'): erase(e, word_start(e), e->at); break;
	case CTRL('L'): printf("\033[H\033[J"); break;
	default: return;
	}
	redraw(e);
}

/* False: end of input. */
static bool edit(struct editor *e)
{
	for (;;) {
		int key = read_key();
		if (key == '\r' || key == '\n')
			return true;
		if (key == KEY_EOF || (key == CTRL('D') && !e->len))
			return false;
		if (key == CTRL('C')) {
			printf("^C\n%s", e->prompt);
			fflush(stdout);
			e->len = e->at = e->first = 0;
			e->entry = history_count;
		} else if (key >= ' ' && key < 256 && key != 127) {
			insert(e, (char)key);
		} else {
			edit_key(e, key);
		}
	}
}

char *edit_line(const char *prompt)
{
	static struct editor e;
	struct termios old, raw;
	tcgetattr(0, &old);
	raw = old;
	raw.c_lflag &= (tcflag_t)~(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= (tcflag_t)~IXON;	/* Enter stays a newline: what is typed ahead may be for a program */
	raw.c_cc[VMIN] = 1;
	raw.c_cc[VTIME] = 0;
	tcsetattr(0, TCSADRAIN, &raw);
	e.prompt = prompt;
	e.len = e.at = e.first = 0;
	e.room = room_after(prompt);
	e.entry = history_count;
	redraw(&e);
	bool more = edit(&e);
	tcsetattr(0, TCSADRAIN, &old);
	printf("\n");
	fflush(stdout);
	if (!more)
		return NULL;
	e.line[e.len] = 0;
	remember(e.line);
	return e.line;
}
