/* See pane.h. */
#include "pane.h"
#include <string.h>

/* The style in force behind n bytes. */
static enum style style_after(const char *s, size_t n, enum style style)
{
	for (size_t i = 0; i < n; i++)
		if (s[i] > 0 && s[i] <= STYLE_LAST)
			style = (enum style)s[i];
	return style;
}

static void add_row(struct pane *p, size_t start, size_t len, enum style style)
{
	if (p->nrows == PANE_ROWS) {
		memmove(p->rows, p->rows + PANE_ROWS / 4, (PANE_ROWS - PANE_ROWS / 4) * sizeof *p->rows);
		p->nrows -= PANE_ROWS / 4;
		p->line_row = p->line_row > PANE_ROWS / 4 ? p->line_row - PANE_ROWS / 4 : 0;
	}
	p->rows[p->nrows++] = (struct pane_row){ (uint32_t)start, (uint16_t)len, (uint8_t)style };
}

/* The rows of the text from the last line on. */
static void wrap_tail(struct pane *p)
{
	size_t at = p->line_start, next;
	enum style style = p->line_style;
	p->nrows = p->line_row;
	while (at < p->len) {
		size_t n = wrap_row(p->text + at, p->len - at, p->cols, &next);
		add_row(p, at, n, style);
		style = style_after(p->text + at, next, style);
		at += next;
		if (p->text[at - 1] == '\n') {
			p->line_start = at;
			p->line_row = p->nrows;
			p->line_style = style;
		}
	}
}

static void wrap_all(struct pane *p)
{
	p->line_start = p->line_row = 0;
	p->line_style = STYLE_PLAIN;
	wrap_tail(p);
}

void pane_set_width(struct pane *p, unsigned cols)
{
	if (cols == p->cols)
		return;
	p->cols = cols;
	p->back = 0;
	wrap_all(p);
}

/* Room for n bytes, at most half of all, so that there is as much to drop. Whole lines go; of a line as long as the room a part. */
static void make_room(struct pane *p, size_t n)
{
	size_t drop = PANE_BYTES / 4 > n ? PANE_BYTES / 4 : n;
	if (p->len + n <= PANE_BYTES)
		return;
	const char *newline = memchr(p->text + drop, '\n', p->len - drop);
	if (newline)
		drop = (size_t)(newline + 1 - p->text);
	memmove(p->text, p->text + drop, p->len - drop);
	p->len -= drop;
	p->back = 0;
	wrap_all(p);
}

void pane_add(struct pane *p, const char *text, size_t n)
{
	unsigned before;
	if (n > PANE_BYTES / 2) {
		text += n - PANE_BYTES / 2;
		n = PANE_BYTES / 2;
	}
	make_room(p, n);
	before = p->nrows;
	memcpy(p->text + p->len, text, n);
	p->len += n;
	wrap_tail(p);
	if (p->back && p->nrows > before)
		p->back += p->nrows - before;
}

void pane_scroll(struct pane *p, int rows, unsigned height)
{
	unsigned most = p->nrows > height ? p->nrows - height : 0;
	int64_t back = (int64_t)p->back + rows;
	p->back = back < 0 ? 0 : back > most ? most : (unsigned)back;
}

void pane_clear(struct pane *p)
{
	p->len = 0;
	p->back = 0;
	wrap_all(p);
}

void pane_draw(const struct pane *p, struct screen *s, unsigned top, unsigned height)
{
	unsigned back = p->back < p->nrows ? p->back : 0, end = p->nrows - back, first = end > height ? end - height : 0;
	for (unsigned r = first; r < end; r++) {
		enum style style = p->rows[r].style;
		screen_text(s, top + r - first, 0, p->text + p->rows[r].start, p->rows[r].len, &style);
	}
}
