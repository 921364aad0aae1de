/* Normal mode: [COUNT] COMMAND, where d, c and y take a motion of their own. */
#include <ctype.h>
#include <string.h>
#include "vi.h"

static char *line(void) { return vi.text.v[vi.row]; }

/* ---- motions ---- */

/* 0: blanks, 1: letters and digits, 2: other signs. */
static int kind(char c) { return !c || isspace((unsigned char)c) ? 0 : isalnum((unsigned char)c) || c == '_' ? 1 : 2; }

static void word_forward(void)
{
	int now = kind(line()[vi.col]);
	while (line()[vi.col] && kind(line()[vi.col]) == now)
		vi.col++;
	for (;;) {
		while (line()[vi.col] && !kind(line()[vi.col]))
			vi.col++;
		if (line()[vi.col] || vi.row + 1 >= vi.text.n)
			return;
		vi.row++;
		vi.col = 0;
		if (!*line())
			return;
	}
}

static void word_backward(void)
{
	for (;;) {
		while (vi.col && !kind(line()[vi.col - 1]))
			vi.col--;
		if (vi.col || !vi.row)
			break;
		vi.row--;
		vi.col = line_length(vi.row);
	}
	int now = vi.col ? kind(line()[vi.col - 1]) : 0;
	while (vi.col && kind(line()[vi.col - 1]) == now)
		vi.col--;
}

static void word_end(void)
{
	vi.col += line()[vi.col] != 0;
	while (!kind(line()[vi.col]) && (line()[vi.col] || vi.row + 1 < vi.text.n)) {
		if (line()[vi.col])
			vi.col++;
		else
			vi.row++, vi.col = 0;
	}
	int now = kind(line()[vi.col]);
	while (line()[vi.col] && line()[vi.col + 1] && kind(line()[vi.col + 1]) == now)
		vi.col++;
}

static void move_rows(long by)
{
	long row = (long)vi.row + by, last = (long)vi.text.n - 1;
	vi.row = (size_t)(row < 0 ? 0 : row > last ? last : row);
	vi.col = vi.want;
}

/* A motion within the text; false: key is none. */
static bool move(int key, long count, bool counted)
{
	size_t row = vi.row;
	switch (key) {
	case 'h': case KEY_LEFT: case 127: vi.col -= (size_t)count < vi.col ? (size_t)count : vi.col; break;
	case 'l': case KEY_RIGHT: case ' ': vi.col += (size_t)count; break;
	case 'j': case KEY_DOWN: move_rows(count); return true;
	case 'k': case KEY_UP: move_rows(-count); return true;
	case '\r': case '\n': move_rows(count); vi.col = strspn(line(), " \t"); break;
	case 6: case KEY_PAGE_DOWN: move_rows(count * (vi.rows - 1)); return true;
	case 2: case KEY_PAGE_UP: move_rows(-count * (vi.rows - 1)); return true;
	case '0': case KEY_HOME: vi.col = 0; break;
	case '^': vi.col = strspn(line(), " \t"); break;
	case '$': case KEY_END: vi.col = line_length(vi.row); break;
	case 'G': vi.row = counted ? (size_t)count - 1 : vi.text.n - 1; vi.col = 0; break;
	case 'w': while (count--) word_forward(); break;
	case 'b': while (count--) word_backward(); break;
	case 'e': while (count--) word_end(); break;
	default: return false;
	}
	clamp(key == 'w' || key == 'l' || key == ' ' || key == '$');
	vi.want = key == '$' ? (size_t)-1 / 2 : row == vi.row ? vi.col : 0;
	return true;
}

/* ---- changes ---- */

static void yank_lines(size_t count)
{
	text_clear(&vi.yanked);
	for (size_t i = vi.row; i < vi.row + count && i < vi.text.n; i++)
		text_insert(&vi.yanked, vi.yanked.n, vi.text.v[i], line_length(i));
	vi.yanked_lines = true;
}

static void yank_part(size_t from, size_t to)
{
	text_clear(&vi.yanked);
	text_insert(&vi.yanked, 0, line() + from, to - from);
	vi.yanked_lines = false;
}

static void delete_lines(size_t count)
{
	size_t end = vi.row + count < vi.text.n ? vi.row + count : vi.text.n;
	text_delete(&vi.text, vi.row, end);
	if (!vi.text.n)
		text_insert(&vi.text, 0, "", 0);
	vi.changed = true;
	clamp(false);
	vi.col = strspn(line(), " \t");
}

static void delete_part(size_t from, size_t to)
{
	size_t len = line_length(vi.row);
	to = to < len ? to : len;
	if (from >= to)
		return;
	yank_part(from, to);
	line_delete(vi.row, from, to);
	vi.col = from;
}

static void put(bool after, long count)
{
	if (!vi.yanked.n)
		return;
	undo_mark();
	if (vi.yanked_lines)
		vi.row += after;
	else
		vi.col += after && *line();
	while (count--) {
		if (!vi.yanked_lines)
			line_insert(vi.row, vi.col, vi.yanked.v[0], strlen(vi.yanked.v[0]));
		for (size_t i = 0; vi.yanked_lines && i < vi.yanked.n; i++)
			text_insert(&vi.text, vi.row + i, vi.yanked.v[i], strlen(vi.yanked.v[i]));
	}
	vi.changed = true;
	vi.col = vi.yanked_lines ? 0 : vi.col + strlen(vi.yanked.v[0]) - (*vi.yanked.v[0] != 0);
}

/* dd, cc, yy, and d c y with a motion: over lines it takes lines, else a part of this line. */
static void operate(int operator, long count)
{
	size_t row = vi.row, col = vi.col;
	int key = terminal_key(-1);
	bool down = key == 'j' || key == 'k' || key == 'G', whole = key == operator || down;
	if (operator != 'y')
		undo_mark();
	if (operator == 'c' && key == 'w' && kind(line()[col])) {	/* it leaves the blanks behind the word */
		while (kind(line()[vi.col + 1]) == kind(line()[col]))
			vi.col++;
		key = 'e';
	} else if (key != operator && !move(key, count, count > 1)) {
		return;
	}
	size_t lines = key == operator ? (size_t)count : (vi.row > row ? vi.row - row : row - vi.row) + 1;
	bool other_row = vi.row != row;
	size_t end = other_row ? strlen(vi.text.v[row]) : vi.col + (key == 'e');
	vi.row = whole && vi.row < row ? vi.row : row;
	vi.col = col;
	size_t from = end < col ? end : col, to = end < col ? col : end;
	if (whole)
		yank_lines(lines);
	else if (operator == 'y')
		yank_part(from, to);
	if (operator == 'y')
		return;
	if (!whole)
		delete_part(from, to);
	else if (operator == 'd')
		delete_lines(lines);
	if (operator == 'c') {
		if (whole) {
			line_delete(vi.row, 0, line_length(vi.row));
			vi.col = 0;
		}
		insert_mode();
	}
}

static void replace_byte(void)
{
	int key = terminal_key(-1);
	if (key < ' ' || key > 255 || !line()[vi.col])
		return;
	undo_mark();
	line()[vi.col] = (char)key;
	vi.changed = true;
}

static void change_case(long count)
{
	undo_mark();
	for (; count-- && line()[vi.col]; vi.col++) {
		char *c = line() + vi.col;
		*c = (char)(isupper((unsigned char)*c) ? tolower((unsigned char)*c) : toupper((unsigned char)*c));
	}
	vi.changed = true;
}

static void join(void)
{
	if (vi.row + 1 >= vi.text.n)
		return;
	undo_mark();
	size_t at = line_length(vi.row), blanks = strspn(vi.text.v[vi.row + 1], " \t");
	line_delete(vi.row + 1, 0, blanks);
	line_insert(vi.row, at, " ", 1);
	line_join(vi.row);
	vi.col = at;
}

/* i a I A o O s C; false: key is none of them. */
static bool begin_insert(int key, long count)
{
	if (!strchr("iaIAoOsC", key))
		return false;
	undo_mark();
	switch (key) {
	case 'a': vi.col += *line() != 0; break;
	case 'I': vi.col = strspn(line(), " \t"); break;
	case 'A': vi.col = line_length(vi.row); break;
	case 'o': case 'O':
		vi.row += key == 'o';
		text_insert(&vi.text, vi.row, "", 0);
		vi.col = 0;
		vi.changed = true;
		break;
	case 's': delete_part(vi.col, vi.col + (size_t)count); break;
	case 'C': delete_part(vi.col, line_length(vi.row)); break;
	default: break;
	}
	insert_mode();
	return true;
}

static void colon(void)
{
	char text[200];
	if (terminal_ask(vi.rows + 1, ':', text, sizeof text))
		ex_command(text);
}

static void change(int key, long count)
{
	switch (key) {
	case 'x': undo_mark(); delete_part(vi.col, vi.col + (size_t)count); break;
	case 'X': undo_mark(); delete_part(vi.col > (size_t)count ? vi.col - (size_t)count : 0, vi.col); break;
	case 'D': undo_mark(); delete_part(vi.col, line_length(vi.row)); break;
	case 'd': case 'c': case 'y': operate(key, count); break;
	case 'p': case 'P': put(key == 'p', count); break;
	case 'J': join(); break;
	case 'r': replace_byte(); break;
	case '~': change_case(count); break;
	case 'u': undo(); break;
	case ':': colon(); break;
	case '/': case '?': search_for((char)key); break;
	case 'n': case 'N': search_again(key == 'N'); break;
	case 'g':
		if (terminal_key(-1) == 'g')
			vi.row = (size_t)count - 1, vi.col = 0;
		break;
	case 'Z':
		if (terminal_key(-1) == 'Z')
			ex_command((char[]){ "x" });
		break;
	default: say("unknown key"); break;
	}
}

void normal_key(int key)
{
	long count = 0;
	for (; key >= '0' + (count == 0) && key <= '9'; key = terminal_key(-1))
		count = count < 100000 ? count * 10 + key - '0' : count;
	long times = count ? count : 1;
	if (key == 27 || key < 0 || move(key, times, count > 0) || (key < 256 && begin_insert(key, times)))
		return;
	change(key, times);
	clamp(false);
	vi.want = vi.col;
}
