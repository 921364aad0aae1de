#pragma once
#include "sh.h"
/* The line editor: edit.c has its keys, edit_draw.c shows the line, edit_search.c looks in the history. Places in the line are bytes, and always
 * where a character begins; a character has the marks with it that are drawn over it. */

enum { LINE_BYTES = 4096 };
enum key {
	KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_WORD_LEFT, KEY_WORD_RIGHT, KEY_NONE, KEY_EOF,
};
#define KEY_CTRL(c) ((c) & 31)

struct editor {
	const char *prompt;
	char line[LINE_BYTES];
	size_t len, at;			/* bytes in line, the cursor's place */
	bool lost;			/* there was no room for a byte: what is left must not be run */
	size_t first;			/* the first character that is shown */
	int entry;			/* of the history; history_count(): none of it */
	char draft[LINE_BYTES];		/* the line that was begun before the history was looked at */
	char cut[LINE_BYTES];		/* what Ctrl-U, K or W took last */
};

int edit_read_key(void);
void edit_show(struct editor *e);		/* all of it, the cursor in its place */
void edit_show_end(struct editor *e, size_t from);	/* line[from .. len) is new, and the cursor behind it */
void edit_show_list(struct editor *e, char **words);	/* below, in columns; then the line again */
void edit_show_search(struct editor *e, const char *text, bool found);
int edit_terminal_width(void);
/* Ctrl-R: find text that is typed in earlier lines. The key that ended it, which is still to be obeyed, or KEY_NONE. */
int edit_search(struct editor *e);
void edit_show_entry(struct editor *e, int n);	/* entry n of the history, history_count() being the line that was begun */
