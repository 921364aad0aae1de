/* A frame: the output pane, the live pane, the status row, the footer.
 *
 *	+--------------------------------+
 *	| output, wrapped, scrolls back  |
 *	| -- live pane's title --------- |
 *	| live pane                      |
 *	| status: state ..... elapsed    |
 *	| [Provider: ...] cat > footer   |
 *	+--------------------------------+ */
#include "meow.h"
#include "live.h"
#include <stdio.h>
#include <string.h>
#include <utf8.h>

struct layout { unsigned output, live, status, footer; /* first rows */ };

/* ---- footer: prompt and text, cut at the edge wherever that is, at most half of the screen ---- */

struct pen { unsigned row, col; };

/* Where a character of this width goes, the place behind it in *p. */
static struct pen step(struct pen *p, uint32_t cp, unsigned cols)
{
	unsigned width = (unsigned)utf8_width(cp);
	if (p->col + width > cols)
		*p = (struct pen){ p->row + 1, 0 };
	struct pen at = *p;
	p->col += width;
	if (cp == '\n')
		*p = (struct pen){ p->row + 1, 0 };
	return at;
}

static struct pen pen_after(const char *s, size_t n, struct pen p, unsigned cols)
{
	size_t len;
	for (size_t at = 0; at < n; at += len)
		step(&p, utf8_decode(s + at, n - at, &len), cols);
	return p;
}

static void put_footer(struct meow *m, unsigned top, unsigned hidden, struct pen p)
{
	size_t len;
	const struct editor *e = &m->editor;
	for (size_t at = 0; at < e->len; at += len) {
		uint32_t cp = utf8_decode(e->text + at, e->len - at, &len);
		struct pen here = step(&p, cp, m->screen.cols);
		if (here.row >= hidden && cp != '\n')
			screen_put(&m->screen, top + here.row - hidden, here.col, cell_of(cp, STYLE_PLAIN));
	}
}

static int write_prompt(const struct meow *m, char *out, size_t room)
{
	unsigned k = (unsigned)(m->pane.len / 4 / 1000);	/* four bytes are taken to be a token */
	return snprintf(out, room, "[Provider: %s] [%uk/%uk|mem %u%%|Hist: %uK] %s > ", config_provider_name(m->config.provider), k, m->config.limit,
			m->machine.percent, (unsigned)(m->pane.len / 1024), cat_face(m->machine.level, (unsigned)(m->frame / 20)));
}

static enum style style_of_level(enum level level) { return (enum style[]){ STYLE_DIM, STYLE_GREEN, STYLE_YELLOW, STYLE_RED }[level]; }

/* Rows that prompt and text take, and where the cursor and the text's start are. */
static unsigned measure_footer(const struct meow *m, size_t prompt, struct pen *text, struct pen *cursor)
{
	unsigned cols = m->screen.cols;
	struct pen start = { 0, 0 };
	*text = (struct pen){ (unsigned)prompt / cols, (unsigned)prompt % cols };
	*cursor = pen_after(m->editor.text, m->editor.at, *text, cols);
	start = pen_after(m->editor.text, m->editor.len, *text, cols);
	if (cursor->col >= cols)
		*cursor = (struct pen){ cursor->row + 1, 0 };
	return (start.row > cursor->row ? start.row : cursor->row) + 1;
}

/* Returns the footer's first row. */
static unsigned draw_footer(struct meow *m)
{
	char prompt[128];
	struct pen text, cursor;
	size_t n = (size_t)write_prompt(m, prompt, sizeof prompt);
	unsigned rows = measure_footer(m, n, &text, &cursor), most = m->screen.rows / 2, hidden = 0;
	if (rows > most) {	/* the end is seen, or what the cursor is at */
		hidden = cursor.row >= most ? cursor.row - most + 1 : 0;
		rows = most;
	}
	unsigned top = m->screen.rows - rows;
	enum style style = style_of_level(m->machine.level);
	for (size_t i = 0, cols = m->screen.cols; i < n; i++)
		if (i / cols >= hidden)
			screen_put(&m->screen, top + (unsigned)(i / cols) - hidden, (unsigned)(i % cols), cell_of((unsigned char)prompt[i], style));
	put_footer(m, top, hidden, text);
	m->screen.cursor_row = top + cursor.row - hidden;
	m->screen.cursor_col = cursor.col;
	return top;
}

/* ---- status ---- */

static void draw_status(struct meow *m, unsigned row)
{
	static const struct { const char *text; enum style style; } states[] = {
		[STATE_READY] = { "ready", STYLE_DIM }, [STATE_THINKING] = { "working", STYLE_YELLOW }, [STATE_ANSWERING] = { "answering", STYLE_GREEN },
		[STATE_CANCELLED] = { "cancelled", STYLE_RED }, [STATE_FAILED] = { "not understood", STYLE_RED },
	};
	char text[200];
	size_t n = (size_t)snprintf(text, sizeof text, "%s", states[m->state].text);
	if (session_is_busy(m)) {
		uint64_t tenths = (now_ms() - m->busy_since) / 100;
		n += (size_t)snprintf(text + n, sizeof text - n, "%.*s%*s %lu.%lu s, ESC cancels", (int)(1 + m->frame / 4 % 5), ".....",
				      (int)(4 - m->frame / 4 % 5), "", (unsigned long)tenths / 10, (unsigned long)tenths % 10);
	} else {
		n += (size_t)snprintf(text + n, sizeof text - n, "  memory pressure %s, the cat %s  /help", level_name(m->machine.level),
				      cat_does(m->machine.level));
	}
	if (m->queued)
		n += (size_t)snprintf(text + n, sizeof text - n, ", %u waiting", m->queued);
	if (m->not_taken)
		n += (size_t)snprintf(text + n, sizeof text - n, ", %u not taken", m->not_taken);
	if (m->pane.back)
		n += (size_t)snprintf(text + n, sizeof text - n, ", %u rows back", m->pane.back);
	enum style style = states[m->state].style;
	screen_text(&m->screen, row, 0, text, n, &style);
}

/* ---- the rest ---- */

static void draw_live(struct meow *m, unsigned top, unsigned end)
{
	const struct live *l = &m->live;
	enum style style = STYLE_DIM;
	unsigned col = screen_text(&m->screen, top, 0, "── ", 7, &style);
	const char *title = live_title(l);
	col = screen_text(&m->screen, top, col, title, strlen(title), &style);
	for (col++; col < m->screen.cols; col++)
		screen_put(&m->screen, top, col, cell_of(0x2500, STYLE_DIM));
	for (unsigned r = 0; r < l->nrows && top + 1 + r < end; r++) {
		style = STYLE_PLAIN;
		screen_text(&m->screen, top + 1 + r, 0, l->rows[r], strlen(l->rows[r]), &style);
	}
}

/* The live pane has what it needs, as long as a third of the screen is left for output. */
static struct layout lay_out(const struct meow *m, unsigned footer)
{
	struct layout l = { .footer = footer, .status = footer ? footer - 1 : 0 };
	unsigned live = m->live.nrows ? m->live.nrows + 1 : 0, room = l.status > m->screen.rows / 3 ? l.status - m->screen.rows / 3 : 0;
	l.live = l.status - (live < room ? live : room);
	return l;
}

void draw_frame(struct meow *m)
{
	screen_begin(&m->screen);
	struct layout l = lay_out(m, draw_footer(m));
	pane_draw(&m->pane, &m->screen, 0, l.live);
	if (l.live < l.status)
		draw_live(m, l.live, l.status);
	draw_status(m, l.status);
	screen_flush(&m->screen, term_write, m);
	m->frame++;
}
