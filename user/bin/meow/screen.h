#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "wrap.h"
/* The screen as cells, drawn anew for each frame; screen_flush() sends what differs from what the terminal shows. No allocation.
 *
 *	screen_begin -> blank back -> put, text ... -> screen_flush: back against front -> bytes; front = back
 *
 * Rows and columns count from 0. What lies outside the screen is not drawn. */

enum { SCREEN_ROWS = 64, SCREEN_COLS = 200 };

/* A character; a mark on it; how it looks. The second cell of a wide character has cp 0. */
struct cell { union { struct { uint32_t cp; uint32_t mark : 24, style : 8; }; uint64_t word; }; };
static inline struct cell cell_of(uint32_t cp, enum style style) { return (struct cell){ .cp = cp, .style = (unsigned)style & 0xff }; }

struct screen {
	unsigned rows, cols;
	struct cell back[SCREEN_ROWS][SCREEN_COLS], front[SCREEN_ROWS][SCREEN_COLS];
	unsigned cursor_row, cursor_col;	/* where the cursor is to be after the next flush */
	bool plain;				/* no colours */
	bool wiped;				/* the terminal is to be cleared at the next flush: what it shows is not known */
	unsigned at_row, at_col;		/* where the terminal's cursor is; at_row SCREEN_ROWS: not known */
	enum style style;			/* the terminal's */
	size_t sent;				/* bytes, ever */
};

/* Takes n bytes for the terminal. */
typedef void screen_sink(void *ctx, const char *s, size_t n);

/* The size, cut to what there is room for, and at least 2 rows of 20; all will be sent anew. */
void screen_resize(struct screen *s, unsigned rows, unsigned cols);
/* The terminal was cleared, or written to, by others. */
void screen_forget(struct screen *s);
void screen_begin(struct screen *s);
/* A character; returns the columns it took. Marks join the character before; the half of a wide one that does not fit is a blank. */
unsigned screen_put(struct screen *s, unsigned row, unsigned col, struct cell c);
/* n bytes of UTF-8 with styles (wrap.h), of which *style is the first and, afterwards, the last. Returns the column behind. */
unsigned screen_text(struct screen *s, unsigned row, unsigned col, const char *text, size_t n, enum style *style);
/* Returns the bytes sent: 0 when nothing has changed. */
size_t screen_flush(struct screen *s, screen_sink *sink, void *ctx);
