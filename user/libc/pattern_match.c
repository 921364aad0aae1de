/* Regular expressions: the program of pattern_priv.h is run over a line by as many threads at once as have somewhere to be (K. Thompson,
 * "Regular Expression Search Algorithm", CACM 1968; groups and order after R. Cox, "Regular Expression Matching: the Virtual Machine
 * Approach", 2009). A place is entered once for each byte of the line, whoever comes first, so the work is at most places times bytes, where
 * trying one way after another may take 2 to the power of bytes. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "pattern_priv.h"

/* Threads that wait at instructions that take a byte, or at OP_MATCH; the first is the one that counts if it matches. */
struct threads { size_t n, *places; const char **slots; };
/* What is to be done when the way in hand is at its end: go on at place, or, with a slot, put back what it held. */
struct later { size_t place, slot; const char *old; };
enum { NO_SLOT = 2 * PATTERN_GROUPS };

struct run {
	size_t nslots;		/* of each thread: where its groups begin and end */
	struct threads now, next;
	struct threads *to;	/* those that are being added to */
	const char *line;
	struct later *later;
	size_t nlater;
	uint64_t *seen, round;	/* by place: the last round in which it was entered */
	uint64_t steps;
};

static bool threads_make(struct threads *t, size_t n, size_t nslots)
{
	t->places = calloc(n, sizeof *t->places);
	t->slots = calloc(n * nslots, sizeof *t->slots);
	return t->places && t->slots;
}

struct run *pattern_run_make(const struct pattern *p)
{
	struct run *r = calloc(1, sizeof *r);
	if (!r)
		return NULL;
	r->nslots = 2 * (p->ngroups + 1);
	r->later = calloc(p->n + 1, sizeof *r->later);
	r->seen = calloc(p->n, sizeof *r->seen);
	if (threads_make(&r->now, p->n, r->nslots) && threads_make(&r->next, p->n, r->nslots) && r->later && r->seen)
		return r;
	pattern_run_free(r);
	return NULL;
}

void pattern_run_free(struct run *r)
{
	if (!r)
		return;
	free(r->now.places);
	free(r->now.slots);
	free(r->next.places);
	free(r->next.slots);
	free(r->later);
	free(r->seen);
	free(r);
}

uint64_t pattern_steps(const struct pattern *p) { return p->run->steps; }

static bool takes_byte(const struct pattern *p, const struct inst *i, char c)
{
	if (!c)
		return false;
	if (i->op == OP_SET)
		return set_has(&p->sets[i->x], (unsigned char)c);
	return i->op == OP_ANY || (size_t)(unsigned char)(p->ignore_case ? tolower((unsigned char)c) : c) == i->x;
}

static void enter_later(struct run *r, size_t place, size_t slot, const char *old)
{
	r->later[r->nlater++] = (struct later){ place, slot, old };
}

static void threads_add(struct run *r, size_t place, const char **slots)
{
	struct threads *t = r->to;
	memcpy(t->slots + t->n * r->nslots, slots, r->nslots * sizeof *slots);
	t->places[t->n++] = place;
}

/* From place on, at s, to the next instruction that takes a byte, which gets a thread, or to one that was entered before in this round. */
static void go(const struct pattern *p, size_t place, const char *s, const char **slots)
{
	struct run *r = p->run;
	while (r->seen[place] != r->round) {
		const struct inst *i = &p->code[place];
		r->seen[place++] = r->round;
		r->steps++;
		switch (i->op) {
		case OP_START:
			if (s != r->line)
				return;
			break;
		case OP_END:
			if (*s)
				return;
			break;
		case OP_JUMP: place = i->x; break;
		case OP_SPLIT:
			enter_later(r, i->y, NO_SLOT, NULL);
			place = i->x;
			break;
		case OP_SAVE:
			enter_later(r, 0, i->x, slots[i->x]);
			slots[i->x] = s;
			break;
		default: threads_add(r, place - 1, slots); return;
		}
	}
}

/* All ways from place on. slots is the same afterwards. */
static void follow(const struct pattern *p, size_t place, const char *s, const char **slots)
{
	struct run *r = p->run;
	enter_later(r, place, NO_SLOT, NULL);
	while (r->nlater) {
		struct later *way = &r->later[--r->nlater];
		if (way->slot == NO_SLOT)
			go(p, way->place, s, slots);
		else
			slots[way->slot] = way->old;
	}
}

/* The byte at s, for each thread. True: one is at the end of the program; its slots are in best, and those behind it are given up. */
static bool take_byte(const struct pattern *p, const char *s, const char **best)
{
	struct run *r = p->run;
	r->round++;
	r->next.n = 0;
	r->to = &r->next;
	for (size_t i = 0; i < r->now.n; i++) {
		size_t place = r->now.places[i];
		const char **slots = r->now.slots + i * r->nslots;
		if (p->code[place].op == OP_MATCH) {
			memcpy(best, slots, r->nslots * sizeof *best);
			best[1] = s;
			return true;
		}
		if (takes_byte(p, &p->code[place], *s))
			follow(p, place + 1, s + 1, slots);
	}
	return false;
}

/* No thread is anywhere: the next place where one can begin. NULL: there is none. */
static const char *next_start(const struct pattern *p, const char *s)
{
	return p->code[0].op == OP_BYTE && !p->ignore_case ? strchr(s, (int)p->code[0].x) : s;
}

bool pattern_find(const struct pattern *p, const char *line, const char *from, struct span *groups)
{
	struct run *r = p->run;
	const char *best[2 * PATTERN_GROUPS] = { NULL };
	bool hit = false;
	r->line = line;
	r->now.n = r->steps = 0;
	r->round++;
	for (const char *s = from; s; s++) {
		if (!r->now.n && (hit || !(s = next_start(p, s))))
			break;
		if (!hit) {
			const char *slots[2 * PATTERN_GROUPS] = { s };
			r->to = &r->now;
			follow(p, 0, s, slots);
		}
		hit |= take_byte(p, s, best);
		struct threads now = r->now;
		r->now = r->next;
		r->next = now;
		if (!*s)
			break;
	}
	for (size_t i = 0; i < PATTERN_GROUPS && hit && groups; i++)
		groups[i] = (struct span){ best[2 * i + 1] ? best[2 * i] : NULL, best[2 * i + 1] };
	return hit;
}
