/* See screen.h. The terminal is at the end of a serial line, so that bytes are what is dear: cells that have not changed are skipped, a gap
 * too short to be worth a cursor movement is written over, and a tail of blanks is one erasure. */
#include "screen.h"
#include <stdio.h>
#include <string.h>
#include <utf8.h>

enum { GAP = 4 /* a movement costs at least as many bytes */ };
static const struct cell blank = { .cp = ' ', .style = STYLE_PLAIN };

/* As words: a frame in which nothing has changed is little else. */
static bool same(const struct cell *a, const struct cell *b) { return a->word == b->word; }

static unsigned clamp(unsigned n, unsigned least, unsigned most) { return n < least ? least : n > most ? most : n; }

void screen_forget(struct screen *s)
{
	s->wiped = true;
	s->at_row = SCREEN_ROWS;
}

void screen_resize(struct screen *s, unsigned rows, unsigned cols)
{
	s->rows = clamp(rows, 2, SCREEN_ROWS);
	s->cols = clamp(cols, 20, SCREEN_COLS);
	screen_forget(s);
}

static void fill_blank(const struct screen *s, struct cell (*cells)[SCREEN_COLS])
{
	for (unsigned r = 0; r < s->rows; r++)
		for (struct cell *c = cells[r], *end = c + s->cols; c < end; c++)
			c->word = blank.word;
}

void screen_begin(struct screen *s) { fill_blank(s, s->back); }

/* ---- drawing ---- */

static void put_mark(struct screen *s, unsigned row, unsigned col, uint32_t cp)
{
	if (!col)
		return;
	struct cell *c = &s->back[row][col - 1];
	if (!c->cp && col > 1)
		c--;
	c->mark = cp & 0xffffff;
}

unsigned screen_put(struct screen *s, unsigned row, unsigned col, struct cell c)
{
	int width = utf8_width(c.cp);
	if (row >= s->rows || col >= s->cols)
		return (unsigned)width;
	if (!width) {
		if (c.cp >= 0x300)
			put_mark(s, row, col, c.cp);
		return 0;
	}
	if (width == 2 && col + 1 == s->cols)
		c.cp = ' ';
	s->back[row][col] = c;
	if (width == 2 && col + 1 < s->cols)
		s->back[row][col + 1] = cell_of(0, c.style);
	return (unsigned)width;
}

unsigned screen_text(struct screen *s, unsigned row, unsigned col, const char *text, size_t n, enum style *style)
{
	size_t len;
	for (size_t at = 0; at < n; at += len) {
		uint32_t cp = utf8_decode(text + at, n - at, &len);
		if (cp && cp <= STYLE_LAST)
			*style = (enum style)cp;
		else
			col += screen_put(s, row, col, cell_of(cp, *style));
	}
	return col;
}

/* ---- sending ---- */

struct out { struct screen *s; screen_sink *sink; void *ctx; size_t len; char buf[512]; };

static void drain(struct out *o)
{
	if (o->len)
		o->sink(o->ctx, o->buf, o->len);
	o->s->sent += o->len;
	o->len = 0;
}

static void emit(struct out *o, const char *s, size_t n)
{
	if (o->len + n > sizeof o->buf)
		drain(o);
	memcpy(o->buf + o->len, s, n);
	o->len += n;
}

static void emit_cp(struct out *o, uint32_t cp)
{
	if (o->len + 4 > sizeof o->buf)
		drain(o);
	o->len += utf8_encode(cp, o->buf + o->len);
}

static void move_to(struct out *o, unsigned row, unsigned col)
{
	char text[24];
	struct screen *s = o->s;
	if (s->at_row == row && s->at_col == col)
		return;
	bool forward = s->at_row == row && col > s->at_col;
	int n = forward ? snprintf(text, sizeof text, "\033[%uC", col - s->at_col) : snprintf(text, sizeof text, "\033[%u;%uH", row + 1, col + 1);
	emit(o, text, (size_t)n);
	s->at_row = row;
	s->at_col = col;
}

static void set_style(struct out *o, enum style style)
{
	static const char *const codes[] = {
		[STYLE_PLAIN] = "\033[m", [STYLE_DIM] = "\033[0;90m", [STYLE_RED] = "\033[0;31m", [STYLE_GREEN] = "\033[0;32m",
		[STYLE_YELLOW] = "\033[0;33m", [STYLE_CYAN] = "\033[0;36m", [STYLE_BOLD] = "\033[0;1m",
	};
	if (o->s->style == style || o->s->plain)
		return;
	emit(o, codes[style], strlen(codes[style]));
	o->s->style = style;
}

static void send_cell(struct out *o, unsigned row, unsigned col)
{
	struct screen *s = o->s;
	struct cell c = s->back[row][col];
	if (!c.cp)
		return;
	move_to(o, row, col);
	set_style(o, c.style);
	emit_cp(o, c.cp);
	if (c.mark)
		emit_cp(o, c.mark);
	s->at_col += (unsigned)utf8_width(c.cp);
	if (s->at_col >= s->cols)	/* terminals differ on where the cursor is now */
		s->at_row = SCREEN_ROWS;
}

/* From col on the row is to be blank. */
static bool is_blank_from(const struct screen *s, unsigned row, unsigned col)
{
	while (col < s->cols && same(&s->back[row][col], &blank))
		col++;
	return col == s->cols;
}

/* From the first changed cell, col, to the end of its run. Returns the column behind. */
static unsigned send_run(struct out *o, unsigned row, unsigned col)
{
	struct screen *s = o->s;
	unsigned last = col;
	for (unsigned c = col; c < s->cols && c <= last + GAP; c++)
		if (!same(&s->back[row][c], &s->front[row][c]))
			last = c;
	for (; col <= last; col++)
		send_cell(o, row, col);
	return last + 1;
}

static unsigned next_change(const struct screen *s, unsigned row, unsigned col)
{
	const struct cell *back = &s->back[row][col], *front = &s->front[row][col], *end = &s->back[row][s->cols];
	for (; back < end && same(back, front); back++)
		front++;
	return (unsigned)(back - s->back[row]);
}

static void send_row(struct out *o, unsigned row)
{
	struct screen *s = o->s;
	unsigned first = next_change(s, row, 0);
	for (unsigned col = first; col < s->cols; col = next_change(s, row, col)) {
		if (s->cols - col > GAP && is_blank_from(s, row, col)) {
			move_to(o, row, col);
			set_style(o, STYLE_PLAIN);
			emit(o, "\033[K", 3);
			break;
		}
		col = send_run(o, row, col);
	}
	memcpy(s->front[row] + first, s->back[row] + first, (s->cols - first) * sizeof(struct cell));
}

size_t screen_flush(struct screen *s, screen_sink *sink, void *ctx)
{
	struct out o = { .s = s, .sink = sink, .ctx = ctx };
	size_t before = s->sent;
	if (s->wiped) {
		emit(&o, "\033[m\033[2J", 7);
		s->style = STYLE_PLAIN;
		fill_blank(s, s->front);
		s->wiped = false;
	}
	for (unsigned row = 0; row < s->rows; row++)
		send_row(&o, row);
	move_to(&o, clamp(s->cursor_row, 0, s->rows - 1), clamp(s->cursor_col, 0, s->cols - 1));
	drain(&o);
	return s->sent - before;
}
