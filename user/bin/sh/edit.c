/* The line editor: raw mode, one line. Arrows, Home, End, Delete, Tab, Ctrl-A E B F P N U K W L C D. A line that is longer than the
 * terminal is wide is scrolled sideways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include "sh.h"

enum { LINE_BYTES = 4096 };
enum key { KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_NONE, KEY_EOF };
#define KEY_CTRL(c) ((c) & 31)

struct editor {
	const char *prompt;
	char line[LINE_BYTES];
	size_t len, at;			/* bytes in line, the cursor's place */
	bool lost;			/* there was no room for a byte: what is left must not be run */
	size_t first, room;		/* the first byte that is shown, how many can be */
	int entry;			/* of the history; history_count(): none of it */
	char draft[LINE_BYTES];		/* the line that was begun before the history was looked at */
};

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
	e->lost |= e->len + 1 >= LINE_BYTES;
	if (e->lost)
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

/* Entry n of the history, history_count() being the line that was begun. */
static void show_entry(struct editor *e, int n)
{
	if (n < 0 || n > history_count())
		return;
	e->line[e->len] = 0;
	if (e->entry == history_count())
		strcpy(e->draft, e->line);
	strlcpy(e->line, n == history_count() ? e->draft : history_entry(n), LINE_BYTES);
	e->entry = n;
	e->len = e->at = strlen(e->line);
}

/* ---- completion ---- */

static size_t common_length(char **words)
{
	size_t n = strlen(words[0]);
	for (char **w = words + 1; *w; w++)
		for (size_t i = 0; i < n; i++)
			if (w[0][i] != words[0][i])
				n = i;
	return n;
}

static void list_words(struct editor *e, char **words)
{
	putchar('\n');
	for (char **w = words; *w; w++)
		printf(w[1] ? "%s  " : "%s\n", *w);
	redraw(e);
}

/* Insert what all completions have in common; if that is nothing, and it is asked for again, list them. */
static void complete_word(struct editor *e, bool again)
{
	size_t start;
	char **words = complete(e->line, e->at, &start);
	if (!words)
		return;
	size_t have = e->at - start, n = common_length(words);
	bool only = !words[1];
	for (size_t i = have; i < n; i++)
		insert(e, words[0][i]);
	if (only && words[0][n - 1] != '/')
		insert(e, ' ');
	if (!only && n <= have && again)
		list_words(e, words);
	words_free(words);
}

/* Keys that move or change the line. */
static void edit_key(struct editor *e, int key)
{
	switch (key) {
	case KEY_LEFT: case KEY_CTRL('B'): e->at -= e->at > 0; break;
	case KEY_RIGHT: case KEY_CTRL('F'): e->at += e->at < e->len; break;
	case KEY_HOME: case KEY_CTRL('A'): e->at = 0; break;
	case KEY_END: case KEY_CTRL('E'): e->at = e->len; break;
	case KEY_UP: case KEY_CTRL('P'): show_entry(e, e->entry - 1); break;
	case KEY_DOWN: case KEY_CTRL('N'): show_entry(e, e->entry + 1); break;
	case KEY_DELETE: case KEY_CTRL('D'):
		if (e->at < e->len)
			erase(e, e->at, e->at + 1);
		break;
	case 127: case '\b':
		if (e->at)
			erase(e, e->at - 1, e->at);
		break;
	case KEY_CTRL('U'): erase(e, 0, e->at); break;
	case KEY_CTRL('K'): e->len = e->at; break;
	case KEY_CTRL('W'): erase(e, word_start(e), e->at); break;
	case KEY_CTRL('L'): printf("\033[H\033[J"); break;
	default: return;
	}
	redraw(e);
}

/* False: end of input. */
static bool edit(struct editor *e)
{
	for (int key = 0, last;;) {
		last = key;
		key = read_key();
		if (key == '\r' || key == '\n')
			return true;
		if (key == KEY_EOF || (key == KEY_CTRL('D') && !e->len))
			return false;
		if (key == KEY_CTRL('C')) {
			printf("^C");
			e->len = 0;
			e->lost = false;
			interrupted = 1;
			return true;
		} else if (key == '\t') {
			e->line[e->len] = 0;
			complete_word(e, last == '\t');
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
	e.lost = false;
	e.len = e.at = e.first = 0;
	e.room = room_after(prompt);
	e.entry = history_count();
	redraw(&e);
	bool more = edit(&e);
	tcsetattr(0, TCSADRAIN, &old);
	printf("\n");
	fflush(stdout);
	if (!more)
		return NULL;
	if (e.lost) {
		fprintf(stderr, "sh: a line has at most %d bytes\n", LINE_BYTES - 1);
		e.len = 0;
		interrupted = 1;
	}
	e.line[e.len] = 0;
	history_add(e.line);
	return e.line;
}
