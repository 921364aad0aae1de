#pragma once
#include "screen.h"
/* The output pane: text that grows at its end, wrapped to the pane's width, with a scroll-back. Only the last line is wrapped again when text
 * comes; all of it when the width changes. When the room is used up the oldest quarter goes. All zero but for pane_set_width() at first. */

enum { PANE_BYTES = 65536, PANE_ROWS = 8192 };

struct pane {
	char text[PANE_BYTES];
	size_t len;
	struct pane_row { uint32_t start; uint16_t len; uint8_t style; } rows[PANE_ROWS];
	unsigned nrows, cols;
	size_t line_start;		/* of the last line: the bytes from here on are wrapped anew when more come */
	unsigned line_row;		/* its first row */
	enum style line_style;
	unsigned back;			/* rows that the view is scrolled back */
};

void pane_set_width(struct pane *p, unsigned cols);
/* UTF-8 with styles. A view that is scrolled back stays where it is. */
void pane_add(struct pane *p, const char *text, size_t n);
/* rows > 0: back. Stops at the ends. */
void pane_scroll(struct pane *p, int rows, unsigned height);
void pane_clear(struct pane *p);
/* The rows of the view at the screen's rows from top on. */
void pane_draw(const struct pane *p, struct screen *s, unsigned top, unsigned height);
