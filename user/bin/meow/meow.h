#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include "cat.h"
#include "config.h"
#include "editor.h"
#include "keys.h"
#include "pane.h"
#include "screen.h"
/* meow's state, all of it: one struct in main.c, in which every buffer has its size from the start. Nothing in a frame allocates. */

enum {
	TICK_MS = 50,			/* a frame: 20 a second */
	QUEUE = 8,			/* lines that may wait while an answer is being given */
	ANSWER_BYTES = 16384, SCRATCH_BYTES = 65536,
	LIVE_ROWS = 12, LIVE_BYTES = 640, SAMPLES = 60,
	BALLASTS = 16,
};

/* What is said to the user: composed at once, shown at the pace of the configuration. */
struct answer { char text[ANSWER_BYTES]; size_t len, shown; };

/* The figures that every frame needs. Sizes in KiB. */
struct machine { unsigned long total, used; unsigned percent; enum level level; };

enum view { VIEW_OFF, VIEW_PRESSURE, VIEW_ZONES, VIEW_BUDDY, VIEW_SLAB, VIEW_VM, VIEW_TRACE };

struct live {
	enum view view;
	int pid;				/* of VIEW_VM */
	char rows[LIVE_ROWS][LIVE_BYTES];	/* UTF-8 with styles, strings */
	unsigned nrows;
	unsigned char used[SAMPLES];		/* percent, oldest first */
	unsigned nused;
	unsigned long last[8];			/* counters at the last look, of VIEW_TRACE */
};

/* A child that holds memory: see ballast.c. */
struct ballast { pid_t pid; struct ballast_page *page; size_t wanted; int pipe; };

enum state { STATE_READY, STATE_THINKING, STATE_ANSWERING, STATE_CANCELLED, STATE_FAILED };

struct meow {
	struct config config;
	struct screen screen;
	struct pane pane;
	struct editor editor;
	struct keys keys;
	struct answer answer;
	struct live live;
	struct machine machine;
	char queue[QUEUE][EDITOR_BYTES];
	unsigned queued, not_taken;		/* lines waiting, and lines since the last that found no room */
	enum state state;
	uint64_t frame, busy_since;	/* frames; ms */
	struct ballast ballast[BALLASTS];
	unsigned nballasts;
	int waiting;			/* index + 1 of the ballast whose end is waited for */
	int record;			/* file descriptor, -1: none */
	bool full_screen, quit, misunderstood;
	int term_out;			/* where the screen goes */
	bool probing, answered_probe;
	int log_size;			/* of the kernel's messages at the last look, and */
	char log_tail[64];		/* the end of them */
	char line[EDITOR_BYTES];	/* the line that is being obeyed */
	char scratch[SCRATCH_BYTES];	/* a file of /proc at a time */
};

uint64_t now_ms(void);

/* ---- say.c: to the user ---- */
void say(struct meow *m, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Moves what the pace allows into the pane, or prints all of it when there is no screen. */
void answer_advance(struct meow *m);
bool answer_is_done(const struct meow *m);

/* ---- session.c: lines, one after the other ---- */
/* A line was entered: obey it, or queue it while busy. */
void session_enter(struct meow *m, const char *line);
/* Once per frame: the answer goes on, the next line in the queue has its turn. */
void session_tick(struct meow *m);
bool session_is_busy(const struct meow *m);
void session_cancel(struct meow *m);
/* Without a screen: obey the line and wait for its end. */
void session_run_plain(struct meow *m, const char *line);

/* ---- command.c: lines that begin with a slash ---- */
void command_obey(struct meow *m, const char *line);

/* ---- draw.c ---- */
void draw_frame(struct meow *m);

/* ---- term.c: the terminal in raw mode on the alternate screen ---- */
bool term_open(struct meow *m);
void term_close(struct meow *m);
void term_write(void *m, const char *s, size_t n);
/* Read the keys that are there, waiting up to ms; obeys them. False: the terminal is gone, or meow was asked to end. */
bool term_read(struct meow *m, int ms);
/* Has the kernel written to the terminal since the last call? Then the screen is sent anew. */
void term_mind_kernel(struct meow *m);
