/* meow's text: UTF-8, wrapping, keys, the editor, what a question is about, the configuration. As in the program, without its screen. */
#include "support.h"
#include <dirent.h>
#include <stdio.h>
#include "../../user/libc/utf8.c"
#include "../../user/bin/meow/wrap.c"
#include "../../user/bin/meow/keys.c"
#include "../../user/bin/meow/cat.c"
#define erase editor_erase
#define insert editor_insert
#include "../../user/bin/meow/editor.c"
#define is_letter words_is_letter
#include "../../user/bin/meow/words.c"
#define take_number intent_take_number
#include "../../user/bin/meow/intent.c"
#undef take_number
#define set config_set
#include "../../user/bin/meow/config.c"

/* In a block of its own size, so that the sanitizer sees a read beyond it. */
static char *exact(const char *s, size_t n) { return memcpy(malloc(n ? n : 1), s, n); }

/* ---- UTF-8 ---- */

static void test_every_code_point_there_and_back(void **state)
{
	(void)state;
	for (uint32_t cp = 0; cp <= 0x10ffff; cp++) {
		char bytes[4];
		size_t len, n = utf8_encode(cp, bytes);
		uint32_t want = cp >= 0xd800 && cp < 0xe000 ? UTF8_BAD : cp;
		assert_int_equal(utf8_decode(bytes, n, &len), want);
		assert_int_equal(len, n);
		for (size_t cut = 1; cut < n; cut++) {
			char *s = exact(bytes, cut);
			assert_int_equal(utf8_decode(s, cut, &len), UTF8_BAD);
			assert_int_equal(len, 1);
			free(s);
		}
	}
}

static void test_bad_bytes_are_one_each(void **state)
{
	static const char *const bad[] = { "\x80", "\xbf", "\xc0\xaf", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
					   "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x28\xa1", "\xe2\x82" };
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		size_t len, n = strlen(bad[i]);
		char *s = exact(bad[i], n);
		assert_int_equal(utf8_decode(s, n, &len), UTF8_BAD);
		assert_int_equal(len, 1);
		free(s);
	}
	char bytes[4];
	assert_int_equal(utf8_encode(0x110000, bytes), 3);
	assert_memory_equal(bytes, "\xef\xbf\xbd", 3);
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(utf8_width('a'), 1);
	assert_int_equal(utf8_width('\n'), 0);
	assert_int_equal(utf8_width(0xe9), 1);
	assert_int_equal(utf8_width(0x301), 0);		/* combining acute */
	assert_int_equal(utf8_width(0x732b), 2);	/* cat, in Chinese */
	assert_int_equal(utf8_width(0x1f408), 2);	/* cat, in emoji */
	assert_int_equal(utf8_width(0x2588), 1);
	assert_int_equal(utf8_columns("a\xe7\x8c\xab" "e\xcc\x81", 7), 4);
}

/* Forwards and backwards through the same places, never inside a character, and to the ends. */
static void test_steps_meet(void **state)
{
	static const char text[] = "a\xc3\xa9\xe7\x8c\xab" "e\xcc\x81\xcc\xa7\xf0\x9f\x90\x88z\xff\x80y";
	size_t n = sizeof text - 1, at = 0, starts[32], count = 0;
	char *s = exact(text, n);
	(void)state;
	for (; at < n; at = utf8_next(s, n, at))
		starts[count++] = at;
	assert_int_equal(at, n);
	assert_int_equal(count, 9);
	while (count--) {
		at = utf8_prev(s, at);
		assert_int_equal(at, starts[count]);
	}
	assert_int_equal(utf8_next(s, n, n), n);
	assert_int_equal(utf8_prev(s, 0), 0);
	free(s);
}

/* ---- wrapping ---- */

static void check_rows(const char *text, unsigned cols, const char *const *want)
{
	size_t n = strlen(text), next;
	char *s = exact(text, n);
	for (size_t at = 0; at < n; at += next, want++) {
		size_t len = wrap_row(s + at, n - at, cols, &next);
		assert_non_null(*want);
		assert_int_equal(len, strlen(*want));
		assert_memory_equal(s + at, *want, len);
		assert_true(next > 0 && next <= n - at);
	}
	assert_null(*want);
	free(s);
}

static void test_wrap(void **state)
{
	(void)state;
	check_rows("the cat sat", 8, (const char *[]){ "the cat", "sat", NULL });
	check_rows("the cat sat", 7, (const char *[]){ "the cat", "sat", NULL });
	check_rows("the cat sat", 6, (const char *[]){ "the", "cat", "sat", NULL });
	check_rows("abcdefgh", 3, (const char *[]){ "abc", "def", "gh", NULL });
	check_rows("a\n\nb\n", 10, (const char *[]){ "a", "", "b", NULL });
	check_rows("   deep", 20, (const char *[]){ "   deep", NULL });
	check_rows("\xe7\x8c\xab\xe7\x8c\xab\xe7\x8c\xab", 5, (const char *[]){ "\xe7\x8c\xab\xe7\x8c\xab", "\xe7\x8c\xab", NULL });
	check_rows("\3red\1 cat", 7, (const char *[]){ "\3red\1 cat", NULL });
}

/* Whatever the text: rows cover it but for one blank or newline each, fit, and split no character. */
static void test_wrap_at_random(void **state)
{
	static const char *const pieces[] = { "a", " ", "bb", "\n", "\xc3\xa9", "\xe7\x8c\xab", "e\xcc\x81", "\xf0\x9f\x90\x88", "\2", "\xff", "word" };
	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		char text[400] = "";
		for (int i = rand() % 60; i >= 0; i--)
			strcat(text, pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)]);
		size_t n = strlen(text), at, next;
		unsigned cols = 2 + (unsigned)rand() % 20;
		char *s = exact(text, n);
		for (at = 0; at < n; at += next) {
			size_t len = wrap_row(s + at, n - at, cols, &next);
			assert_true(utf8_columns(s + at, len) <= cols);
			assert_true(next == len || (next == len + 1 && strchr(" \n", s[at + len])));
			assert_true(next && (at + next == n || (s[at + next] & 0xc0) != 0x80 || s[at + next - 1] == '\xff'));
		}
		assert_int_equal(at, n);
		free(s);
	}
}

/* ---- keys ---- */

static void check_keys(const char *bytes, size_t n, const uint32_t *want)
{
	struct keys k = { 0 };
	for (size_t i = 0; i < n; i++) {
		uint32_t key = keys_feed(&k, (unsigned char)bytes[i]);
		if (key != KEY_NONE)
			assert_int_equal(key, *want++);
	}
	assert_int_equal(*want, 0);
}
#define KEYS(text, ...) check_keys(text, sizeof text - 1, (const uint32_t[]){ __VA_ARGS__, 0 })

static void test_keys(void **state)
{
	(void)state;
	KEYS("ab\r\n\x7f", 'a', 'b', KEY_ENTER, KEY_NEWLINE, KEY_BACKSPACE);
	KEYS("\033[A\033[B\033[C\033[D\033OA", KEY_UP, KEY_DOWN, KEY_RIGHT, KEY_LEFT, KEY_UP);
	KEYS("\033[H\033[F\033[1~\033[4~\033[7~\033[8~\033[3~\033[5~\033[6~", KEY_HOME, KEY_END, KEY_HOME, KEY_END, KEY_HOME, KEY_END, KEY_DELETE,
	     KEY_PAGE_UP, KEY_PAGE_DOWN);
	KEYS("\033b\033f\033\r\033[1;3D\033[1;5C", KEY_WORD_LEFT, KEY_WORD_RIGHT, KEY_NEWLINE, KEY_WORD_LEFT, KEY_WORD_RIGHT);
	KEYS("\xc3\xa9\xe7\x8c\xab\xf0\x9f\x90\x88", 0xe9, 0x732b, 0x1f408);
	KEYS("\xc3x\xff\x80y", 'x', UTF8_BAD, UTF8_BAD, 'y');
	KEYS("\033\033[A", KEY_ESC, KEY_UP);
	KEYS("\033[99Zx\033[?25hy\033[1\rz", 'x', 'y', KEY_ENTER, 'z');
	KEYS("\033[1;2;3;4;5;6;7Ax", KEY_UP, 'x');
}

static void test_report_and_lone_escape(void **state)
{
	struct keys k = { 0 };
	(void)state;
	for (const char *s = "\033[50;132"; *s; s++)
		assert_int_equal(keys_feed(&k, (unsigned char)*s), KEY_NONE);
	assert_int_equal(keys_idle(&k), KEY_NONE);
	assert_int_equal(keys_feed(&k, 'R'), KEY_REPORT);
	assert_int_equal(k.param[0], 50);
	assert_int_equal(k.param[1], 132);
	assert_int_equal(keys_feed(&k, 27), KEY_NONE);
	assert_int_equal(keys_idle(&k), KEY_ESC);
	assert_int_equal(keys_idle(&k), KEY_NONE);
	assert_int_equal(keys_feed(&k, 'x'), 'x');
}

/* ---- editor ---- */

static struct editor e;

static void type(const char *s)
{
	struct keys k = { 0 };
	for (; *s; s++)
		editor_key(&e, keys_feed(&k, (unsigned char)*s));
}

static void check_text(const char *want, size_t at)
{
	assert_int_equal(e.len, strlen(want));
	assert_memory_equal(e.text, want, e.len);
	assert_int_equal(e.at, at);
}

static void test_editing(void **state)
{
	(void)state;
	memset(&e, 0, sizeof e);
	type("hello world");
	type("\033b\033b");
	check_text("hello world", 0);
	type("\033f!");
	check_text("hello! world", 6);
	type("\x01>\x05<");
	check_text(">hello! world<", 14);
	type("\x17");
	check_text(">hello! ", 8);
	type("\033[D\033[D\033[3~");
	check_text(">hello ", 6);
	type("\x15");
	check_text(" ", 0);
	type("\x0b\x7f\033[D\033[3~");
	check_text("", 0);
	type("a\nb");
	check_text("a\nb", 3);
}

static void test_editing_utf8(void **state)
{
	(void)state;
	memset(&e, 0, sizeof e);
	type("a\xe7\x8c\xab" "e\xcc\x81\xf0\x9f\x90\x88");
	type("\x7f");
	check_text("a\xe7\x8c\xab" "e\xcc\x81", 7);
	type("\x7f");
	check_text("a\xe7\x8c\xab", 4);
	type("\033[D\033[D\033[3~");
	check_text("\xe7\x8c\xab", 0);
	type("\033[C\033[C");
	check_text("\xe7\x8c\xab", 3);
}

/* Full to the last byte, with what does not fit left out whole. */
static void test_editor_full(void **state)
{
	char line[EDITOR_BYTES];
	(void)state;
	memset(&e, 0, sizeof e);
	type("x");
	for (int i = 0; i < EDITOR_BYTES; i++)
		type("\xe7\x8c\xab");
	assert_int_equal(e.len, 1 + (EDITOR_BYTES - 2) / 3 * 3);
	editor_take(&e, line);
	assert_int_equal(strlen(line), 1 + (EDITOR_BYTES - 2) / 3 * 3);
	type("\033[A");
	assert_int_equal(e.len, strlen(line));
}

static void enter(const char *s)
{
	char line[EDITOR_BYTES];
	type(s);
	editor_take(&e, line);
	assert_string_equal(line, s);
}

static void test_history(void **state)
{
	char name[16];
	(void)state;
	memset(&e, 0, sizeof e);
	type("\033[A\033[B");
	check_text("", 0);
	for (int i = 0; i < EDITOR_HISTORY + 10; i++) {
		snprintf(name, sizeof name, "line %d", i);
		enter(name);
		enter(name);	/* twice in a row is once */
	}
	assert_int_equal(e.count, EDITOR_HISTORY);
	type("draft\033[A");
	check_text("line 59", 7);
	type("\033[A");
	check_text("line 58", 7);
	type("\033[B\033[B");
	check_text("draft", 5);
	type("\033[B");
	check_text("draft", 5);
	for (int i = 0; i < 100; i++)
		type("\033[A");
	check_text("line 10", 7);
}

/* Whatever is typed: the text stays sound, and the cursor stands between two characters. */
static void test_editing_at_random(void **state)
{
	static const char *const strokes[] = { "a", " ", "\xc3\xa9", "\xe7\x8c\xab", "e\xcc\x81", "\x7f", "\033[D", "\033[C", "\x01", "\x05", "\033b",
					       "\033f", "\033[3~", "\x17", "\033[A", "\033[B", "\n", "\xf0\x9f\x90\x88", "\xff" };
	char line[EDITOR_BYTES];
	(void)state;
	memset(&e, 0, sizeof e);
	srand(2);
	for (int i = 0; i < 60000; i++) {
		size_t at = 0, len;
		type(strokes[(size_t)rand() % (sizeof strokes / sizeof *strokes)]);
		bool met = e.at == 0;
		while (at < e.len) {
			assert_true(utf8_decode(e.text + at, e.len - at, &len) != UTF8_BAD || len == 1 || len == 3);
			at += len;
			met |= at == e.at;
		}
		assert_true(met && at == e.len && e.len < EDITOR_BYTES);
		if (rand() % 200 == 0)
			editor_take(&e, line);
	}
}

/* ---- questions ---- */

static const struct lexicon lex = { " fragmentation slab watermark buddy hole allocstress tlb kmalloc pagetable zone fork fault meow memck oom pressure "
	"page address mmap malloc resident swap slow leak kernel cache segpool processes cpu ", " init sh meow " };

static void ask(const char *line, enum intent intent, const char *subject, unsigned long number)
{
	struct question q;
	char *s = exact(line, strlen(line) + 1);
	intent_of(s, &lex, &q);
	free(s);
	if (q.intent != intent || (subject && strcmp(q.subject, subject)) || q.number != number)
		fail_msg("%s: intent %d, subject %s, number %lu", line, q.intent, q.subject, q.number);
}

static void test_intents(void **state)
{
	(void)state;
	ask("why is pressure high?", INTENT_WHY_PRESSURE, NULL, 0);
	ask("Why is the memory so full", INTENT_WHY_PRESSURE, NULL, 0);
	ask("where did my memory go", INTENT_WHY_PRESSURE, NULL, 0);
	ask("how much memory is free?", INTENT_MEMORY, NULL, 0);
	ask("How much RAM do I have", INTENT_MEMORY, NULL, 0);
	ask("free", INTENT_MEMORY, NULL, 0);
	ask("show holes of 12", INTENT_HOLES, NULL, 12);
	ask("show holes of sh", INTENT_HOLES, NULL, 0);
	ask("who owns frame 0x80400", INTENT_FRAME, NULL, 0x80400);
	ask("who owns page 0x80400", INTENT_FRAME, NULL, 0x80400);
	ask("what did allocstress do?", INTENT_DID, "allocstress", 0);
	ask("what happened to meow", INTENT_DID, "meow", 0);
	ask("Why did sort die?", INTENT_DID, "sort", 0);
	ask("what did find do", INTENT_DID, "find", 0);
	ask("why did my malloc fail?", INTENT_FAIL, NULL, 0);
	ask("why was my program killed", INTENT_FAIL, NULL, 0);
	ask("cannot allocate memory", INTENT_FAIL, NULL, 0);
	ask("who uses most?", INTENT_TOP, NULL, 0);
	ask("which process uses most", INTENT_TOP, NULL, 0);
	ask("what uses the most memory?", INTENT_TOP, NULL, 0);
	ask("what does process 1 use?", INTENT_PROCESS, NULL, 1);
	ask("tell me about process 1", INTENT_PROCESS, NULL, 1);
	ask("how much memory does sh use", INTENT_PROCESS, NULL, 0);
	ask("is memory healthy?", INTENT_HEALTH, NULL, 0);
	ask("hello", INTENT_HELLO, NULL, 0);
	ask("hi meow", INTENT_HELLO, NULL, 0);
	ask("who are you", INTENT_HELP, NULL, 0);
	ask("what policy is there", INTENT_KNOBS, NULL, 0);
	ask("purple monkey dishwasher", INTENT_NONE, NULL, 0);
	ask("", INTENT_NONE, "", 0);
	ask("?!,.", INTENT_NONE, "", 0);
	ask("what did you do", INTENT_NONE, NULL, 0);
}

/* A text by its name, by another name, by two words. */
static void test_texts(void **state)
{
	(void)state;
	ask("explain buddy", INTENT_EXPLAIN, "buddy", 0);
	ask("EXPLAIN the Watermarks!", INTENT_EXPLAIN, "watermark", 0);
	ask("what is pressure", INTENT_EXPLAIN, "pressure", 0);
	ask("what is a slab?", INTENT_EXPLAIN, "slab", 0);
	ask("how does the buddy allocator work", INTENT_EXPLAIN, "buddy", 0);
	ask("what does the buddy do", INTENT_DID, "buddy", 0);
	ask("what is a page", INTENT_EXPLAIN, "page", 0);
	ask("what is a page fault", INTENT_EXPLAIN, "fault", 0);
	ask("what is a page table", INTENT_EXPLAIN, "pagetable", 0);
	ask("what is copy on write?", INTENT_EXPLAIN, "fork", 0);
	ask("how many processes are there?", INTENT_EXPLAIN, "processes", 0);
	ask("how much memory do page tables use", INTENT_EXPLAIN, "pagetable", 0);
	ask("how much memory does the kernel use", INTENT_EXPLAIN, "kernel", 0);
	ask("how big is the largest free block?", INTENT_EXPLAIN, "fragmentation", 0);
	ask("is there a memory leak?", INTENT_EXPLAIN, "leak", 0);
	ask("why is my program slow", INTENT_EXPLAIN, "slow", 0);
	ask("what is RSS", INTENT_EXPLAIN, "resident", 0);
	ask("what is meow", INTENT_EXPLAIN, "meow", 0);
	ask("who owns frame 0xzz", INTENT_EXPLAIN, "page", 0);
	ask("what is asid", INTENT_EXPLAIN, "asid", 0);	/* of which there is no text */
	ask("explain", INTENT_EXPLAIN, "", 0);
}

static void slip(const char *line, const char *typed, const char *read, const char *subject)
{
	struct question q;
	intent_of(line, &lex, &q);
	assert_string_equal(q.typed, typed);
	assert_string_equal(q.read, read);
	assert_string_equal(q.subject, subject);
}

static void test_slips(void **state)
{
	(void)state;
	slip("explain budy", "budy", "buddy", "buddy");
	slip("expalin buddy", "expalin", "explain", "buddy");
	slip("wat is presure", "presure", "pressure", "pressure");
	slip("what is fragmantatoin", "fragmantatoin", "fragmentation", "fragmentation");
	slip("what did alocstress do", "alocstress", "allocstress", "allocstress");
	slip("what is a tbl", "", "", "tbl");		/* too short to tell */
	slip("explain buddy", "", "", "buddy");
	slip("what are these holes there", "", "", "hole");
	slip("what did hexdump do", "", "", "hexdump");
	assert_int_equal(words_distance("abcd", "abcd"), 0);
	assert_int_equal(words_distance("abcd", "acbd"), 1);
	assert_int_equal(words_distance("abcd", "abd"), 1);
	assert_int_equal(words_distance("abd", "abcd"), 1);
	assert_int_equal(words_distance("abcd", "abxd"), 1);
	assert_int_equal(words_distance("ab", "ba"), 1);
	assert_int_equal(words_distance("", "ab"), 2);
	assert_int_equal(words_distance("kitten", "sitting"), 3);
	assert_int_equal(words_distance("a", "abcd"), 9);
}

/* The texts above are those that the disk gets (from the top of the tree, where tests run); each other name leads to one of them. */
static void test_every_text(void **state)
{
	char line[64];
	unsigned n = 0;
	struct dirent *d;
	(void)state;
	DIR *dir = opendir("user/etc/meow");
	assert_non_null(dir);
	while ((d = readdir(dir))) {
		char *dot = strstr(d->d_name, ".txt");
		if (!dot)
			continue;
		*dot = 0;
		snprintf(line, sizeof line, "explain %.30s", d->d_name);
		ask(line, INTENT_EXPLAIN, d->d_name, 0);
		n++;
	}
	closedir(dir);
	assert_true(n >= 20);
	for (const char *p = lex.topics; *p; p++)
		n -= *p == ' ' && p[1];
	assert_int_equal(n, 0);
	for (size_t i = 0; i < ALIASES; i++)
		assert_true(words_list_has(lex.topics, " ", aliases[i].topic));
}

static void test_long_questions(void **state)
{
	char line[4000];
	struct question q;
	(void)state;
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = 0;
	intent_of(line, &lex, &q);
	assert_int_equal(strlen(q.subject), sizeof q.subject - 1);
	for (size_t i = 1; i < sizeof line - 1; i += 2)
		line[i] = ' ';
	intent_of(line, &lex, &q);
	assert_int_equal(q.intent, INTENT_NONE);
}

/* ---- configuration ---- */

static bool take(struct config *c, const char *line, char *why)
{
	struct config_error error = { "" };
	char *s = exact(line, strlen(line));
	bool good = config_line(c, s, strlen(line), &error);
	strcpy(why, error.text);
	free(s);
	return good;
}

static void test_config(void **state)
{
	char why[128], line[200];
	struct config c, before;
	(void)state;
	config_defaults(&c);
	assert_true(take(&c, "", why) && take(&c, "  # a=b", why) && take(&c, " pace = 7 ", why) && take(&c, "provider=echo\r", why));
	assert_true(take(&c, "color=no", why) && take(&c, "watch=vm 12", why));
	assert_int_equal(c.pace, 7);
	assert_int_equal(c.provider, PROVIDER_ECHO);
	assert_false(c.color);
	assert_string_equal(c.watch, "vm 12");
	static const char *const bad[][2] = {
		{ "pace", "not of the form key=value: pace" }, { "pace=", "pace: not a value for it: (nothing)" }, { "pace=1x", "pace: not a value for it: 1x" },
		{ "pace=-1", "pace: not a value for it: -1" }, { "pace=99999999999999999999", "pace: not a value for it: 99999999999999999999" },
		{ "colour=no", "no such key: colour" }, { "=x", "no such key: " }, { "color=maybe", "color: not a value for it: maybe" },
		{ "provider=cloud", "provider: not a value for it: cloud" }, { "watch=", "watch: not a value for it: (nothing)" },
	};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		before = c;
		assert_false(take(&c, bad[i][0], why));
		assert_string_equal(why, bad[i][1]);
		assert_memory_equal(&c, &before, sizeof c);
	}
	memset(line, 'x', sizeof line - 1);
	line[sizeof line - 1] = 0;
	assert_false(take(&c, line, why));
	memcpy(line, "watch=", 6);
	for (size_t n = sizeof line - 1; n > 60; n--) {
		line[n] = 0;
		assert_false(take(&c, line, why));
	}
	assert_string_equal(why, "watch: not a value for it: xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
}

static void test_levels(void **state)
{
	(void)state;
	static const struct { unsigned percent; enum level level; } edges[] = { { 0, LEVEL_LOW }, { 59, LEVEL_LOW }, { 60, LEVEL_MEDIUM },
		{ 79, LEVEL_MEDIUM }, { 80, LEVEL_HIGH }, { 94, LEVEL_HIGH }, { 95, LEVEL_CRITICAL }, { 100, LEVEL_CRITICAL } };
	for (size_t i = 0; i < sizeof edges / sizeof *edges; i++)
		assert_int_equal(level_of(edges[i].percent), edges[i].level);
	for (enum level l = LEVEL_LOW; l <= LEVEL_CRITICAL; l++)	/* or the prompt would move with every beat */
		assert_int_equal(strlen(cat_face(l, 0)), strlen(cat_face(l, 1)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_point_there_and_back), cmocka_unit_test(test_bad_bytes_are_one_each), cmocka_unit_test(test_widths),
		cmocka_unit_test(test_steps_meet), cmocka_unit_test(test_wrap), cmocka_unit_test(test_wrap_at_random), cmocka_unit_test(test_keys),
		cmocka_unit_test(test_report_and_lone_escape), cmocka_unit_test(test_editing), cmocka_unit_test(test_editing_utf8),
		cmocka_unit_test(test_editor_full), cmocka_unit_test(test_history), cmocka_unit_test(test_editing_at_random),
		cmocka_unit_test(test_intents), cmocka_unit_test(test_texts), cmocka_unit_test(test_slips), cmocka_unit_test(test_every_text), cmocka_unit_test(test_long_questions), cmocka_unit_test(test_config), cmocka_unit_test(test_levels),
	};
	return RUN_TESTS(tests);
}
