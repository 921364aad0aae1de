/* meow: a tutor that answers questions about this machine's memory, from what it is at the moment. Without arguments it takes the whole terminal;
 * /help there lists the rest. With a question it answers that, and ends: 0, or 1 if it did not understand.
 * --script FILE: the lines of FILE, one after the other; 1 if one of them was not understood.
 * --config FILE: instead of /etc/meow/config. Lines of provider=tutor|echo, watch=VIEW, pace=BYTES, limit=THOUSANDS, color=yes|no.
 * --churn [N]: draw as programs did that allocate a string for everything, until N allocations (1000000).
 * --selftest: 1000 frames: do they allocate? --bench: what a frame costs. */
#include "meow.h"
#include "ballast.h"
#include "live.h"
#include "modes.h"
#include "tools.h"
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS "[--config FILE] [--script FILE | --churn [N] | --selftest | --bench | QUESTION...]"
#define CONFIG "/etc/meow/config"

static struct meow meow;

/* ---- configuration ---- */

static void read_config(struct meow *m, const char *path, bool must_exist)
{
	struct config_error why;
	char *p = tool_read(m, path);
	config_defaults(&m->config);
	if (!p && must_exist)
		err(2, "%s", path);
	for (unsigned line = 1; p && *p; line++) {
		size_t n = strcspn(p, "\n");
		if (!config_line(&m->config, p, n, &why)) {
			say(m, "%c%s:%u: %s%c\n", STYLE_RED, path, line, why.text, STYLE_PLAIN);
			fprintf(stderr, "meow: %s:%u: %s\n", path, line, why.text);
		}
		p += n + (p[n] == '\n');
	}
	m->screen.plain = !m->config.color;
}

/* ---- the three ways ---- */

static void greet(struct meow *m)
{
	m->busy_since = now_ms();
	say(m, "%cmeow%c: ask about this machine's memory, or /help.\n", STYLE_BOLD, STYLE_PLAIN);
	if (!live_choose(m, m->config.watch))
		m->live.view = VIEW_OFF;
}

static int full_screen(struct meow *m)
{
	if (!term_open(m))
		errx(1, "this is no terminal: give a question, or --script FILE");
	m->full_screen = true;
	greet(m);
	for (uint64_t due = now_ms(); !m->quit; due += TICK_MS) {
		uint64_t now = now_ms();
		if (now > due + 10 * TICK_MS)	/* we were stopped: frames that nobody saw are not made up for */
			due = now;
		for (; now < due && !m->quit; now = now_ms())
			m->quit = !term_read(m, (int)(due - now)) || m->quit;
		if (m->frame % 10 == 0) {
			live_refresh(m);
			term_mind_kernel(m);
		}
		session_tick(m);
		draw_frame(m);
	}
	term_close(m);
	ballast_drop_all(m);
	return 0;
}

static int one_shot(struct meow *m, char **words)
{
	char line[EDITOR_BYTES];
	size_t n = 0;
	for (; *words; words++) {
		n += (size_t)snprintf(line + n, sizeof line - n, "%s%s", n ? " " : "", *words);
		if (n >= sizeof line)
			errx(2, "the question is too long");
	}
	session_run_plain(m, line);
	ballast_drop_all(m);
	return m->misunderstood;
}

/* The rest of a line that had no room; true if there was one. */
static bool skip_rest(FILE *f, const char *line)
{
	bool more = !strchr(line, '\n') && strlen(line) == EDITOR_BYTES - 1;
	for (int c = 0; more && c != '\n' && c != EOF;)
		c = getc(f);
	return more;
}

static int script(struct meow *m, const char *path)
{
	char line[EDITOR_BYTES];
	int status = 0;
	FILE *f = fopen(path, "r");
	if (!f)
		err(2, "%s", path);
	for (unsigned n = 1; !m->quit && fgets(line, sizeof line, f); n++) {
		bool cut = skip_rest(f, line);
		line[strcspn(line, "\r\n")] = 0;
		if (cut)
			warnx("%s:%u: the line is too long", path, n);
		else if (*line && *line != '#') {
			say(m, "> %s\n", line);
			session_run_plain(m, line);
		}
		status |= cut || m->misunderstood;
		m->misunderstood = false;
	}
	if (ferror(f))
		err(2, "%s", path);
	fclose(f);
	ballast_drop_all(m);
	return status;
}

int main(int argc, char **argv)
{
	const char *config = CONFIG;
	int at = 1;
	bool own = at + 1 < argc && !strcmp(argv[at], "--config");
	if (own) {
		config = argv[at + 1];
		at += 2;
	}
	const char *what = at < argc ? argv[at] : "";
	meow.record = -1;
	meow.term_out = 1;
	read_config(&meow, config, own);
	tool_look(&meow);
	if (at == argc)
		return full_screen(&meow);
	meow.answer.len = 0;	/* of the configuration: that is on standard error */
	if (!strcmp(what, "--script") && at + 2 == argc)
		return script(&meow, argv[at + 1]);
	if (!strcmp(what, "--churn") && at + 2 >= argc)
		return mode_churn(&meow, argv[at + 1]);
	if (!strcmp(what, "--selftest") && at + 1 == argc)
		return mode_selftest(&meow);
	if (!strcmp(what, "--bench") && at + 1 == argc)
		return mode_bench(&meow);
	if (*what == '-')
		usage(SYNOPSIS);
	return one_shot(&meow, argv + at);
}
