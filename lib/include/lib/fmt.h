#pragma once
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
/* Formatting, shared by printk and the C library's printf: %d %i %u %x %X %o %c %s %p %%, the flags "-0+ #", width, precision (both
 * also *), and the lengths hh h l ll z j t. No floating point, which the kernel does not use: the C library adds it. */

/* Takes n > 0 bytes at s. */
typedef void fmt_sink(void *ctx, const char *s, size_t n);

/* Give the formatted text to sink, piece by piece. Returns its length. An unknown conversion is given as it stands. */
int fmt_vformat(fmt_sink *sink, void *ctx, const char *fmt, va_list ap);

/* Into buf of n bytes, ended by 0 if n > 0. Return the length of the whole text, as C99 says. */
int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap);
int snprintf(char *buf, size_t n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* ---- for a formatter that knows more conversions ---- */

struct fmt_spec {
	bool left, zero, plus, space, alt, upper;
	int width, precision;	/* precision -1: none given */
	int size;		/* bytes of an integer argument */
};
struct fmt_out;
/* A conversion that is none of the above: take its argument and put it to o. False: not known. */
typedef bool fmt_more(struct fmt_out *o, struct fmt_spec *f, char letter, va_list *ap);
void fmt_put(struct fmt_out *o, const char *s, size_t n);
void fmt_pad(struct fmt_out *o, char c, int n);		/* n times c, a blank or 0; n <= 0: nothing */

/* more may be NULL. */
int fmt_vformat_more(fmt_sink *sink, void *ctx, fmt_more *more, const char *fmt, va_list ap);
int fmt_vsnprintf(char *buf, size_t n, fmt_more *more, const char *fmt, va_list ap);
