/* The line on the terminal. It is one row, which is scrolled sideways when it is too long: that needs no more of a terminal than that it is
 * at least as wide as it says, and a serial line cannot even ask. */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <utf8.h>
#include "edit_priv.h"

enum { ROOM_MIN = 16 };

int edit_terminal_width(void)
{
	struct winsize size;
	return ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* What a terminal would obey, or not understand, is shown as one "?". */
static bool is_shown(uint32_t cp) { return cp >= ' ' && cp != UTF8_BAD && (cp < 0x7f || cp >= 0xa0); }

static size_t columns(const char *s, size_t n)
{
	size_t sum = 0, len;
	for (size_t at = 0; at < n; at += len) {
		uint32_t cp = utf8_decode(s + at, n - at, &len);
		sum += is_shown(cp) ? (size_t)utf8_width(cp) : 1;
	}
	return sum;
}

static void put(const char *s, size_t n)
{
	size_t len;
	for (size_t at = 0; at < n; at += len) {
		bool shown = is_shown(utf8_decode(s + at, n - at, &len));
		printf("%.*s", shown ? (int)len : 1, shown ? s + at : "?");
	}
}

/* The end of the longest piece of s from at that fits. */
static size_t piece(const char *s, size_t n, size_t at, size_t room)
{
	size_t start = at, next;
	while (at < n && columns(s + start, (next = utf8_next(s, n, at)) - start) <= room)
		at = next;
	return at;
}

/* The prompt, or as much of its end as leaves room for a line. */
static const char *prompt_shown(const struct editor *e)
{
	const char *s = e->prompt;
	size_t width = (size_t)edit_terminal_width(), n = strlen(s), most = width > 2 * ROOM_MIN ? width - ROOM_MIN - 1 : ROOM_MIN;
	while (n && columns(s, n) > most) {
		size_t skip = utf8_next(s, n, 0);
		s += skip;
		n -= skip;
	}
	return s;
}

static size_t room_after(const char *prompt)
{
	size_t width = (size_t)edit_terminal_width(), used = columns(prompt, strlen(prompt)) + 1;
	return width > used + ROOM_MIN ? width - used : ROOM_MIN;
}

void edit_show(struct editor *e)
{
	const char *prompt = prompt_shown(e);
	size_t room = room_after(prompt), end;
	if (e->at < e->first || e->at > piece(e->line, e->len, e->first, room))
		for (e->first = e->at; e->first && columns(e->line + e->first, e->at - e->first) < room / 2;)
			e->first = utf8_prev(e->line, e->first);
	end = piece(e->line, e->len, e->first, room);
	printf("\r%s", prompt);
	put(e->line + e->first, end - e->first);
	printf("\033[K");
	if (e->at < end && columns(e->line + e->at, end - e->at))
		printf("\033[%zuD", columns(e->line + e->at, end - e->at));
	fflush(stdout);
}

void edit_show_end(struct editor *e, size_t from)
{
	if (columns(e->line + e->first, e->len - e->first) > room_after(prompt_shown(e))) {
		edit_show(e);
		return;
	}
	put(e->line + from, e->len - from);
	fflush(stdout);
}

void edit_show_list(struct editor *e, char **words)
{
	size_t widest = 1, n = 0, width = (size_t)edit_terminal_width();
	for (; words[n]; n++) {
		size_t one = columns(words[n], strlen(words[n]));
		widest = one > widest ? one : widest;
	}
	size_t across = width / (widest + 2) ? width / (widest + 2) : 1, down = (n + across - 1) / across;
	for (size_t row = 0; row < down; row++) {
		putchar('\n');
		for (size_t i = row; i < n; i += down) {
			put(words[i], strlen(words[i]));
			if (i + down < n)
				printf("%*s", (int)(widest + 2 - columns(words[i], strlen(words[i]))), "");
		}
	}
	putchar('\n');
	edit_show(e);
}

void edit_show_search(struct editor *e, const char *text, bool found)
{
	size_t width = (size_t)edit_terminal_width(), used = columns(text, strlen(text)) + 24;
	size_t end = piece(e->line, e->len, 0, width > used + ROOM_MIN ? width - used : ROOM_MIN);
	printf("\r(%s `", found ? "searched" : "not found");
	put(text, strlen(text));
	printf("'): ");
	put(e->line, end);
	printf("\033[K");
	fflush(stdout);
}
