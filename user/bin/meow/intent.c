/* See intent.h. */
#include "intent.h"
#include <stdlib.h>
#include <string.h>
#include "words.h"

/* Words all of which must be there, | between those of which one is enough. # is a number, @ a program that runs; each of them says so much that
 * it counts as two. Of rules that say as much the first has it; INTENT_EXPLAIN stands for the texts and their names below. */
static const struct rule { enum intent intent; const char *words; } rules[] = {
	{ INTENT_HELLO, "hello|hi|hey|thanks|thank|meow" }, { INTENT_HELLO, "hello|hi|hey|thanks|thank meow" },
	{ INTENT_HELP, "help" }, { INTENT_HELP, "what can|could you" }, { INTENT_HELP, "who|what are you" },
	{ INTENT_HEALTH, "healthy|health|okay|errors|error|failures|corruption|corrupt|corrupted|overwritten" },
	{ INTENT_HEALTH, "memory|ram|machine|system|kernel healthy|health|okay|fine|errors|failures" },
	{ INTENT_HOLES, "holes|hole|gaps|regions|maps|addresses #|@" }, { INTENT_HOLES, "address space #|@" },
	{ INTENT_FRAME, "frame|pfn|page|physical #" }, { INTENT_FRAME, "who|which|what owns|maps #" },
	{ INTENT_DID, "did|does do" }, { INTENT_DID, "what did|does do" }, { INTENT_DID, "what happened|happen to|with" }, { INTENT_DID, "what is doing" },
	{ INTENT_DID, "why die|died|dies|crash|crashed|killed|ended|end|stopped|gone" },
	{ INTENT_FAIL, "malloc|calloc|realloc|allocation|allocations|mmap fail|fails|failed|failing|null|refused|refuse" }, { INTENT_FAIL, "enomem" },
	{ INTENT_FAIL, "why malloc|calloc|realloc|allocation|allocations|mmap fail|fails|failed|failing|null|refused|refuse" },
	{ INTENT_FAIL, "why program|process crash|crashed|die|died|killed|fail|failed|end|ended" }, { INTENT_FAIL, "can|cannot allocate" },
	{ INTENT_FAIL, "why out|no memory" },
	{ INTENT_TOP, "top" }, { INTENT_TOP, "largest|biggest process|program|processes|programs" }, { INTENT_TOP, "process|program|processes|programs most" },
	{ INTENT_TOP, "who|what|which use|uses|using|has|takes|eats most" }, { INTENT_TOP, "who|which uses" }, { INTENT_TOP, "most memory|ram" },
	{ INTENT_WHY_PRESSURE, "pressure why|high|low|medium|critical|much" }, { INTENT_WHY_PRESSURE, "pressure why high|low|medium|critical" },
	{ INTENT_WHY_PRESSURE, "why memory|ram" }, { INTENT_WHY_PRESSURE, "why memory|ram full|used|high|low|gone|left|little|much" },
	{ INTENT_WHY_PRESSURE, "memory|ram full" }, { INTENT_WHY_PRESSURE, "where memory|ram" },
	{ INTENT_WHY_PRESSURE, "what|who uses|using|takes|eats|holds memory|ram" },
	{ INTENT_PROCESS, "process|pid|program|task #|@" }, { INTENT_PROCESS, "about|what process|pid|program|task #|@" },
	{ INTENT_EXPLAIN, NULL },
	{ INTENT_PROCESS, "about|what #|@" },
	{ INTENT_PROCESS, "memory|ram|big|large|resident|use|uses|using #|@" }, { INTENT_PROCESS, "how much memory|ram #|@" },
	{ INTENT_MEMORY, "memory|ram|free" }, { INTENT_MEMORY, "memory|ram free|available|used|left|total|size|there" },
	{ INTENT_MEMORY, "how much memory|ram" }, { INTENT_MEMORY, "how much free|available|used|left" },
	{ INTENT_MEMORY, "how much memory|ram free|available|used|left" }, { INTENT_MEMORY, "how big|large memory|ram|machine" },
	{ INTENT_KNOBS, "knobs|knob|settings|setting|policy|policies|mode|modes" }, { INTENT_KNOBS, "what|which policy|mode|settings" },
};
enum { RULES = sizeof rules / sizeof *rules };

/* Other names of texts. */
static const struct alias { const char *words, *topic; } aliases[] = {
	{ "page|pages|frame|frames", "page" }, { "page fault|faults", "fault" }, { "fault|faults|segfault|sigsegv", "fault" },
	{ "page table|tables", "pagetable" }, { "copy write", "fork" }, { "cow|copy-on-write", "fork" }, { "virtual memory|address|addresses", "address" },
	{ "address space|spaces", "address" }, { "rss|vsz|vsize|resident", "resident" }, { "heap|malloc|calloc|realloc|chunk", "malloc" },
	{ "cache|caches|cached|buffers", "cache" }, { "page cache", "cache" }, { "mmap|munmap|mapping|mappings", "mmap" },
	{ "swap|swapping|swapped", "swap" }, { "slow|slowly|slower", "slow" }, { "fragmented|fragments|contiguous", "fragmentation" },
	{ "largest|biggest free|block|run|piece", "fragmentation" }, { "largest|biggest free block|run|piece", "fragmentation" },
	{ "out memory", "oom" }, { "killer", "oom" }, { "marks|mark|watermarks", "watermark" }, { "leak|leaks|leaking|leaked", "leak" },
	{ "kernel memory", "kernel" }, { "kernel use|uses|using", "kernel" }, { "kernel much memory", "kernel" }, { "region|regions|vma|vmas", "address" },
	{ "segment|segments pool|pools", "segpool" }, { "ledger|ledgers", "segpool" }, { "processes|tasks", "processes" },
	{ "how many process|programs", "processes" }, { "what is process", "processes" }, { "cpus|cores|processors|harts", "cpu" },
};
enum { ALIASES = sizeof aliases / sizeof *aliases };

/* They go with a text that is named. */
static const char asking[] = "explain what whats how tell about describe show is are define give";
/* Not the subject of anything, and not misspelt. */
static const char fillers[] = "a an the i me my you your it its this that these those there here to of in on at by for from with and or not no be been "
	"was were will would should could can may do does did doing done have has had get got give gave go goes make made take please just now then "
	"than when where which who whom why what how is are much many more some any all if so as about tell show explain describe define between "
	"happen happened happens die died dies crashed killed end ended stopped gone fail failed fails program process work works like want need "
	"know mean means only them they their into over same such very still even also well back out up";
/* Words, programs among them, that are near to ones above. */
static const char others[] = "find time name line read head lead case cash";

/* ---- rules ---- */

static bool has_one_of(const struct words *w, const struct lexicon *lex, const char *group, size_t n, bool has_number)
{
	char alternatives[200];
	memcpy(alternatives, group, n);
	alternatives[n] = 0;
	if (has_number && words_list_has(alternatives, "|", "#"))
		return true;
	bool programs = words_list_has(alternatives, "|", "@");
	for (size_t i = 0; i < w->n; i++)
		if (words_list_has(alternatives, "|", w->read[i]) || (programs && words_list_has(lex->programs, " ", w->typed[i])))
			return true;
	return false;
}

/* 0 if one of the rule's words is not there, else how much it says. */
static unsigned says(const char *rule, const struct words *w, const struct lexicon *lex, bool has_number)
{
	unsigned score = 0;
	for (const char *p = rule; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		if (!has_one_of(w, lex, p, n, has_number))
			return 0;
		score += *p == '#' ? 2 : 1;
		p += n;
	}
	return score;
}

/* ---- texts ---- */

/* The text that word names, in one or in many. False: there is none. */
static bool names_topic(const struct lexicon *lex, const char *word, char *out)
{
	size_t n = strlen(word);
	strcpy(out, word);
	if (words_list_has(lex->topics, " ", out))
		return true;
	out[n && out[n - 1] == 's' ? n - 1 : n] = 0;
	return words_list_has(lex->topics, " ", out);
}

/* How much the question says of a text: its own name two, other words as many as they are and one. */
static unsigned find_topic(const struct words *w, const struct lexicon *lex, char *out)
{
	unsigned best = 0;
	char name[WORD_BYTES];
	for (size_t i = 0; i < ALIASES; i++) {
		unsigned score = says(aliases[i].words, w, lex, false);
		if (score && score + 1 > best && words_list_has(lex->topics, " ", aliases[i].topic)) {
			best = score + 1;
			strcpy(out, aliases[i].topic);
		}
	}
	for (size_t i = 0; i < w->n && best < 2; i++)
		if (names_topic(lex, w->read[i], name)) {
			best = 2;
			strcpy(out, name);
		}
	for (size_t i = 0; best && i < w->n; i++)
		if (words_list_has(asking, " ", w->read[i]))
			return best + 1;
	return best;
}

static bool asks_for_text(const struct words *w)
{
	return w->n && (!strcmp(w->read[0], "explain") || !strcmp(w->read[0], "describe") || !strcmp(w->read[0], "define")
			|| (w->n > 2 && !strcmp(w->read[0], "what") && (!strcmp(w->read[1], "is") || !strcmp(w->read[1], "are"))));
}

/* ---- slips ---- */

static bool is_known(const char *word, const struct lexicon *lex)
{
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].words && words_list_has(rules[i].words, " |", word))
			return true;
	for (size_t i = 0; i < ALIASES; i++)
		if (words_list_has(aliases[i].words, " |", word))
			return true;
	char topic[WORD_BYTES];
	return words_list_has(fillers, " ", word) || words_list_has(asking, " ", word) || words_list_has(others, " ", word)
		|| words_list_has(lex->programs, " ", word) || names_topic(lex, word, topic);
}

static bool find_near(const char *word, const struct lexicon *lex, char *out)
{
	unsigned distance = words_tolerance(strlen(word)) + 1;
	bool found = words_nearest(lex->topics, " ", word, &distance, out);
	for (size_t i = 0; i < ALIASES; i++)
		found |= words_nearest(aliases[i].words, " |", word, &distance, out);
	for (size_t i = 0; i < RULES; i++)
		found |= rules[i].words && words_nearest(rules[i].words, " |", word, &distance, out);
	return words_nearest(asking, " ", word, &distance, out) || found;
}

static void correct(struct words *w, const struct lexicon *lex, struct question *q)
{
	for (size_t i = 0; i < w->n; i++) {
		bool number = w->typed[i][0] >= '0' && w->typed[i][0] <= '9';
		if (number || is_known(w->typed[i], lex) || !find_near(w->typed[i], lex, w->read[i]) || *q->typed)
			continue;
		strcpy(q->typed, w->typed[i]);
		strcpy(q->read, w->read[i]);
	}
}

/* ---- what is in it ---- */

static void take_number(const struct words *w, struct question *q)
{
	for (size_t i = 0; i < w->n && !q->has_number; i++) {
		char *end;
		const char *s = w->typed[i];
		bool hex = s[0] == '0' && s[1] == 'x';
		q->number = strtoul(s, &end, hex ? 16 : 10);
		q->has_number = *s >= '0' && *s <= '9' && !*end && (!hex || s[2]);
	}
}

static void take_names(const struct words *w, const struct lexicon *lex, struct question *q)
{
	char topic[WORD_BYTES];
	for (size_t i = 0; i < w->n; i++) {
		if (!*q->program && words_list_has(lex->programs, " ", w->typed[i]))
			strcpy(q->program, w->typed[i]);
		if (!*q->subject && !words_list_has(fillers, " ", w->read[i]))
			strcpy(q->subject, names_topic(lex, w->read[i], topic) ? w->read[i] : w->typed[i]);
	}
}

static unsigned score_of(const struct rule *r, const struct words *w, const struct lexicon *lex, const struct question *q)
{
	unsigned score = says(r->words, w, lex, q->has_number);
	return r->intent == INTENT_DID && !*q->subject ? 0 : score;
}

void intent_of(const char *line, const struct lexicon *lex, struct question *q)
{
	struct words w;
	char topic[WORD_BYTES];
	unsigned best = 0;
	memset(q, 0, sizeof *q);
	words_split(line, &w);
	correct(&w, lex, q);
	take_number(&w, q);
	take_names(&w, lex, q);
	for (size_t i = 0; i < RULES; i++) {
		unsigned score = rules[i].words ? score_of(&rules[i], &w, lex, q) : find_topic(&w, lex, topic);
		if (score > best) {
			best = score;
			q->intent = rules[i].intent;
		}
	}
	if (q->intent == INTENT_EXPLAIN)
		strcpy(q->subject, topic);
	else if (!best && asks_for_text(&w))
		q->intent = INTENT_EXPLAIN;
}
