/* What meow says: composed into one buffer, then shown bit by bit. */
#include "meow.h"
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void say(struct meow *m, const char *fmt, ...)
{
	struct answer *a = &m->answer;
	size_t room = sizeof a->text - a->len;
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(a->text + a->len, room, fmt, ap);
	va_end(ap);
	a->len += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room - 1;
}

bool answer_is_done(const struct meow *m) { return m->answer.shown == m->answer.len; }

/* Styles are for the screen alone; and what else would command a terminal has come from elsewhere, and stays out. */
static bool is_text(char c) { return (unsigned char)c >= ' ' ? c != 127 : c == '\n' || c == '\t'; }

static bool write_all(int fd, const char *s, size_t n)
{
	for (ssize_t done; n; s += done, n -= (size_t)done)
		if ((done = write(fd, s, n)) < 0) {
			if (errno != EINTR)
				return false;
			done = 0;
		}
	return true;
}

static bool write_text(int fd, const char *s, size_t n)
{
	size_t start = 0;
	for (size_t i = 0; i <= n; i++) {
		if (i < n && is_text(s[i]))
			continue;
		if (i > start && !write_all(fd, s + start, i - start))
			return false;
		start = i + 1;
	}
	return true;
}

static void stop_recording(struct meow *m)
{
	int why = errno;
	close(m->record);
	m->record = -1;
	say(m, "(Nothing more is recorded: %s.)\n", strerror(why));
}

void answer_advance(struct meow *m)
{
	struct answer *a = &m->answer;
	size_t end = a->len;
	if (m->full_screen && m->config.pace && a->len - a->shown > m->config.pace)
		end = a->shown + m->config.pace;
	while (end < a->len && (a->text[end] & 0xc0) == 0x80)	/* not in the middle of a character */
		end++;
	size_t n = end - a->shown;
	if (!n)
		return;
	if (m->full_screen)
		pane_add(&m->pane, a->text + a->shown, n);
	else if (!write_text(1, a->text + a->shown, n))
		err(1, "standard output");
	if (m->record >= 0 && !write_text(m->record, a->text + a->shown, n))
		stop_recording(m);
	a->shown = end;
	if (a->shown == a->len)
		a->shown = a->len = 0;
}
