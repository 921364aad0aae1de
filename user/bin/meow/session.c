/* Lines, one after the other: what is typed while an answer is being given waits in a queue. */
#include "meow.h"
#include "ballast.h"
#include "tools.h"
#include "tutor.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

uint64_t now_ms(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

bool session_is_busy(const struct meow *m) { return m->waiting || !answer_is_done(m); }

/* A figure that could not be read was said to be 0, or not at all. */
static void admit_unread(struct meow *m)
{
	const char *path = tool_unread();
	if (!path)
		return;
	say(m, "%cI could not read %s: %s. What I said lacks that.%c\n", STYLE_RED, path, strerror(errno), STYLE_PLAIN);
	m->misunderstood = true;
}

static void obey(struct meow *m, const char *line)
{
	memmove(m->line, line, strlen(line) + 1);
	m->state = STATE_THINKING;
	m->busy_since = now_ms();
	tool_unread();
	if (m->full_screen)
		say(m, "%c> %s%c\n", STYLE_CYAN, m->line, STYLE_PLAIN);
	if (*m->line == '/')
		command_obey(m, m->line);
	else if (m->config.provider == PROVIDER_ECHO)
		say(m, "%s\n", m->line);
	else
		tutor_answer(m, m->line);
	admit_unread(m);
}

void session_enter(struct meow *m, const char *line)
{
	if (!line[strspn(line, " \n")])
		return;
	if (!session_is_busy(m))
		obey(m, line);
	else if (m->queued < QUEUE)
		strcpy(m->queue[m->queued++], line);
	else if (!m->not_taken++)
		say(m, "%c%u lines are waiting: there is room for no more, and what is entered now is not taken.%c\n", STYLE_RED, m->queued, STYLE_PLAIN);
}

static void obey_next(struct meow *m)
{
	char line[EDITOR_BYTES];
	strcpy(line, m->queue[0]);
	m->not_taken = 0;
	memmove(m->queue[0], m->queue[1], sizeof m->queue[0] * --m->queued);
	obey(m, line);
}

void session_tick(struct meow *m)
{
	if (m->waiting)
		ballast_poll(m);
	answer_advance(m);
	if (session_is_busy(m)) {
		m->state = m->waiting ? STATE_THINKING : STATE_ANSWERING;
		return;
	}
	if (m->state == STATE_THINKING || m->state == STATE_ANSWERING)
		m->state = m->misunderstood ? STATE_FAILED : STATE_READY;
	if (m->queued)
		obey_next(m);
}

void session_cancel(struct meow *m)
{
	if (!session_is_busy(m))
		return;
	if (m->waiting)
		ballast_drop(m, m->waiting - 1);
	m->answer.shown = m->answer.len = 0;
	m->queued = m->not_taken = 0;
	m->state = STATE_CANCELLED;
	static const char text[] = { '\n', STYLE_RED, '[', 'c', 'a', 'n', 'c', 'e', 'l', 'l', 'e', 'd', ']', STYLE_PLAIN, '\n' };
	pane_add(&m->pane, text, sizeof text);
}

void session_run_plain(struct meow *m, const char *line)
{
	obey(m, line);
	while (session_is_busy(m)) {
		session_tick(m);
		if (m->waiting)
			ballast_wait(m);
	}
}
