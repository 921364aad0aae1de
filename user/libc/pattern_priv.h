#pragma once
#include <stdint.h>
#include <pattern.h>
/* What a regular expression is compiled into: a small program, in which OP_SPLIT goes two ways, of which x is the better.
 *
 *	x*	L: SPLIT M, N	M: x	JUMP L	N:		x|y	SPLIT M, N	M: x	JUMP O	N: y	O: */

enum op { OP_BYTE, OP_ANY, OP_SET, OP_START, OP_END, OP_SPLIT, OP_JUMP, OP_SAVE, OP_MATCH };
struct inst { enum op op; size_t x, y; };	/* x: byte, set, place or slot; y: SPLIT's second place */
struct set { unsigned char bits[32]; };

struct pattern {
	struct inst *code;
	size_t n, room;
	struct set *sets;
	size_t nsets, ngroups;
	bool ignore_case;
	struct run *run;	/* what a search needs */
};

static inline bool set_has(const struct set *s, int c) { return s->bits[c / 8] >> c % 8 & 1; }

struct run *pattern_run_make(const struct pattern *p);	/* NULL: no memory */
void pattern_run_free(struct run *r);
/* How many instructions the last pattern_find() went through. */
uint64_t pattern_steps(const struct pattern *p);
