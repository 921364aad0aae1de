#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* The text being typed, with its cursor and a history. The text is UTF-8 and stays sound: the cursor stands between characters, and what does
 * not fit whole is not taken. Newlines may be in it. No allocation: all is in the struct, all zero at first. */

enum { EDITOR_BYTES = 1024, EDITOR_HISTORY = 50 };

struct editor {
	char text[EDITOR_BYTES];	/* not ended by 0 */
	size_t len, at;			/* bytes, and the cursor's place among them */
	char history[EDITOR_HISTORY][EDITOR_BYTES];	/* strings, oldest first */
	unsigned count;			/* of history */
	unsigned back;			/* how far back the text shown is; 0: it is the draft */
	char draft[EDITOR_BYTES];	/* a string: what was being typed before the history was looked at */
};

/* Take a key of keys.h. False: it means nothing here (and Enter, ESC, Ctrl-C, Ctrl-L, the page keys never do). */
bool editor_key(struct editor *e, uint32_t key);
/* The text into out, of EDITOR_BYTES, as a string; it goes into the history (not twice in a row), and the editor is empty. */
void editor_take(struct editor *e, char *out);
/* Drop the text. */
void editor_clear(struct editor *e);
