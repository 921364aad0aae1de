#pragma once
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
/* What nearly every command needs: complaints in the usual form, and the name to complain under. */

/* "NAME: WHAT: reason of errno", to standard error. Returns 1, a failing status. */
static inline int complain(const char *name, const char *what)
{
	fflush(stdout);
	fprintf(stderr, "%s: %s: %s\n", name, what, strerror(errno));
	return 1;
}

static inline int usage(const char *text)
{
	fprintf(stderr, "usage: %s\n", text);
	return 2;
}

/* Does the option letter c occur in the leading arguments that begin with "-"? They are taken off: argv is moved to the first other. */
struct options { char seen[128]; };
static inline void take_options(struct options *o, char ***argv)
{
	memset(o, 0, sizeof *o);
	for (++*argv; **argv && (**argv)[0] == '-' && (**argv)[1]; ++*argv) {
		if (!strcmp(**argv, "--")) {
			++*argv;
			return;
		}
		for (const char *p = **argv + 1; *p; p++)
			o->seen[*p & 127] = 1;
	}
}
