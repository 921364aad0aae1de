/* Insert mode, until Escape. */
#include "vi.h"

static void erase_before(void)
{
	if (vi.col) {
		line_delete(vi.row, vi.col - 1, vi.col);
		vi.col--;
	} else if (vi.row) {
		vi.col = line_length(vi.row - 1);
		line_join(--vi.row);
	}
}

static void move(int key)
{
	if (key == KEY_LEFT)
		vi.col -= vi.col > 0;
	else if (key == KEY_RIGHT)
		vi.col++;
	else if (key == KEY_UP)
		vi.row -= vi.row > 0;
	else if (key == KEY_DOWN)
		vi.row += vi.row + 1 < vi.text.n;
	else if (key == KEY_HOME)
		vi.col = 0;
	else if (key == KEY_END)
		vi.col = line_length(vi.row);
	clamp(true);
}

void insert_mode(void)
{
	for (;;) {
		draw(true);
		int key = terminal_key(-1);
		if (key == 27 || key == 3 || key == KEY_EOF)
			break;
		if (key == '\r' || key == '\n') {
			line_split(vi.row++, vi.col);
			vi.col = 0;
		} else if (key == 127 || key == '\b') {
			erase_before();
		} else if (key == KEY_DELETE) {
			if (vi.col < line_length(vi.row))
				line_delete(vi.row, vi.col, vi.col + 1);
		} else if (key >= 256) {
			move(key);
		} else if (key >= ' ' || key == '\t') {
			line_insert(vi.row, vi.col++, (char[]){ (char)key }, 1);
		}
	}
	vi.col -= vi.col > 0;
}
