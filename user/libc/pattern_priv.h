#pragma once
#include <pattern.h>
/* What a regular expression is compiled into: a small program, in which OP_SPLIT tries two ways.
 *
 *	x*	L: SPLIT M, N	M: x	JUMP L	N:		x|y	SPLIT M, N	M: x	JUMP O	N: y	O: */

enum op { OP_BYTE, OP_ANY, OP_SET, OP_START, OP_END, OP_SPLIT, OP_JUMP, OP_SAVE, OP_EMPTY_CHECK, OP_MATCH };
struct inst { enum op op; size_t x, y; };	/* x: byte, set, place or slot; y: SPLIT's second place */
struct set { unsigned char bits[32]; };

enum { LOOPS = 32, SLOTS = 2 * PATTERN_GROUPS + LOOPS };	/* slots: where groups begin and end, and where loops last began */

struct pattern {
	struct inst *code;
	size_t n, room;
	struct set *sets;
	size_t nsets, ngroups, nloops;
	bool ignore_case;
};

static inline bool set_has(const struct set *s, int c) { return s->bits[c / 8] >> c % 8 & 1; }
