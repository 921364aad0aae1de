/* The screen: it is drawn anew after each key. A tab is shown as blanks up to the next eighth column. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "vi.h"

void say(const char *format, ...)
{
	va_list ap;
	va_start(ap, format);
	vsnprintf(vi.message, sizeof vi.message, format, ap);
	va_end(ap);
}

void clamp(bool inserting)
{
	if (vi.row >= vi.text.n)
		vi.row = vi.text.n - 1;
	size_t len = line_length(vi.row), last = len && !inserting ? len - 1 : len;
	if (vi.col > last)
		vi.col = last;
}

/* Where byte col of a line is shown. */
static size_t column_of(const char *s, size_t col)
{
	size_t at = 0;
	for (size_t i = 0; i < col && s[i]; i++)
		at = s[i] == '\t' ? (at | 7) + 1 : at + 1;
	return at;
}

static void draw_line(const char *s)
{
	size_t at = 0, end = vi.left + (size_t)vi.cols;
	for (; *s && at < end; s++) {
		size_t next = *s == '\t' ? (at | 7) + 1 : at + 1;
		for (; at < next; at++)
			if (at >= vi.left && at < end)
				putchar((unsigned char)*s < ' ' || *s == 127 ? *s == '\t' ? ' ' : '?' : *s);
	}
	printf("\033[K\r\n");
}

static void scroll(void)
{
	size_t rows = (size_t)vi.rows, cols = (size_t)vi.cols, at = column_of(vi.text.v[vi.row], vi.col);
	if (vi.row < vi.top)
		vi.top = vi.row;
	if (vi.row >= vi.top + rows)
		vi.top = vi.row - rows + 1;
	if (at < vi.left || at >= vi.left + cols)
		vi.left = at >= cols ? at - cols / 2 : 0;
}

void draw(bool inserting)
{
	terminal_size(&vi.rows, &vi.cols);
	vi.rows--;
	clamp(inserting);
	scroll();
	printf("\033[?25l\033[H");
	for (size_t i = vi.top; i < vi.top + (size_t)vi.rows; i++)
		if (i < vi.text.n)
			draw_line(vi.text.v[i]);
		else
			printf("~\033[K\r\n");
	printf("\033[7m");
	if (*vi.message)
		printf("%.*s", vi.cols - 1, vi.message);
	else
		printf("%s%.40s%s  %zu,%zu", inserting ? "-- INSERT --  " : "", vi.name ? vi.name : "[no name]", vi.changed ? " [+]" : "",
			vi.row + 1, vi.col + 1);
	printf("\033[m\033[K\033[%zu;%zuH\033[?25h", vi.row - vi.top + 1, column_of(vi.text.v[vi.row], vi.col) - vi.left + 1);
	fflush(stdout);
	*vi.message = 0;
}
