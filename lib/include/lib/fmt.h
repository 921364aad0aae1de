#pragma once
#include <stdarg.h>
#include <stddef.h>
/* Formatting, shared by printk and the C library's printf: %d %i %u %x %X %o %c %s %p %%, the flags "-0+ #", width, precision (both
 * also *), and the lengths hh h l ll z j t. No floating point: neither kernel nor userland uses it. */

/* Takes n > 0 bytes at s. */
typedef void fmt_sink(void *ctx, const char *s, size_t n);

/* Give the formatted text to sink, piece by piece. Returns its length. An unknown conversion is given as it stands. */
int fmt_vformat(fmt_sink *sink, void *ctx, const char *fmt, va_list ap);

/* Into buf of n bytes, ended by 0 if n > 0. Return the length of the whole text, as C99 says. */
int vsnprintf(char *buf, size_t n, const char *fmt, va_list ap);
int snprintf(char *buf, size_t n, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
