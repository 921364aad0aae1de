/* sed: edit lines as they pass. SCRIPT is commands between ; or newlines, each with no, one or two addresses (N, $, /PATTERN/, as second +N) and perhaps !:
 *	s/PATTERN/TEXT/gpiN   (or w FILE) replace the first, all (g), or the Nth match; & and \1 to \9 are what matched; p: print if so; i: either case
 *	y/abc/xyz/  p  d  =  q [STATUS]  n  N  D  P  h  H  g  G  x  aTEXT  iTEXT  cTEXT  { }  bLABEL  tLABEL  :LABEL  rFILE  wFILE  l
 * -n: print only what p asks for; -e SCRIPT: again; -f FILE: the script; -E, -r: extended patterns; -i: write the files back. */
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sed.h"

#define SYNOPSIS "[-Enri] SCRIPT | -e SCRIPT ... | -f SCRIPTFILE [FILE ...]"

void *sed_alloc(void *old, size_t n)
{
	void *p = realloc(old, n);
	if (!p)
		err(4, "memory");
	return p;
}

static void add_file(struct script *s, const char *name, int flags)
{
	char *text = NULL, *line = NULL;
	size_t len = 0, room = 0;
	FILE *f = fopen(name, "r");
	if (!f)
		err(1, "%s", name);
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0; len += (size_t)n) {
		text = sed_alloc(text, len + (size_t)n + 1);
		memcpy(text + len, line, (size_t)n + 1);
	}
	fclose(f);
	free(line);
	if (text)
		script_add(s, text, flags);
	free(text);
}

int main(int argc, char **argv)
{
	struct script script = { 0 };
	bool silent = false, in_place = false, have = false, failed = false;
	int flags = 0;
	for (int c; (c = getopt(argc, argv, "nErie:f:")) != -1;)
		switch (c) {
		case 'n': silent = true; break;
		case 'E': case 'r': flags |= PATTERN_EXTENDED; break;
		case 'i': in_place = true; break;
		case 'e': script_add(&script, optarg, flags); have = true; break;
		case 'f': add_file(&script, optarg, flags); have = true; break;
		default: usage(SYNOPSIS);
		}
	if (!have && optind == argc)
		usage(SYNOPSIS);
	if (!have)
		script_add(&script, argv[optind++], flags);
	script_finish(&script);
	int status = run_files(&script, argv + optind, argc - optind, silent, in_place, &failed);
	return status ? status : failed ? 2 : 0;
}
