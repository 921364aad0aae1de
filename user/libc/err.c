/* Messages of programs. */
#include <err.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "priv.h"

const char *program_name = "?";

const char *getprogname(void)
{
	const char *slash = strrchr(program_name, '/');
	return slash ? slash + 1 : program_name;
}

/* e: the error number whose text follows, or -1. What was printed before comes out first. */
static void say(int e, const char *fmt, va_list ap)
{
	char text[512];
	vsnprintf(text, sizeof text, fmt, ap);
	fflush(stdout);
	if (e < 0)
		fprintf(stderr, "%s: %s\n", getprogname(), text);
	else
		fprintf(stderr, "%s: %s: %s\n", getprogname(), text, strerror(e));
}

void warn(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(errno, fmt, ap);
	va_end(ap);
}

void warnx(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(-1, fmt, ap);
	va_end(ap);
}

_Noreturn void err(int status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(errno, fmt, ap);
	exit(status);
}

_Noreturn void errx(int status, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(-1, fmt, ap);
	exit(status);
}

_Noreturn void usage(const char *synopsis)
{
	fprintf(stderr, "usage: %s%s%s\n", getprogname(), *synopsis ? " " : "", synopsis);
	exit(2);
}
