/* See editor.h. */
#include "editor.h"
#include "keys.h"
#include <string.h>
#include <utf8.h>

static void erase(struct editor *e, size_t from, size_t to)
{
	memmove(e->text + from, e->text + to, e->len - to);
	e->len -= to - from;
	e->at = from;
}

static void insert(struct editor *e, uint32_t cp)
{
	char bytes[4];
	size_t n = utf8_encode(cp, bytes);
	if (e->len + n >= EDITOR_BYTES)
		return;
	memmove(e->text + e->at + n, e->text + e->at, e->len - e->at);
	memcpy(e->text + e->at, bytes, n);
	e->len += n;
	e->at += n;
}

/* ---- words: runs of anything but blanks and newlines, so that a byte tells ---- */

static bool is_blank(char c) { return c == ' ' || c == '\n'; }

static size_t word_left(const struct editor *e)
{
	size_t at = e->at;
	while (at && is_blank(e->text[at - 1]))
		at--;
	while (at && !is_blank(e->text[at - 1]))
		at--;
	return at;
}

static size_t word_right(const struct editor *e)
{
	size_t at = e->at;
	while (at < e->len && is_blank(e->text[at]))
		at++;
	while (at < e->len && !is_blank(e->text[at]))
		at++;
	return at;
}

/* ---- history ---- */

static void set_text(struct editor *e, const char *s)
{
	e->len = e->at = strlen(s);
	memcpy(e->text, s, e->len);
}

static void show_back(struct editor *e, unsigned back)
{
	if (back > e->count)
		return;
	if (!e->back) {
		memcpy(e->draft, e->text, e->len);
		e->draft[e->len] = 0;
	}
	e->back = back;
	set_text(e, back ? e->history[e->count - back] : e->draft);
}

static void remember(struct editor *e, const char *s)
{
	if (!*s || (e->count && !strcmp(e->history[e->count - 1], s)))
		return;
	if (e->count == EDITOR_HISTORY)
		memmove(e->history[0], e->history[1], sizeof e->history[0] * --e->count);
	memcpy(e->history[e->count++], s, strlen(s) + 1);
}

/* ---- keys ---- */

static bool move_key(struct editor *e, uint32_t key)
{
	switch (key) {
	case KEY_LEFT: case CTRL('B'): e->at = utf8_prev(e->text, e->at); return true;
	case KEY_RIGHT: case CTRL('F'): e->at = utf8_next(e->text, e->len, e->at); return true;
	case KEY_HOME: case CTRL('A'): e->at = 0; return true;
	case KEY_END: case CTRL('E'): e->at = e->len; return true;
	case KEY_WORD_LEFT: e->at = word_left(e); return true;
	case KEY_WORD_RIGHT: e->at = word_right(e); return true;
	case KEY_UP: case CTRL('P'): show_back(e, e->back + 1); return true;
	case KEY_DOWN: case CTRL('N'):
		if (e->back)
			show_back(e, e->back - 1);
		return true;
	default: return false;
	}
}

static bool change_key(struct editor *e, uint32_t key)
{
	switch (key) {
	case KEY_BACKSPACE: erase(e, utf8_prev(e->text, e->at), e->at); return true;
	case KEY_DELETE: case CTRL('D'): erase(e, e->at, utf8_next(e->text, e->len, e->at)); return true;
	case CTRL('U'): erase(e, 0, e->at); return true;
	case CTRL('K'): e->len = e->at; return true;
	case CTRL('W'): erase(e, word_left(e), e->at); return true;
	case KEY_NEWLINE: insert(e, '\n'); return true;
	default: return false;
	}
}

bool editor_key(struct editor *e, uint32_t key)
{
	if (key < KEY_NONE && key >= ' ') {
		insert(e, key);
		return true;
	}
	return move_key(e, key) || change_key(e, key);
}

void editor_clear(struct editor *e) { e->len = e->at = e->back = 0; }

void editor_take(struct editor *e, char *out)
{
	memcpy(out, e->text, e->len);
	out[e->len] = 0;
	remember(e, out);
	editor_clear(e);
}
