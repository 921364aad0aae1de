#pragma once
#include <stddef.h>
#include <stdint.h>
/* UTF-8 (RFC 3629) as far as a terminal needs it. Nothing here reads beyond the n bytes it is given, and nothing returns a length of 0. */

#define UTF8_BAD 0xfffdu

/* The code point at s of n > 0 bytes, and its length. A byte that begins nothing sound (overlong, surrogate, cut off) is UTF8_BAD, of length 1. */
uint32_t utf8_decode(const char *s, size_t n, size_t *len);
/* Returns the length; what is no code point is written as UTF8_BAD. */
size_t utf8_encode(uint32_t cp, char out[4]);
/* Columns on the terminal: 0 for controls and combining marks, 2 for wide East Asian characters and emoji, else 1. */
int utf8_width(uint32_t cp);
/* The start of the character after, or before, the one at `at`; marks stay with what they mark. At the ends: n, 0. */
size_t utf8_next(const char *s, size_t n, size_t at);
size_t utf8_prev(const char *s, size_t at);
/* Columns of n bytes. */
size_t utf8_columns(const char *s, size_t n);
