#pragma once
#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>
/* Programs that have the whole screen. */

void terminal_make_raw(struct termios *t);	/* byte by byte, no echo, no signals */
void terminal_make_sane(struct termios *t);	/* as it is for a shell */

/* Make standard input raw (or what fd is) and clear the screen; false: it is no terminal. terminal_leave() puts back what was; exit() does it too. */
bool terminal_enter(int fd);
void terminal_leave(void);
void terminal_size(int *rows, int *cols);	/* 24 by 80 if nobody knows */

enum key {
	KEY_NONE = -1, KEY_EOF = -2, KEY_UP = 256, KEY_DOWN, KEY_LEFT, KEY_RIGHT, KEY_HOME, KEY_END, KEY_DELETE, KEY_PAGE_UP, KEY_PAGE_DOWN,
};
/* A byte, or a key that sends several. timeout in milliseconds, -1: none; KEY_NONE: nothing came in it. */
int terminal_key(int timeout);
/* A line typed after prompt in the screen's row (from 1); false: given up, by Esc, Ctrl-C or a Backspace in the empty line. */
bool terminal_ask(int row, char prompt, char *out, size_t room);
