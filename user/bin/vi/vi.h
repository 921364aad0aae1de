#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <terminal.h>
/* vi: buffer.c keeps the lines and undoes changes, screen.c shows them, normal.c and insert.c are the two modes, ex.c the commands after ":" and
 * searching. There is always at least one line. */

struct text { char **v; size_t n; };	/* lines, without their newlines */

struct editor {
	struct text text;
	size_t row, col, top, left;	/* the cursor's line and byte; the first line and byte that are shown */
	size_t want;			/* the column that j and k keep to */
	struct text yanked;		/* what p puts: whole lines, or a part of one */
	bool yanked_lines, changed, quit;
	const char *name;		/* NULL: none yet */
	char message[160];
	int rows, cols;			/* rows: of text */
};

extern struct editor vi;

/* ---- buffer ---- */
void text_insert(struct text *t, size_t at, const char *s, size_t n);	/* a line of n bytes */
void text_delete(struct text *t, size_t from, size_t to);
void text_clear(struct text *t);
void line_insert(size_t row, size_t col, const char *s, size_t n);
void line_delete(size_t row, size_t from, size_t to);
void line_split(size_t row, size_t col);
void line_join(size_t row);
size_t line_length(size_t row);
void undo_mark(void);		/* before a change */
void undo(void);
bool file_read(const char *name);	/* false: and the message says why; a file that is not there is new */
bool file_write(const char *name);

/* ---- screen ---- */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void clamp(bool inserting);	/* keep the cursor on the text */
void draw(bool inserting);

/* ---- modes ---- */
void normal_key(int key);
void insert_mode(void);
void ex_command(char *text);
void search_for(char prompt);
void search_again(bool other_way);
