/* meow's screen: after each flush, does a terminal show what was drawn? And how many bytes did that take? And its output pane. */
#include "support.h"
#include <stdio.h>
#include "../../user/libc/utf8.c"
#include "../../user/bin/meow/wrap.c"
#include "../../user/bin/meow/screen.c"
#include "../../user/bin/meow/pane.c"

/* ---- a terminal, of what meow uses: movements, erasures, styles; no wrapping at the edge ---- */

static struct term { struct cell cells[SCREEN_ROWS][SCREEN_COLS]; unsigned rows, cols, row, col, style; char esc[32]; size_t nesc; } t;

static void term_clear(unsigned row, unsigned from)
{
	for (unsigned c = from; c < t.cols; c++)
		t.cells[row][c] = cell_of(' ', STYLE_PLAIN);
}

static void term_style(unsigned code)
{
	static const unsigned styles[] = {
		[1] = STYLE_BOLD, [31] = STYLE_RED, [32] = STYLE_GREEN, [33] = STYLE_YELLOW, [36] = STYLE_CYAN, [90] = STYLE_DIM,
	};
	t.style = code ? styles[code] : STYLE_PLAIN;
	assert_int_not_equal(t.style, 0);
}

static void term_escape(void)
{
	unsigned a = 0, b = 0;
	int n = sscanf(t.esc, "[%u;%u", &a, &b);
	switch (t.esc[t.nesc - 1]) {
	case 'H':
		assert_int_equal(n, 2);
		assert_true(a >= 1 && a <= t.rows && b >= 1 && b <= t.cols);
		t.row = a - 1;
		t.col = b - 1;
		break;
	case 'C': t.col += a; assert_true(t.col < t.cols); break;
	case 'K': assert_int_equal(t.style, STYLE_PLAIN); term_clear(t.row, t.col); break;
	case 'J':
		assert_int_equal(a, 2);
		for (unsigned r = 0; r < t.rows; r++)
			term_clear(r, 0);
		break;
	case 'm': term_style(n == 2 ? b : 0); break;
	default: fail();
	}
}

static void term_put(uint32_t cp)
{
	int width = utf8_width(cp);
	assert_true(t.row < t.rows && cp >= ' ');
	if (!width) {
		unsigned c = t.col - 1;
		t.cells[t.row][t.cells[t.row][c].cp ? c : c - 1].mark = cp & 0xffffff;
		return;
	}
	assert_true(t.col + (unsigned)width <= t.cols);
	/* Half of a wide character that is written over is gone. */
	if (!t.cells[t.row][t.col].cp && t.col)
		t.cells[t.row][t.col - 1].cp = ' ';
	if (t.col + (unsigned)width < t.cols && !t.cells[t.row][t.col + (unsigned)width].cp)
		t.cells[t.row][t.col + (unsigned)width].cp = ' ';
	t.cells[t.row][t.col] = cell_of(cp, t.style);
	if (width == 2)
		t.cells[t.row][t.col + 1] = cell_of(0, t.style);
	t.col += (unsigned)width;
}

static void term_take(void *ctx, const char *s, size_t n)
{
	size_t len;
	(void)ctx;
	for (size_t at = 0; at < n; at += len) {
		uint32_t cp = utf8_decode(s + at, n - at, &len);
		if (cp == 27) {
			t.esc[0] = 0;
			t.nesc = 0;
			t.esc[sizeof t.esc - 1] = 1;
		} else if (t.esc[sizeof t.esc - 1]) {
			t.esc[t.nesc++] = (char)cp;
			t.esc[t.nesc] = 0;
			if (cp >= '@' && cp != '[') {
				t.esc[sizeof t.esc - 1] = 0;
				term_escape();
			}
		} else {
			term_put(cp);
		}
	}
}

/* ---- the screen ---- */

static struct screen s;

static void begin(unsigned rows, unsigned cols)
{
	memset(&s, 0, sizeof s);
	memset(&t, 0, sizeof t);
	t.rows = rows;
	t.cols = cols;
	t.style = STYLE_PLAIN;
	for (unsigned r = 0; r < rows; r++)	/* what others left there */
		for (unsigned c = 0; c < cols; c++)
			t.cells[r][c] = cell_of('?', STYLE_RED);
	screen_resize(&s, rows, cols);
}

static size_t flush_and_compare(void)
{
	size_t sent = screen_flush(&s, term_take, NULL);
	for (unsigned r = 0; r < s.rows; r++)
		assert_memory_equal(t.cells[r], s.back[r], s.cols * sizeof(struct cell));
	assert_int_equal(t.row, s.cursor_row);
	assert_int_equal(t.col, s.cursor_col);
	return sent;
}

static void draw(unsigned row, unsigned col, const char *text)
{
	enum style style = STYLE_PLAIN;
	screen_text(&s, row, col, text, strlen(text), &style);
}

static void test_only_what_changed_is_sent(void **state)
{
	(void)state;
	begin(24, 80);
	screen_begin(&s);
	draw(3, 5, "a cat");
	assert_true(flush_and_compare() < 40);
	screen_begin(&s);
	draw(3, 5, "a cat");
	assert_int_equal(flush_and_compare(), 0);
	screen_begin(&s);
	draw(3, 5, "a bat");
	assert_true(flush_and_compare() <= 16);
	screen_begin(&s);
	assert_true(flush_and_compare() <= 20);
	screen_forget(&s);
	assert_true(flush_and_compare() > 0);
}

static void test_edges(void **state)
{
	(void)state;
	begin(4, 20);
	screen_begin(&s);
	draw(3, 18, "abc");			/* the last column, and one too many */
	draw(0, 19, "\xe7\x8c\xab");		/* no room for both halves */
	draw(1, 18, "\xe7\x8c\xab");
	draw(4, 0, "below");
	draw(2, 200, "beyond");
	draw(2, 0, "\xcc\x81x");		/* a mark on nothing */
	flush_and_compare();
	assert_int_equal(s.back[0][19].cp, ' ');
	assert_int_equal(s.back[1][18].cp, 0x732b);
	assert_int_equal(s.back[2][0].cp, 'x');
	screen_begin(&s);
	draw(1, 17, "\xe7\x8c\xab");		/* a wide one over half of another */
	flush_and_compare();
	draw(1, 18, "y");
	s.back[1][17] = cell_of('x', STYLE_PLAIN);
	flush_and_compare();
}

static void test_sizes_are_cut(void **state)
{
	(void)state;
	begin(24, 80);
	screen_resize(&s, 0, 0);
	assert_true(s.rows == 2 && s.cols == 20);
	screen_resize(&s, 1000000, 1000000);
	assert_true(s.rows == SCREEN_ROWS && s.cols == SCREEN_COLS);
	t.rows = SCREEN_ROWS;
	t.cols = SCREEN_COLS;
	s.cursor_row = s.cursor_col = 999999;
	screen_begin(&s);
	draw(63, 0, "last");
	screen_flush(&s, term_take, NULL);
	assert_true(t.row == SCREEN_ROWS - 1 && t.col == SCREEN_COLS - 1);
}

static void test_frames_at_random(void **state)
{
	static const char *const pieces[] = {
		"a", "  ", "cat", "\xe7\x8c\xab", "e\xcc\x81", "\xf0\x9f\x90\x88", "\3red\1", "\xff", "\5y\4g", "......", "\3 r \1", "\6      ",
	};
	(void)state;
	srand(3);
	for (int round = 0; round < 60; round++) {
		begin(2 + (unsigned)rand() % 12, 20 + (unsigned)rand() % 30);
		for (int frame = 0; frame < 60; frame++) {
			if (!frame || rand() % 3 == 0)
				screen_begin(&s);
			for (int i = rand() % 12; i >= 0; i--) {
				unsigned row = (unsigned)rand() % s.rows, col = (unsigned)rand() % s.cols;
				while (col && !s.back[row][col].cp)	/* as the program: nothing is drawn over half a character */
					col--;
				for (unsigned c = col; c < s.cols; c++)
					s.back[row][c] = blank;
				for (int n = rand() % 4; n >= 0; n--) {
					enum style style = STYLE_PLAIN;
					const char *p = pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)];
					col = screen_text(&s, row, col, p, strlen(p), &style);
				}
			}
			s.cursor_row = (unsigned)rand() % s.rows;
			s.cursor_col = (unsigned)rand() % s.cols;
			if (rand() % 20 == 0) {
				screen_forget(&s);
				t.row = t.col = 0;	/* whoever wrote there */
			}
			flush_and_compare();
		}
	}
}

/* ---- the output pane ---- */

static struct pane p;

static void pane_begin(unsigned cols)
{
	memset(&p, 0, sizeof p);
	pane_set_width(&p, cols);
}

static void add(const char *text) { pane_add(&p, text, strlen(text)); }

static void check_row(unsigned r, const char *want)
{
	assert_int_equal(p.rows[r].len, strlen(want));
	assert_memory_equal(p.text + p.rows[r].start, want, strlen(want));
}

static void test_pane_in_pieces(void **state)
{
	(void)state;
	pane_begin(10);
	add("the cat ");
	add("sat on");
	add(" the mat\nand ");
	add("slept\n");
	assert_int_equal(p.nrows, 4);
	check_row(0, "the cat");
	check_row(1, "sat on the");
	check_row(2, "mat");
	check_row(3, "and slept");
	pane_set_width(&p, 40);
	assert_int_equal(p.nrows, 2);
	pane_clear(&p);
	assert_int_equal(p.nrows, 0);
}

/* Text that comes byte by byte is wrapped as text that comes at once, style and all. */
static void test_pane_at_random(void **state)
{
	static struct pane whole;
	static const char *const pieces[] = { "a", " ", "word", "\n", "\xe7\x8c\xab", "\3", "\1", "e\xcc\x81" };
	(void)state;
	srand(4);
	for (int round = 0; round < 200; round++) {
		char text[1000] = "";
		while (strlen(text) < 900 && rand() % 200)
			strcat(text, pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
		unsigned cols = 5 + (unsigned)rand() % 30;
		memset(&whole, 0, sizeof whole);
		pane_set_width(&whole, cols);
		pane_add(&whole, text, strlen(text));
		pane_begin(cols + (round % 2 ? 7 : 0));
		for (const char *c = text; *c; c++)
			pane_add(&p, c, 1);
		pane_set_width(&p, cols);	/* in every other round it is that already */
		assert_int_equal(p.nrows, whole.nrows);
		assert_memory_equal(p.rows, whole.rows, p.nrows * sizeof *p.rows);
	}
}

static void test_scroll_back(void **state)
{
	char line[32];
	(void)state;
	begin(10, 20);
	pane_begin(20);
	for (int i = 0; i < 100; i++) {
		snprintf(line, sizeof line, "line %d\n", i);
		add(line);
	}
	pane_scroll(&p, 5, 10);
	add("more\n");		/* the view stays */
	screen_begin(&s);
	pane_draw(&p, &s, 0, 10);
	flush_and_compare();
	assert_int_equal(s.back[9][5].cp, '9');
	assert_int_equal(s.back[9][6].cp, '4');
	pane_scroll(&p, 100000, 10);
	assert_int_equal(p.back, 91);
	pane_scroll(&p, -100000, 10);
	assert_int_equal(p.back, 0);
}

/* For ever, in the room there is. */
static void test_pane_full(void **state)
{
	char line[64];
	static char large[PANE_BYTES * 2];
	(void)state;
	pane_begin(20);
	for (int i = 0; i < 20000; i++) {
		snprintf(line, sizeof line, "this is line number %d of many\n", i);
		add(line);
		assert_true(p.len <= PANE_BYTES && p.nrows <= PANE_ROWS && p.nrows > 0);
	}
	check_row(p.nrows - 1, "19999 of many");
	for (int i = 0; i < 3 * PANE_ROWS; i++)
		add("\n");
	assert_true(p.nrows <= PANE_ROWS);
	memset(large, 'x', sizeof large);
	pane_add(&p, large, sizeof large);
	pane_add(&p, large, sizeof large);
	assert_true(p.len <= PANE_BYTES && p.nrows <= PANE_ROWS);
	begin(24, 20);
	screen_begin(&s);
	pane_draw(&p, &s, 0, 24);
	flush_and_compare();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_only_what_changed_is_sent), cmocka_unit_test(test_edges), cmocka_unit_test(test_sizes_are_cut),
		cmocka_unit_test(test_frames_at_random), cmocka_unit_test(test_pane_in_pieces), cmocka_unit_test(test_pane_at_random),
		cmocka_unit_test(test_scroll_back), cmocka_unit_test(test_pane_full),
	};
	return RUN_TESTS(tests);
}
