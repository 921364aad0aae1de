#pragma once
#include <stddef.h>
/* Cutting text into rows. Bytes 1 to STYLE_LAST set the style of what follows and take no column. */
enum style { STYLE_PLAIN = 1, STYLE_DIM, STYLE_RED, STYLE_GREEN, STYLE_YELLOW, STYLE_CYAN, STYLE_BOLD, STYLE_LAST = STYLE_BOLD };

/* How many of the n > 0 bytes at s go into a row of cols >= 2 columns; *next is where the next row begins (> 0, <= n). A row ends at a
 * newline, else at the last blank that fits, which is in neither row; a word longer than a row is cut between two characters. */
size_t wrap_row(const char *s, size_t n, unsigned cols, size_t *next);
