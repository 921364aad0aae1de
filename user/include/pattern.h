#pragma once
#include <stdbool.h>
#include <stddef.h>
/* Regular expressions, those of grep and sed. Basic: . * [...] ^ $ \( \) \{n,m\}, and \+ \? \|; extended: the same without backslashes.
 * [:alpha:] and its like in sets. Of several alternatives the first that leads to a match counts. A
 * search takes no memory, and time in proportion to the length of the pattern times that of the line, whatever they are. */
struct pattern;
enum { PATTERN_EXTENDED = 1, PATTERN_IGNORE_CASE = 2, PATTERN_PLAIN = 4 /* every byte means itself */,
	PATTERN_WHOLE = 8 /* only the whole line matches */ };
enum { PATTERN_GROUPS = 10 };	/* the whole, and 9 groups */
struct span { const char *start, *end; };	/* start NULL: the group took no part */

/* NULL: *error says what is wrong with text, or that memory is short. */
struct pattern *pattern_compile(const char *text, int flags, const char **error);
void pattern_free(struct pattern *p);
/* The first match in the line s at from or behind it; ^ is only at s. groups: PATTERN_GROUPS of them, or NULL. Of one pattern, one search at a time. */
bool pattern_find(const struct pattern *p, const char *s, const char *from, struct span *groups);
