/* What follows ":", and searching. */
#include <ctype.h>
#include <pattern.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "vi.h"

static struct pattern *pattern;
static bool backwards;

static bool set_pattern(const char *text)
{
	const char *error;
	if (!*text)
		return pattern;
	struct pattern *fresh = pattern_compile(text, 0, &error);
	if (!fresh) {
		say("%s: %s", text, error);
		return false;
	}
	pattern_free(pattern);
	pattern = fresh;
	return true;
}

/* The first match in a line from byte from on, or with back the last before it. */
static bool find_in_line(const char *s, size_t from, bool back, size_t *col)
{
	struct span hit[PATTERN_GROUPS];
	bool found = false;
	for (const char *p = back ? s : s + from; pattern_find(pattern, s, p, hit); p = hit[0].start + 1) {
		if (back && (size_t)(hit[0].start - s) >= from)
			break;
		*col = (size_t)(hit[0].start - s);
		found = true;
		if (!back || !*hit[0].start)
			break;
	}
	return found;
}

/* Around the end of the text, too. */
void search_again(bool other_way)
{
	bool back = backwards != other_way;
	size_t n = vi.text.n, col;
	if (!pattern) {
		say("no pattern yet");
		return;
	}
	for (size_t k = 0; k <= n; k++) {
		size_t row = back ? (vi.row + n - k % n) % n : (vi.row + k) % n, len = line_length(row);
		size_t from = k ? back ? len + 1 : 0 : back ? vi.col : vi.col + 1;
		if (from > len + back || !find_in_line(vi.text.v[row], from, back, &col))
			continue;
		vi.row = row;
		vi.col = col;
		return;
	}
	say("pattern not found");
}

void search_for(char prompt)
{
	char text[80];
	if (!terminal_ask(vi.rows + 1, prompt, text, sizeof text))
		return;
	backwards = prompt == '?';
	if (set_pattern(text))
		search_again(false);
}

/* ---- substitution ---- */

/* Replace in one line; how often. */
static size_t substitute_line(size_t row, const char *with, bool all)
{
	struct span hit[PATTERN_GROUPS];
	size_t at = 0, times = 0, n = strlen(with);
	while (at <= line_length(row) && pattern_find(pattern, vi.text.v[row], vi.text.v[row] + at, hit)) {
		size_t from = (size_t)(hit[0].start - vi.text.v[row]), to = (size_t)(hit[0].end - vi.text.v[row]);
		line_delete(row, from, to);
		line_insert(row, from, with, n);
		at = from + n + (to == from);
		times++;
		if (!all)
			break;
	}
	return times;
}

/* s/PATTERN/TEXT/[g] on lines from .. to. */
static void substitute(char *text, size_t from, size_t to)
{
	char delimiter[] = { text[1], 0 }, *pattern_text = text + 2;
	if (!delimiter[0]) {
		say("s: a pattern is missing");
		return;
	}
	char *with = pattern_text + strcspn(pattern_text, delimiter), *flags;
	size_t times = 0;
	if (*with)
		*with++ = 0;
	flags = with + strcspn(with, delimiter);
	if (*flags)
		*flags++ = 0;
	if (!set_pattern(pattern_text))
		return;
	undo_mark();
	for (size_t row = from; row < to; row++) {
		size_t n = substitute_line(row, with, strchr(flags, 'g'));
		times += n;
		vi.row = n ? row : vi.row;
	}
	say("%zu replaced", times);
}

/* ---- commands ---- */

static bool write_to(const char *name)
{
	if (*name && !vi.name)
		vi.name = strdup(name);
	if (!*name && !vi.name) {
		say("no file is named");
		return false;
	}
	if (!file_write(*name ? name : vi.name))
		return false;
	if (!*name || !strcmp(name, vi.name))
		vi.changed = false;
	return true;
}

static void read_behind(const char *name)
{
	char *line = NULL;
	size_t room = 0, row = vi.row;
	FILE *f = fopen(name, "r");
	if (!f) {
		say("%s: cannot be read", name);
		return;
	}
	undo_mark();
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0;)
		text_insert(&vi.text, ++row, line, (size_t)n - (n && line[n - 1] == '\n'));
	vi.changed = true;
	free(line);
	fclose(f);
}

static void edit_other(const char *name, bool force)
{
	if (vi.changed && !force)
		say("the text has changed: :w, or :e!");
	else if (*name && file_read(name))
		vi.name = strdup(name);
	else if (!*name && vi.name)
		file_read(vi.name);
}

static void quit(bool force)
{
	if (vi.changed && !force)
		say("the text has changed: :w, or :q!");
	else
		vi.quit = true;
}

void ex_command(char *text)
{
	bool everywhere = *text == '%';
	text += everywhere;
	size_t n = strcspn(text, " !");
	bool force = text[n] == '!';
	const char *argument = text + n + force;
	argument += strspn(argument, " ");
	if (*text == 's' && !isalnum((unsigned char)text[1]) && text[1])
		substitute(text, everywhere ? 0 : vi.row, everywhere ? vi.text.n : vi.row + 1);
	else if (isdigit((unsigned char)*text) || *text == '$')
		vi.row = *text == '$' ? vi.text.n - 1 : strtoul(text, NULL, 10) ? strtoul(text, NULL, 10) - 1 : 0, vi.col = 0;
	else if (n == 1 && *text == 'w')
		write_to(argument);
	else if (n == 1 && *text == 'q')
		quit(force);
	else if ((n == 2 && !strncmp(text, "wq", 2)) || (n == 1 && *text == 'x'))
		vi.quit = (*text == 'x' && !vi.changed && vi.name) || write_to(argument);
	else if (n == 1 && *text == 'e')
		edit_other(argument, force);
	else if (n == 1 && *text == 'r')
		read_behind(argument);
	else if (*text)
		say("%s: not a command", text);
}
