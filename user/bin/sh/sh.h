#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
/* The shell. Text becomes words (lex.c), words a tree (parse.c), words are expanded (expand.c) and the tree is run (exec.c,
 * builtin.c) by processes in jobs (jobs.c); at a terminal, lines come from the editor (edit.c). */

/* ---- trees ---- */
enum node_type {
	NODE_COMMAND,		/* words, redirections */
	NODE_PIPE,		/* left | right */
	NODE_AND, NODE_OR, NODE_SEQ, NODE_BACKGROUND, NODE_NOT,
	NODE_IF,		/* left: condition, right: then, third: else */
	NODE_WHILE, NODE_UNTIL,	/* left: condition, right: body */
	NODE_FOR,		/* words[0] is the variable, right the body */
	NODE_SUBSHELL, NODE_GROUP,	/* left */
};

struct redirect { struct redirect *next; int fd; int flags; bool dup; char *target; };

struct node {
	enum node_type type;
	char **words;		/* unexpanded, NULL at the end */
	size_t nwords;
	struct redirect *redirects;
	struct node *left, *right, *third;
};

/* Parse a whole script or line. NULL with *error NULL: nothing in it. *error: what is wrong, "" if the text just ends too soon. */
struct node *parse(const char *text, const char **error);
void node_free(struct node *n);

/* ---- words (lex.c) ---- */
enum token { T_END, T_WORD, T_NEWLINE, T_SEMI, T_AMP, T_AND, T_OR, T_PIPE, T_OPEN, T_CLOSE, T_REDIRECT };
struct lexer { const char *at; enum token token; char *word; int fd; int flags; bool dup; const char *error; };
void lex_next(struct lexer *l);
/* The end of the $(...) whose "(" is at s; NULL if it does not end. */
const char *skip_parens(const char *s);

/* ---- expansion ---- */
/* Expand words: variables, $(...), quotes, patterns of file names. A fresh NULL-terminated list. */
char **expand_words(char **words, size_t n, size_t *out_n);
char *expand_one(const char *word);		/* without splitting and file names */
void words_free(char **words);

/* Within the expansion: a growing list, and marked text, in which QUOTED stands before each byte that was quoted, and SPLIT is where a
 * word ends. */
enum { QUOTED = 1, SPLIT = 2 };
struct words { char **v; size_t n; };
void words_push(struct words *w, char *s);	/* takes s; NULL: out of memory, which ends the shell */
char *unmark(char *s);				/* take the marks out, in place */
bool is_pattern(const char *marked);
/* The files that a pattern matches, in order; if none, the pattern itself. */
void words_push_matches(struct words *w, const char *marked);

extern int last_status;			/* $? */
extern pid_t last_background;		/* $! */
extern char **positional;		/* $0, $1 ...; NULL at the end */

/* ---- variables ---- */
const char *var_get(const char *name);		/* NULL: not set */
void var_set(const char *name, const char *value);	/* exported if it was */
void var_export(const char *name, const char *value);	/* value NULL: the one that it has */
void var_unset(const char *name);
void vars_print(void);

/* ---- running ---- */
int run(struct node *n);		/* the status */
int run_text(const char *text);		/* parse and run; says what is wrong: status 2 */
bool apply_redirects(const struct redirect *r);
int find_builtin(const char *name);	/* its number, or -1 */
int run_builtin(int number, char **argv);
extern bool interactive;
extern volatile int interrupted;	/* Ctrl-C: 1 it came to the shell, 2 it ended a job; what runs is given up */
extern int loop_break;			/* levels of break, or of continue as negative, that are under way */

/* ---- jobs ---- */
struct job;
/* In the shell: a job for the process group pgid. */
struct job *job_create(pid_t pgid, const char *text);
void job_add(struct job *j, pid_t pid);
pid_t job_group(const struct job *j);
/* Wait until it ends or stops; gives it the terminal. The status of its last process. */
int job_foreground(struct job *j, bool resume);
void job_background(struct job *j);	/* says [n] pid */
void jobs_poll(void);			/* look for changes, say them */
void jobs_list(void);
struct job *job_find(const char *spec);	/* %n, a process, or NULL for the newest */
void job_resume_background(struct job *j);
int job_wait(struct job *j);	/* the status */
int jobs_wait_all(void);
void jobs_init(void);
void child_setup(pid_t pgid, bool foreground);	/* in a forked child */

/* ---- the line editor ---- */
/* A line without its newline, in a buffer of its own; NULL: end of input. */
char *edit_line(const char *prompt);
