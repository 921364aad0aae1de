/* The text: an array of lines. Undo keeps the whole text as it was before each of the last changes. */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "vi.h"

enum { UNDOS = 20 };

static struct { struct text text; size_t row, col; bool changed; } undos[UNDOS];
static size_t undo_count;

/* Never NULL: without memory the text is saved in vi.save, and the editor ends. */
static void *must_alloc(void *old, size_t n)
{
	static bool saving;
	void *p = realloc(old, n ? n : 1);
	if (p)
		return p;
	terminal_leave();
	if (!saving) {
		saving = true;
		file_write("vi.save");
	}
	errx(1, "out of memory; the text is in vi.save");
}

void text_insert(struct text *t, size_t at, const char *s, size_t n)
{
	char *line = must_alloc(NULL, n + 1);
	memcpy(line, s, n);
	line[n] = 0;
	t->v = must_alloc(t->v, (t->n + 1) * sizeof *t->v);
	memmove(t->v + at + 1, t->v + at, (t->n - at) * sizeof *t->v);
	t->v[at] = line;
	t->n++;
}

void text_delete(struct text *t, size_t from, size_t to)
{
	if (from == to)
		return;
	for (size_t i = from; i < to; i++)
		free(t->v[i]);
	memmove(t->v + from, t->v + to, (t->n - to) * sizeof *t->v);
	t->n -= to - from;
}

void text_clear(struct text *t) { text_delete(t, 0, t->n); }

static void text_copy(struct text *to, const struct text *from)
{
	text_clear(to);
	for (size_t i = 0; i < from->n; i++)
		text_insert(to, i, from->v[i], strlen(from->v[i]));
}

size_t line_length(size_t row) { return strlen(vi.text.v[row]); }

void line_insert(size_t row, size_t col, const char *s, size_t n)
{
	size_t len = line_length(row);
	char *line = vi.text.v[row] = must_alloc(vi.text.v[row], len + n + 1);
	memmove(line + col + n, line + col, len - col + 1);
	memcpy(line + col, s, n);
	vi.changed = true;
}

void line_delete(size_t row, size_t from, size_t to)
{
	char *line = vi.text.v[row];
	memmove(line + from, line + to, strlen(line + to) + 1);
	vi.changed = true;
}

void line_split(size_t row, size_t col)
{
	text_insert(&vi.text, row + 1, vi.text.v[row] + col, line_length(row) - col);
	vi.text.v[row][col] = 0;
	vi.changed = true;
}

void line_join(size_t row)
{
	char *next = vi.text.v[row + 1];
	line_insert(row, line_length(row), next, strlen(next));
	text_delete(&vi.text, row + 1, row + 2);
}

/* ---- undo ---- */

void undo_mark(void)
{
	if (undo_count == UNDOS) {
		text_clear(&undos[0].text);
		free(undos[0].text.v);
		memmove(undos, undos + 1, sizeof undos - sizeof *undos);
		undos[--undo_count].text = (struct text){ 0 };
	}
	text_copy(&undos[undo_count].text, &vi.text);
	undos[undo_count].row = vi.row;
	undos[undo_count].col = vi.col;
	undos[undo_count++].changed = vi.changed;
}

void undo(void)
{
	if (!undo_count) {
		say("nothing to undo");
		return;
	}
	struct text now = vi.text;
	undo_count--;
	vi.text = undos[undo_count].text;
	vi.row = undos[undo_count].row;
	vi.col = undos[undo_count].col;
	vi.changed = undos[undo_count].changed;
	text_clear(&now);
	undos[undo_count].text = now;
}

/* ---- files ---- */

bool file_read(const char *name)
{
	char *line = NULL;
	size_t room = 0;
	struct stat st;
	if (stat(name, &st) == 0 && S_ISDIR(st.st_mode)) {
		say("%s: %s", name, strerror(EISDIR));
		return false;
	}
	FILE *f = fopen(name, "r");
	if (!f && errno != ENOENT) {
		say("%s: %s", name, strerror(errno));
		return false;
	}
	text_clear(&vi.text);
	for (ssize_t n; f && (n = getline(&line, &room, f)) >= 0;)
		text_insert(&vi.text, vi.text.n, line, (size_t)n - (n && line[n - 1] == '\n'));
	free(line);
	say(f ? "\"%s\" %zu lines" : "\"%s\" new", name, vi.text.n);
	if (f)
		fclose(f);
	if (!vi.text.n)
		text_insert(&vi.text, 0, "", 0);
	vi.row = vi.col = vi.top = 0;
	vi.changed = false;
	return true;
}

bool file_write(const char *name)
{
	FILE *f = fopen(name, "w");
	size_t bytes = 0;
	for (size_t i = 0; f && i < vi.text.n; i++)
		bytes += (size_t)fprintf(f, "%s\n", vi.text.v[i]);
	bool failed = !f || fflush(f);
	if (failed)
		say("%s: %s", name, strerror(errno));
	else
		say("\"%s\" %zu lines, %zu bytes written", name, vi.text.n, bytes);
	if (f)
		fclose(f);
	return !failed;
}
