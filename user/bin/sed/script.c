/* The text of a script into commands. */
#include <ctype.h>
#include <err.h>
#include <stdlib.h>
#include <string.h>
#include "sed.h"

enum { OUTPUTS = 10 };

static struct pattern *last_pattern;	/* what an empty one means */

static void skip_blanks(const char **p)
{
	while (**p == ' ' || **p == '\t')
		++*p;
}

/* The "]" that ends the set at s; s: none does. */
static const char *set_end(const char *s)
{
	const char *p = s + 1 + (s[1] == '^');
	for (p += *p == ']'; *p && *p != ']'; p++) {
		const char *class_end = p[0] == '[' && p[1] == ':' ? strstr(p + 2, ":]") : NULL;
		p = class_end ? class_end + 1 : p;
	}
	return *p ? p : s;
}

/* The text up to a delimiter that is neither escaped nor, in a pattern, in a set; *p moves behind it. An escaped delimiter loses its backslash. */
static char *take_delimited(const char **p, char delimiter, bool pattern)
{
	char *text = sed_alloc(NULL, strlen(*p) + 1), *to = text;
	const char *s = *p, *set = s;	/* up to there s is in a set */
	for (; *s && (*s != delimiter || s < set); s++) {
		if (pattern && *s == '[' && s >= set)
			set = set_end(s);
		if (*s == '\\' && s[1]) {
			if (s[1] == delimiter) {
				*to++ = *++s;
				continue;
			}
			if (s[1] == 'n' || s[1] == 't') {
				*to++ = s[1] == 'n' ? '\n' : '\t';
				s++;
				continue;
			}
			if (s >= set)
				*to++ = *s++;
		}
		*to++ = *s;
	}
	if (!*s)
		errx(1, "%s: no closing %c", *p, delimiter);
	*to = 0;
	*p = s + 1;
	return text;
}

static struct pattern *compile(const char *text, int flags)
{
	const char *error;
	if (!*text && last_pattern)
		return last_pattern;
	last_pattern = pattern_compile(text, flags, &error);
	if (!last_pattern)
		errx(1, "%s: %s", text, error);
	return last_pattern;
}

static struct address parse_address(const char **p, int flags)
{
	struct address a = { 0 };
	char *end;
	if (isdigit((unsigned char)**p)) {
		a.type = ADDRESS_LINE;
		a.line = strtoul(*p, &end, 10);
		*p = end;
	} else if (**p == '$') {
		a.type = ADDRESS_LAST;
		++*p;
	} else if (**p == '/' || (**p == '\\' && (*p)[1])) {
		*p += **p == '\\';
		char delimiter = *(*p)++;
		char *text = take_delimited(p, delimiter, true);
		bool any_case = **p == 'I';
		*p += any_case;
		a.type = ADDRESS_PATTERN;
		a.pattern = compile(text, flags | (any_case ? PATTERN_IGNORE_CASE : 0));
		free(text);
	}
	return a;
}

/* The rest of the line is a file's name. */
static char *take_name(const char **p)
{
	skip_blanks(p);
	size_t n = strcspn(*p, "\n");
	char *name = sed_alloc(NULL, n + 1);
	if (!n)
		errx(1, "a file's name is missing");
	memcpy(name, *p, n);
	name[n] = 0;
	*p += n;
	return name;
}

/* The same file for each w that names it. */
static FILE *take_output(const char **p)
{
	static struct { char *name; FILE *file; } open[OUTPUTS];
	char *name = take_name(p);
	size_t i = 0;
	while (i < OUTPUTS && open[i].name && strcmp(open[i].name, name))
		i++;
	if (i == OUTPUTS)
		errx(1, "w: more than %d files", OUTPUTS);
	if (!open[i].name) {
		open[i].name = name;
		open[i].file = !strcmp(name, "/dev/stdout") ? stdout : fopen(name, "w");
	}
	if (!open[i].file)
		err(4, "%s", name);
	return open[i].file;
}

static void parse_flags(const char **p, struct command *c, int *flags)
{
	for (;; ++*p) {
		switch (**p) {
		case 'g': c->global = true; continue;
		case 'p': c->print = true; continue;
		case 'w':
			++*p;
			c->file = take_output(p);
			return;
		case 'i': case 'I': *flags |= PATTERN_IGNORE_CASE; continue;
		default: break;
		}
		if (!isdigit((unsigned char)**p))
			return;
		char *end;
		c->which = strtoul(*p, &end, 10);
		*p = end - 1;
	}
}

static void parse_substitute(const char **p, struct command *c, int flags)
{
	char delimiter = *(*p)++;
	char *pattern = take_delimited(p, delimiter, true);
	const char *start = *p;
	for (; **p && **p != delimiter; ++*p)
		*p += **p == '\\' && (*p)[1];
	if (!**p)
		errx(1, "s: not ended");
	size_t n = (size_t)(*p - start);
	c->text = sed_alloc(NULL, n + 1);
	memcpy(c->text, start, n);
	c->text[n] = 0;
	++*p;
	parse_flags(p, c, &flags);
	c->pattern = compile(pattern, flags);
	free(pattern);
}

static void parse_translate(const char **p, struct command *c)
{
	char delimiter = *(*p)++;
	char *from = take_delimited(p, delimiter, false), *to = take_delimited(p, delimiter, false);
	size_t n = strlen(from);
	if (n != strlen(to))
		errx(1, "y: the two texts are not of one length");
	c->text = sed_alloc(NULL, 2 * n + 1);
	for (size_t i = 0; i < n; i++) {
		c->text[2 * i] = from[i];
		c->text[2 * i + 1] = to[i];
	}
	c->text[2 * n] = 0;
	free(from);
	free(to);
}

/* a i c: the rest of the line, and of the next as long as a backslash ends it. */
static void parse_text(const char **p, struct command *c)
{
	skip_blanks(p);
	if (**p == '\\') {
		++*p;
		skip_blanks(p);
		*p += **p == '\n';
	}
	char *to = c->text = sed_alloc(NULL, strlen(*p) + 2);
	for (; **p && **p != '\n'; ++*p) {
		*p += **p == '\\' && (*p)[1];
		*to++ = **p;
	}
	*to++ = '\n';
	*to = 0;
}

static void parse_label(const char **p, struct command *c)
{
	skip_blanks(p);
	size_t n = strcspn(*p, ";}\n");
	while (n && isspace((unsigned char)(*p)[n - 1]))
		n--;
	c->text = sed_alloc(NULL, n + 1);
	memcpy(c->text, *p, n);
	c->text[n] = 0;
	*p += n;
}

static void parse_arguments(const char **p, struct command *c, int flags)
{
	char *end;
	switch (c->name) {
	case 's': parse_substitute(p, c, flags); break;
	case 'y': parse_translate(p, c); break;
	case 'a': case 'i': case 'c': parse_text(p, c); break;
	case ':': case 'b': case 't': parse_label(p, c); break;
	case 'r': c->text = take_name(p); break;
	case 'w': c->file = take_output(p); break;
	case 'q':
		c->status = (int)strtol(*p, &end, 10);
		*p = end;
		break;
	default:
		if (!strchr("pdDPnNhHgGxl={}", c->name))
			errx(1, "%c: no such command", c->name);
	}
}

static struct command *new_command(struct script *s)
{
	s->v = sed_alloc(s->v, (s->n + 1) * sizeof *s->v);
	s->v[s->n] = (struct command){ 0 };
	return &s->v[s->n++];
}

void script_add(struct script *s, const char *p, int flags)
{
	for (;;) {
		while (isspace((unsigned char)*p) || *p == ';')
			p++;
		if (!*p)
			return;
		if (*p == '#') {
			p += strcspn(p, "\n");
			continue;
		}
		struct command *c = new_command(s);
		c->from = parse_address(&p, flags);
		skip_blanks(&p);
		if (c->from.type && *p == ',') {
			p++;
			skip_blanks(&p);
			bool more = *p == '+';
			p += more;
			c->to = parse_address(&p, flags);
			if (more)
				c->to.type = c->to.type == ADDRESS_LINE ? ADDRESS_MORE : ADDRESS_NONE;
			if (!c->to.type)
				errx(1, "the second address is missing");
		}
		skip_blanks(&p);
		for (; *p == '!' || (c->negate && *p == ' '); p++)
			c->negate = true;
		if (!*p)
			errx(1, "a command is missing");
		c->name = *p++;
		parse_arguments(&p, c, flags);
		skip_blanks(&p);
		if (c->name != '{' && *p && !strchr(";\n}#", *p))
			errx(1, "%s: what follows a command is not understood", p);
	}
}

static size_t find_label(const struct script *s, const char *label)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].name == ':' && !strcmp(s->v[i].text, label))
			return i;
	errx(1, "%s: no such label", label);
}

void script_finish(struct script *s)
{
	size_t open[32], depth = 0;
	for (size_t i = 0; i < s->n; i++) {
		struct command *c = &s->v[i];
		if (c->name == '{') {
			if (depth == sizeof open / sizeof *open)
				errx(1, "{ too deep");
			open[depth++] = i;
		} else if (c->name == '}') {
			if (!depth)
				errx(1, "} without {");
			s->v[open[--depth]].target = i;
		} else if (c->name == 'b' || c->name == 't') {
			c->target = *c->text ? find_label(s, c->text) : s->n;
		}
	}
	if (depth)
		errx(1, "{ is not closed");
}
