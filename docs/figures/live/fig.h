#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
/* A live figure is a program over mm/ whose screen is the page. It has a world of its own, says what the reader may do, does it, and
 * draws what is there; docs/_static/figure.js decides nothing. To look inside an operation, the page runs it again up to a line of
 * mm/ and draws there: so fig_draw() walks nothing that may be half changed, and takes no lock. */

/* ---- what a figure has ---- */

/* A line each: "button ACTION LABEL", or "number ACTION LABEL|NAME|MIN|MAX|VALUE" for a button with a number beside it,
 * "slider ..." for one with a slider, or "choice ACTION LABEL|ONE|TWO|..." for one with a list, which gives 0, 1, ... */
extern const char fig_controls[];
/* What the reader predicts before the controls open: "number SENTENCE|MIN|MAX" or "choice SENTENCE|ONE|TWO|...", and then the operations
 * that decide it, a line each: "do ACTION ARG". */
extern const char fig_question[];
/* After these operations: the number, or which choice (0, 1, ...). It is measured, not known; fig_say() says why it is so. */
int fig_answer(void);
/* Make the world anew. */
void fig_setup(void);
/* Do what the reader wants. */
void fig_do(unsigned action, int arg);
/* Put the screen. */
void fig_draw(void);
/* NULL, or what does not hold. For tests: between operations all must hold. */
const char *fig_check(void);
/* What there is of the state besides the screen, as one number: the same in every build, so nothing of addresses. The world may end with it. */
uint64_t fig_state(void);

/* ---- what it may use ---- */

/* A line of the screen, of one of these kinds:
 *   strip TITLE              what follows is a row of cells
 *   cell LENGTH KIND LABEL   KIND: free, used, hot, bad, none
 *   press LENGTH KIND ACTION ARG LABEL    a cell that does something when it is pressed
 *   table HEAD|HEAD|...      what follows are its rows
 *   row CELL|CELL|...
 *   text SENTENCE
 *   task 0|1 SENTENCE        what the reader is to achieve, and whether it is achieved */
void fig_put(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Say what an operation came to: a line of text on each screen until the next operation. */
void fig_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* h, with x mixed in. Begin with 0. */
uint64_t fig_mix(uint64_t h, uint64_t x);
/* Frames 0 to n - 1 of RAM, n at most FIG_FRAMES, in an mm of their own. */
enum { FIG_FRAMES = 96 };
struct mm *fig_world(unsigned nframes);
