#pragma once
#include <stdbool.h>
#include <stddef.h>
#include "intent.h"
/* Words of a question, and what is near to them. */

enum { WORDS = 32 };
struct words { char typed[WORDS][WORD_BYTES], read[WORDS][WORD_BYTES]; size_t n; };

/* In small letters, read as they were typed; a word that is too long is cut, and words after the 32nd are left out. */
void words_split(const char *line, struct words *out);
/* Is word one of those in list, which are separated by any of the characters of gaps? */
bool words_list_has(const char *list, const char *gaps, const char *word);
/* The word of the list that comes closest to word, if it is closer than *distance; then *distance is that. False: none is. */
bool words_nearest(const char *list, const char *gaps, const char *word, unsigned *distance, char *out);
/* Letters to be put in, left out, changed or swapped with their neighbours to make one of the other; 9: many. */
unsigned words_distance(const char *a, const char *b);
/* How far a word of that length may be off and still be read: a short one not at all. */
unsigned words_tolerance(size_t n);
