#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>
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
/* For commands of the form NAME ... without options: one(name) for each, which is negative, and errno set, when it failed: a message says so.
 * 0, or 1 if one() ever failed. */
int command_each_name(int argc, char **argv, const char *synopsis, int (*one)(const char *name));
/* For commands of the form [FILE ...], whose options are read: one(f, name) for each file, open for reading; "-", or no name at all, is standard
 * input. one() is false when the file could not be read, and errno says why; a message says so, and when one cannot be opened. 0, or 1 if
 * a file was not read or standard output not written. */
int command_each_file(int argc, char **argv, bool (*one)(FILE *f, const char *name));
/* The same for od and hexdump: the bytes of the files as if they were one, without the first skip and at most left, in lines: print() for each that is not
 * like the line before (of those one "*" is shown, or all if every), and with n = 0 at the end. */
enum { DUMP_WIDTH = 16 };
struct dump {
	void (*print)(unsigned long offset, const unsigned char *bytes, size_t n);
	unsigned long offset, skip, left;
	bool every;
};
int command_dump(int argc, char **argv, struct dump *dump);
/* Ask on standard error whether to do what to name. True: a line that begins with y was read from standard input. */
bool command_ask(const char *what, const char *name);
/* text with each what (not empty) replaced by with; to be freed. Ends the program when there is no memory. */
char *command_replace(const char *text, const char *what, const char *with);

/* What a mode of chmod's makes of old; where it does not say whose, the bits of mask stay as they are. False: it is no mode. */
bool mode_parse(const char *s, mode_t old, mode_t mask, mode_t *mode);

/* Signals: HUP, SIGHUP and 1 are the same; 0 is EXIT, as trap has it. -1: no such signal. */
enum { SIGNAL_NAMES = 32 };
int signal_number(const char *name);
const char *signal_name(int number);	/* NULL: it has none */
