#pragma once
#include <stddef.h>
/* Messages of programs, on standard error: "NAME: what it says", and for warn and err ": " and errno's text. The err forms end
 * the program with status. */
void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void warnx(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
_Noreturn void err(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
_Noreturn void errx(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "usage: NAME synopsis", and status 2. */
_Noreturn void usage(const char *synopsis);
/* What --help as the only argument prints, made by tools/commands.py from the source of the command; "" in programs that are none: there
 * --help is an argument like any other. */
extern const char program_help[];
/* The last part of argv[0]. */
const char *getprogname(void);
