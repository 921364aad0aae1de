#pragma once
#include <stddef.h>
#include <stdint.h>
/* Rows of 64 bytes: what memcpy and memset do most of their work with, and pages all of it. Places are multiples of 8, n is a multiple of
 * ROW, and there is nothing to look at first.
 *
 * The kernel spends most of a file copy or a fault in these loops, so eight rows go to a turn: a page costs its loads and stores and
 * little more. */
enum { ROW = 64, ROW_WORDS = ROW / sizeof(uint64_t), ROWS_A_TURN = 8 };

/* A word that may alias anything. */
typedef uint64_t __attribute__((may_alias)) word_t;

/* All eight are read before one is written: else the compiler alternates, and pairs no two of them to one instruction where the machine
 * has such, or it reads further rows ahead, for which it lacks registers. */
static inline void copy_row(word_t *to, const word_t *from)
{
	uint64_t a = from[0], b = from[1], c = from[2], d = from[3];
	uint64_t e = from[4], f = from[5], g = from[6], h = from[7];
	__asm__ volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f), "+r"(g), "+r"(h) : : "memory");
	to[0] = a, to[1] = b, to[2] = c, to[3] = d;
	to[4] = e, to[5] = f, to[6] = g, to[7] = h;
}

static inline void fill_row(word_t *to, uint64_t w)
{
	to[0] = w, to[1] = w, to[2] = w, to[3] = w;
	to[4] = w, to[5] = w, to[6] = w, to[7] = w;
}

/* The two do not overlap. */
static inline void copy_rows(void *restrict dst, const void *restrict src, size_t n)
{
	enum { TURN = ROWS_A_TURN * ROW_WORDS };
	word_t *to = dst;
	const word_t *from = src;
	for (; n >= ROWS_A_TURN * ROW; n -= ROWS_A_TURN * ROW, to += TURN, from += TURN) {
#pragma GCC unroll 8
		for (unsigned i = 0; i < TURN; i += ROW_WORDS)
			copy_row(to + i, from + i);
	}
	for (; n > 0; n -= ROW, to += ROW_WORDS, from += ROW_WORDS)
		copy_row(to, from);
}

/* Each word becomes w. */
static inline void fill_rows(void *dst, uint64_t w, size_t n)
{
	enum { TURN = ROWS_A_TURN * ROW_WORDS };
	word_t *to = dst;
	for (; n >= ROWS_A_TURN * ROW; n -= ROWS_A_TURN * ROW, to += TURN) {
#pragma GCC unroll 8
		for (unsigned i = 0; i < TURN; i += ROW_WORDS)
			fill_row(to + i, w);
	}
	for (; n > 0; n -= ROW, to += ROW_WORDS)
		fill_row(to, w);
}
