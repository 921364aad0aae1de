/* Regular expressions: the program of pattern_priv.h is run over a line. The ways not yet tried are kept on a stack of its own, so that a long line
 * costs heap and no recursion. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "pattern_priv.h"

/* A way not yet tried: place at s; or, with slot: what a slot held before it was changed on the way that failed. */
struct way { size_t place; const char *s; size_t slot; };
struct run { struct way *ways; size_t n, room; const char *slots[SLOTS]; };
enum { NO_SLOT = SLOTS };

static bool push(struct run *r, size_t place, const char *s, size_t slot)
{
	if (r->n == r->room) {
		size_t room = r->room ? r->room * 2 : 64;
		struct way *ways = realloc(r->ways, room * sizeof *ways);
		if (!ways)
			return false;
		r->ways = ways;
		r->room = room;
	}
	r->ways[r->n++] = (struct way){ place, s, slot };
	return true;
}

/* The next way that waits; false: there is none. */
static bool pop(struct run *r, size_t *place, const char **s)
{
	while (r->n) {
		struct way *w = &r->ways[--r->n];
		if (w->slot == NO_SLOT) {
			*place = w->place;
			*s = w->s;
			return true;
		}
		r->slots[w->slot] = w->s;
	}
	return false;
}

static bool takes_byte(const struct pattern *p, const struct inst *i, char c)
{
	if (!c)
		return false;
	if (i->op == OP_SET)
		return set_has(&p->sets[i->x], (unsigned char)c);
	return i->op == OP_ANY || (size_t)(unsigned char)(p->ignore_case ? tolower((unsigned char)c) : c) == i->x;
}

/* One step; false: this way fails. */
static bool step(const struct pattern *p, struct run *r, const char *line, size_t *place, const char **s)
{
	const struct inst *i = &p->code[(*place)++];
	switch (i->op) {
	case OP_START: return *s == line;
	case OP_END: return !**s;
	case OP_EMPTY_CHECK: return r->slots[i->x] != *s;
	case OP_JUMP: *place = i->x; return true;
	case OP_SPLIT: *place = i->x; return push(r, i->y, *s, NO_SLOT);
	case OP_SAVE:
		if (!push(r, 0, r->slots[i->x], i->x))
			return false;
		r->slots[i->x] = *s;
		return true;
	default: return takes_byte(p, i, *(*s)++);
	}
}

static bool match_at(const struct pattern *p, struct run *r, const char *line, const char *s)
{
	size_t place = 0;
	r->n = 0;
	memset(r->slots, 0, sizeof r->slots);
	r->slots[0] = s;
	while (p->code[place].op != OP_MATCH)
		if (!step(p, r, line, &place, &s) && !pop(r, &place, &s))
			return false;
	r->slots[1] = s;
	return true;
}

bool pattern_find(const struct pattern *p, const char *line, const char *from, struct span *groups)
{
	struct run r = { 0 };
	bool hit = false;
	for (const char *s = from; !(hit = match_at(p, &r, line, s)) && *s; s++)
		;
	for (size_t i = 0; i < PATTERN_GROUPS && hit && groups; i++)
		groups[i] = (struct span){ r.slots[2 * i + 1] ? r.slots[2 * i] : NULL, r.slots[2 * i + 1] };
	free(r.ways);
	return hit;
}
