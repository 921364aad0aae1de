#pragma once
#include <pattern.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
/* sed: script.c parses commands into an array, run.c runs it over the lines. */

enum address_type { ADDRESS_NONE, ADDRESS_LINE, ADDRESS_LAST, ADDRESS_PATTERN, ADDRESS_MORE };
struct address { enum address_type type; unsigned long line; /* ADDRESS_MORE: how many behind the first */ struct pattern *pattern; };

struct command {
	struct address from, to;
	bool negate, active;		/* active: within from .. to */
	unsigned long ends;		/* of an active range whose end is a line */
	char name;
	struct pattern *pattern;	/* s */
	char *text;			/* s: the replacement, a i c: the text, y: pairs, b t : a label */
	size_t target;			/* { b t: where to go on */
	unsigned long which;		/* s: the Nth match */
	bool global, print;		/* s */
	int status;			/* q */
	FILE *file;			/* w, and s with w: where to; else NULL */
};

struct script { struct command *v; size_t n; };

void script_add(struct script *s, const char *text, int pattern_flags);
void script_finish(struct script *s);	/* find labels and closing braces; ends the program if there is none */

/* Over all files; out is where lines go. The status that q asks for, or 0; failed: a file could not be read. */
int run_files(struct script *s, char **files, int n, bool silent, bool in_place, bool *failed);
void *sed_alloc(void *old, size_t n);
