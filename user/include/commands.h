#pragma once
/* Commands that are programs of their own and are done by the shell as well. argv[0] is their name; the exit status. */
int cmd_echo(int argc, char **argv);
int cmd_printf(int argc, char **argv);	/* 1: an argument is no number */
int cmd_test(int argc, char **argv);	/* 0 true, 1 false, 2 not understood */

/* ---- what several commands do ---- */

/* Run a program and wait for it: its status; 128 and the signal that ended it; 126 or 127 after a message if it could not be run. */
int command_run(char *const argv[]);
/* For commands of the form FROM ... TO: one(from, to) for each, where a TO that is a folder gets the last part of from's name added. What
 * is wrong with the arguments ends the program. 0, or 1 if one() ever failed. */
int command_each(int argc, char **argv, const char *synopsis, int (*one)(const char *from, const char *to));
/* text with each what (not empty) replaced by with; to be freed. Ends the program when there is no memory. */
char *command_replace(const char *text, const char *what, const char *with);

/* Signals: HUP, SIGHUP and 1 are the same; 0 is EXIT, as trap has it. -1: no such signal. */
enum { SIGNAL_NAMES = 32 };
int signal_number(const char *name);
const char *signal_name(int number);	/* NULL: it has none */
