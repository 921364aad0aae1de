#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
/* The shell, in the language of POSIX. Text becomes words (lex.c, skip.c), words a tree (parse.c), words are expanded (expand.c, param.c,
 * arith.c, glob.c) and the tree is run (exec.c, control.c, redirect.c, builtin*.c) by processes in jobs (jobs.c); at a terminal,
 * lines come from the editor (edit.c, complete.c, history.c). Memory that is not to be had ends the shell. */

/* ---- memory (vars.c): never NULL ---- */
void *sh_alloc(size_t n);		/* zeroes */
void *sh_realloc(void *p, size_t n);
char *sh_strdup(const char *s);
char *sh_strndup(const char *s, size_t n);

/* ---- trees ---- */
enum node_type {
	NODE_COMMAND,		/* words, redirections */
	NODE_PIPE,		/* left | right */
	NODE_AND, NODE_OR, NODE_SEQ, NODE_BACKGROUND, NODE_NOT,
	NODE_IF,		/* left: condition, right: then, third: else */
	NODE_WHILE, NODE_UNTIL,	/* left: condition, right: body */
	NODE_FOR,		/* words[0] is the variable, right the body */
	NODE_CASE,		/* words[0] is compared, left: the first arm */
	NODE_ARM,		/* words: patterns, left: what is run, right: the next arm */
	NODE_FUNCTION,		/* words[0] is the name, left the body */
	NODE_SUBSHELL, NODE_GROUP,	/* left */
	NODE_TIME,		/* left is timed */
};

enum redirect_type { TO_FILE, TO_FD, TO_HERE_DOCUMENT, TO_HERE_STRING };

struct redirect {
	struct redirect *next;
	enum redirect_type type;
	int fd, flags;
	char *target;		/* unexpanded: a file's name, a descriptor, or what the descriptor is to read */
	bool literal, strip;	/* a here-document: not to be expanded; without the tabs that begin its lines */
	bool keep;		/* with set -C: not over a file that is there */
};

struct node {
	enum node_type type;
	int refs;		/* the tree above, and a function that is defined or runs */
	char **words;		/* unexpanded, NULL at the end */
	size_t nwords;
	int line;		/* of a command, in its script; 0: not known */
	struct redirect *redirects;
	struct node *left, *right, *third;
};

void node_free(struct node *n);		/* one reference less; NULL is none */

/* ---- words (lex.c) ---- */
enum token { T_END, T_WORD, T_NEWLINE, T_SEMI, T_DSEMI, T_AMP, T_AND, T_OR, T_PIPE, T_OPEN, T_CLOSE, T_REDIRECT };
enum { HERE_MAX = 8 };
struct lexer {
	const char *at;
	int line;			/* that at is on */
	enum token token;
	char *word;			/* of T_WORD: the parser's */
	struct redirect redirect;	/* of T_REDIRECT, but for its target */
	struct redirect *here[HERE_MAX];	/* here-documents whose text follows the line */
	size_t nhere;
	const char *error;		/* what is wrong; "" if the text just ends too soon */
	bool plain;			/* without aliases */
	bool whole;			/* nothing comes after the text: its end ends here-documents */
	struct alias_text *aliases;	/* texts that l->at may point into */
	size_t next_too;		/* the word that ends with less than so many bytes left may be an alias as well; 0: no */
};
void lex_next(struct lexer *l);

/* The next list up to the end of its line. NULL: nothing in it, or l->error. After it l->token is T_NEWLINE or T_END. */
struct node *parse_line(struct lexer *l);
/* What is wrong with a text; NULL: nothing; "": it ends too soon. */
const char *parse_problem(const char *text);
/* The end of the commands at s, behind the ")" after them; NULL if they do not end. */
const char *parse_to_paren(const char *s);

/* ---- aliases (alias.c) ---- */
const char *alias_find(const char *name);	/* its value; NULL: none */
/* The lexer's word is in the place of a command's name, or follows an alias that ends in a blank: if it is an alias, read that instead. */
bool alias_expand(struct lexer *l);
bool alias_expand_next(struct lexer *l);
void alias_texts_free(struct lexer *l);

/* ---- the ends of things (skip.c); NULL: they do not end ---- */
const char *skip_word(const char *s);
/* What begins with the "$" at s: $X ${...} $(...) $((...)) or the "$" alone. */
const char *skip_dollar(const char *s, bool in_quotes);
bool is_arithmetic(const char *s);	/* $((...)) */
const char *skip_backquotes(const char *s);
size_t name_length(const char *s);	/* letters, digits, _; 0 if s does not begin with a name */

/* ---- expansion ---- */
/* Expand words: parameters, commands, arithmetic, quotes, splitting, patterns of file names. A fresh NULL-terminated list. Behind export,
 * readonly and local a word like NAME=VALUE is expanded as an assignment is. */
char **expand_words(char **words, size_t n, size_t *out_n);
char *expand_one(const char *word);		/* without splitting and file names */
char *expand_assignment(const char *word);	/* likewise, of NAME=VALUE: a ~ after the = is a folder */
char *expand_pattern(const char *word);		/* likewise, with its marks */
char *expand_here(const char *text);		/* a here-document */
void words_free(char **words);
/* Something cannot be expanded: say so. A shell that is not interactive ends; else expand_failed is set, and the command is given up. */
void expand_fail(const char *name, const char *why);
extern bool expand_failed;
extern bool output_taken;		/* a $(...) ran, and gave $? */

/* Within the expansion: a growing list, and marked text, in which QUOTED stands before each byte that was quoted, NOTHING for nothing
 * at all, as in "", SPLIT is blanks where a word ends, and FIELD a byte of IFS that is none and ends one. */
enum { QUOTED = 1, SPLIT = 2, FIELD = 3, NOTHING = 4 };
static inline bool is_mark(char c) { return c >= QUOTED && c <= NOTHING; }	/* as a byte of a text it must be quoted */
struct words { char **v; size_t n; };
struct text { char *s; size_t n, room; bool split; /* values are to be split */ bool empty_at; /* "$@" gave nothing */ bool paths; /* an assignment: ~ is a folder behind each : */ int braces; /* within ${...}: its words are split like a value */ };
void words_push(struct words *w, char *s);	/* takes s */
void text_add(struct text *t, char c);
void text_add_quoted(struct text *t, char c);
void text_add_value(struct text *t, const char *s, bool in_quotes);
void text_add_word(struct text *t, const char *word, bool in_quotes);	/* a word of ${X-word} */
char *unmark(char *s);				/* take the marks out, in place */
bool is_pattern(const char *marked);
bool pattern_matches(const char *marked, const char *s);
/* The files that a pattern matches, in order; if none, the pattern itself. */
void words_push_matches(struct words *w, const char *marked);
/* ${...}, whose inner text is at s; and the parameter that is one byte. */
void expand_braces(struct text *t, const char *s, size_t n, bool in_quotes);
bool expand_special(struct text *t, char c, bool in_quotes);
void expand_variable(struct text *t, const char *name, size_t n, bool in_quotes);
/* The value of an expression whose parameters are expanded; false: it was said to be wrong. */
bool arith_eval(const char *expression, long *out);

extern int last_status;			/* $? */
extern pid_t last_background;		/* $! */
extern pid_t shell_pid;			/* $$ */
extern char **positional;		/* $0, $1 ...; NULL at the end */
size_t positional_count(void);		/* $# */
void positional_set(char **argv);	/* copies them as the new $1 $2 ...; the old list is the caller's, to free or to put back */

/* ---- options of set ---- */
enum option { OPT_ALLEXPORT, OPT_NOCLOBBER, OPT_ERREXIT, OPT_NOGLOB, OPT_NOEXEC, OPT_NOUNSET, OPT_VERBOSE, OPT_XTRACE, OPT_PIPEFAIL, OPTIONS };
extern bool options[OPTIONS];
/* -eux, +e, -o NAME at argv[0]; how many of argv it takes, 0: no options, -1: not known, and said so. */
int options_parse(char **argv);
void options_letters(char *out);	/* $-; OPTIONS + 1 bytes */

/* ---- variables ---- */
void vars_init(char **env);
const char *var_get(const char *name);		/* NULL: not set */
const char *var_name(size_t number);		/* of those that are set; NULL: no more */
bool var_set(const char *name, const char *value);	/* false: read-only, and said so */
void var_export(const char *name);
void var_readonly(const char *name);
bool var_unset(const char *name);
void vars_print(const char *prefix, bool exported, bool readonly);	/* NAME='VALUE', those that are both if asked */
void print_quoted(const char *s);		/* so that the shell reads it as one word */
char **vars_environ(void);			/* for execve; NULL-terminated */
/* What var_save() is called for is put back by the vars_leave() that belongs to the last vars_enter(). */
void vars_enter(void);
void var_save(const char *name);
void vars_leave(void);

/* ---- running ---- */
int run(struct node *n);		/* the status; NULL: 0 */
int run_text(const char *text);		/* parse and run, command by command; says what is wrong: status 2 */
extern int script_line;			/* $LINENO: of the command that runs; a text that it runs begins there */
int run_control(struct node *n);	/* loops, branches, functions, groups */
int run_argv(char **argv);		/* a program in a child, in the foreground */
/* Apply; *saved, if given, keeps what was there. False: one could not be had; it was said, and nothing has changed if saved is given. */
struct saved_fds { int fd[10]; };
bool redirects_apply(const struct redirect *r, struct saved_fds *saved);
void redirects_restore(const struct saved_fds *saved);
_Noreturn void exec_program(char **argv);
int find_builtin(const char *name);	/* its number, or -1 */
bool builtin_is_special(int number);	/* assignments before it stay */
const char *builtin_name(size_t number);	/* NULL: no more */
int run_builtin(int number, char **argv);
struct node *function_find(const char *name);
bool function_unset(const char *name);
const char *function_name(size_t number);	/* NULL: no more */
int function_call(struct node *body, char **argv);
bool in_function(void);
_Noreturn void shell_exit(int status);	/* after the trap for EXIT */

extern bool interactive;
extern int testing;			/* > 0: a status is looked at, and set -e does not end the shell */
extern volatile int interrupted;	/* Ctrl-C: 1 it came to the shell, 2 it ended a job; what runs is given up */
extern int loop_break;			/* levels of break, or of continue as negative, that are under way */
extern int loop_depth;			/* loops that run */
extern bool returning;			/* from a function or "." */
bool flow_is_cut(void);			/* one of them is under way */

/* ---- traps ---- */
int trap_builtin(char **argv);
bool trap_is_pending(void);
void traps_run(void);			/* what signals since then ask for */
void traps_reset(void);			/* in a child */
void traps_run_exit(void);

/* ---- builtins in files of their own ---- */
/* A special builtin cannot do what it should: that ends a shell that is not interactive, unless command runs it. The status otherwise. */
int special_failed(int status);
const char *folder_here(void);		/* $PWD, if it is a way to where the shell is; else NULL */
int cd_builtin(char **argv);
int pwd_builtin(char **argv);
int umask_builtin(char **argv);
int read_builtin(char **argv);
int getopts_builtin(char **argv);
int command_builtin(char **argv);
int type_builtin(char **argv);
int set_builtin(char **argv);
int export_builtin(char **argv);
int readonly_builtin(char **argv);
int unset_builtin(char **argv);
int local_builtin(char **argv);
int shift_builtin(char **argv);
int alias_builtin(char **argv);
int unalias_builtin(char **argv);
int hash_builtin(char **argv);
int ulimit_builtin(char **argv);
int times_builtin(char **argv);

/* ---- jobs ---- */
struct job;
/* In the shell: a job for the process group pgid. */
struct job *job_create(pid_t pgid, const char *text);
void job_add(struct job *j, pid_t pid);
bool job_is_full(const struct job *j);	/* it takes no further process */
pid_t job_group(const struct job *j);
/* Wait until it ends or stops, then take the terminal back; resume: after giving it the terminal. The status of its last process. */
int job_foreground(struct job *j, bool resume);
void job_background(struct job *j);	/* says [n] pid */
void jobs_poll(void);			/* look for changes, say them */
void jobs_list(bool groups);		/* the numbers of their groups alone */
struct job *job_find(const char *spec);	/* %n, %text, %%, a process, or NULL for the newest */
void job_resume_background(struct job *j);
int job_wait(struct job *j);	/* the status */
int jobs_wait_all(void);
int jobs_wait_one(void);	/* for the next that ends; 127: there is none */
void jobs_init(void);
void job_interrupts_on(void);		/* Ctrl-C as the interactive shell takes it */
/* read(2) for who gives up at Ctrl-C, also one that came just before: -1 if it did. */
ssize_t read_or_interrupt(int fd, void *to, size_t n);
/* Fork a process of a job: of the group pgid, or, 0, of a new one, which gets the terminal if foreground. -1: there is no room, EAGAIN
 * also for a job more than the shell keeps. */
pid_t job_fork(pid_t pgid, bool foreground);
void child_setup(pid_t pgid);		/* in a child; -1: it stays in the shell's group */

/* ---- the line editor ---- */
/* A line without its newline, in a buffer of its own; NULL: end of input. After Ctrl-C it is "", and interrupted is set. */
char *edit_line(const char *prompt);
void history_load(void);		/* from ~/.sh_history */
void history_add(const char *line);	/* there, too */
int history_count(void);
const char *history_entry(int n);
/* Put the entry that "!!", "!N" or "!TEXT" at the line's head means in its place, and show the line. False: there is none, and it was said. */
bool history_recall(char *line, size_t room);
int history_builtin(char **argv);	/* history [N]: the last N */
/* What the word that ends line[0 .. at) can become: the words as they are without quotes, sorted, of which the first `have` bytes are typed. */
struct completion { char **words; size_t have; char quote; /* that the word is in, or 0 */ };
bool complete(const char *line, size_t at, struct completion *c);	/* false: nothing; else free the words with words_free() */
