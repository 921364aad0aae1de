/* Lines typed before: one after the other, and those that a text stands in. */
#include <stdio.h>
#include <string.h>
#include <utf8.h>
#include "edit_priv.h"

void edit_show_entry(struct editor *e, int n)
{
	if (n < 0 || n > history_count())
		return;
	e->line[e->len] = 0;
	if (e->entry == history_count())
		strcpy(e->draft, e->line);
	strlcpy(e->line, n == history_count() ? e->draft : history_entry(n), LINE_BYTES);
	e->entry = n;
	e->len = e->at = strlen(e->line);
	e->first = 0;
}

/* Show the newest entry that is no newer than `from` and has text in it. False: there is none, and nothing changes. */
static bool find(struct editor *e, const char *text, int from)
{
	for (int n = from < history_count() ? from : history_count() - 1; *text && n >= 0; n--)
		if (strstr(history_entry(n), text)) {
			edit_show_entry(e, n);
			return true;
		}
	return false;
}

/* False: the key is none of searching. */
static bool search_key(char *text, size_t room, int key)
{
	size_t n = strlen(text);
	if (key == 127 || key == '\b')
		text[utf8_prev(text, n)] = 0;
	else if (key >= ' ' && key < 256 && n + 1 < room)
		text[n] = (char)key, text[n + 1] = 0;
	else
		return key == KEY_NONE;
	return true;
}

int edit_search(struct editor *e)
{
	char text[80] = "";
	bool found = true;
	for (;;) {
		edit_show_search(e, text, found);
		int key = edit_read_key();
		if (key == KEY_CTRL('R')) {
			found = find(e, text, e->entry - 1);
		} else if (key == KEY_CTRL('G')) {	/* back to what was begun */
			edit_show_entry(e, history_count());
			return KEY_NONE;
		} else if (search_key(text, sizeof text, key)) {
			found = !*text || find(e, text, e->entry);
		} else {
			return key;
		}
	}
}
