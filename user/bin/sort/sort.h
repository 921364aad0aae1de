#pragma once
#include <stdbool.h>
#include <stddef.h>

/* How keys are compared: as numbers of any length, the other way round, without telling the cases apart, without the blanks before. */
struct how { bool numbers, reverse, fold, skip_blanks; };
extern struct how how;		/* of all keys that do not say it themselves */
extern char separator;		/* of fields; 0: the empty place before blanks */

bool set_how(struct how *h, char c);	/* by its letter; false: it is none */
void add_key(const char *s);		/* FIRST[,LAST] of -k; what is wrong with it ends the program */
int compare_keys(const char *a, const char *b);
