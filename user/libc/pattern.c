/* Regular expressions: their text becomes the program of pattern_priv.h, by recursive descent. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "pattern_priv.h"

enum { REPEAT_MOST = 255, PROGRAM_MOST = 20000 };

struct parser { struct pattern *p; const char *at, *start; bool extended; int depth; const char *error; };

static void parse_alternatives(struct parser *r);

static void fail(struct parser *r, const char *why)
{
	if (!r->error)
		r->error = why;
	r->at += strlen(r->at);
}

static void emit(struct parser *r, enum op op, size_t x, size_t y)
{
	struct pattern *p = r->p;
	if (p->n == p->room) {
		size_t room = p->room ? p->room * 2 : 64;
		struct inst *code = room <= PROGRAM_MOST ? realloc(p->code, room * sizeof *code) : NULL;
		if (!code) {
			fail(r, "the pattern is too long");
			return;
		}
		p->code = code;
		p->room = room;
	}
	p->code[p->n++] = (struct inst){ op, x, y };
}

static bool has_places(enum op op) { return op == OP_SPLIT || op == OP_JUMP; }

/* Make place for one instruction at start. */
static void insert(struct parser *r, size_t start, struct inst inst)
{
	struct pattern *p = r->p;
	emit(r, OP_JUMP, 0, 0);
	if (r->error)
		return;
	memmove(p->code + start + 1, p->code + start, (p->n - 1 - start) * sizeof *p->code);
	for (size_t i = 0; i < p->n; i++)
		if (i != start && has_places(p->code[i].op)) {
			p->code[i].x += p->code[i].x > start || (p->code[i].x == start && i > start);
			p->code[i].y += p->code[i].y > start || (p->code[i].y == start && i > start);
		}
	p->code[start] = inst;
}

/* ---- sets ---- */

static void set_add(struct set *s, int c) { s->bits[c / 8] |= (unsigned char)(1 << c % 8); }

static bool add_class(struct set *s, const char *name, size_t n)
{
	static const struct { const char *name; int (*has)(int c); } classes[] = {
		{ "alpha", isalpha }, { "digit", isdigit }, { "alnum", isalnum }, { "upper", isupper }, { "lower", islower },
		{ "space", isspace }, { "xdigit", isxdigit }, { "punct", ispunct }, { "print", isprint }, { "cntrl", iscntrl },
		{ "graph", isgraph }, { "blank", isblank },
	};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (strlen(classes[i].name) == n && !strncmp(classes[i].name, name, n)) {
			for (int c = 0; c < 128; c++)
				if (classes[i].has(c))
					set_add(s, c);
			return true;
		}
	return false;
}

/* One member of a set at p; the end of it. */
static const char *add_member(struct parser *r, struct set *s, const char *p)
{
	const char *end = p[0] == '[' && p[1] == ':' ? strstr(p + 2, ":]") : NULL;
	if (end) {
		if (!add_class(s, p + 2, (size_t)(end - p - 2)))
			fail(r, "a class is not known");
		return end + 2;
	}
	bool range = p[1] == '-' && p[2] && p[2] != ']';
	for (int c = (unsigned char)*p; c <= (unsigned char)p[range ? 2 : 0]; c++)
		set_add(s, c);
	return p + (range ? 3 : 1);
}

/* Behind the "[". */
static void parse_set(struct parser *r)
{
	struct pattern *p = r->p;
	struct set *sets = realloc(p->sets, (p->nsets + 1) * sizeof *sets);
	if (!sets) {
		fail(r, "out of memory");
		return;
	}
	p->sets = sets;
	struct set *s = &sets[p->nsets];
	memset(s, 0, sizeof *s);
	bool negate = *r->at == '^';
	const char *q = r->at + negate;
	do {
		if (!*q) {
			fail(r, "[ is not closed");
			return;
		}
		q = add_member(r, s, q);
	} while (*q != ']' && !r->error);
	for (int c = 0; c < 256 && p->ignore_case; c++)
		if (c < 128 && isalpha(c) && set_has(s, c))
			set_add(s, c ^ 32);
	for (size_t i = 0; i < sizeof s->bits && negate; i++)
		s->bits[i] = (unsigned char)~s->bits[i];
	if (!r->error)
		r->at = q + 1;
	emit(r, OP_SET, p->nsets++, 0);
}

/* ---- parsing ---- */

/* Is the operator c here? Basic operators have a backslash. */
static bool is_operator(const struct parser *r, char c)
{
	return r->extended ? *r->at == c : r->at[0] == '\\' && r->at[1] == c;
}

static bool take(struct parser *r, char c)
{
	if (!is_operator(r, c))
		return false;
	r->at += r->extended ? 1 : 2;
	return true;
}

static void parse_group(struct parser *r)
{
	size_t group = ++r->p->ngroups;
	if (group >= PATTERN_GROUPS || r->depth++ > 50) {
		fail(r, "too many groups");
		return;
	}
	emit(r, OP_SAVE, 2 * group, 0);
	parse_alternatives(r);
	if (!take(r, ')'))
		fail(r, "( is not closed");
	emit(r, OP_SAVE, 2 * group + 1, 0);
	r->depth--;
}

/* A backslash and what has a meaning elsewhere. False: it is the byte behind it. */
static bool parse_escape(struct parser *r)
{
	static const struct { char letter; const char *set; } sets[] = {
		{ 'w', "[[:alnum:]_]" }, { 'W', "[^[:alnum:]_]" }, { 's', "[[:space:]]" }, { 'S', "[^[:space:]]" },
	};
	char c = r->at[1];
	if (isdigit((unsigned char)c) && c != '0')
		fail(r, "\\1 to \\9: what a group matched cannot be matched again");
	else if (c && strchr("<>bB", c))
		fail(r, "\\< \\> \\b: the ends of words are not known here");
	if (r->error)
		return true;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
		if (sets[i].letter != c)
			continue;
		const char *rest = r->at + 2;
		r->at = sets[i].set + 1;
		parse_set(r);
		r->at = rest;
		return true;
	}
	return false;
}

static void parse_byte(struct parser *r)
{
	if (*r->at == '\\' && r->at[1] && parse_escape(r))
		return;
	if (*r->at == '\\' && r->at[1])
		r->at++;
	char c = *r->at++;
	emit(r, OP_BYTE, (unsigned char)(r->p->ignore_case ? tolower((unsigned char)c) : c), 0);
}

static bool at_branch_end(const struct parser *r) { return !*r->at || is_operator(r, '|') || (r->depth && is_operator(r, ')')); }

static void parse_atom(struct parser *r, bool first)
{
	if (take(r, '('))
		parse_group(r);
	else if (*r->at == '.')
		r->at++, emit(r, OP_ANY, 0, 0);
	else if (*r->at == '[')
		r->at++, parse_set(r);
	else if (*r->at == '^' && (first || r->extended))
		r->at++, emit(r, OP_START, 0, 0);
	else if (*r->at == '$' && (r->extended || !r->at[1] || !strncmp(r->at + 1, "\\)", 2) || !strncmp(r->at + 1, "\\|", 2)))
		r->at++, emit(r, OP_END, 0, 0);
	else
		parse_byte(r);
}

/* Append a copy of code[start .. start + n), which jumps only within itself. */
static void copy_code(struct parser *r, size_t start, size_t n)
{
	size_t by = r->p->n - start;
	for (size_t i = start; i < start + n && !r->error; i++) {
		struct inst inst = r->p->code[i];
		bool moves = has_places(inst.op);
		emit(r, inst.op, inst.x + (moves ? by : 0), inst.y + (moves ? by : 0));
	}
}

/* Make code[start ..) optional, or with loop repeated. A round that takes nothing comes back to a place that was entered before, and ends there. */
static void make_optional(struct parser *r, size_t start, bool loop)
{
	insert(r, start, (struct inst){ OP_SPLIT, start + 1, 0 });
	if (loop)
		emit(r, OP_JUMP, start, 0);
	if (!r->error)
		r->p->code[start].y = r->p->n;
}

/* "least,most}" behind the "{". most -1: no limit. */
static void parse_counts(struct parser *r, long *least, long *most)
{
	char *end;
	if (!isdigit((unsigned char)*r->at) && *r->at != ',')	/* strtol() would take a sign */
		fail(r, "{ } holds no counts");
	*least = strtol(r->at, &end, 10);
	*most = *least;
	if (*end == ',')
		*most = isdigit((unsigned char)end[1]) ? strtol(end + 1, &end, 10) : (end++, -1);
	r->at = end;
	if (!take(r, '}') || *least > REPEAT_MOST || *most > REPEAT_MOST || (*most >= 0 && *most < *least))
		fail(r, "{ } holds no counts");
}

static void repeat(struct parser *r, size_t start, long least, long most)
{
	size_t n = r->p->n - start;
	for (long i = 1; i < least; i++)
		copy_code(r, start, n);
	bool optional = least == 0 && most != 0;
	if (optional) {
		make_optional(r, start, most < 0);
		n = r->p->n - start;
		least = 1;
	} else if (most < 0) {
		size_t last = r->p->n;
		copy_code(r, start, n);
		make_optional(r, last, true);
	}
	if (most == 0)
		r->p->n = start;
	for (long i = least; i < most && !r->error; i++) {
		size_t again = r->p->n;
		copy_code(r, start, n);
		if (!optional)
			make_optional(r, again, false);
	}
}

static void parse_repeated(struct parser *r, bool first)
{
	size_t start = r->p->n;
	long least, most;
	parse_atom(r, first);
	while (!r->error) {
		if (*r->at == '*' && !(first && r->p->n == start + 1 && r->p->code[start].op == OP_START && !r->extended)) {
			r->at++;
			repeat(r, start, 0, -1);
		} else if (take(r, '+')) {
			repeat(r, start, 1, -1);
		} else if (take(r, '?')) {
			repeat(r, start, 0, 1);
		} else if (take(r, '{')) {
			parse_counts(r, &least, &most);
			if (!r->error)
				repeat(r, start, least, most);
		} else {
			return;
		}
	}
}

static void parse_alternatives(struct parser *r)
{
	size_t start = r->p->n;
	for (bool first = true; !r->error && !at_branch_end(r); first = false)
		parse_repeated(r, first);
	if (r->error || !take(r, '|'))
		return;
	insert(r, start, (struct inst){ OP_SPLIT, start + 1, 0 });
	size_t jump = r->p->n;
	emit(r, OP_JUMP, 0, 0);
	if (r->error)
		return;
	r->p->code[start].y = r->p->n;
	parse_alternatives(r);
	if (!r->error)
		r->p->code[jump].x = r->p->n;
}

struct pattern *pattern_compile(const char *text, int flags, const char **error)
{
	struct pattern *p = calloc(1, sizeof *p);
	struct parser r = { p, text, text, flags & PATTERN_EXTENDED, 0, p ? NULL : "out of memory" };
	if (!p) {
		*error = r.error;
		return NULL;
	}
	p->ignore_case = flags & PATTERN_IGNORE_CASE;
	if (flags & PATTERN_WHOLE)
		emit(&r, OP_START, 0, 0);
	if (flags & PATTERN_PLAIN)
		for (; *text; text++)
			emit(&r, OP_BYTE, (unsigned char)(p->ignore_case ? tolower((unsigned char)*text) : *text), 0);
	else
		parse_alternatives(&r);
	if (!r.error && *r.at && !(flags & PATTERN_PLAIN))
		fail(&r, ") has no (");
	if (flags & PATTERN_WHOLE)
		emit(&r, OP_END, 0, 0);
	emit(&r, OP_MATCH, 0, 0);
	if (!r.error && !(p->run = pattern_run_make(p)))
		r.error = "out of memory";
	*error = r.error;
	if (!r.error)
		return p;
	pattern_free(p);
	return NULL;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	free(p->code);
	free(p->sets);
	pattern_run_free(p->run);
	free(p);
}
