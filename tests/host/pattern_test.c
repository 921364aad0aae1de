/* Regular expressions of programs (user/libc/pattern*.c) against a search that tries one way after another, and against the host's regexec();
 * and that no pattern makes a search long. */
#include "support.h"
#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#undef fail
#include "../../user/libc/pattern.c"
#include "../../user/libc/pattern_match.c"

/* ---- the model: depth first, each place at each byte once ---- */

enum { LINE_MOST = 24, CODE_MOST = 400 };

static struct model { const struct pattern *p; const char *line; const char *slots[2 * PATTERN_GROUPS]; bool been[CODE_MOST][LINE_MOST + 1]; } model;

static bool model_at(size_t place, const char *s)
{
	const struct inst *i = &model.p->code[place];
	if (model.been[place][s - model.line])
		return false;
	model.been[place][s - model.line] = true;
	switch (i->op) {
	case OP_MATCH: model.slots[1] = s; return true;
	case OP_START: return s == model.line && model_at(place + 1, s);
	case OP_END: return !*s && model_at(place + 1, s);
	case OP_JUMP: return model_at(i->x, s);
	case OP_SPLIT: return model_at(i->x, s) || model_at(i->y, s);
	case OP_SAVE: {
		const char *old = model.slots[i->x];
		model.slots[i->x] = s;
		if (model_at(place + 1, s))
			return true;
		model.slots[i->x] = old;
		return false;
	}
	default: return takes_byte(model.p, i, *s) && model_at(place + 1, s + 1);
	}
}

static bool model_find(const struct pattern *p, const char *line, const char *from)
{
	CHECK(p->n <= CODE_MOST);
	memset(&model, 0, sizeof model);
	model.p = p;
	model.line = line;
	for (const char *s = from; *s || s == from || s[-1]; s++) {
		memset(model.slots, 0, sizeof model.slots);
		model.slots[0] = s;
		if (model_at(0, s))
			return true;
		if (!*s)
			break;
	}
	return false;
}

/* ---- random patterns and lines ---- */

static size_t add(char *out, size_t at, const char *text)
{
	strcpy(out + at, text);
	return at + strlen(text);
}

static size_t some_atom(char *out, size_t at, unsigned depth);

static size_t some_branch(char *out, size_t at, unsigned depth)
{
	static const char *const repeats[] = { "*", "+", "?", "{2}", "{0,2}", "{1,}" };
	for (uint64_t n = 1 + rnd(3); n; n--) {
		at = some_atom(out, at, depth);
		if (rnd(2))
			at = add(out, at, repeats[rnd(6)]);
	}
	return at;
}

static size_t some_atom(char *out, size_t at, unsigned depth)
{
	static const char *const atoms[] = { "a", "b", "c", ".", "[ab]", "[^a]", "[[:alpha:]]", "a", "b" };
	if (depth && rnd(3) == 0) {
		at = add(out, at, "(");
		at = some_branch(out, at, depth - 1);
		if (rnd(2)) {
			at = add(out, at, "|");
			at = some_branch(out, at, depth - 1);
		}
		return add(out, at, ")");
	}
	return add(out, at, atoms[rnd(9)]);
}

static const char *some_pattern(void)
{
	static char text[400];
	size_t at = 0;
	if (rnd(8) == 0)
		at = add(text, at, "^");
	at = some_branch(text, at, 2);
	if (rnd(8) == 0)
		add(text, at, "$");
	return text;
}

static const char *some_line(size_t most)
{
	static char line[LINE_MOST + 1];
	size_t n = rnd(most + 1);
	for (size_t i = 0; i < n; i++)
		line[i] = "abcab1"[rnd(6)];
	line[n] = 0;
	return line;
}

static void check_steps(const struct pattern *p, const char *line)
{
	uint64_t most = (uint64_t)p->n * (strlen(line) + 1);
	CHECK(pattern_steps(p) <= most, "%llu steps, %llu at most", (unsigned long long)pattern_steps(p), (unsigned long long)most);
}

static void check_against_model(const struct pattern *p, const char *text, const char *line, const char *from)
{
	struct span got[PATTERN_GROUPS];
	bool hit = pattern_find(p, line, from, got), want = model_find(p, line, from);
	CHECK(hit == want, "'%s' in '%s' from %td", text, line, from - line);
	check_steps(p, line);
	for (size_t i = 0; hit && i < PATTERN_GROUPS; i++) {
		const char *end = model.slots[2 * i + 1], *start = end ? model.slots[2 * i] : NULL;
		CHECK(got[i].start == start && got[i].end == end, "'%s' in '%s': group %zu", text, line, i);
	}
}

static void as_the_model(void **state)
{
	(void)state;
	for (int step = 0; step < 20000; step++) {
		const char *text = some_pattern(), *error;
		struct pattern *p = pattern_compile(text, PATTERN_EXTENDED | (rnd(4) ? 0 : PATTERN_IGNORE_CASE), &error);
		if (!p)
			continue;	/* too many groups */
		for (int i = 0; i < 6 && p->n <= CODE_MOST; i++) {
			const char *line = some_line(LINE_MOST);
			check_against_model(p, text, line, line + rnd(strlen(line) + 1));
		}
		pattern_free(p);
	}
}

/* Which match is taken may differ, the longest or the first; whether there is one, and where it begins, may not. */
static void as_the_host(void **state)
{
	(void)state;
	for (int step = 0; step < 8000; step++) {
		const char *text = some_pattern(), *error;
		struct pattern *p = pattern_compile(text, PATTERN_EXTENDED, &error);
		regex_t host;
		if (!p)
			continue;
		assert_int_equal(regcomp(&host, text, REG_EXTENDED), 0);
		for (int i = 0; i < 6; i++) {
			const char *line = some_line(10);
			struct span got[PATTERN_GROUPS];
			regmatch_t want;
			bool hit = pattern_find(p, line, line, got);
			CHECK(hit == !regexec(&host, line, 1, &want, 0), "'%s' in '%s'", text, line);
			CHECK(!hit || got[0].start == line + want.rm_so, "'%s' in '%s'", text, line);
		}
		regfree(&host);
		pattern_free(p);
	}
}

/* What takes 2 to the power of the line's length where one way is tried after the other. */
static void never_long(void **state)
{
	(void)state;
	static const char *const texts[] = { "(a*)*b", "(a+)+b", "(a|a)*b", "a*a*a*a*a*a*a*a*b", "(a?){30}a{30}b", "(((a*)*)*)*b", "(.*)(.*)(.*)(.*)b", "([a-z]+)*\\.b" };
	static char line[5001];
	memset(line, 'a', sizeof line - 1);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		const char *error;
		struct span got[PATTERN_GROUPS];
		struct pattern *p = pattern_compile(texts[i], PATTERN_EXTENDED, &error);
		CHECK(p, "%s: %s", texts[i], error);
		CHECK(!pattern_find(p, line, line, got), "%s", texts[i]);
		check_steps(p, line);
		pattern_free(p);
	}
}

static void many_loops(void **state)
{
	(void)state;
	char text[1000] = "", line[400] = "";
	const char *error;
	for (size_t i = 0; i < 300; i++)
		strcat(text, "a*"), strcat(line, "a");
	struct pattern *p = pattern_compile(text, 0, &error);
	struct span got[PATTERN_GROUPS];
	CHECK(p && pattern_find(p, line, line, got) && got[0].start == line && got[0].end == line + 300);
	check_steps(p, line);
	pattern_free(p);
	CHECK(!pattern_compile("((((((((((a))))))))))", PATTERN_EXTENDED, &error) && !strcmp(error, "too many groups"));
	static const char *const no_counts[] = { "a{-1}", "a{+1}", "a{ 1}", "a{}", "a{x}", "a{1,-2}", "a{2,1}" };
	for (size_t i = 0; i < sizeof no_counts / sizeof *no_counts; i++)
		CHECK(!pattern_compile(no_counts[i], PATTERN_EXTENDED, &error) && !strcmp(error, "{ } holds no counts"));
	CHECK(!pattern_compile("((a{255}){255}){255}", PATTERN_EXTENDED, &error) && !strcmp(error, "the pattern is too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(as_the_model), cmocka_unit_test(as_the_host), cmocka_unit_test(never_long),
		cmocka_unit_test(many_loops) };
	return RUN_TESTS(tests);
}
