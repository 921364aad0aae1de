/* read and getopts: words from a line, options from arguments. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "sh.h"

/* ---- read ---- */

/* One line as marked text: bytes after a backslash are quoted. A byte at a time, for what follows belongs to other commands. False: the
 * input ended before its newline. */
static bool read_line(struct text *t, bool raw)
{
	char c;
	ssize_t n;
	while ((n = read_or_interrupt(0, &c, 1)) == 1 && c != '\n') {
		if (c != '\\' || raw) {
			if (c)
				c == '\\' || is_mark(c) ? text_add_quoted(t, c) : text_add(t, c);
			continue;
		}
		if ((n = read_or_interrupt(0, &c, 1)) != 1)
			break;
		if (c != '\n')
			text_add_quoted(t, c);
	}
	return n == 1;
}

static bool is_blank(const char *p, const char *ifs) { return *p && *p != QUOTED && isspace(*p) && strchr(ifs, *p); }
static bool ends_field(const char *p, const char *ifs) { return *p && *p != QUOTED && strchr(ifs, *p); }

static char *field_end(char *p, const char *ifs)
{
	while (*p && !ends_field(p, ifs))
		p += *p == QUOTED && p[1] ? 2 : 1;
	return p;
}

static char *skip_blanks(char *p, const char *ifs)
{
	while (is_blank(p, ifs))
		p++;
	return p;
}

/* Behind what separates two fields: blanks, at most one byte of IFS that is none, blanks. */
static char *skip_separator(char *p, const char *ifs)
{
	p = skip_blanks(p, ifs);
	if (ends_field(p, ifs))
		p = skip_blanks(p + 1, ifs);
	return p;
}

/* The rest of the line for the last name: without blanks at its end, nor the separator if it is one field. */
static void trim_rest(char *rest, const char *ifs)
{
	char *end = field_end(rest, ifs), *last = rest;
	if (!*skip_separator(end, ifs)) {
		*end = 0;
		return;
	}
	for (char *p = rest; *p; p += *p == QUOTED && p[1] ? 2 : 1)
		if (!is_blank(p, ifs))
			last = p + (*p == QUOTED && p[1] ? 2 : 1);
	*last = 0;
}

static bool set_fields(char **names, char *line)
{
	const char *ifs = var_get("IFS");
	bool ok = true;
	ifs = ifs ? ifs : " \t\n";
	char *p = skip_blanks(line, ifs);
	for (; names[1]; names++) {
		char *end = field_end(p, ifs), *next = skip_separator(end, ifs);
		char *field = sh_strndup(p, (size_t)(end - p));
		ok = var_set(*names, unmark(field)) && ok;
		free(field);
		p = next;
	}
	trim_rest(p, ifs);
	return var_set(*names, unmark(p)) && ok;
}

/* read [-r] [-p PROMPT] NAME ... */
int read_builtin(char **argv)
{
	static char *reply[] = { "REPLY", NULL };
	struct text t = { 0 };
	bool raw = false;
	for (argv++; *argv && argv[0][0] == '-' && argv[0][1]; argv++) {
		if (!strcmp(*argv, "--")) {
			argv++;
			break;
		}
		raw |= !strcmp(*argv, "-r");
		if (!strcmp(*argv, "-p") && argv[1]) {
			fputs(*++argv, stderr);
		} else if (strcmp(*argv, "-r")) {
			fprintf(stderr, "usage: read [-r] [-p PROMPT] NAME ...\n");
			return 2;
		}
	}
	fflush(stdout);
	bool whole = read_line(&t, raw);
	char *line = t.s ? t.s : sh_alloc(1);
	bool ok = set_fields(*argv ? argv : reply, line);
	free(line);
	return !whole || !ok;
}

/* ---- getopts ---- */

static int opt_at;		/* the byte within the argument; 0: the next argument */

static void set_number(const char *name, int n)
{
	char digits[16];
	snprintf(digits, sizeof digits, "%d", n);
	var_set(name, digits);
}

/* An option is not known, or its value is missing: said, or with ":" at the head of spec left to the script. */
static char refuse(const char *spec, char c, bool known)
{
	char letter[] = { c, 0 };
	if (*spec == ':') {
		var_set("OPTARG", letter);
		return known ? ':' : '?';
	}
	fprintf(stderr, "%s: -%c: %s\n", positional[0], c, known ? "its value is missing" : "no such option");
	var_unset("OPTARG");
	return '?';
}

/* The option at argv[*index][opt_at]; moves both. */
static char next_option(const char *spec, char **argv, int *index)
{
	char *arg = argv[*index], c = arg[opt_at++];
	const char *known = c == ':' ? NULL : strchr(spec, c);
	bool last = !arg[opt_at];
	if (known && known[1] == ':') {
		char *value = last ? argv[++*index] : arg + opt_at;
		opt_at = 0;
		if (!value)
			return refuse(spec, c, true);
		var_set("OPTARG", value);
		++*index;
		return c;
	}
	if (last) {
		opt_at = 0;
		++*index;
	}
	if (!known)
		return refuse(spec, c, false);
	var_unset("OPTARG");
	return c;
}

/* getopts SPEC NAME [ARGUMENT ...] */
int getopts_builtin(char **argv)
{
	static int last_index = 1;
	if (!argv[1] || !argv[2]) {
		fprintf(stderr, "usage: getopts OPTIONS NAME [ARGUMENT ...]\n");
		return 2;
	}
	char **args = argv[3] ? argv + 2 : positional;
	const char *at = var_get("OPTIND");
	int index = at ? atoi(at) : 1;
	if (index != last_index)	/* the script has set it: begin anew */
		opt_at = 0;
	if (index < 1)
		index = 1;
	bool more = opt_at || (args[index] && args[index][0] == '-' && args[index][1]);
	if (more && !opt_at && !strcmp(args[index], "--")) {
		index++;
		more = false;
	}
	char name[] = { '?', 0 };
	if (more) {
		opt_at += !opt_at;
		*name = next_option(argv[1], args, &index);
	}
	last_index = index;
	set_number("OPTIND", index);
	var_set(argv[2], name);
	return !more;
}
