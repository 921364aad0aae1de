/* See intent.h. */
#include "intent.h"
#include <stdlib.h>
#include <string.h>

enum { WORDS = 32, WORD_BYTES = 24 };
struct words { char word[WORDS][WORD_BYTES]; size_t n; };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (unsigned char)c >= 0x80; }

/* In small letters; a word that is too long is cut. */
static void split(const char *line, struct words *w)
{
	w->n = 0;
	for (const char *p = line; *p && w->n < WORDS;) {
		size_t n = 0;
		for (; *p && is_letter(lower(*p)); p++)
			if (n + 1 < WORD_BYTES)
				w->word[w->n][n++] = lower(*p);
		w->word[w->n][n] = 0;
		if (n)
			w->n++;
		else
			p++;
	}
}

/* Words that speak for an intent, and how much. */
static const struct clue { const char *word; enum intent intent; int weight; } clues[] = {
	{ "hello", INTENT_HELLO, 2 }, { "hi", INTENT_HELLO, 2 }, { "meow", INTENT_HELLO, 2 }, { "thanks", INTENT_HELLO, 2 },
	{ "help", INTENT_HELP, 3 }, { "can", INTENT_HELP, 1 },
	{ "why", INTENT_WHY_PRESSURE, 2 }, { "pressure", INTENT_WHY_PRESSURE, 2 }, { "used", INTENT_WHY_PRESSURE, 1 },
	{ "full", INTENT_WHY_PRESSURE, 2 },
	{ "memory", INTENT_WHY_PRESSURE, 1 }, { "high", INTENT_WHY_PRESSURE, 1 }, { "low", INTENT_WHY_PRESSURE, 1 },
	{ "explain", INTENT_EXPLAIN, 5 }, { "what", INTENT_EXPLAIN, 1 }, { "is", INTENT_EXPLAIN, 1 }, { "are", INTENT_EXPLAIN, 1 },
	{ "how", INTENT_EXPLAIN, 2 },
	{ "holes", INTENT_HOLES, 2 }, { "hole", INTENT_HOLES, 2 }, { "of", INTENT_HOLES, 1 }, { "show", INTENT_HOLES, 1 },
	{ "address", INTENT_HOLES, 1 },
	{ "frame", INTENT_FRAME, 3 }, { "pfn", INTENT_FRAME, 3 }, { "owns", INTENT_FRAME, 2 }, { "who", INTENT_FRAME, 1 }, { "page", INTENT_FRAME, 1 },
	{ "did", INTENT_DID, 3 }, { "happened", INTENT_DID, 3 }, { "doing", INTENT_DID, 3 }, { "does", INTENT_DID, 2 },
	{ "most", INTENT_TOP, 3 }, { "biggest", INTENT_TOP, 4 }, { "largest", INTENT_TOP, 3 }, { "top", INTENT_TOP, 3 }, { "who", INTENT_TOP, 1 },
	{ "processes", INTENT_TOP, 2 }, { "uses", INTENT_TOP, 2 },
	{ "health", INTENT_HEALTH, 4 }, { "healthy", INTENT_HEALTH, 4 }, { "leak", INTENT_HEALTH, 3 }, { "errors", INTENT_HEALTH, 3 },
	{ "failures", INTENT_HEALTH, 3 }, { "failed", INTENT_HEALTH, 2 },
	{ "knobs", INTENT_KNOBS, 4 }, { "policy", INTENT_KNOBS, 3 }, { "settings", INTENT_KNOBS, 4 }, { "mode", INTENT_KNOBS, 3 },
};

/* What holds an intent up: without a number there are no holes of a process and no frame. */
static bool is_possible(enum intent i, const struct question *q)
{
	return (i != INTENT_HOLES && i != INTENT_FRAME) || q->has_number;
}

static enum intent best(const struct words *w, const struct question *q)
{
	int score[INTENT_KNOBS + 1] = { 0 };
	enum intent found = INTENT_NONE;
	for (size_t i = 0; i < w->n; i++)
		for (size_t c = 0; c < sizeof clues / sizeof *clues; c++)
			if (!strcmp(clues[c].word, w->word[i]))
				score[clues[c].intent] += clues[c].weight;
	for (enum intent i = INTENT_HELLO; i <= INTENT_KNOBS; i++)
		if (score[i] >= 2 && score[i] > (found ? score[found] : 0) && is_possible(i, q))
			found = i;
	return found;
}

static void take_number(const struct words *w, struct question *q)
{
	for (size_t i = 0; i < w->n && !q->has_number; i++) {
		char *end;
		const char *s = w->word[i];
		bool hex = s[0] == '0' && s[1] == 'x';
		q->number = strtoul(s, &end, hex ? 16 : 10);
		q->has_number = *s >= '0' && *s <= '9' && !*end && (!hex || s[2]);
	}
}

/* Words that are not the subject of anything. */
static bool is_filler(const char *s)
{
	static const char *const fillers[] = { "explain", "what", "is", "are", "how", "the", "a", "an", "did", "do", "does", "doing", "me", "to",
					       "please", "happened", "with", "work", "works", "of", "it", "here", "now", "just" };
	for (size_t i = 0; i < sizeof fillers / sizeof *fillers; i++)
		if (!strcmp(s, fillers[i]))
			return true;
	return false;
}

static void take_subject(const struct words *w, struct question *q)
{
	for (size_t i = 0; i < w->n && !*q->subject; i++)
		if (!is_filler(w->word[i]))
			strcpy(q->subject, w->word[i]);
}

void intent_of(const char *line, struct question *out)
{
	struct words w;
	memset(out, 0, sizeof *out);
	split(line, &w);
	take_number(&w, out);
	take_subject(&w, out);
	out->intent = best(&w, out);
}
