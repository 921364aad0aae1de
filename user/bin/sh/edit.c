/* The line editor: raw mode, one line. Arrows, Home, End, Delete, with Ctrl by words; Tab; Ctrl-A E B F P N U K W Y L C D, and Ctrl-R, which
 * searches the history. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <utf8.h>
#include "edit_priv.h"

static int kept = -1;		/* a byte that was read too early */

static int read_byte(void)
{
	unsigned char c;
	int early = kept;
	kept = -1;
	return early >= 0 ? early : read(0, &c, 1) == 1 ? c : -1;
}

static int letter_key(int letter, bool by_word)
{
	switch (letter) {
	case 'A': return KEY_UP;
	case 'B': return KEY_DOWN;
	case 'C': return by_word ? KEY_WORD_RIGHT : KEY_RIGHT;
	case 'D': return by_word ? KEY_WORD_LEFT : KEY_LEFT;
	case 'H': return KEY_HOME;
	case 'F': return KEY_END;
	default: return KEY_NONE;
	}
}

/* ESC [ A, ESC O A, ESC [ 3 ~, ESC [ 1 ; 5 C, and all that is formed like them; ESC b and ESC f. */
static int read_escape(void)
{
	int c = read_byte(), number[2] = { 0 }, n = 0;
	if (c == 'b' || c == 'f')
		return c == 'b' ? KEY_WORD_LEFT : KEY_WORD_RIGHT;
	if (c != '[' && c != 'O')
		return KEY_NONE;
	for (c = read_byte(); c >= 0 && c < '@'; c = read_byte()) {
		if (c == ';')
			n++;
		else if (c >= '0' && c <= '9' && n < 2 && number[n] < 1000)
			number[n] = number[n] * 10 + c - '0';
	}
	if (c != '~')
		return c < 0 ? KEY_EOF : letter_key(c, number[1] == 3 || number[1] == 5);
	switch (number[0]) {
	case 1: case 7: return KEY_HOME;
	case 4: case 8: return KEY_END;
	case 3: return KEY_DELETE;
	default: return KEY_NONE;
	}
}

int edit_read_key(void)
{
	int c = read_byte();
	return c < 0 ? KEY_EOF : c == 27 ? read_escape() : c;
}

static void erase(struct editor *e, size_t from, size_t to)
{
	memmove(e->line + from, e->line + to, e->len - to);
	e->len -= to - from;
	e->at = from;
}

/* Erase, for Ctrl-Y to put it back. */
static void cut(struct editor *e, size_t from, size_t to)
{
	if (from == to)
		return;
	memcpy(e->cut, e->line + from, to - from);
	e->cut[to - from] = 0;
	erase(e, from, to);
}

static void insert(struct editor *e, const char *s, size_t n)
{
	e->lost |= e->len + n >= LINE_BYTES;
	if (e->lost)
		return;
	memmove(e->line + e->at + n, e->line + e->at, e->len - e->at);
	memcpy(e->line + e->at, s, n);
	e->at += n;
	e->len += n;
	if (e->at == e->len)
		edit_show_end(e, e->at - n);
	else
		edit_show(e);
}

/* What begins with the byte c, which is shown when all of it is there. */
static void insert_character(struct editor *e, int c)
{
	char s[4] = { (char)c };
	size_t n = 1, whole = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc0 ? 2 : 1;
	for (; n < whole; n++) {
		int next = read_byte();
		if (next < 0x80 || next > 0xbf) {
			kept = next;
			break;
		}
		s[n] = (char)next;
	}
	insert(e, s, n);
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

static size_t word_end(const struct editor *e)
{
	size_t at = e->at;
	while (at < e->len && e->line[at] == ' ')
		at++;
	while (at < e->len && e->line[at] != ' ')
		at++;
	return at;
}

/* ---- completion ---- */

static size_t common_length(char **words)
{
	size_t n = strlen(words[0]);
	for (char **w = words + 1; *w; w++)
		for (size_t i = 0; i < n; i++)
			if (w[0][i] != words[0][i])
				n = i;
	while (n && (words[0][n] & 0xc0) == 0x80)	/* whole characters */
		n--;
	return n;
}

/* The part of a name that the shell is to read as it is. */
static void insert_name(struct editor *e, const char *s, size_t n, char quote)
{
	const char *special = quote == '"' ? "\"\\$`" : quote ? "" : " \t\n\\'\"$`&|;()<>*?[#~!";
	char *text = sh_alloc(2 * n + 1), *to = text;
	for (size_t i = 0; i < n; i++) {
		if (strchr(special, s[i]))
			*to++ = '\\';
		*to++ = s[i];
	}
	insert(e, text, (size_t)(to - text));
	free(text);
}

static const char *without_folder(const char *path)
{
	size_t n = strlen(path);
	for (n -= n > 0; n && path[n - 1] != '/';)
		n--;
	return path + n;
}

static void list_words(struct editor *e, char **words)
{
	struct words names = { 0 };
	for (char **w = words; *w; w++)
		words_push(&names, sh_strdup(without_folder(*w)));
	edit_show_list(e, names.v);
	words_free(names.v);
}

/* Insert what all completions have in common; if that is nothing, and it is asked for again, list them. */
static void complete_word(struct editor *e, bool again)
{
	struct completion c;
	e->line[e->len] = 0;
	if (!complete(e->line, e->at, &c))
		return;
	size_t n = common_length(c.words);
	bool only = !c.words[1], whole = only && c.words[0][n - 1] != '/';
	if (n > c.have)
		insert_name(e, c.words[0] + c.have, n - c.have, c.quote);
	if (whole && c.quote)
		insert(e, &c.quote, 1);
	if (whole)
		insert(e, " ", 1);
	if (!only && n <= c.have && again)
		list_words(e, c.words);
	words_free(c.words);
}

/* Keys that move or change the line. */
static void edit_key(struct editor *e, int key)
{
	switch (key) {
	case KEY_LEFT: case KEY_CTRL('B'): e->at = utf8_prev(e->line, e->at); break;
	case KEY_RIGHT: case KEY_CTRL('F'): e->at = utf8_next(e->line, e->len, e->at); break;
	case KEY_WORD_LEFT: e->at = word_start(e); break;
	case KEY_WORD_RIGHT: e->at = word_end(e); break;
	case KEY_HOME: case KEY_CTRL('A'): e->at = 0; break;
	case KEY_END: case KEY_CTRL('E'): e->at = e->len; break;
	case KEY_UP: case KEY_CTRL('P'): edit_show_entry(e, e->entry - 1); break;
	case KEY_DOWN: case KEY_CTRL('N'): edit_show_entry(e, e->entry + 1); break;
	case KEY_DELETE: case KEY_CTRL('D'):
		erase(e, e->at, utf8_next(e->line, e->len, e->at));
		break;
	case 127: case '\b':
		erase(e, utf8_prev(e->line, e->at), e->at);
		break;
	case KEY_CTRL('U'): cut(e, 0, e->at); break;
	case KEY_CTRL('K'): cut(e, e->at, e->len); break;
	case KEY_CTRL('W'): cut(e, word_start(e), e->at); break;
	case KEY_CTRL('Y'): insert(e, e->cut, strlen(e->cut)); break;
	case KEY_CTRL('L'): printf("\033[H\033[J"); break;
	default: return;
	}
	edit_show(e);
}

/* False: end of input. */
static bool edit(struct editor *e)
{
	for (int key = 0, last;;) {
		last = key;
		key = edit_read_key();
		if (key == KEY_CTRL('R')) {
			key = edit_search(e);
			edit_show(e);
		}
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
			complete_word(e, last == '\t');
		} else if (key >= ' ' && key < 256 && key != 127) {
			insert_character(e, key);
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
	e.entry = history_count();
	edit_show(&e);
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
	if (!interrupted && !history_recall(e.line, sizeof e.line)) {
		*e.line = 0;
		interrupted = 1;
	}
	history_add(e.line);
	return e.line;
}
