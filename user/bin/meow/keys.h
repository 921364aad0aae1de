#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* From the bytes that a terminal sends to keys: code points, control characters (Ctrl-A is 1), and those below. Source: ECMA-48, and what
 * xterm sends. */
enum {
	KEY_NONE = 0x110000,	/* not a key yet, or not one that is known */
	KEY_ENTER, KEY_NEWLINE, KEY_ESC, KEY_BACKSPACE, KEY_DELETE, KEY_UP, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_PAGE_UP,
	KEY_PAGE_DOWN, KEY_WORD_LEFT, KEY_WORD_RIGHT,
	KEY_REPORT,		/* the answer to a question for the cursor's place: keys->param[0] row, [1] column */
};
#define CTRL(c) ((c) & 31)

/* All zero at first. */
struct keys {
	enum { KEYS_PLAIN, KEYS_UTF8, KEYS_ESCAPE, KEYS_CSI, KEYS_SS3 } state;
	char bytes[4];		/* of a code point, as far as it has come */
	unsigned have, want;
	unsigned param[4], nparams;
};

/* Takes a byte. KEY_NONE: more are to come. */
uint32_t keys_feed(struct keys *k, unsigned char c);
/* No byte has come for a while: an ESC that began no sequence is a key by itself. */
uint32_t keys_idle(struct keys *k);
